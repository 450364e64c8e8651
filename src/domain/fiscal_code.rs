//! Codice fiscale: the tax code by which Sistema TS knows an operator (seed 003, 3.3.1) and, for the other
//! services, a patient.

use std::{fmt, str::FromStr};

use super::symbols::normalise;

/// Characters of a codice fiscale.
pub const LENGTH: usize = 16;
/// Where the digits stand (from 0), each of which omocodia may turn into a letter.
const DIGIT_PLACES: [usize; 7] = [6, 7, 9, 10, 12, 13, 14];
/// The letters of omocodia: the one at place `d` stands for the digit `d`.
const OMOCODIA: [char; 10] = ['L', 'M', 'N', 'P', 'Q', 'R', 'S', 'T', 'U', 'V'];
/// The letters of the months and the most days each can have.
const MONTHS: [(char, u32); 12] = [
    ('A', 31),
    ('B', 29),
    ('C', 31),
    ('D', 30),
    ('E', 31),
    ('H', 30),
    ('L', 31),
    ('M', 31),
    ('P', 30),
    ('R', 31),
    ('S', 30),
    ('T', 31),
];

/// A codice fiscale whose form and check letter are right, in upper case.
#[derive(Clone, PartialEq, Eq)]
pub struct FiscalCode(String);

/// A person's code is not printed.
impl fmt::Debug for FiscalCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("FiscalCode(…)")
    }
}

/// Why a value is not a codice fiscale.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FiscalCodeError {
    /// Nothing was typed.
    Empty,
    /// Not sixteen characters, but `found`.
    Length {
        /// How many characters there are.
        found: usize,
    },
    /// A character that can't stand at `position` (from 1), an impossible date of birth included.
    Form {
        /// Where.
        position: usize,
    },
    /// The check letter does not belong to the other fifteen.
    CheckLetter,
}

impl FiscalCode {
    /// The sixteen characters.
    #[must_use]
    pub fn to_wire(&self) -> &str {
        &self.0
    }
}

impl FromStr for FiscalCode {
    type Err = FiscalCodeError;

    fn from_str(typed: &str) -> Result<Self, FiscalCodeError> {
        let text = normalise(typed);
        if text.is_empty() {
            return Err(FiscalCodeError::Empty);
        }
        let characters: Vec<char> = text.chars().collect();
        if characters.len() != LENGTH {
            return Err(FiscalCodeError::Length { found: characters.len() });
        }
        if let Some(index) = characters.iter().enumerate().position(|(index, symbol)| !fits(index, *symbol)) {
            return Err(FiscalCodeError::Form { position: index + 1 });
        }
        if !has_possible_birthday(&characters) {
            return Err(FiscalCodeError::Form { position: 10 });
        }
        if check_letter(&characters) != characters.last().copied() {
            return Err(FiscalCodeError::CheckLetter);
        }
        Ok(Self(text))
    }
}

fn fits(index: usize, symbol: char) -> bool {
    if DIGIT_PLACES.contains(&index) {
        return digit(symbol).is_some();
    }
    match index {
        8 => MONTHS.iter().any(|(letter, _)| *letter == symbol),
        11 => matches!(symbol, 'A'..='M' | 'Z'),
        _ => symbol.is_ascii_uppercase(),
    }
}

/// The digit that a character of a digit's place stands for.
fn digit(symbol: char) -> Option<u32> {
    let letter = || OMOCODIA.iter().position(|letter| *letter == symbol).and_then(|place| u32::try_from(place).ok());
    symbol.to_digit(10).or_else(letter)
}

fn has_possible_birthday(characters: &[char]) -> bool {
    let digit_at = |index: usize| characters.get(index).copied().and_then(digit);
    let most =
        characters.get(8).and_then(|month| MONTHS.iter().find(|(letter, _)| letter == month)).map(|(_, most)| *most);
    let (Some(tens), Some(units), Some(most)) = (digit_at(9), digit_at(10), most) else { return false };
    // Women have 40 added to the day.
    let day = tens * 10 + units;
    let day = if day > 40 { day - 40 } else { day };
    (1..=most).contains(&day)
}

fn check_letter(characters: &[char]) -> Option<char> {
    const ODD: [u32; 26] =
        [1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23];
    let value = |(index, symbol): (usize, &char)| {
        let place = symbol.to_digit(10).or_else(|| symbol.to_digit(36).map(|value| value - 10))?;
        if index.is_multiple_of(2) { ODD.get(place as usize).copied() } else { Some(place) }
    };
    let sum: u32 = characters.iter().take(LENGTH - 1).enumerate().map(value).sum::<Option<u32>>()?;
    char::from_u32(u32::from('A') + sum % 26)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_fictitious_codes_of_the_contract_pass() {
        for code in ["RSSMRA80A01H501U", "VRDLGU75B02F205A", "BNCLRA90C43L219I", "NREGNN85D04A662V"] {
            assert_eq!(code.to_lowercase().parse::<FiscalCode>().as_ref().map(FiscalCode::to_wire), Ok(code));
        }
    }

    #[test]
    fn omocodia_is_accepted() {
        let mut characters: Vec<char> = "RSSMRA80A01H50MU".chars().collect();
        let right = check_letter(&characters).expect("fifteen characters");
        if let Some(last) = characters.last_mut() {
            *last = right;
        }
        let code: String = characters.into_iter().collect();
        assert!(code.parse::<FiscalCode>().is_ok());
    }

    #[test]
    fn each_mistake_has_its_reason() {
        assert_eq!("RSSMRA80A01H501X".parse::<FiscalCode>(), Err(FiscalCodeError::CheckLetter));
        assert_eq!("RSSMRA80A01H501".parse::<FiscalCode>(), Err(FiscalCodeError::Length { found: 15 }));
        assert_eq!("RSSMRA80F01H501U".parse::<FiscalCode>(), Err(FiscalCodeError::Form { position: 9 }));
        assert_eq!("RSSMRA80B31H501U".parse::<FiscalCode>(), Err(FiscalCodeError::Form { position: 10 }));
        assert_eq!("1SSMRA80A01H501U".parse::<FiscalCode>(), Err(FiscalCodeError::Form { position: 1 }));
    }
}
