//! The last eight digits of the health card's number (TEAM; seed 003, 3.3.1, Tab. 9).

use std::{fmt, str::FromStr};

use super::symbols::{ForeignSymbol, normalise};

/// Digits that the service asks for.
pub const LENGTH: usize = 8;

/// The last eight digits of the number on the back of the card.
#[derive(Clone, PartialEq, Eq)]
pub struct HealthCardDigits(String);

/// What a caller says is not printed.
impl fmt::Debug for HealthCardDigits {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("HealthCardDigits(…)")
    }
}

/// Why a value is not the end of a card's number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum HealthCardError {
    /// Nothing was typed.
    Empty,
    /// A symbol that is not a digit.
    Foreign(ForeignSymbol),
    /// Not eight digits, but `found`.
    Length {
        /// How many digits there are.
        found: usize,
    },
}

impl HealthCardDigits {
    /// Eight digits, as they travel.
    #[must_use]
    pub fn to_wire(&self) -> &str {
        &self.0
    }
}

impl FromStr for HealthCardDigits {
    type Err = HealthCardError;

    fn from_str(typed: &str) -> Result<Self, HealthCardError> {
        let digits = normalise(typed);
        if digits.is_empty() {
            return Err(HealthCardError::Empty);
        }
        if let Some((index, found)) = digits.chars().enumerate().find(|(_, symbol)| !symbol.is_ascii_digit()) {
            let foreign = ForeignSymbol { found, position: index + 1, likely: likely_digit(found) };
            return Err(HealthCardError::Foreign(foreign));
        }
        if digits.len() == LENGTH { Ok(Self(digits)) } else { Err(HealthCardError::Length { found: digits.len() }) }
    }
}

const fn likely_digit(symbol: char) -> Option<char> {
    Some(match symbol {
        'O' | 'Q' | 'D' => '0',
        'I' | 'L' | '|' | '!' => '1',
        'Z' => '2',
        'E' => '3',
        'A' => '4',
        'S' | '$' => '5',
        'G' => '6',
        'T' => '7',
        'B' => '8',
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn eight_digits_pass_in_whatever_groups_they_come() {
        for typed in ["12345678", "1234 5678", "12-34-56-78", " 12345678\n"] {
            assert_eq!(typed.parse::<HealthCardDigits>().as_ref().map(HealthCardDigits::to_wire), Ok("12345678"));
        }
    }

    #[test]
    fn everything_else_is_refused_with_its_reason() {
        assert_eq!("".parse::<HealthCardDigits>(), Err(HealthCardError::Empty));
        assert_eq!("1234567".parse::<HealthCardDigits>(), Err(HealthCardError::Length { found: 7 }));
        assert_eq!("80380000012345678901".parse::<HealthCardDigits>(), Err(HealthCardError::Length { found: 20 }));
        let Err(HealthCardError::Foreign(foreign)) = "1234567O".parse::<HealthCardDigits>() else { panic!() };
        assert_eq!((foreign.found, foreign.position, foreign.likely), ('O', 8, Some('0')));
        assert!(
            "１２３４５６７８".parse::<HealthCardDigits>().is_err(),
            "digits of another script are not silently read"
        );
    }
}
