//! HTTP over mutual TLS: one POST, one reply, within one deadline. It alone decides whether a request can have left.

use std::{error::Error, io, iter::successors, sync::Arc, time::Duration};

use jiff::Timestamp;
use reqwest::{
    Client, Proxy, Response, Url,
    header::{ACCEPT, AUTHORIZATION, CONTENT_LENGTH, CONTENT_TYPE},
    redirect, retry,
};
use rustls::{AlertDescription, KeyLog};
use tokio::time::{Instant, timeout_at};

use super::{
    identity::{Credentials, Files, Fingerprint, IdentityError},
    reasons::FailureReason,
    settings::{Settings, SettingsError},
    stagger::Stagger,
};

/// More idle connections than this are closed.
const MOST_IDLE: usize = 64;
/// Finds connections that a firewall has forgotten, before a request is lost in one.
const KEEPALIVE: Duration = Duration::from_secs(15);

/// Why a way to the services could not be built.
#[derive(Debug, thiserror::Error)]
pub enum BuildError {
    /// A key of `[sistema_ts]`.
    #[error(transparent)]
    Settings(#[from] SettingsError),
    /// A file of the identity.
    #[error(transparent)]
    Identity(#[from] IdentityError),
    /// The client of HTTP.
    #[error("the HTTP client can't be built: {0}")]
    Http(#[from] reqwest::Error),
}

/// The connections under one identity; a renewed certificate makes a new one.
pub struct Link {
    http: Client,
    is_proxied: bool,
    most_answer_bytes: usize,
    /// What the files of the identity held.
    pub fingerprint: Fingerprint,
    /// The end of our certificate's validity; none where we have none.
    pub expires_at: Option<Timestamp>,
    /// What is sent with each message in place of a certificate.
    pub credentials: Option<Credentials>,
}

/// What came back.
pub struct Reply {
    /// The status.
    pub status: u16,
    /// The header, where there is one that can be read.
    pub content_type: Option<String>,
    /// The whole body, or why there is none.
    pub body: Result<Vec<u8>, FailureReason>,
}

/// No reply.
#[derive(Debug, PartialEq, Eq)]
pub enum NoReply {
    /// It is certain that the request never reached the service.
    NotSent(FailureReason),
    /// It left, or may have left.
    MayHaveLeft(FailureReason),
}

impl Link {
    /// Builds the client under the identity of `files`.
    pub fn build(settings: &Settings, files: &Files, now: Timestamp) -> Result<Self, BuildError> {
        let mut identity = files.identity(settings, now)?;
        identity.tls.key_log = Arc::new(HandshakeWitness);
        let mut http = Client::builder()
            .tls_backend_preconfigured(identity.tls)
            .https_only(true)
            .http1_only()
            .redirect(redirect::Policy::none())
            .retry(retry::never())
            .referer(false)
            .no_proxy()
            .user_agent(concat!("Centralino/", env!("CARGO_PKG_VERSION")))
            .connector_layer(Stagger::new())
            .connect_timeout(settings.connect_timeout())
            .pool_idle_timeout(Duration::from_millis(settings.idle_ms))
            .pool_max_idle_per_host(MOST_IDLE)
            .tcp_keepalive(KEEPALIVE);
        let proxy = proxy(settings)?;
        let is_proxied = proxy.is_some();
        if let Some(proxy) = proxy {
            http = http.proxy(proxy);
        }
        Ok(Self {
            http: http.build()?,
            is_proxied,
            most_answer_bytes: settings.most_answer_bytes,
            fingerprint: files.fingerprint(),
            expires_at: identity.expires_at,
            credentials: identity.credentials,
        })
    }

    /// Posts `envelope` and reads the whole reply, all of it before `until`.
    pub async fn post(&self, url: &Url, action: &str, envelope: Vec<u8>, until: Instant) -> Result<Reply, NoReply> {
        let mut request = self
            .http
            .post(url.clone())
            .header(CONTENT_TYPE, "text/xml; charset=UTF-8")
            .header("SOAPAction", format!("\"{action}\""))
            .header(ACCEPT, "text/xml")
            .body(envelope);
        if let Some(credentials) = &self.credentials {
            request = request.header(AUTHORIZATION, credentials.authorization.clone());
        }
        // Opening a connection has a shorter limit of its own, so what runs out here may have left.
        let response = HANDSHAKES.scope(std::cell::Cell::new(0), async {
            let sent = timeout_at(until, request.send()).await;
            (sent, HANDSHAKES.with(std::cell::Cell::get))
        });
        let response = match response.await {
            (Err(_), _) => return Err(NoReply::MayHaveLeft(FailureReason::Timeout)),
            (Ok(Err(error)), handshakes) => return Err(classify(&error, handshakes > 0, self.is_proxied)),
            (Ok(Ok(response)), _) => response,
        };
        let status = response.status().as_u16();
        let content_type = response.headers().get(CONTENT_TYPE).map(|it| String::from_utf8_lossy(it.as_bytes()).into());
        let body = timeout_at(until, body(response, self.most_answer_bytes)).await;
        Ok(Reply { status, content_type, body: body.unwrap_or(Err(FailureReason::Timeout)) })
    }
}

fn proxy(settings: &Settings) -> Result<Option<Proxy>, BuildError> {
    let Some(url) = settings.proxy_url()? else { return Ok(None) };
    let mut proxy = Proxy::all(url)?;
    if let Some(file) = settings.proxy_credentials_file.as_ref().filter(|file| !file.as_os_str().is_empty()) {
        const EXAMPLE: &str = "a file that holds one line, name:password";
        let wrong = |problem: String| SettingsError::new("proxy_credentials_file", problem, EXAMPLE);
        let text = std::fs::read_to_string(file).map_err(|error| wrong(format!("it can't be read ({error})")))?;
        let (name, password) = text.trim().split_once(':').ok_or_else(|| wrong("it has no colon".into()))?;
        proxy = proxy.basic_auth(name, password);
    }
    Ok(Some(proxy))
}

/// The body as it arrives, decompressed, up to `most` bytes.
async fn body(mut response: Response, most: usize) -> Result<Vec<u8>, FailureReason> {
    let declared =
        response.headers().get(CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse::<usize>().ok());
    if declared.is_some_and(|length| length > most) {
        return Err(FailureReason::TooLarge);
    }
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(|_| FailureReason::Reset)? {
        if body.len() + chunk.len() > most {
            return Err(FailureReason::TooLarge);
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

tokio::task_local! {
    /// How many TLS 1.3 handshakes the request of this task has gone through.
    static HANDSHAKES: std::cell::Cell<u32>;
}

/// Sees that a TLS 1.3 handshake took place for the request in hand; it is never given a secret.
///
/// In TLS 1.3 a client has finished, and sends its request, before the server looks at the client's certificate. A
/// server that refuses it has not finished the handshake and so can't have read the request: the alert that says so is
/// a certain `NotSent`, but only on a connection opened for this very request.
#[derive(Debug)]
struct HandshakeWitness;

impl KeyLog for HandshakeWitness {
    fn will_log(&self, label: &str) -> bool {
        if label == "CLIENT_TRAFFIC_SECRET_0" {
            // Outside a request (a connection opened ahead of need) there is nothing to note.
            let _ = HANDSHAKES.try_with(|handshakes| handshakes.set(handshakes.get() + 1));
        }
        false
    }

    fn log(&self, _: &str, _: &[u8], _: &[u8]) {}
}

/// What an error of sending means. Certain are only: an error while connecting, a request that was never begun because
/// its connection had ended, and the refusal of our certificate in a handshake made for this request.
fn classify(error: &reqwest::Error, had_handshake: bool, is_proxied: bool) -> NoReply {
    let tls = chain(error).find_map(|cause| cause.downcast_ref::<rustls::Error>());
    if error.is_connect() {
        return NoReply::NotSent(connect_reason(error, tls, is_proxied));
    }
    if error.is_builder() {
        return NoReply::NotSent(FailureReason::Unbuildable);
    }
    if had_handshake && tls.is_some_and(refuses_certificate) {
        return NoReply::NotSent(FailureReason::ClientCertificate);
    }
    let never_begun = chain(error).any(|cause| cause.downcast_ref().is_some_and(hyper::Error::is_canceled));
    if never_begun { NoReply::NotSent(FailureReason::Connect) } else { NoReply::MayHaveLeft(FailureReason::Reset) }
}

fn connect_reason(error: &reqwest::Error, tls: Option<&rustls::Error>, is_proxied: bool) -> FailureReason {
    match tls {
        Some(tls) if refuses_certificate(tls) => FailureReason::ClientCertificate,
        Some(rustls::Error::InvalidCertificate(_)) => FailureReason::ServerCertificate,
        Some(_) => FailureReason::Tls,
        None if error.is_timeout() => FailureReason::ConnectTimeout,
        None if error.is_dns() => FailureReason::Dns,
        None if is_proxied && chain(error).any(is_refused_tunnel) => FailureReason::ProxyRefused,
        None => FailureReason::Connect,
    }
}

/// The type of the error is not public; its text holds nothing of the request.
fn is_refused_tunnel(cause: &(dyn Error + 'static)) -> bool {
    let text = cause.to_string();
    text.starts_with("tunnel error") && !text.ends_with("failed to create underlying connection")
}

const fn refuses_certificate(error: &rustls::Error) -> bool {
    use AlertDescription as Alert;
    matches!(
        error,
        rustls::Error::AlertReceived(
            Alert::CertificateRequired
                | Alert::BadCertificate
                | Alert::UnsupportedCertificate
                | Alert::CertificateRevoked
                | Alert::CertificateExpired
                | Alert::CertificateUnknown
                | Alert::UnknownCA
                // Signed by another key of an authority of the right name.
                | Alert::DecryptError
                | Alert::AccessDenied
        )
    )
}

/// An error and its causes; what an [`io::Error`] wraps is not among its sources.
fn chain<'a>(error: &'a (dyn Error + 'static)) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    successors(Some(error), |&error: &&'a (dyn Error + 'static)| {
        match error.downcast_ref::<io::Error>().and_then(io::Error::get_ref) {
            Some(inner) => Some(inner as &(dyn Error + 'static)),
            None => error.source(),
        }
    })
}
