//! Passwords: argon2id at OWASP's parameters under a pepper, away from the threads that serve pages, bounded.

use std::{fmt, io, sync::Arc};

use argon2::{
    Algorithm, Argon2, Params, PasswordHash, Version,
    password_hash::phc::{Output, ParamsString, Salt},
};
use zeroize::Zeroizing;

use super::{
    breached::BreachedFile,
    hashing_threads::{HashingThreads, Memory},
    judgement::{Unfit, judge},
};
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

/// Makes and judges password hashes, and passwords that are chosen.
#[derive(Clone)]
pub struct Passwords {
    pepper: Arc<Zeroizing<[u8; 32]>>,
    threads: HashingThreads,
    breached: Option<Arc<BreachedFile>>,
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
    /// The file of leaked passwords can't be read any more.
    #[error("passwords.breached_file: {0}")]
    Breached(#[from] io::Error),
}

impl Passwords {
    /// Hashing under the pepper derived from the server's secret.
    #[must_use]
    pub fn new(secrets: &Secrets) -> Self {
        let pepper = Arc::new(Zeroizing::new(secrets.derive("password pepper", b"")));
        Self { pepper, threads: HashingThreads::start(), breached: None }
    }

    /// The same, judging by a file of leaked passwords too.
    #[must_use]
    pub fn with_breached(self, file: Option<BreachedFile>) -> Self {
        Self { breached: file.map(Arc::new), ..self }
    }

    /// Whether somebody with this user name and name may choose the password, and why not. The one place at which that
    /// is judged.
    pub async fn judge(
        &self,
        password: Password,
        username: &str,
        name: &str,
    ) -> Result<Result<(), Unfit>, PasswordError> {
        let (username, name, breached) = (username.to_owned(), name.to_owned(), self.breached.clone());
        let work = move |_: &mut Memory| {
            if let Err(unfit) = judge(&password, &username, &name) {
                return Ok(Err(unfit));
            }
            let has_leaked = breached.map(|file| file.contains(&password)).transpose()?.unwrap_or_default();
            Ok(if has_leaked { Err(Unfit::Breached) } else { Ok(()) })
        };
        self.threads.run(work).await.ok_or(PasswordError::CutShort)?
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
        metrics::counter!("centralino_password_hashes_total").increment(1);
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
}
