//! Recovery codes: ten, for who has lost the telephone, each good once in place of a PIN.

use std::fmt;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use zeroize::Zeroizing;

use crate::{
    domain::operator::OperatorId,
    server::{
        random::{NoRandomness, Random},
        secrets::Secrets,
    },
};

/// How many an account gets.
pub const COUNT: usize = 10;
/// Crockford's alphabet: no I, L, O, U.
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
/// Symbols of a code, 5 bits each.
const LENGTH: usize = 12;

/// A recovery code: 60 random bits, written `XXXX-XXXX-XXXX`.
#[derive(Clone, PartialEq, Eq)]
pub struct RecoveryCode(Zeroizing<String>);

impl fmt::Debug for RecoveryCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RecoveryCode(…)")
    }
}

impl RecoveryCode {
    /// A new set.
    pub fn set(random: &Random) -> Result<Vec<Self>, NoRandomness> {
        (0..COUNT).map(|_| Self::new(random)).collect()
    }

    fn new(random: &Random) -> Result<Self, NoRandomness> {
        let bytes = random.bytes::<LENGTH>()?;
        let symbol = |byte: &u8| ALPHABET.get(usize::from(byte % 32)).copied().map_or('0', char::from);
        Ok(Self(Zeroizing::new(bytes.iter().map(symbol).collect())))
    }

    /// Reads what was typed: case, blanks and dashes don't matter, nor O for 0 and I or L for 1.
    #[must_use]
    pub fn parse(typed: &str) -> Option<Self> {
        let symbol = |typed: char| match typed.to_ascii_uppercase() {
            'O' => '0',
            'I' | 'L' => '1',
            other => other,
        };
        let symbols = typed.chars().filter(|typed| !typed.is_whitespace() && !matches!(typed, '-' | '–' | '.'));
        let code: Zeroizing<String> = Zeroizing::new(symbols.map(symbol).collect());
        let is_code = code.len() == LENGTH && code.bytes().all(|byte| ALPHABET.contains(&byte));
        is_code.then_some(Self(code))
    }

    /// As it is shown to its owner, once.
    #[must_use]
    pub fn spelled(&self) -> Zeroizing<String> {
        let symbols: Vec<char> = self.0.chars().collect();
        let groups: Vec<String> = symbols.chunks(4).map(|group| group.iter().collect()).collect();
        Zeroizing::new(groups.join("-"))
    }

    /// What is stored of it: a hash under a key of the server and of its account. With 60 random bits and a key that
    /// is not in the database, a slow hash would add nothing.
    #[must_use]
    pub fn hash(&self, secrets: &Secrets, operator: &OperatorId) -> String {
        let context = Zeroizing::new(format!("{}\0{}", operator.0, *self.0));
        URL_SAFE_NO_PAD.encode(secrets.derive("recovery code", context.as_bytes()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_read_as_it_is_shown_and_as_people_type_it() {
        for code in RecoveryCode::set(&Random::system()).unwrap() {
            let shown = code.spelled();
            assert_eq!(shown.len(), 14);
            assert_eq!(RecoveryCode::parse(&shown), Some(code.clone()));
            assert_eq!(RecoveryCode::parse(&format!(" {} ", shown.to_lowercase().replace('-', " "))), Some(code));
        }
        assert_eq!(RecoveryCode::parse("oIl0-0000-0000"), RecoveryCode::parse("0110-0000-0000"));
        for wrong in ["", "123456", "0000-0000-000", "0000-0000-0000-0", "0000-0000-000U"] {
            assert_eq!(RecoveryCode::parse(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn codes_and_their_hashes_differ() {
        let (secrets, ana) = (Secrets::from_bytes(&[1; 32]), OperatorId("ana".to_owned()));
        let hashes: std::collections::HashSet<_> =
            RecoveryCode::set(&Random::system()).unwrap().iter().map(|code| code.hash(&secrets, &ana)).collect();
        assert_eq!(hashes.len(), COUNT);
        let code = RecoveryCode::parse("0000-0000-0000").unwrap();
        assert_ne!(code.hash(&secrets, &ana), code.hash(&secrets, &OperatorId("eva".to_owned())));
    }
}
