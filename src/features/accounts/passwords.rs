//! Passwords: argon2id at OWASP's parameters under a pepper, away from the threads that serve pages, bounded.

use std::{fmt, sync::Arc};

use argon2::{Algorithm, Argon2, Params, PasswordHasher, PasswordVerifier, Version};
use zeroize::Zeroizing;

use super::hashing_threads::HashingThreads;
use crate::{
    domain::secret::Password,
    server::{
        random::{NoRandomness, Random},
        secrets::Secrets,
    },
};

/// Memory in KiB, passes, lanes: OWASP's first choice for argon2id.
const COST: (u32, u32, u32) = (19_456, 2, 1);
/// Judged where there is no hash, so that an unknown name costs as much as a known one. No password has it.
const NOBODYS: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

/// Makes and judges password hashes.
#[derive(Clone)]
pub struct Passwords {
    pepper: Arc<Zeroizing<[u8; 32]>>,
    threads: HashingThreads,
}

impl fmt::Debug for Passwords {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Passwords(…)")
    }
}

/// Why a password could not be hashed or judged. Holds nothing of it.
#[derive(Debug, thiserror::Error)]
pub enum PasswordError {
    /// The parameters, or a stored hash, are not what they should be.
    #[error("password hashing: {0}")]
    Hashing(String),
    /// The work was cut short.
    #[error("password hashing was cut short")]
    CutShort,
    /// No salt could be made.
    #[error(transparent)]
    NoRandomness(#[from] NoRandomness),
}

impl Passwords {
    /// Hashing under the pepper derived from the server's secret.
    #[must_use]
    pub fn new(secrets: &Secrets) -> Self {
        let pepper = Arc::new(Zeroizing::new(secrets.derive("password pepper", b"")));
        Self { pepper, threads: HashingThreads::start() }
    }

    /// The hash of a password, with a new salt, as a PHC string.
    pub async fn hash(&self, password: Password, random: &Random) -> Result<String, PasswordError> {
        let salt = random.bytes::<16>()?;
        self.in_turn(move |argon2| {
            argon2.hash_password_with_salt(password.expose().as_bytes(), &salt).map(|hash| hash.to_string())
        })
        .await?
        .map_err(|error| PasswordError::Hashing(error.to_string()))
    }

    /// Whether the password is that of the hash; without a hash the same work, and no.
    pub async fn verify(&self, password: Password, hash: Option<String>) -> Result<bool, PasswordError> {
        let is_somebodys = hash.is_some();
        let hash = hash.unwrap_or_else(|| NOBODYS.to_owned());
        let verdict =
            self.in_turn(move |argon2| argon2.verify_password(password.expose().as_bytes(), hash.as_str())).await?;
        match verdict {
            Ok(()) => Ok(is_somebodys),
            Err(argon2::password_hash::Error::PasswordInvalid) => Ok(false),
            Err(error) => Err(PasswordError::Hashing(error.to_string())),
        }
    }

    async fn in_turn<T: Send + 'static>(
        &self,
        work: impl FnOnce(Argon2<'_>) -> T + Send + 'static,
    ) -> Result<T, PasswordError> {
        let pepper = self.pepper.clone();
        let work = move || {
            let (memory, passes, lanes) = COST;
            let params = Params::new(memory, passes, lanes, None)?;
            Argon2::new_with_secret(pepper.as_slice(), Algorithm::Argon2id, Version::V0x13, params).map(work)
        };
        let done = self.threads.run(work).await.ok_or(PasswordError::CutShort)?;
        done.map_err(|error: argon2::Error| PasswordError::Hashing(error.to_string()))
    }
}

/// Why a password can't be chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unfit {
    /// Fewer than 12 characters or more than 128.
    Length,
    /// It holds the user name or a name of its owner.
    Personal,
    /// It is one of those that are tried first.
    Common,
}

/// What passwords of people in a hurry are made of.
const COMMON: [&str; 24] = [
    "password",
    "qwerty",
    "qwertyuiop",
    "asdfghjkl",
    "zxcvbnm",
    "centralino",
    "sistemats",
    "tessera",
    "sanitaria",
    "immuni",
    "operatore",
    "supervisore",
    "callcenter",
    "welcome",
    "benvenuto",
    "administrator",
    "admin",
    "letmein",
    "iloveyou",
    "juventus",
    "changeme",
    "segreta",
    "segreto",
    "123456789",
];

/// Judges a password that its owner chooses.
pub fn judge(password: &Password, username: &str, name: &str) -> Result<(), Unfit> {
    if !password.has_right_length() {
        return Err(Unfit::Length);
    }
    let typed = Zeroizing::new(password.expose().to_lowercase());
    let own = name.split_whitespace().chain([username]).map(str::to_lowercase).filter(|word| word.chars().count() >= 4);
    if own.into_iter().any(|word| typed.contains(&word)) {
        return Err(Unfit::Personal);
    }
    // What is left of it without common words and digits is too short to be a secret.
    let rest = COMMON.iter().fold(typed, |rest, word| Zeroizing::new(rest.replace(word, "")));
    let letters: std::collections::BTreeSet<char> = rest.chars().filter(|symbol| !symbol.is_ascii_digit()).collect();
    if letters.len() < 4 { Err(Unfit::Common) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn password(text: &str) -> Password {
        Password::new(text.to_owned())
    }

    #[tokio::test]
    async fn a_password_is_known_by_its_hash_and_its_pepper_alone() {
        let (random, secrets) = (Random::system(), Secrets::from_bytes(&[1; 32]));
        let passwords = Passwords::new(&secrets);
        let hash = passwords.hash(password("quattro gatti blu"), &random).await.unwrap();
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hash}");
        assert!(passwords.verify(password("quattro gatti blu"), Some(hash.clone())).await.unwrap());
        assert!(!passwords.verify(password("quattro gatti blu "), Some(hash.clone())).await.unwrap());
        let elsewhere = Passwords::new(&Secrets::from_bytes(&[2; 32]));
        assert!(!elsewhere.verify(password("quattro gatti blu"), Some(hash)).await.unwrap());
    }

    #[tokio::test]
    async fn nobody_has_a_password() {
        let passwords = Passwords::new(&Secrets::from_bytes(&[1; 32]));
        assert!(!passwords.verify(password("x"), None).await.unwrap());
        assert!(passwords.verify(password("x"), Some("not a hash".to_owned())).await.is_err());
    }

    #[test]
    fn weak_passwords_are_refused() {
        let judge = |text: &str| judge(&password(text), "m.rossi", "Maria Rossi");
        assert_eq!(judge("corto"), Err(Unfit::Length));
        assert_eq!(judge(&"x".repeat(129)), Err(Unfit::Length));
        assert_eq!(judge("Maria-e-il-lupo"), Err(Unfit::Personal));
        assert_eq!(judge("xx m.ROSSI 1234"), Err(Unfit::Personal));
        assert_eq!(judge("Password1234567"), Err(Unfit::Common));
        assert_eq!(judge("aaaaaaaaaaaaaa"), Err(Unfit::Common));
        assert_eq!(judge("123456789012345"), Err(Unfit::Common));
        assert_eq!(judge("quattro gatti blu"), Ok(()));
        assert_eq!(judge("è già mezzanotte"), Ok(()));
    }
}
