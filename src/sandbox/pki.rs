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

use super::party::Party;
use crate::server::random::NoRandomness;

const CA: &str = "ca.pem";
/// Issues the certificates of territorial bodies (seed 000, 1.1 and 4).
const REVENUE_CA: &str = "agenzia-entrate-ca.pem";
const SERVER: &str = "server";
/// A client of an authority that is not known here.
pub(super) const UNKNOWN_CLIENT: &str = "unknown-client";
/// The client of the call center.
pub(super) const CALL_CENTER: &str = "client";

/// A client that is known, by the name of its files.
struct Client {
    stem: &'static str,
    name: &'static str,
    party: Party,
}

/// Two of each kind where it matters whose somebody is.
const CLIENTS: &[Client] = &[
    Client { stem: CALL_CENTER, name: "Call center (ambiente di prova)", party: Party::CallCenter },
    Client { stem: "region", name: "Regione 190 (ambiente di prova)", party: Party::Region("190") },
    Client { stem: "region-2", name: "Regione 030 (ambiente di prova)", party: Party::Region("030") },
    Client {
        stem: "body",
        name: "Ente 190-201 (ambiente di prova)",
        party: Party::Body { region: "190", authority: "201" },
    },
    Client {
        stem: "body-2",
        name: "Ente 030-301 (ambiente di prova)",
        party: Party::Body { region: "030", authority: "301" },
    },
];

const VALIDITY: SignedDuration = SignedDuration::from_hours(10 * 365 * 24);
/// Clients warn a month before the end of theirs: with these they never have to.
const RENEWAL: SignedDuration = SignedDuration::from_hours(31 * 24);

/// What the server presents and whom it trusts.
#[derive(Debug)]
pub(super) struct Pki {
    /// Sistema TS's own, and that of the Agenzia delle Entrate.
    pub(super) authorities: [CertificateDer<'static>; 2],
    /// The certificates of the known clients, and whose each is.
    pub(super) parties: Vec<(CertificateDer<'static>, Party)>,
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
    /// The key under which pincodes are encrypted is of another kind.
    #[error("{}: not a key of RSA", .0.display())]
    NotRsa(PathBuf),
    /// No randomness for a password.
    #[error(transparent)]
    Random(#[from] NoRandomness),
}

/// Reads the certificates in `dir`, after making them if one is missing or about to end.
pub(super) fn open(dir: &Path, now: Timestamp) -> Result<Pki, PkiError> {
    if !is_complete(dir, now) {
        make(dir, now)?;
    }
    let party = |client: &Client| Ok((certificate(&pem(dir, client.stem))?, client.party.clone()));
    Ok(Pki {
        authorities: [certificate(&dir.join(CA))?, certificate(&dir.join(REVENUE_CA))?],
        parties: CLIENTS.iter().map(party).collect::<Result<_, PkiError>>()?,
        server: certificate(&pem(dir, SERVER))?,
        server_key: private_key(&key(dir, SERVER))?,
    })
}

/// The file of a certificate.
pub(super) fn pem(dir: &Path, stem: &str) -> PathBuf {
    dir.join(format!("{stem}.pem"))
}

/// The file of its key.
pub(super) fn key(dir: &Path, stem: &str) -> PathBuf {
    dir.join(format!("{stem}.key"))
}

pub(super) fn private_key(path: &Path) -> Result<PrivateKeyDer<'static>, PkiError> {
    PrivateKeyDer::from_pem_file(path).map_err(|_| PkiError::Pem(path.to_owned()))
}

fn certificate(path: &Path) -> Result<CertificateDer<'static>, PkiError> {
    CertificateDer::from_pem_file(path).map_err(|_| PkiError::Pem(path.to_owned()))
}

fn is_complete(dir: &Path, now: Timestamp) -> bool {
    let has_authorities = [CA, REVENUE_CA].iter().all(|name| lives(&dir.join(name), now));
    let mut stems = [SERVER, UNKNOWN_CLIENT].into_iter().chain(CLIENTS.iter().map(|client| client.stem));
    has_authorities && stems.all(|stem| lives(&pem(dir, stem), now) && private_key(&key(dir, stem)).is_ok())
}

/// Whether a certificate is there and far from its end.
pub(super) fn lives(path: &Path, now: Timestamp) -> bool {
    certificate(path).is_ok_and(|certificate| lasts(&certificate, now + RENEWAL))
}

fn lasts(certificate: &CertificateDer<'_>, until: Timestamp) -> bool {
    x509_parser::parse_x509_certificate(certificate)
        .is_ok_and(|(_, parsed)| parsed.validity().not_after.timestamp() > until.as_second())
}

fn make(dir: &Path, now: Timestamp) -> Result<(), PkiError> {
    make_folder(dir)?;
    let until = now + VALIDITY;
    let authority = self::authority("Sistema TS (ambiente di prova)", until)?;
    let revenue = self::authority("Agenzia delle Entrate (ambiente di prova)", until)?;
    let stranger = self::authority("CA sconosciuta a Sistema TS", until)?;
    write(&dir.join(CA), authority.pem().as_bytes(), false)?;
    write(&dir.join(REVENUE_CA), revenue.pem().as_bytes(), false)?;
    leaf(dir, SERVER, "localhost", ExtendedKeyUsagePurpose::ServerAuth, &authority, until)?;
    for Client { stem, name, party } in CLIENTS {
        let issuer = if matches!(party, Party::Body { .. }) { &revenue } else { &authority };
        leaf(dir, stem, name, ExtendedKeyUsagePurpose::ClientAuth, issuer, until)?;
    }
    leaf(dir, UNKNOWN_CLIENT, "Client sconosciuto", ExtendedKeyUsagePurpose::ClientAuth, &stranger, until)
}

/// Makes the certificate under which pincodes are encrypted (`SanitelCF`), RSA as at Sistema TS, and its key.
pub(super) fn make_pincode_certificate(dir: &Path, stem: &str, now: Timestamp) -> Result<(), PkiError> {
    make_folder(dir)?;
    let secret = KeyPair::generate_rsa_for(&rcgen::PKCS_RSA_SHA256, rcgen::RsaKeySize::_2048)?;
    let mut params = parameters(Vec::new(), "SanitelCF (ambiente di prova)", now + VALIDITY)?;
    params.key_usages = vec![KeyUsagePurpose::KeyEncipherment, KeyUsagePurpose::DataEncipherment];
    write(&pem(dir, stem), params.self_signed(&secret)?.pem().as_bytes(), false)?;
    write(&key(dir, stem), secret.serialize_pem().as_bytes(), true)
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
    stem: &str,
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
    let secret = KeyPair::generate()?;
    let signed = params.signed_by(&secret, issuer)?;
    write(&pem(dir, stem), signed.pem().as_bytes(), false)?;
    write(&key(dir, stem), secret.serialize_pem().as_bytes(), true)
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
pub(super) fn write(path: &Path, content: &[u8], is_secret: bool) -> Result<(), PkiError> {
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
        std::fs::remove_file(key(dir.path(), CALL_CENTER)).expect("removed");
        assert_ne!(first.authorities, open(dir.path(), start()).expect("made anew").authorities);
    }

    #[cfg(unix)]
    #[test]
    fn keys_are_their_owners_alone() {
        use std::os::unix::fs::PermissionsExt as _;
        let dir = tempfile::tempdir().expect("a folder");
        open(dir.path(), start()).expect("made");
        make_pincode_certificate(dir.path(), "sanitelcf", start()).expect("made");
        let clients = CLIENTS.iter().map(|client| client.stem);
        for stem in clients.chain([SERVER, UNKNOWN_CLIENT, "sanitelcf"]) {
            let mode = std::fs::metadata(key(dir.path(), stem)).expect("a key").permissions().mode();
            assert_eq!(mode & 0o777, 0o600, "{stem}");
        }
    }
}
