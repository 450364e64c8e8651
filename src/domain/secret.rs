//! What an operator alone knows: nothing prints it, nothing serialises it.

use std::{fmt, str::FromStr};

/// A password as typed: any characters, nothing trimmed.
#[derive(Clone, PartialEq, Eq)]
pub struct Password(String);

/// The shortest and the longest password, in characters.
pub const PASSWORD_LENGTHS: std::ops::RangeInclusive<usize> = 12..=128;

impl Password {
    /// Takes what was typed.
    #[must_use]
    pub const fn new(typed: String) -> Self {
        Self(typed)
    }

    /// For hashing, and nothing else.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// Whether it is of a length that can be chosen.
    #[must_use]
    pub fn has_right_length(&self) -> bool {
        PASSWORD_LENGTHS.contains(&self.0.chars().count())
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password(…)")
    }
}

/// The PIN: six digits of a time-based code; blanks are forgiven.
#[derive(Clone, PartialEq, Eq)]
pub struct Pin(String);

/// A PIN is six digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InvalidPin;

impl Pin {
    /// For checking, and nothing else.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl FromStr for Pin {
    type Err = InvalidPin;

    fn from_str(typed: &str) -> Result<Self, InvalidPin> {
        let digits = super::symbols::normalise(typed);
        let fits = digits.len() == 6 && digits.bytes().all(|byte| byte.is_ascii_digit());
        if fits { Ok(Self(digits)) } else { Err(InvalidPin) }
    }
}

impl fmt::Debug for Pin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Pin(…)")
    }
}
