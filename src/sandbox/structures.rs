//! What Sistema TS issues to structures: user id, password and pincode (seed 003, Tab. 1), and the certificate under which
//! the pincode travels. Made once, kept beside the certificates.

use std::path::{Path, PathBuf};

use aws_lc_rs::rsa::{Pkcs1PrivateDecryptingKey, PrivateDecryptingKey};
use base64::{Engine as _, prelude::BASE64_STANDARD};
use jiff::Timestamp;

use super::{
    party::{Account, Badge, Party},
    pki::{self, PkiError},
};
use crate::server::random::Random;

/// The certificate's name at Sistema TS.
const PINCODE_CERTIFICATE: &str = "sanitelcf";

/// A structure: the name of its files, its user id, its code.
const STRUCTURES: [(&str, &str, &str); 2] =
    [("structure", "STRUTTURA1", "190-201-123456"), ("structure-2", "STRUTTURA2", "030-301-65432")];

/// What a structure has to call with.
#[derive(Clone, Debug)]
pub struct IssuedToStructure {
    /// Region, health authority and structure, with dashes between them.
    pub structure: &'static str,
    /// Its user id.
    pub user: &'static str,
    /// The file of the password.
    pub password_file: PathBuf,
    /// The file of the pincode.
    pub pincode_file: PathBuf,
    /// The certificate under which the pincode is encrypted.
    pub pincode_certificate_file: PathBuf,
}

/// What was issued in `dir` under a name of [`STRUCTURES`].
pub(super) fn issued(dir: &Path, stem: &str) -> Option<IssuedToStructure> {
    let (_, user, structure) = *STRUCTURES.iter().find(|(known, ..)| *known == stem)?;
    Some(IssuedToStructure {
        structure,
        user,
        password_file: password_file(dir, stem),
        pincode_file: pincode_file(dir, stem),
        pincode_certificate_file: pki::pem(dir, PINCODE_CERTIFICATE),
    })
}

fn password_file(dir: &Path, stem: &str) -> PathBuf {
    dir.join(format!("{stem}.password"))
}

fn pincode_file(dir: &Path, stem: &str) -> PathBuf {
    dir.join(format!("{stem}.pincode"))
}

/// The structures and the key that reads their pincodes.
pub(super) struct Structures {
    accounts: Vec<Account>,
    key: Pkcs1PrivateDecryptingKey,
}

/// Reads what was issued in `dir`, after issuing what is missing.
pub(super) fn open(dir: &Path, now: Timestamp, random: &Random) -> Result<Structures, PkiError> {
    let key_file = pki::key(dir, PINCODE_CERTIFICATE);
    if !pki::lives(&pki::pem(dir, PINCODE_CERTIFICATE), now) || !key_file.is_file() {
        pki::make_pincode_certificate(dir, PINCODE_CERTIFICATE, now)?;
    }
    let key = pki::private_key(&key_file)?;
    let key = PrivateDecryptingKey::from_pkcs8(key.secret_der()).map_err(|_| PkiError::NotRsa(key_file.clone()))?;
    let key = Pkcs1PrivateDecryptingKey::new(key).map_err(|_| PkiError::NotRsa(key_file))?;
    let account = |(stem, user, code): (&str, &'static str, &str)| {
        let password =
            secret(&password_file(dir, stem), || Ok(format!("{:016x}", u64::from_be_bytes(random.bytes()?))))?;
        let pincode = secret(&pincode_file(dir, stem), || {
            Ok(format!("{:05}{:05}", random.below(100_000)?, random.below(100_000)?))
        })?;
        Ok(code.parse().ok().map(|structure| Account { user, password, pincode, structure }))
    };
    let accounts: Vec<Option<Account>> = STRUCTURES.into_iter().map(account).collect::<Result<_, PkiError>>()?;
    Ok(Structures { accounts: accounts.into_iter().flatten().collect(), key })
}

/// The line in a file, which is made where it is not there.
fn secret(path: &Path, make: impl FnOnce() -> Result<String, PkiError>) -> Result<String, PkiError> {
    if let Ok(text) = std::fs::read_to_string(path) {
        return Ok(text.trim().to_owned());
    }
    let text = make()?;
    pki::write(path, format!("{text}\n").as_bytes(), true)?;
    Ok(text)
}

impl Structures {
    /// Who stands behind an `Authorization` header.
    pub(super) fn badge(&self, authorization: &str) -> Badge {
        let credentials = || {
            let (scheme, value) = authorization.split_once(' ')?;
            let text = String::from_utf8(BASE64_STANDARD.decode(value.trim()).ok()?).ok()?;
            let (user, password) = text.split_once(':')?;
            let is_theirs = |account: &&Account| account.user == user && account.password == password;
            self.accounts.iter().find(is_theirs).filter(|_| scheme.eq_ignore_ascii_case("basic"))
        };
        Badge::Credentials(credentials().map(|account| Party::Structure(account.clone())))
    }

    /// Whether this is the structure's pincode, encrypted with PKCS#1 v1.5.
    pub(super) fn is_pincode(&self, pincode: Option<&str>, account: &Account) -> bool {
        let read = || {
            let sealed = BASE64_STANDARD.decode(pincode?).ok()?;
            let mut room = vec![0; self.key.min_output_size()];
            let pincode = self.key.decrypt(&sealed, &mut room).ok()?;
            Some(*pincode == *account.pincode.as_bytes())
        };
        read().unwrap_or_default()
    }
}
