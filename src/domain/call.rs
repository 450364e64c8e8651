//! What may be kept of a call: its id, and the ids of the service's transactions (seed 003, 4.2).
//!
//! Both are free text from outside, so both refuse what is recognisably the caller's: a code typed into the wrong
//! field, or echoed by the service, must not reach the database.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use super::{
    code::{ALPHABET, Cun, LENGTH, Otp, strip_cun_prefix},
    dates,
    fiscal_code::{self, FiscalCode},
    symbols::normalise,
};

/// The longest id.
pub const MOST_CHARACTERS: usize = 64;

/// Why a value can't be the id of a call or of a transaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IdError {
    /// Nothing was given.
    Empty,
    /// More than [`MOST_CHARACTERS`].
    TooLong,
    /// A character other than ASCII letters, digits and `. : _ - + / @ # =`.
    Form,
    /// A CUN, an OTP or a codice fiscale stands in it, or it is a day.
    PersonalData,
}

fn check(text: &str) -> Result<String, IdError> {
    let text = text.trim();
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || b".:_-+/@#=".contains(&byte);
    if text.is_empty() {
        Err(IdError::Empty)
    } else if is_personal(text) {
        Err(IdError::PersonalData)
    } else if !text.bytes().all(fits) {
        Err(IdError::Form)
    } else if text.len() > MOST_CHARACTERS {
        Err(IdError::TooLong)
    } else {
        Ok(text.to_owned())
    }
}

/// Whether the caller's data stands in `text`: as the whole of it however it is grouped, or as one of its words, as
/// systems quote it (`tx:59Y5QWWF4Z`).
fn is_personal(text: &str) -> bool {
    let normalised = normalise(text);
    strip_cun_prefix(&normalised).is_some()
        || quotes_cun(&normalised)
        || is_otp_or_fiscal_code(&normalised)
        || is_day(text)
        || text.split(|symbol: char| !symbol.is_ascii_alphanumeric()).any(is_otp_or_fiscal_code)
}

/// Whether a text without separators is one of the two. Digits alone are never taken for an OTP: telephone systems count
/// calls. The length is looked at first, because what is wrong with a code takes long to find out.
fn is_otp_or_fiscal_code(word: &str) -> bool {
    match word.chars().count() {
        LENGTH => word.parse::<Otp>().is_ok() && word.bytes().any(|byte| byte.is_ascii_alphabetic()),
        fiscal_code::LENGTH => word.parse::<FiscalCode>().is_ok(),
        _ => false,
    }
}

/// A day with a year of four digits: nobody counts calls so, and operators type the onset so.
fn is_day(text: &str) -> bool {
    let has_year = text.split(|symbol: char| !symbol.is_ascii_digit()).any(|part| part.len() == 4);
    has_year && dates::parse(text).is_ok()
}

fn quotes_cun(normalised: &str) -> bool {
    normalised
        .match_indices("CUN")
        .filter_map(|(at, _)| strip_cun_prefix(normalised.get(at..)?))
        .any(|rest| rest.get(..LENGTH).is_some_and(|code| code.parse::<Cun>().is_ok()))
}

/// A call's id is typed by hand, where a code with a wrong symbol may end up: ten symbols of a code's alphabet with a
/// letter among them are taken for one, whatever the check symbol says.
fn check_call(text: &str) -> Result<String, IdError> {
    let normalised = normalise(text);
    let is_code = normalised.chars().count() == LENGTH
        && normalised.chars().all(|symbol| ALPHABET.contains(&symbol))
        && normalised.chars().any(|symbol| symbol.is_ascii_alphabetic());
    if is_code { Err(IdError::PersonalData) } else { check(text) }
}

macro_rules! id_type {
    ($(#[$doc:meta])* $name:ident, $check:ident) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(String);

        impl $name {
            /// The id.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl FromStr for $name {
            type Err = IdError;

            fn from_str(text: &str) -> Result<Self, IdError> {
                $check(text).map(Self)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

id_type! {
    /// The telephone system's id of a call ("id chiamata").
    CallId, check_call
}
id_type! {
    /// The service's id of a transaction ("identificativo transazione").
    TransactionId, check
}

/// The id that a verification returned ("ID Verifica Tampone"): 36 hexadecimal digits and dashes, usable only by the
/// operator who obtained it (seed 003, 3.3.1). It stands for the caller's test, so it is not printed and not kept.
#[derive(Clone, PartialEq, Eq)]
pub struct TestVerificationId(String);

impl TestVerificationId {
    /// The id, as it travels.
    #[must_use]
    pub fn to_wire(&self) -> &str {
        &self.0
    }
}

impl FromStr for TestVerificationId {
    type Err = IdError;

    fn from_str(text: &str) -> Result<Self, IdError> {
        let fits = |byte: u8| byte.is_ascii_hexdigit() || byte == b'-';
        if text.len() == 36 && text.bytes().all(fits) { Ok(Self(text.to_owned())) } else { Err(IdError::Form) }
    }
}

impl fmt::Debug for TestVerificationId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TestVerificationId(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_of_telephone_systems_pass() {
        for id in [
            "88213",
            "1606140000.42",
            "a@10.0.0.1:5060",
            "2c9f1b5e-0d7a-4f5c-8f37-6e2b8f1d0a11",
            "1234567891",
            "2021-0042",
            "12.3.45",
        ] {
            assert_eq!(id.parse::<CallId>().as_ref().map(CallId::as_str), Ok(id));
        }
    }

    #[test]
    fn what_a_caller_says_does_not_pass() {
        for said in [
            "CUN-H17KZ6247A",
            "cun h17kz",
            "59Y 5QWW F4Z",
            "VRDLGU75B02F205A",
            "tx:59Y5QWWF4Z",
            "a/CUN-H17KZ6247A",
            "07/01/2021",
            "2021-01-07",
            "7.1.2021",
        ] {
            assert_eq!(said.parse::<CallId>(), Err(IdError::PersonalData), "{said}");
        }
        assert_eq!("".parse::<CallId>(), Err(IdError::Empty));
        assert_eq!("Maria Rossi".parse::<CallId>(), Err(IdError::Form));
        assert_eq!("x".repeat(65).parse::<CallId>(), Err(IdError::TooLong));
    }
}
