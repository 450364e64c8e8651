//! Certificates for the tests: two authorities that do not know each other, written to a folder of their own.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use centralino::sistema_ts::settings::Settings;
use rcgen::{BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair};
use rustls::{
    RootCertStore, ServerConfig, SupportedProtocolVersion,
    pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer},
    server::WebPkiClientVerifier,
    version::{TLS12, TLS13},
};
use time::{Duration, OffsetDateTime};

/// The authority that client and server share.
pub const NAME: &str = "Sistema TS di prova";

/// An authority.
pub struct Authority {
    issuer: Issuer<'static, KeyPair>,
    pub pem: String,
    der: CertificateDer<'static>,
}

/// A certificate with its key.
pub struct Issued {
    pub pem: String,
    pub key_pem: String,
    der: CertificateDer<'static>,
    key: Vec<u8>,
}

impl Authority {
    pub fn new(name: &str) -> Self {
        let key = KeyPair::generate().expect("a key");
        let mut params = CertificateParams::default();
        params.distinguished_name.push(DnType::CommonName, name);
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let certificate = params.self_signed(&key).expect("an authority");
        Self { pem: certificate.pem(), der: certificate.der().clone(), issuer: Issuer::new(params, key) }
    }

    /// A server's certificate for `name`.
    pub fn server(&self, name: &str) -> Issued {
        self.issue(name, ExtendedKeyUsagePurpose::ServerAuth, -1, 365)
    }

    /// The same, valid for so many days from now.
    pub fn server_until(&self, name: &str, to: i64) -> Issued {
        self.issue(name, ExtendedKeyUsagePurpose::ServerAuth, -30, to)
    }

    /// A server's certificate that has ended.
    pub fn expired_server(&self, name: &str) -> Issued {
        self.issue(name, ExtendedKeyUsagePurpose::ServerAuth, -20, -10)
    }

    /// A client's certificate, valid from `from` to `to` days from now.
    pub fn client(&self, from: i64, to: i64) -> Issued {
        self.issue("client.test", ExtendedKeyUsagePurpose::ClientAuth, from, to)
    }

    fn issue(&self, name: &str, usage: ExtendedKeyUsagePurpose, from: i64, to: i64) -> Issued {
        let key = KeyPair::generate().expect("a key");
        let mut params = CertificateParams::new([name.to_owned()]).expect("a name");
        params.extended_key_usages = vec![usage];
        params.not_before = OffsetDateTime::now_utc() + Duration::days(from);
        params.not_after = OffsetDateTime::now_utc() + Duration::days(to);
        let certificate = params.signed_by(&key, &self.issuer).expect("a certificate");
        Issued {
            pem: certificate.pem(),
            key_pem: key.serialize_pem(),
            der: certificate.der().clone(),
            key: key.serialize_der(),
        }
    }
}

/// What a server and a client that trust each other need.
pub struct Pki {
    pub authority: Authority,
    pub folder: tempfile::TempDir,
}

impl Pki {
    /// An authority, and a client's identity of it on the disk.
    pub fn new() -> Self {
        let pki = Self { authority: Authority::new(NAME), folder: tempfile::tempdir().expect("a folder") };
        pki.write("ca.pem", &pki.authority.pem);
        pki.install(&pki.authority.client(-1, 365));
        pki
    }

    pub fn write(&self, name: &str, text: &str) -> PathBuf {
        let path = self.path(name);
        std::fs::write(&path, text).expect("a file");
        path
    }

    pub fn path(&self, name: &str) -> PathBuf {
        Path::new(self.folder.path()).join(name)
    }

    /// Makes `client` the identity on the disk.
    pub fn install(&self, client: &Issued) {
        self.write("client.pem", &client.pem);
        self.write("client.key", &client.key_pem);
    }

    /// TLS 1.2 and 1.3, a certificate for localhost, clients of the same authority.
    pub fn server(&self) -> ServerConfig {
        self.server_as("localhost", &[&TLS13, &TLS12], &self.authority)
    }

    /// The same, without asking clients for a certificate.
    pub fn anonymous_server(&self) -> ServerConfig {
        let issued = self.authority.server("localhost");
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        ServerConfig::builder_with_provider(provider)
            .with_protocol_versions(&[&TLS13, &TLS12])
            .expect("versions")
            .with_no_client_auth()
            .with_single_cert(vec![issued.der.clone()], PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(issued.key)))
            .expect("a server")
    }

    pub fn server_as(
        &self,
        name: &str,
        versions: &[&'static SupportedProtocolVersion],
        trusting: &Authority,
    ) -> ServerConfig {
        server(&self.authority.server(name), versions, trusting)
    }

    /// Settings for an upstream on `port`, with limits short enough to wait for.
    pub fn settings(&self, port: u16) -> Settings {
        Settings {
            base_url: format!("https://localhost:{port}"),
            ca_file: self.path("ca.pem"),
            certificate_file: self.path("client.pem"),
            key_file: self.path("client.key"),
            connect_timeout_ms: 700,
            deadline_ms: 2_000,
            ..Settings::default()
        }
    }
}

/// A server that presents `issued` and demands a certificate of `trusting`.
pub fn server(issued: &Issued, versions: &[&'static SupportedProtocolVersion], trusting: &Authority) -> ServerConfig {
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let mut roots = RootCertStore::empty();
    roots.add(trusting.der.clone()).expect("an authority");
    let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), Arc::clone(&provider))
        .build()
        .expect("a verifier");
    let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(issued.key.clone()));
    ServerConfig::builder_with_provider(provider)
        .with_protocol_versions(versions)
        .expect("versions")
        .with_client_cert_verifier(verifier)
        .with_single_cert(vec![issued.der.clone()], key)
        .expect("a server")
}
