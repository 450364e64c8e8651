//! Sealed values: what only the holder of one login session's token can bring back, and only to this server.

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};

use super::{random::Random, secrets::Secrets};

/// Seals and opens values of one purpose for one session.
pub struct Sealer {
    key: LessSafeKey,
    purpose: &'static str,
}

/// A value could not be sealed: the system gave no randomness or the key was refused.
#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error("a value could not be sealed")]
pub struct SealError;

impl Sealer {
    /// The key is derived from the server's secret and from `token`, which is stored nowhere: when the session is
    /// over, nothing anywhere opens what was sealed.
    pub fn new(secrets: &Secrets, purpose: &'static str, token: &[u8]) -> Result<Self, SealError> {
        let key = UnboundKey::new(&AES_256_GCM, &secrets.derive(purpose, token)).map_err(|_| SealError)?;
        Ok(Self { key: LessSafeKey::new(key), purpose })
    }

    /// Text for a cookie: nonce, ciphertext and tag, in base64url. `bound_to` must be given again to open it.
    pub fn seal(&self, plain: &[u8], bound_to: &str, random: &Random) -> Result<String, SealError> {
        let nonce: [u8; NONCE_LEN] = random.bytes().map_err(|_| SealError)?;
        let mut sealed = plain.to_vec();
        let aad = Aad::from(self.associated(bound_to));
        self.key
            .seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), aad, &mut sealed)
            .map_err(|_| SealError)?;
        Ok(URL_SAFE_NO_PAD.encode([nonce.as_slice(), &sealed].concat()))
    }

    /// What was sealed; none if it was altered, sealed for something else, or by another session.
    #[must_use]
    pub fn open(&self, text: &str, bound_to: &str) -> Option<Vec<u8>> {
        let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
        let (nonce, sealed) = bytes.split_at_checked(NONCE_LEN)?;
        let mut sealed = sealed.to_vec();
        let nonce = Nonce::try_assume_unique_for_key(nonce).ok()?;
        let plain = self.key.open_in_place(nonce, Aad::from(self.associated(bound_to)), &mut sealed).ok()?;
        Some(plain.to_vec())
    }

    fn associated(&self, bound_to: &str) -> Vec<u8> {
        format!("{}\0{bound_to}", self.purpose).into_bytes()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sealer(token: &[u8]) -> Sealer {
        Sealer::new(&Secrets::from_bytes(&[7; 32]), "case", token).expect("a key")
    }

    #[test]
    fn only_the_same_session_and_binding_open_a_value() {
        let sealed = sealer(b"one").seal(b"said", "operator", &Random::system()).expect("sealed");
        assert_eq!(sealer(b"one").open(&sealed, "operator").as_deref(), Some(b"said".as_slice()));
        assert_eq!(sealer(b"two").open(&sealed, "operator"), None);
        assert_eq!(sealer(b"one").open(&sealed, "another"), None);
    }

    #[test]
    fn an_altered_value_does_not_open() {
        let sealed = sealer(b"one").seal(b"said", "operator", &Random::system()).expect("sealed");
        for place in 0..sealed.len() {
            let mut altered = sealed.clone().into_bytes();
            altered[place] = if altered[place] == b'A' { b'B' } else { b'A' };
            let altered = String::from_utf8(altered).expect("ASCII");
            // The last symbol of base64 has bits that count for nothing.
            if place + 1 < sealed.len() {
                assert_eq!(sealer(b"one").open(&altered, "operator"), None, "symbol {place}");
            }
        }
        assert_eq!(sealer(b"one").open("", "operator"), None);
    }
}
