//! Who we are to Sistema TS and whom we trust: the client certificate with its key, or the credentials of a structure,
//! and the bundle of authorities (seed 003, Tab. 1, 4.3.3 and 6.3). Refused at start: what is unreadable, does not belong together, or is out of its time.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use aws_lc_rs::digest;
use base64::{Engine as _, prelude::BASE64_STANDARD};
use jiff::{SignedDuration, Timestamp};
use reqwest::header::HeaderValue;
use rustls::{
    ClientConfig, RootCertStore,
    pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject},
    version::{TLS12, TLS13},
};
use zeroize::Zeroizing;

use super::{pincode::Sealer, settings::Settings};

/// How long before its end a certificate is warned about.
pub const WARNING: SignedDuration = SignedDuration::from_hours(30 * 24);

/// Why a file of the identity can't be used.
#[derive(Debug, thiserror::Error)]
#[error("{section}.{key} ({}): {problem}; for example: {example}", path.display())]
pub struct IdentityError {
    /// The section of the configuration.
    pub section: &'static str,
    /// The key that names the file.
    pub key: &'static str,
    /// The file.
    pub path: PathBuf,
    /// What is wrong.
    pub problem: String,
    /// A value that would do.
    pub example: &'static str,
}

/// The files as they were read, so that a change can be seen before anything is parsed.
pub struct Files {
    authorities: Vec<u8>,
    proof: Proof,
}

/// What shows who we are.
enum Proof {
    Certificate { chain: Vec<u8>, key: Zeroizing<Vec<u8>> },
    Credentials { password: Zeroizing<Vec<u8>>, pincode: Zeroizing<Vec<u8>>, certificate: Vec<u8> },
}

/// What [`Files`] held, without holding it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Fingerprint([u8; digest::SHA256_OUTPUT_LEN]);

impl Files {
    /// Reads the files.
    pub fn read(settings: &Settings) -> Result<Self, IdentityError> {
        let read = |file: File| {
            std::fs::read(file.path(settings))
                .map_err(|error| file.error(settings, format!("it can't be read ({error})")))
        };
        let secret = |file: File| read(file).map(Zeroizing::new);
        let proof = if settings.credentials.is_some() {
            Proof::Credentials {
                password: secret(File::Password)?,
                pincode: secret(File::Pincode)?,
                certificate: read(File::PincodeCertificate)?,
            }
        } else {
            Proof::Certificate { chain: read(File::Chain)?, key: secret(File::Key)? }
        };
        Ok(Self { authorities: read(File::Authorities)?, proof })
    }

    /// The same for the same contents.
    pub fn fingerprint(&self) -> Fingerprint {
        let parts: [&[u8]; 4] = match &self.proof {
            Proof::Certificate { chain, key } => [&self.authorities, chain, key, &[]],
            Proof::Credentials { password, pincode, certificate } => {
                [&self.authorities, password, pincode, certificate]
            }
        };
        let mut context = digest::Context::new(&digest::SHA256);
        for part in parts {
            context.update(&part.len().to_be_bytes());
            context.update(part);
        }
        let mut bytes = [0; digest::SHA256_OUTPUT_LEN];
        bytes.iter_mut().zip(context.finish().as_ref()).for_each(|(to, from)| *to = *from);
        Fingerprint(bytes)
    }

    /// Checks the identity and makes TLS of it: 1.2 and 1.3 only, the bundle's authorities only.
    pub fn identity(&self, settings: &Settings, now: Timestamp) -> Result<Identity, IdentityError> {
        let roots = self.roots().map_err(|problem| File::Authorities.error(settings, problem))?;
        match &self.proof {
            Proof::Certificate { chain, key } => of_certificate(chain, key, roots, settings, now),
            Proof::Credentials { password, pincode, certificate } => {
                let password = line(password).ok_or_else(|| File::Password.error(settings, "it is not one line"))?;
                let pincode = line(pincode).ok_or_else(|| File::Pincode.error(settings, "it is not one line"))?;
                let sealer = Sealer::new(certificate, &pincode, now)
                    .map_err(|problem| File::PincodeCertificate.error(settings, problem))?;
                let user = settings.credentials.as_ref().map_or("", |credentials| credentials.user.as_str());
                let tls = config(roots, None).map_err(|error| File::Authorities.error(settings, error.to_string()))?;
                let authorization = basic(user, &password)
                    .ok_or_else(|| File::Password.error(settings, "it holds what can't be sent"))?;
                Ok(Identity { tls, expires_at: None, credentials: Some(Credentials { authorization, sealer }) })
            }
        }
    }

    fn roots(&self) -> Result<RootCertStore, String> {
        let mut roots = RootCertStore::empty();
        for certificate in certificates(&self.authorities)? {
            roots.add(certificate).map_err(|error| format!("a certificate in it can't be an authority ({error})"))?;
        }
        Ok(roots)
    }
}

fn of_certificate(
    chain: &[u8],
    key: &[u8],
    roots: RootCertStore,
    settings: &Settings,
    now: Timestamp,
) -> Result<Identity, IdentityError> {
    let chain = certificates(chain).map_err(|problem| File::Chain.error(settings, problem))?;
    let expires_at = check_validity(&chain, now).map_err(|problem| File::Chain.error(settings, problem))?;
    let key = PrivateKeyDer::from_pem_slice(key)
        .map_err(|_| File::Key.error(settings, "it holds no private key in PEM, or an encrypted one"))?;
    let tls = config(roots, Some((chain, key))).map_err(|error| {
        File::Key.error(settings, format!("it does not belong to the certificate, or is of no known kind ({error})"))
    })?;
    Ok(Identity { tls, expires_at: Some(expires_at), credentials: None })
}

/// The identity, ready to connect with.
pub struct Identity {
    /// TLS with this identity.
    pub tls: ClientConfig,
    /// The end of our certificate's validity; none where we have none.
    pub expires_at: Option<Timestamp>,
    /// What is sent with each message in place of a certificate.
    pub credentials: Option<Credentials>,
}

/// What a structure sends with each message.
pub struct Credentials {
    /// The `Authorization` header.
    pub authorization: HeaderValue,
    /// The pincode, which is encrypted anew for each.
    pub sealer: Sealer,
}

#[derive(Clone, Copy)]
enum File {
    Authorities,
    Chain,
    Key,
    Password,
    Pincode,
    PincodeCertificate,
}

impl File {
    fn path(self, settings: &Settings) -> &Path {
        match (self, &settings.credentials) {
            (Self::Authorities, _) => &settings.ca_file,
            (Self::Chain, _) => &settings.certificate_file,
            (Self::Key, _) => &settings.key_file,
            (Self::Password, Some(credentials)) => &credentials.password_file,
            (Self::Pincode, Some(credentials)) => &credentials.pincode_file,
            (Self::PincodeCertificate, Some(credentials)) => &credentials.pincode_certificate_file,
            (_, None) => Path::new(""),
        }
    }

    fn error(self, settings: &Settings, problem: impl Into<String>) -> IdentityError {
        let (key, example) = match self {
            Self::Authorities => ("ca_file", "\"/etc/centralino/sistema-ts/ca.pem\""),
            Self::Chain => ("certificate_file", "\"/etc/centralino/sistema-ts/client.pem\""),
            Self::Key => ("key_file", "\"/etc/centralino/sistema-ts/client.key\""),
            Self::Password => ("password_file", "\"/etc/centralino/structure.password\""),
            Self::Pincode => ("pincode_file", "\"/etc/centralino/structure.pincode\""),
            Self::PincodeCertificate => ("pincode_certificate_file", "\"/etc/centralino/sanitelcf.pem\""),
        };
        let path = self.path(settings).to_owned();
        IdentityError { section: settings.section, key, path, problem: problem.into(), example }
    }
}

/// The one line of a file, without the blanks around it.
fn line(bytes: &[u8]) -> Option<Zeroizing<String>> {
    let text = std::str::from_utf8(bytes).ok()?.trim();
    (!text.is_empty() && !text.contains(char::is_control)).then(|| Zeroizing::new(text.to_owned()))
}

fn basic(user: &str, password: &str) -> Option<HeaderValue> {
    let pair = Zeroizing::new(format!("{user}:{password}"));
    let mut header = HeaderValue::from_str(&format!("Basic {}", BASE64_STANDARD.encode(pair.as_bytes()))).ok()?;
    header.set_sensitive(true);
    Some(header)
}

pub(crate) fn certificates(pem: &[u8]) -> Result<Vec<CertificateDer<'static>>, String> {
    let read: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(pem).collect();
    match read {
        Err(error) => Err(format!("it is not PEM ({error})")),
        Ok(certificates) if certificates.is_empty() => Err("it holds no certificate in PEM".into()),
        Ok(certificates) => Ok(certificates),
    }
}

/// The end of the leaf's validity, if `now` lies within it.
pub(crate) fn check_validity(chain: &[CertificateDer<'_>], now: Timestamp) -> Result<Timestamp, String> {
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
        return Err(format!("the certificate ended at {expires_at}: put a renewed one in its place"));
    }
    Ok(expires_at)
}

fn config(
    roots: RootCertStore,
    own: Option<(Vec<CertificateDer<'static>>, PrivateKeyDer<'static>)>,
) -> Result<ClientConfig, rustls::Error> {
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let builder = ClientConfig::builder_with_provider(provider)
        .with_protocol_versions(&[&TLS13, &TLS12])?
        .with_root_certificates(roots);
    match own {
        Some((chain, key)) => builder.with_client_auth_cert(chain, key),
        None => Ok(builder.with_no_client_auth()),
    }
}
