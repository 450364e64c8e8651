//! TLS of the desk's own listener: 1.2 and 1.3 only, with certificate and key from two PEM files, which are looked at
//! every few seconds. A renewed pair serves the connections that come after it; those that are open live on. A pair
//! that is broken or half written leaves the former one in use, and is warned about.

use std::{
    fmt, fs, io,
    path::{Path, PathBuf},
    pin::Pin,
    sync::Arc,
    time::Duration,
};

use arc_swap::ArcSwap;
use aws_lc_rs::digest::{Digest, SHA256, digest};
use axum::{Extension, middleware::AddExtension};
use axum_server::accept::Accept;
use jiff::Timestamp;
use rustls::{
    ProtocolVersion, ServerConfig, crypto,
    pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject},
    version::{TLS12, TLS13},
};
use tokio::{net::TcpStream, time::timeout};
use tokio_rustls::{TlsAcceptor, server::TlsStream};
use tower::Layer;
use zeroize::Zeroizing;

use super::{clock::Clock, config::Server, tls_words};
use crate::sistema_ts::identity::{WARNING, certificates, check_validity};

/// The key of the configuration that names the certificate, and the one that names its key.
pub const CERTIFICATE: &str = "server.tls_certificate_file";
const KEY: &str = "server.tls_key_file";
/// How long a browser has for the handshake.
const HANDSHAKE: Duration = Duration::from_secs(10);
/// How often the files are looked at.
const LOOK_EVERY: Duration = Duration::from_secs(3);
/// How often it is said that the certificate ends soon, in milliseconds.
const WARN_EVERY: i64 = 24 * 60 * 60 * 1000;

/// Why the listener can't speak TLS.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}: {problem}", path.display())]
pub struct OwnTlsError {
    /// The key of the configuration.
    pub key: &'static str,
    path: PathBuf,
    problem: String,
}

/// Where certificate and key are.
#[derive(Clone, Debug)]
pub struct Files {
    certificate: PathBuf,
    key: PathBuf,
}

impl Files {
    /// Those that a configuration names; none where TLS is a proxy's.
    #[must_use]
    pub fn of(server: &Server) -> Option<Self> {
        let (certificate, key) = (server.tls_certificate_file.clone()?, server.tls_key_file.clone()?);
        Some(Self { certificate, key })
    }

    /// The certificates, the browser's first, if they can be read.
    pub fn chain(&self) -> Result<Vec<CertificateDer<'static>>, OwnTlsError> {
        certificates(&read(CERTIFICATE, &self.certificate)?).map_err(|problem| self.wrong(CERTIFICATE, problem))
    }

    /// Reads and checks them.
    pub fn load(&self, now: Timestamp) -> Result<Pair, OwnTlsError> {
        let (chain, key) = (read(CERTIFICATE, &self.certificate)?, Zeroizing::new(read(KEY, &self.key)?));
        let seen = seen(&chain, &key);
        let certificate = |problem: String| self.wrong(CERTIFICATE, problem);
        let chain = certificates(&chain).map_err(certificate)?;
        let ends_at = check_validity(&chain, now).map_err(certificate)?;
        let key = PrivateKeyDer::from_pem_slice(&key)
            .map_err(|_| self.wrong(KEY, "it holds no private key in PEM, or an encrypted one"))?;
        let not_of_it =
            |error| self.wrong(KEY, format!("it does not belong to the certificate, or is of no known kind ({error})"));
        let mut config = ServerConfig::builder_with_provider(Arc::new(crypto::aws_lc_rs::default_provider()))
            .with_protocol_versions(&[&TLS13, &TLS12])
            .and_then(|builder| builder.with_no_client_auth().with_single_cert(chain, key))
            .map_err(not_of_it)?;
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        // The strongest suite that a browser can speak, not the one that it names first.
        config.ignore_client_order = true;
        Ok(Pair { config: Arc::new(config), ends_at, seen })
    }

    /// What the files hold now, to know it again; none where they can't be read.
    fn seen(&self) -> Option<Seen> {
        let (chain, key) = (fs::read(&self.certificate).ok()?, Zeroizing::new(fs::read(&self.key).ok()?));
        Some(seen(&chain, &key))
    }

    fn wrong(&self, key: &'static str, problem: impl Into<String>) -> OwnTlsError {
        let path = if key == KEY { &self.key } else { &self.certificate };
        OwnTlsError { key, path: path.clone(), problem: problem.into() }
    }
}

fn read(key: &'static str, path: &Path) -> Result<Vec<u8>, OwnTlsError> {
    let failed =
        |error: io::Error| OwnTlsError { key, path: path.to_owned(), problem: format!("it can't be read ({error})") };
    fs::read(path).map_err(failed)
}

/// The hashes of both files.
type Seen = [Vec<u8>; 2];

fn seen(chain: &[u8], key: &[u8]) -> Seen {
    [chain, key].map(|bytes| Digest::as_ref(&digest(&SHA256, bytes)).to_vec())
}

/// Certificate and key, ready to serve.
pub struct Pair {
    config: Arc<ServerConfig>,
    ends_at: Timestamp,
    seen: Seen,
}

/// The TLS of a listener.
#[derive(Clone)]
pub struct OwnTls {
    files: Files,
    clock: Clock,
    pair: Arc<ArcSwap<Pair>>,
}

impl fmt::Debug for OwnTls {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("OwnTls(…)")
    }
}

impl OwnTls {
    /// Reads the files, which must do.
    pub fn open(files: Files, clock: Clock) -> Result<Self, OwnTlsError> {
        let pair = files.load(clock.now())?;
        Ok(Self { files, clock, pair: Arc::new(ArcSwap::from_pointee(pair)) })
    }

    /// Takes renewed files over and warns of the certificate's end, until the task is aborted.
    pub async fn keep(self) {
        let (mut refused, mut warned_at) = (None, None);
        loop {
            self.warn(&mut warned_at);
            tokio::time::sleep(LOOK_EVERY).await;
            self.look(&mut refused);
        }
    }

    /// Two small files: read on the spot. `refused` is what could not be used before, and is said once.
    fn look(&self, refused: &mut Option<Seen>) {
        let Some(seen) = self.files.seen() else { return };
        if seen == self.pair.load().seen || refused.as_ref() == Some(&seen) {
            return;
        }
        match self.files.load(self.clock.now()) {
            Ok(pair) => {
                tracing::info!(ends_at = %pair.ends_at, "the certificate of the desk was renewed");
                self.pair.store(Arc::new(pair));
            }
            Err(error) => {
                tracing::warn!(%error, key = error.key, "a renewed certificate can't be used; the former one is in use");
                *refused = Some(seen);
            }
        }
    }

    fn warn(&self, warned_at: &mut Option<i64>) {
        let (now, ends_at) = (self.clock.now(), self.pair.load().ends_at);
        let was_long_ago = warned_at.is_none_or(|at| now.as_millisecond() - at >= WARN_EVERY);
        if was_long_ago && ends_at.duration_since(now) < WARNING {
            tracing::warn!(%ends_at, "the certificate of the desk ends soon: put a renewed one in its place");
            *warned_at = Some(now.as_millisecond());
        }
    }
}

/// How a connection speaks TLS, in the words of the registers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Spoken {
    /// The version.
    pub protocol: &'static str,
    /// The cipher suite.
    pub cipher: &'static str,
}

impl Spoken {
    fn of(stream: &TlsStream<TcpStream>) -> Self {
        let (_, session) = stream.get_ref();
        let protocol = match session.protocol_version() {
            Some(ProtocolVersion::TLSv1_3) => "TLSv1.3",
            _ => "TLSv1.2",
        };
        // The library's names of the newer suites are not IANA's.
        let name = session.negotiated_cipher_suite().and_then(|suite| suite.suite().as_str()).unwrap_or_default();
        Self { protocol, cipher: tls_words::cipher(&name.replace("TLS13_", "TLS_")) }
    }
}

impl<S: Send + 'static> Accept<TcpStream, S> for OwnTls {
    type Stream = TlsStream<TcpStream>;
    type Service = AddExtension<S, Spoken>;
    type Future = Pin<Box<dyn Future<Output = io::Result<(Self::Stream, Self::Service)>> + Send>>;

    fn accept(&self, stream: TcpStream, service: S) -> Self::Future {
        let acceptor = TlsAcceptor::from(Arc::clone(&self.pair.load().config));
        Box::pin(async move {
            // A page is many small writes, each waited for.
            stream.set_nodelay(true)?;
            let stream = timeout(HANDSHAKE, acceptor.accept(stream)).await.map_err(|_| io::ErrorKind::TimedOut)??;
            let spoken = Spoken::of(&stream);
            Ok((stream, Extension(spoken).layer(service)))
        })
    }
}
