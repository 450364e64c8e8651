//! Passwords: argon2id at OWASP's parameters under a pepper, away from the threads that serve pages, bounded.

use std::{fmt, sync::Arc};

use argon2::{
    Algorithm, Argon2, Params, PasswordHash, Version,
    password_hash::phc::{Output, ParamsString, Salt},
};
use zeroize::Zeroizing;

use super::hashing_threads::{HashingThreads, Memory};
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
        let (memory, passes, lanes) = COST;
        let params = Params::new(memory, passes, lanes, None).map_err(odd)?;
        let hash = PasswordHash {
            algorithm: Algorithm::Argon2id.ident(),
            version: Some(Version::V0x13.into()),
            params: ParamsString::try_from(&params).map_err(odd)?,
            salt: Some(Salt::new(&random.bytes::<16>()?).map_err(odd)?),
            hash: None,
        };
        let (output, mut hash) =
            self.in_turn(move |pepper, memory| Ok((output(&hash, pepper, &password, memory)?, hash))).await?;
        hash.hash = Some(output);
        Ok(hash.to_string())
    }

    /// Whether the password is that of the hash; without a hash the same work, and no.
    pub async fn verify(&self, password: Password, hash: Option<String>) -> Result<bool, PasswordError> {
        let is_somebodys = hash.is_some();
        let hash = PasswordHash::new(hash.as_deref().unwrap_or(NOBODYS)).map_err(odd)?;
        let expected = hash.hash.ok_or_else(|| odd("a stored hash without its output"))?;
        // Outputs are compared in constant time.
        let is_right = self.in_turn(move |pepper, memory| Ok(output(&hash, pepper, &password, memory)? == expected));
        Ok(is_right.await? && is_somebodys)
    }

    async fn in_turn<T: Send + 'static>(
        &self,
        work: impl FnOnce(&[u8], &mut Memory) -> Result<T, PasswordError> + Send + 'static,
    ) -> Result<T, PasswordError> {
        let pepper = self.pepper.clone();
        let work = move |memory: &mut Memory| work(pepper.as_slice(), memory);
        self.threads.run(work).await.ok_or(PasswordError::CutShort)?
    }
}

/// What argon2 makes of a password under the algorithm, parameters and salt of `hash`.
fn output(
    hash: &PasswordHash,
    pepper: &[u8],
    password: &Password,
    memory: &mut Memory,
) -> Result<Output, PasswordError> {
    let algorithm = Algorithm::try_from(hash.algorithm.as_str()).map_err(odd)?;
    let version = hash.version.map_or(Ok(Version::default()), Version::try_from).map_err(odd)?;
    let params = Params::try_from(hash).map_err(odd)?;
    let salt = hash.salt.as_ref().ok_or_else(|| odd("a stored hash without its salt"))?;
    let mut blocks = memory.lend(params.block_count()).ok_or_else(|| odd("no memory is left"))?;
    let length = params.output_len().unwrap_or(Params::DEFAULT_OUTPUT_LEN);
    let argon2 = Argon2::new_with_secret(pepper, algorithm, version, params).map_err(odd)?;
    let mut buffer = Zeroizing::new([0; Output::MAX_LENGTH]);
    let out = buffer.get_mut(..length).ok_or_else(|| odd("a stored hash of an odd length"))?;
    argon2.hash_password_into_with_memory(password.expose().as_bytes(), salt, out, &mut blocks).map_err(odd)?;
    Output::new(out).map_err(odd)
}

/// Says what is odd about parameters or a stored hash; nothing of either password or hash is in it.
fn odd(what: impl fmt::Display) -> PasswordError {
    PasswordError::Hashing(what.to_string())
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
    use argon2::{PasswordHasher as _, PasswordVerifier as _};

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
    async fn what_is_stored_is_what_argon2_itself_makes() {
        let (random, secrets) = (Random::system(), Secrets::from_bytes(&[1; 32]));
        let passwords = Passwords::new(&secrets);
        let pepper = secrets.derive("password pepper", b"");
        let argon2 = |cost: (u32, u32, u32), length| {
            let params = Params::new(cost.0, cost.1, cost.2, Some(length)).unwrap();
            Argon2::new_with_secret(&pepper, Algorithm::Argon2id, Version::V0x13, params).unwrap()
        };
        let ours = passwords.hash(password("quattro gatti blu"), &random).await.unwrap();
        assert_eq!(argon2(COST, 32).verify_password(b"quattro gatti blu", ours.as_str()), Ok(()));
        // Under another cost, as hashes made before a change of it are.
        for (cost, length) in [((64, 1, 1), 16), ((1_024, 3, 2), 64)] {
            let theirs = argon2(cost, length).hash_password_with_salt(b"quattro gatti blu", &[9; 16]).unwrap();
            assert!(passwords.verify(password("quattro gatti blu"), Some(theirs.to_string())).await.unwrap());
        }
        assert!(!passwords.verify(password("quattro gatti blu"), Some(ours.replace("t=2", "t=1"))).await.unwrap());
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
