//! The sandbox's own certificates: made at the first start, kept, and made anew a month before they end.
//!
//! The authority's key is thrown away once it has signed, so that nobody can sign with it.

use std::{
    io::Write as _,
    path::{Path, PathBuf},
};

use jiff::{SignedDuration, Timestamp};
use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DnType, ExtendedKeyUsagePurpose, IsCa, KeyPair,
    KeyUsagePurpose,
};
use rustls_pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject as _};
use time::OffsetDateTime;

const CA: &str = "ca.pem";
const SERVER: (&str, &str) = ("server.pem", "server.key");
const CLIENT: (&str, &str) = ("client.pem", "client.key");
const UNKNOWN_CLIENT: (&str, &str) = ("unknown-client.pem", "unknown-client.key");
const VALIDITY: SignedDuration = SignedDuration::from_hours(10 * 365 * 24);
/// Clients warn a month before the end of theirs: with these they never have to.
const RENEWAL: SignedDuration = SignedDuration::from_hours(31 * 24);

/// What the server presents and whom it trusts.
#[derive(Debug)]
pub(super) struct Pki {
    pub(super) authority: CertificateDer<'static>,
    pub(super) server: CertificateDer<'static>,
    pub(super) server_key: PrivateKeyDer<'static>,
}

/// Why the certificates can't be had.
#[derive(Debug, thiserror::Error)]
pub enum PkiError {
    /// The folder or a file in it can't be read or written.
    #[error("{}: {cause}", path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        cause: std::io::Error,
    },
    /// A file is not what its name says.
    #[error("{}: not a PEM file of a certificate or key", .0.display())]
    Pem(PathBuf),
    /// They can't be made.
    #[error("the sandbox's certificates can't be made: {0}")]
    Made(#[from] rcgen::Error),
}

/// Reads the certificates in `dir`, after making them if one is missing or about to end.
pub(super) fn open(dir: &Path, now: Timestamp) -> Result<Pki, PkiError> {
    if !is_complete(dir, now) {
        make(dir, now)?;
    }
    let key = dir.join(SERVER.1);
    Ok(Pki {
        authority: certificate(&dir.join(CA))?,
        server: certificate(&dir.join(SERVER.0))?,
        server_key: PrivateKeyDer::from_pem_file(&key).map_err(|_| PkiError::Pem(key))?,
    })
}

fn certificate(path: &Path) -> Result<CertificateDer<'static>, PkiError> {
    CertificateDer::from_pem_file(path).map_err(|_| PkiError::Pem(path.to_owned()))
}

fn is_complete(dir: &Path, now: Timestamp) -> bool {
    let lives = |name: &str| certificate(&dir.join(name)).is_ok_and(|certificate| lasts(&certificate, now + RENEWAL));
    let has_key = |name: &str| PrivateKeyDer::from_pem_file(dir.join(name)).is_ok();
    lives(CA) && [SERVER, CLIENT, UNKNOWN_CLIENT].iter().all(|(certificate, key)| lives(certificate) && has_key(key))
}

fn lasts(certificate: &CertificateDer<'_>, until: Timestamp) -> bool {
    x509_parser::parse_x509_certificate(certificate)
        .is_ok_and(|(_, parsed)| parsed.validity().not_after.timestamp() > until.as_second())
}

fn make(dir: &Path, now: Timestamp) -> Result<(), PkiError> {
    make_folder(dir)?;
    let until = now + VALIDITY;
    let authority = self::authority("Sistema TS (ambiente di prova)", until)?;
    let stranger = self::authority("CA sconosciuta a Sistema TS", until)?;
    write(&dir.join(CA), authority.pem().as_bytes(), false)?;
    leaf(dir, SERVER, "localhost", ExtendedKeyUsagePurpose::ServerAuth, &authority, until)?;
    leaf(dir, CLIENT, "Call center (ambiente di prova)", ExtendedKeyUsagePurpose::ClientAuth, &authority, until)?;
    leaf(dir, UNKNOWN_CLIENT, "Client sconosciuto", ExtendedKeyUsagePurpose::ClientAuth, &stranger, until)
}

type Authority = CertifiedIssuer<'static, KeyPair>;

fn authority(name: &str, until: Timestamp) -> Result<Authority, PkiError> {
    let mut params = parameters(Vec::new(), name, until)?;
    params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    Ok(CertifiedIssuer::self_signed(params, KeyPair::generate()?)?)
}

fn leaf(
    dir: &Path,
    files: (&str, &str),
    name: &str,
    usage: ExtendedKeyUsagePurpose,
    issuer: &Authority,
    until: Timestamp,
) -> Result<(), PkiError> {
    let hosts = if usage == ExtendedKeyUsagePurpose::ServerAuth {
        ["localhost", "127.0.0.1", "::1"].map(String::from).to_vec()
    } else {
        Vec::new()
    };
    let mut params = parameters(hosts, name, until)?;
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    params.extended_key_usages = vec![usage];
    params.use_authority_key_identifier_extension = true;
    let key = KeyPair::generate()?;
    let signed = params.signed_by(&key, issuer)?;
    write(&dir.join(files.0), signed.pem().as_bytes(), false)?;
    write(&dir.join(files.1), key.serialize_pem().as_bytes(), true)
}

fn parameters(hosts: Vec<String>, name: &str, until: Timestamp) -> Result<CertificateParams, PkiError> {
    let mut params = CertificateParams::new(hosts)?;
    params.distinguished_name.remove(DnType::CommonName);
    params.distinguished_name.push(DnType::CommonName, name);
    // Long before any clock that a test or a freshly set up machine may stand at.
    params.not_before = rcgen::date_time_ymd(2020, 1, 1);
    params.not_after = OffsetDateTime::from_unix_timestamp(until.as_second()).unwrap_or(params.not_after);
    Ok(params)
}

fn make_folder(dir: &Path) -> Result<(), PkiError> {
    std::fs::create_dir_all(dir).map_err(|cause| PkiError::File { path: dir.to_owned(), cause })
}

/// Writes beside and moves into place; a file is readable by its owner alone, and by all if it is public.
fn write(path: &Path, content: &[u8], is_secret: bool) -> Result<(), PkiError> {
    let failed = |cause| PkiError::File { path: path.to_owned(), cause };
    let mut file = tempfile::NamedTempFile::new_in(path.parent().unwrap_or(Path::new("."))).map_err(failed)?;
    file.write_all(content).map_err(failed)?;
    #[cfg(unix)]
    if !is_secret {
        use std::os::unix::fs::PermissionsExt as _;
        file.as_file().set_permissions(std::fs::Permissions::from_mode(0o644)).map_err(failed)?;
    }
    file.persist(path).map_err(|error| failed(error.error))?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn start() -> Timestamp {
        "2021-01-08T12:00:00Z".parse().expect("an instant")
    }

    #[test]
    fn certificates_are_kept_until_a_month_before_their_end() {
        let dir = tempfile::tempdir().expect("a folder");
        let first = open(dir.path(), start()).expect("made");
        let kept = open(dir.path(), start() + SignedDuration::from_hours(24 * 3000)).expect("kept");
        assert_eq!(first.server, kept.server);
        let renewed = open(dir.path(), start() + SignedDuration::from_hours(24 * 3640)).expect("renewed");
        assert_ne!(first.server, renewed.server);
    }

    #[test]
    fn a_missing_file_makes_all_of_them_anew() {
        let dir = tempfile::tempdir().expect("a folder");
        let first = open(dir.path(), start()).expect("made");
        std::fs::remove_file(dir.path().join(CLIENT.1)).expect("removed");
        assert_ne!(first.authority, open(dir.path(), start()).expect("made anew").authority);
    }

    #[cfg(unix)]
    #[test]
    fn keys_are_their_owners_alone() {
        use std::os::unix::fs::PermissionsExt as _;
        let dir = tempfile::tempdir().expect("a folder");
        open(dir.path(), start()).expect("made");
        for (_, key) in [SERVER, CLIENT, UNKNOWN_CLIENT] {
            let mode = std::fs::metadata(dir.path().join(key)).expect("a key").permissions().mode();
            assert_eq!(mode & 0o777, 0o600, "{key}");
        }
    }
}
