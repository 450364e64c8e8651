//! The HTTPS listener: mutual TLS, and connections that can be cut.

use std::{
    io,
    net::SocketAddr,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    task::{Context, Poll},
    time::Duration,
};

use hyper::{server::conn::http1, service::service_fn};
use hyper_util::rt::TokioIo;
use parking_lot::RwLock;
use rustls::{
    DigitallySignedStruct, DistinguishedName, Error, HandshakeKind, RootCertStore, ServerConfig, SignatureScheme,
    client::danger::HandshakeSignatureValid,
    crypto::aws_lc_rs,
    server::{
        VerifierBuilderError, WebPkiClientVerifier,
        danger::{ClientCertVerified, ClientCertVerifier},
    },
};
use rustls_pki_types::{CertificateDer, UnixTime};
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::{TcpListener, TcpStream},
    task::JoinSet,
};
use tokio_rustls::TlsAcceptor;

use super::{
    house::{House, Sender},
    party::{Badge, Party},
    pki::Pki,
    profile::{ForeignSource, Profile, UnknownCertificate},
    server::{Line, PATIENCE},
};

const HANDSHAKE: Duration = Duration::from_secs(10);

/// Why the listener can't speak TLS.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// The certificates can't be used.
    #[error("the sandbox's certificates can't be used: {0}")]
    Rustls(#[from] Error),
    /// Its own authority can't be trusted.
    #[error("the sandbox's authority can't be used: {0}")]
    Authority(#[from] VerifierBuilderError),
}

/// What every connection needs.
pub(super) struct Listener {
    house: Arc<House>,
    base: Arc<str>,
    acceptor: TlsAcceptor,
    door: Door,
}

/// How who comes is known.
enum Door {
    /// By the certificate.
    Certificates { authority: Arc<dyn ClientCertVerifier>, parties: Vec<(CertificateDer<'static>, Party)> },
    /// By what each message says.
    Credentials,
}

impl Listener {
    /// A listener for clients with certificates, that is reached at `base`.
    pub(super) fn new(pki: &Pki, house: Arc<House>, base: &str) -> Result<Self, TlsError> {
        let provider = Arc::new(aws_lc_rs::default_provider());
        let mut roots = RootCertStore::empty();
        for authority in &pki.authorities {
            roots.add(authority.clone())?;
        }
        let authority = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), Arc::clone(&provider)).build()?;
        let doorkeeper = Doorkeeper { authority: Arc::clone(&authority), profile: Arc::clone(&house.profile) };
        let mut config = ServerConfig::builder_with_provider(provider)
            .with_protocol_versions(&[&rustls::version::TLS13, &rustls::version::TLS12])?
            .with_client_cert_verifier(Arc::new(doorkeeper))
            .with_single_cert(vec![pki.server.clone()], pki.server_key.clone_key())?;
        config.alpn_protocols = protocols();
        let door = Door::Certificates { authority, parties: pki.parties.clone() };
        Ok(Self { house, base: base.into(), acceptor: TlsAcceptor::from(Arc::new(config)), door })
    }

    /// A listener for structures, which have user id and password and no certificate.
    pub(super) fn for_structures(pki: &Pki, house: Arc<House>, base: &str) -> Result<Self, TlsError> {
        let mut config = ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
            .with_protocol_versions(&[&rustls::version::TLS13, &rustls::version::TLS12])?
            .with_no_client_auth()
            .with_single_cert(vec![pki.server.clone()], pki.server_key.clone_key())?;
        config.alpn_protocols = protocols();
        let acceptor = TlsAcceptor::from(Arc::new(config));
        Ok(Self { house, base: base.into(), acceptor, door: Door::Credentials })
    }

    /// Accepts connections until it is dropped, which cuts them all.
    pub(super) async fn run(self, listener: TcpListener) {
        let this = Arc::new(self);
        let mut connections = JoinSet::new();
        loop {
            tokio::select! {
                accepted = listener.accept() => match accepted {
                    Ok((tcp, peer)) => drop(connections.spawn(Arc::clone(&this).serve(tcp, peer))),
                    // Out of file descriptors, most likely: some will be given back.
                    Err(_) => tokio::time::sleep(Duration::from_millis(50)).await,
                },
                Some(_) = connections.join_next() => {}
            }
        }
    }

    async fn serve(self: Arc<Self>, tcp: TcpStream, peer: SocketAddr) {
        let address = peer.ip().to_canonical();
        if self.is_shut_out(address) {
            tokio::time::sleep(PATIENCE).await;
            return;
        }
        // Small answers, each waited for.
        let _ = tcp.set_nodelay(true);
        let cut = Arc::new(AtomicBool::new(false));
        let wire = Wire { tcp, cut: Arc::clone(&cut) };
        let Ok(Ok(stream)) = tokio::time::timeout(HANDSHAKE, self.acceptor.accept(wire)).await else {
            tracing::info!(target: "centralino::sandbox", "handshake refused");
            return;
        };
        let (_, session) = stream.get_ref();
        self.count(session.handshake_kind());
        let sender = Sender { address, badge: self.badge(session.peer_certificates().unwrap_or_default()) };
        let line = Line { house: Arc::clone(&self.house), sender, base: Arc::clone(&self.base), cut };
        let service = service_fn(move |request| line.clone().answer(request));
        if http1::Builder::new().serve_connection(TokioIo::new(stream), service).await.is_err() {
            tracing::debug!(target: "centralino::sandbox", "connection broken");
        }
    }

    fn is_shut_out(&self, address: std::net::IpAddr) -> bool {
        let profile = self.house.profile.read();
        profile.foreign_source == ForeignSource::Silence && !profile.sources.contains(&address)
    }

    /// Who presents the certificates of a connection.
    fn badge(&self, chain: &[CertificateDer<'_>]) -> Badge {
        let Door::Certificates { authority, parties } = &self.door else { return Badge::Credentials(None) };
        let now = Duration::from_millis(u64::try_from(self.house.clock.now_ms()).unwrap_or_default());
        let now = UnixTime::since_unix_epoch(now);
        let known = chain.split_first().filter(|(own, others)| authority.verify_client_cert(own, others, now).is_ok());
        let party = known.and_then(|(own, _)| parties.iter().find(|(certificate, _)| certificate == own));
        Badge::Certificate(party.map(|(_, party)| party.clone()))
    }

    fn count(&self, kind: Option<HandshakeKind>) {
        let counts = &mut self.house.state.lock().counts;
        match kind {
            Some(HandshakeKind::Resumed) => counts.resumed_handshakes += 1,
            _ => counts.full_handshakes += 1,
        }
    }
}

fn protocols() -> Vec<Vec<u8>> {
    vec![b"http/1.1".to_vec(), b"http/1.0".to_vec()]
}

/// Lets in clients of this Sistema TS, or, where the profile says so, everyone as far as the gateway's "no".
#[derive(Debug)]
struct Doorkeeper {
    authority: Arc<dyn ClientCertVerifier>,
    profile: Arc<RwLock<Profile>>,
}

impl Doorkeeper {
    fn leaves_it_to_the_gateway(&self) -> bool {
        self.profile.read().unknown_certificate == UnknownCertificate::Policy
    }
}

impl ClientCertVerifier for Doorkeeper {
    fn client_auth_mandatory(&self) -> bool {
        !self.leaves_it_to_the_gateway()
    }

    fn root_hint_subjects(&self) -> &[DistinguishedName] {
        // Without a hint clients send what they have, and the refusal is seen to be of it.
        &[]
    }

    fn verify_client_cert(
        &self,
        own: &CertificateDer<'_>,
        others: &[CertificateDer<'_>],
        now: UnixTime,
    ) -> Result<ClientCertVerified, Error> {
        if self.leaves_it_to_the_gateway() {
            return Ok(ClientCertVerified::assertion());
        }
        self.authority.verify_client_cert(own, others, now)
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.authority.verify_tls12_signature(message, certificate, signature)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.authority.verify_tls13_signature(message, certificate, signature)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.authority.supported_verify_schemes()
    }
}

/// A TCP connection that ends with a reset once it is cut.
struct Wire {
    tcp: TcpStream,
    cut: Arc<AtomicBool>,
}

impl Wire {
    fn is_cut(&self) -> bool {
        self.cut.load(Ordering::SeqCst)
    }
}

impl Drop for Wire {
    fn drop(&mut self) {
        if self.is_cut() {
            let _ = self.tcp.set_zero_linger();
        }
    }
}

impl AsyncRead for Wire {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.tcp).poll_read(cx, buffer)
    }
}

impl AsyncWrite for Wire {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        if self.is_cut() {
            return Poll::Ready(Err(io::ErrorKind::ConnectionReset.into()));
        }
        Pin::new(&mut self.tcp).poll_write(cx, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.tcp).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.tcp).poll_shutdown(cx)
    }
}
