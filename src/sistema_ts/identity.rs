//! Who we are to Sistema TS and whom we trust: the client certificate with its key, and the bundle of authorities
//! (seed 003, 4.3.3 and 6.3). Refused at start: what is unreadable, does not belong together, or is out of its time.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use aws_lc_rs::digest;
use jiff::{SignedDuration, Timestamp};
use rustls::{
    ClientConfig, RootCertStore,
    crypto::CryptoProvider,
    pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject},
    version::{TLS12, TLS13},
};
use zeroize::Zeroizing;

use super::settings::Settings;

/// How long before its end a certificate is warned about.
pub const WARNING: SignedDuration = SignedDuration::from_hours(30 * 24);

/// Why a file of the identity can't be used.
#[derive(Debug, thiserror::Error)]
#[error("sistema_ts.{key} ({}): {problem}; for example: {example}", path.display())]
pub struct IdentityError {
    /// The key of `[sistema_ts]` that names the file.
    pub key: &'static str,
    /// The file.
    pub path: PathBuf,
    /// What is wrong.
    pub problem: String,
    /// A value that would do.
    pub example: &'static str,
}

/// The three files as they were read, so that a change can be seen before anything is parsed.
pub struct Files {
    authorities: Vec<u8>,
    chain: Vec<u8>,
    key: Zeroizing<Vec<u8>>,
}

/// What [`Files`] held, without holding it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Fingerprint([u8; digest::SHA256_OUTPUT_LEN]);

impl Files {
    /// Reads the three files.
    pub fn read(settings: &Settings) -> Result<Self, IdentityError> {
        let read = |file: File| {
            std::fs::read(file.path(settings))
                .map_err(|error| file.error(settings, format!("it can't be read ({error})")))
        };
        Ok(Self {
            authorities: read(File::Authorities)?,
            chain: read(File::Chain)?,
            key: Zeroizing::new(read(File::Key)?),
        })
    }

    /// The same for the same contents.
    pub fn fingerprint(&self) -> Fingerprint {
        let mut context = digest::Context::new(&digest::SHA256);
        for part in [&self.authorities, &self.chain, &*self.key] {
            context.update(&part.len().to_be_bytes());
            context.update(part);
        }
        let mut bytes = [0; digest::SHA256_OUTPUT_LEN];
        bytes.iter_mut().zip(context.finish().as_ref()).for_each(|(to, from)| *to = *from);
        Fingerprint(bytes)
    }

    /// Checks the identity and makes TLS of it: 1.2 and 1.3 only, the bundle's authorities only.
    pub fn identity(&self, settings: &Settings, now: Timestamp) -> Result<Identity, IdentityError> {
        let chain = certificates(&self.chain).map_err(|problem| File::Chain.error(settings, problem))?;
        let expires_at = check_validity(&chain, now).map_err(|problem| File::Chain.error(settings, problem))?;
        let key = PrivateKeyDer::from_pem_slice(&self.key)
            .map_err(|_| File::Key.error(settings, "it holds no private key in PEM, or an encrypted one"))?;
        let roots = self.roots().map_err(|problem| File::Authorities.error(settings, problem))?;
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let tls = config(provider, roots, chain, key).map_err(|error| {
            File::Key
                .error(settings, format!("it does not belong to the certificate, or is of no known kind ({error})"))
        })?;
        Ok(Identity { tls, expires_at })
    }

    fn roots(&self) -> Result<RootCertStore, String> {
        let mut roots = RootCertStore::empty();
        for certificate in certificates(&self.authorities)? {
            roots.add(certificate).map_err(|error| format!("a certificate in it can't be an authority ({error})"))?;
        }
        Ok(roots)
    }
}

/// The identity, ready to connect with.
pub struct Identity {
    /// TLS with this identity.
    pub tls: ClientConfig,
    /// The end of the certificate's validity.
    pub expires_at: Timestamp,
}

#[derive(Clone, Copy)]
enum File {
    Authorities,
    Chain,
    Key,
}

impl File {
    fn path(self, settings: &Settings) -> &Path {
        match self {
            Self::Authorities => &settings.ca_file,
            Self::Chain => &settings.certificate_file,
            Self::Key => &settings.key_file,
        }
    }

    fn error(self, settings: &Settings, problem: impl Into<String>) -> IdentityError {
        let (key, example) = match self {
            Self::Authorities => ("ca_file", "\"/etc/centralino/sistema-ts/ca.pem\""),
            Self::Chain => ("certificate_file", "\"/etc/centralino/sistema-ts/client.pem\""),
            Self::Key => ("key_file", "\"/etc/centralino/sistema-ts/client.key\""),
        };
        IdentityError { key, path: self.path(settings).to_owned(), problem: problem.into(), example }
    }
}

fn certificates(pem: &[u8]) -> Result<Vec<CertificateDer<'static>>, String> {
    let read: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(pem).collect();
    match read {
        Err(error) => Err(format!("it is not PEM ({error})")),
        Ok(certificates) if certificates.is_empty() => Err("it holds no certificate in PEM".into()),
        Ok(certificates) => Ok(certificates),
    }
}

/// The end of the leaf's validity, if `now` lies within it.
fn check_validity(chain: &[CertificateDer<'_>], now: Timestamp) -> Result<Timestamp, String> {
    let leaf = chain.first().ok_or("it holds no certificate in PEM")?;
    let (_, leaf) = x509_parser::parse_x509_certificate(leaf).map_err(|_| "it holds no X.509 certificate")?;
    let instant = |time: x509_parser::time::ASN1Time| {
        Timestamp::from_second(time.timestamp()).map_err(|_| "its validity is no time".to_owned())
    };
    let begins_at = instant(leaf.validity().not_before)?;
    let expires_at = instant(leaf.validity().not_after)?;
    if now < begins_at {
        return Err(format!("the certificate is valid only from {begins_at}: is the clock right?"));
    }
    if now > expires_at {
        return Err(format!("the certificate ended at {expires_at}: ask Sistema TS for a new one"));
    }
    Ok(expires_at)
}

fn config(
    provider: Arc<CryptoProvider>,
    roots: RootCertStore,
    chain: Vec<CertificateDer<'static>>,
    key: PrivateKeyDer<'static>,
) -> Result<ClientConfig, rustls::Error> {
    ClientConfig::builder_with_provider(provider)
        .with_protocol_versions(&[&TLS13, &TLS12])?
        .with_root_certificates(roots)
        .with_client_auth_cert(chain, key)
}
