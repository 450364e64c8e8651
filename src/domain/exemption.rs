//! The code of an exemption from charges for reasons of income (seed 000, 2.2).

use std::{fmt, str::FromStr};

const MOST_CHARACTERS: usize = 10;

/// "Codice esenzione", such as E02; in upper case. It says something of a patient's income, so it is not printed.
#[derive(Clone, PartialEq, Eq)]
pub struct ExemptionCode(String);

/// Not 1 to 10 letters and digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotAnExemption;

impl fmt::Display for NotAnExemption {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("expected letters and digits, such as E02")
    }
}

impl std::error::Error for NotAnExemption {}

impl fmt::Debug for ExemptionCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ExemptionCode(…)")
    }
}

impl ExemptionCode {
    /// As it travels.
    #[must_use]
    pub fn to_wire(&self) -> &str {
        &self.0
    }
}

impl FromStr for ExemptionCode {
    type Err = NotAnExemption;

    fn from_str(typed: &str) -> Result<Self, NotAnExemption> {
        let code = typed.trim().to_ascii_uppercase();
        let fits = (1..=MOST_CHARACTERS).contains(&code.len()) && code.bytes().all(|it| it.is_ascii_alphanumeric());
        if fits { Ok(Self(code)) } else { Err(NotAnExemption) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_letters_and_digits() {
        assert_eq!(" e02 ".parse::<ExemptionCode>().as_ref().map(ExemptionCode::to_wire), Ok("E02"));
        for wrong in ["", "E 02", "E02è", "E0123456789"] {
            assert_eq!(wrong.parse::<ExemptionCode>(), Err(NotAnExemption), "{wrong}");
        }
    }
}
