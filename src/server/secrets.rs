//! The server's secret: one file, out of which every key of the application is derived.

use std::{
    fmt, fs, io,
    path::{Path, PathBuf},
};

use aws_lc_rs::hmac::{self, HMAC_SHA256, Key};
use zeroize::Zeroizing;

use super::{
    config::Environment,
    files::{is_open_to_anybody, private_folder, write_private_once},
    random::{NoRandomness, Random},
};

/// Bytes of the secret.
const LENGTH: usize = 32;
/// The salt of the extraction: changing it changes every key.
const SALT: &[u8] = b"centralino 1";

/// The server's secret, read, and those that it replaced. Prints nothing.
#[derive(Clone)]
pub struct Secrets {
    key: Key,
    previous: Vec<Key>,
}

impl fmt::Debug for Secrets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secrets(…)")
    }
}

/// Why the secret can't be used.
#[derive(Debug, thiserror::Error)]
pub enum SecretsError {
    /// Production makes no secret by itself: one made on each of two instances would not be the same.
    #[error("{} is absent; make it with: (umask 077; openssl rand -hex 32 > {})", .0.display(), .0.display())]
    Absent(PathBuf),
    /// The file or its folder can't be read or made.
    #[error("{}: {}", .0.display(), .1)]
    Io(PathBuf, #[source] io::Error),
    /// Anybody on the machine could read it.
    #[error("{} can be read or changed by anybody on this machine; run: chmod 600 {}", .0.display(), .0.display())]
    Exposed(PathBuf),
    /// Not 64 hexadecimal digits.
    #[error("{} does not hold 64 hexadecimal digits, as `openssl rand -hex 32` prints them", .0.display())]
    Form(PathBuf),
    /// The system gave no randomness to make one.
    #[error(transparent)]
    NoRandomness(#[from] NoRandomness),
}

impl Secrets {
    /// Reads the secret; in the sandbox environment makes it first, with mode 0600, where it is absent.
    pub fn load(file: &Path, environment: Environment, random: &Random) -> Result<Self, SecretsError> {
        let failed = |error| SecretsError::Io(file.to_owned(), error);
        if !file.try_exists().map_err(failed)? {
            match environment {
                Environment::Production => return Err(SecretsError::Absent(file.to_owned())),
                Environment::Sandbox => make(file, random)?,
            }
        }
        if is_open_to_anybody(file).map_err(failed)? {
            return Err(SecretsError::Exposed(file.to_owned()));
        }
        let text = Zeroizing::new(fs::read_to_string(file).map_err(failed)?);
        let bytes = decode(text.trim()).ok_or_else(|| SecretsError::Form(file.to_owned()))?;
        Ok(Self::from_bytes(&bytes))
    }

    /// The same, with those that it replaced, the oldest first.
    pub fn with_previous(mut self, files: &[PathBuf], random: &Random) -> Result<Self, SecretsError> {
        for file in files {
            // One that was in use is never made.
            self.previous.push(Self::load(file, Environment::Production, random)?.key);
        }
        Ok(self)
    }

    /// A secret out of bytes that are already there.
    #[must_use]
    pub fn from_bytes(bytes: &[u8; LENGTH]) -> Self {
        let extracted = hmac::sign(&Key::new(HMAC_SHA256, SALT), bytes);
        Self { key: Key::new(HMAC_SHA256, extracted.as_ref()), previous: Vec::new() }
    }

    /// The secrets that were in use one after the other, the one in use last: what was sealed or signed under an older
    /// one is still known, and nothing new is made with it.
    pub fn succession(&self) -> impl Iterator<Item = Self> + '_ {
        let keys = self.previous.iter().chain([&self.key]);
        keys.map(|key| Self { key: key.clone(), previous: Vec::new() })
    }

    /// The key for one purpose and, within it, one context (a session's token, an account's id): HKDF-SHA256.
    ///
    /// A key of 32 bytes is the first block of HKDF's expansion, which is one HMAC and can't fail.
    #[must_use]
    pub fn derive(&self, purpose: &str, context: &[u8]) -> [u8; 32] {
        let mut block = hmac::Context::with_key(&self.key);
        block.update(purpose.as_bytes());
        block.update(&[0]);
        block.update(context);
        block.update(&[1]);
        let mut key = [0; 32];
        key.iter_mut().zip(block.sign().as_ref()).for_each(|(to, from)| *to = *from);
        key
    }
}

fn make(file: &Path, random: &Random) -> Result<(), SecretsError> {
    let failed = |error| SecretsError::Io(file.to_owned(), error);
    if let Some(folder) = file.parent() {
        private_folder(folder).map_err(failed)?;
    }
    let bytes = Zeroizing::new(random.bytes::<LENGTH>()?);
    let digits =
        bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]).filter_map(|digit| char::from_digit(digit.into(), 16));
    let text: Zeroizing<String> = Zeroizing::new(digits.collect());
    write_private_once(file, format!("{}\n", *text).as_bytes()).map_err(failed)
}

fn decode(text: &str) -> Option<Zeroizing<[u8; LENGTH]>> {
    let digits: Vec<u32> = text.chars().map(|digit| digit.to_digit(16)).collect::<Option<_>>()?;
    let bytes: Option<Vec<u8>> = digits
        .chunks_exact(2)
        .map(|pair| u8::try_from(pair.iter().fold(0, |byte, digit| byte << 4 | digit)).ok())
        .collect();
    if digits.len() == 2 * LENGTH { bytes?.try_into().ok().map(Zeroizing::new) } else { None }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use aws_lc_rs::hkdf::{HKDF_SHA256, Salt};

    use super::*;

    fn mode(path: &Path) -> u32 {
        fs::metadata(path).unwrap().permissions().mode() & 0o777
    }

    #[test]
    fn a_sandbox_makes_its_secret_for_itself_alone_and_finds_it_again() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("secrets/server.key");
        let first = Secrets::load(&file, Environment::Sandbox, &Random::system()).unwrap();
        assert_eq!((mode(&file), mode(file.parent().unwrap())), (0o600, 0o700));
        let second = Secrets::load(&file, Environment::Sandbox, &Random::system()).unwrap();
        assert_eq!(first.derive("a", b"b"), second.derive("a", b"b"));
        assert!(!format!("{first:?}").contains(fs::read_to_string(&file).unwrap().trim()));
    }

    #[test]
    fn production_demands_a_secret_that_nobody_else_reads() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("server.key");
        let load = || Secrets::load(&file, Environment::Production, &Random::system());
        assert!(matches!(load(), Err(SecretsError::Absent(_))));
        assert!(!file.exists(), "production made a secret");
        fs::write(&file, "00".repeat(32)).unwrap();
        fs::set_permissions(&file, fs::Permissions::from_mode(0o644)).unwrap();
        assert!(matches!(load(), Err(SecretsError::Exposed(_))));
        fs::set_permissions(&file, fs::Permissions::from_mode(0o640)).unwrap();
        assert!(load().is_ok());
    }

    #[test]
    fn what_is_not_64_hexadecimal_digits_is_no_secret() {
        for wrong in ["", "00", &"0".repeat(63), &"0".repeat(65), &"x".repeat(64), &"é".repeat(32)] {
            assert!(decode(wrong).is_none(), "{wrong}");
        }
        assert_eq!(decode(&"aF".repeat(32)).as_deref(), Some(&[0xaf; 32]));
    }

    #[test]
    fn keys_are_those_of_hkdf_and_differ_by_purpose_and_context() {
        let secrets = Secrets::from_bytes(&[7; 32]);
        let extracted = Salt::new(HKDF_SHA256, SALT).extract(&[7; 32]);
        let mut expected = [0; 32];
        extracted.expand(&[b"purpose", b"\0", b"context"], HKDF_SHA256).unwrap().fill(&mut expected).unwrap();
        assert_eq!(secrets.derive("purpose", b"context"), expected);
        assert_ne!(secrets.derive("purpose", b"other"), expected);
        assert_ne!(secrets.derive("purposec", b"ontext"), expected);
    }
}
