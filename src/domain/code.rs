//! CUN and OTP: the two codes that a caller dictates (seed 003, 2.4.1.1).
//!
//! Ten symbols of an alphabet of 25, the last of which is a check symbol. The document calls the algorithm
//! "based on Luhn mod N"; it is the table below, which is not Luhn.

use std::{fmt, str::FromStr};

use super::symbols::{ForeignSymbol, normalise};

/// The symbols of a code, in the order that gives the check symbol its value.
pub const ALPHABET: [char; 25] = [
    'A', 'E', 'F', 'H', 'I', 'J', 'K', 'L', 'Q', 'R', 'S', 'U', 'W', 'X', 'Y', 'Z', '1', '2', '3', '4', '5', '6', '7',
    '8', '9',
];
/// Symbols in a code, check symbol included.
pub const LENGTH: usize = 10;
/// What stands before the ten symbols of a CUN.
pub const CUN_PREFIX: &str = "CUN-";

/// The value of each symbol of [`ALPHABET`] at positions 1, 3, 5, 7, 9 and at positions 2, 4, 6, 8.
const VALUES: [(u32, u32); 25] = [
    (1, 0),
    (9, 4),
    (13, 5),
    (17, 7),
    (19, 8),
    (21, 9),
    (2, 10),
    (4, 11),
    (6, 16),
    (8, 17),
    (12, 18),
    (16, 20),
    (22, 22),
    (25, 23),
    (24, 24),
    (23, 25),
    (0, 1),
    (5, 2),
    (7, 3),
    (9, 4),
    (13, 5),
    (15, 6),
    (17, 7),
    (19, 8),
    (21, 9),
];

fn values(symbol: char) -> Option<(u32, u32)> {
    let place = ALPHABET.iter().position(|known| *known == symbol)?;
    VALUES.get(place).copied()
}

/// The value of `symbol` at `index` (from 0) of the body.
fn value_at(index: usize, symbol: char) -> Option<u32> {
    values(symbol).map(|(odd, even)| if index.is_multiple_of(2) { odd } else { even })
}

/// The check symbol of a nine-symbol body; none if a symbol is not of the alphabet.
#[must_use]
pub fn check_symbol(body: &[char]) -> Option<char> {
    let sum = body.iter().enumerate().try_fold(0, |sum, (index, symbol)| Some(sum + value_at(index, *symbol)?))?;
    ALPHABET.get(sum as usize % ALPHABET.len()).copied()
}

/// Why a value is not a code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CodeError {
    /// Nothing was typed.
    Empty,
    /// A symbol that no code contains.
    Foreign(ForeignSymbol),
    /// Not ten symbols, but `found`.
    Length {
        /// How many symbols there are, the prefix not counted.
        found: usize,
    },
    /// Ten symbols that can't belong together: at least one was misheard or mistyped.
    CheckSymbol,
    /// A CUN in the field of the OTP.
    CunInstead,
}

/// Ten symbols whose check symbol is right.
#[derive(Clone, PartialEq, Eq)]
struct Symbols([char; LENGTH]);

impl Symbols {
    fn parse(normalised: &str) -> Result<Self, CodeError> {
        if normalised.is_empty() {
            return Err(CodeError::Empty);
        }
        let symbols: Vec<char> = normalised.chars().collect();
        if let Some(foreign) = foreign_symbol(&symbols) {
            return Err(CodeError::Foreign(foreign));
        }
        let found = symbols.len();
        let symbols: [char; LENGTH] = symbols.try_into().map_err(|_| CodeError::Length { found })?;
        let (body, last) = symbols.split_at(LENGTH - 1);
        if check_symbol(body).as_ref() == last.first() { Ok(Self(symbols)) } else { Err(CodeError::CheckSymbol) }
    }

    fn text(&self) -> String {
        self.0.iter().collect()
    }
}

fn foreign_symbol(symbols: &[char]) -> Option<ForeignSymbol> {
    let index = symbols.iter().position(|symbol| values(*symbol).is_none())?;
    let found = *symbols.get(index)?;
    Some(ForeignSymbol { found, position: index + 1, likely: likely_symbol(symbols, index, found) })
}

/// Among the symbols that `found` is easily taken for, the one that makes a complete code right, else the first.
fn likely_symbol(symbols: &[char], index: usize, found: char) -> Option<char> {
    let candidates = look_alikes(found);
    let passes = |candidate: &&char| {
        let mut repaired = symbols.to_vec();
        if let Some(symbol) = repaired.get_mut(index) {
            *symbol = **candidate;
        }
        Symbols::parse(&repaired.iter().collect::<String>()).is_ok()
    };
    let is_alone = symbols.iter().filter(|symbol| values(**symbol).is_none()).count() == 1;
    let repairing = if is_alone { candidates.iter().find(passes) } else { None };
    repairing.or(candidates.first()).copied()
}

/// The symbols of the alphabet that look or sound like one that is not in it, the likeliest first.
const fn look_alikes(symbol: char) -> &'static [char] {
    match symbol {
        '0' | 'O' => &['Q', '9', '6', '8'],
        'B' => &['8', '3', 'E'],
        'C' => &['6', 'E', 'K'],
        'D' => &['Q', 'E'],
        'G' => &['6', '9'],
        'M' => &['W', 'H'],
        'N' => &['H', 'W'],
        'P' => &['R', 'F', 'E'],
        'T' => &['7', '1', 'E'],
        'V' => &['U', 'W', 'Y'],
        '!' | '|' => &['1', 'I'],
        '$' => &['S', '5'],
        _ => &[],
    }
}

macro_rules! code_type {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq)]
        pub struct $name(Symbols);

        /// What a caller says is not printed.
        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(concat!(stringify!($name), "(…)"))
            }
        }

        impl $name {
            /// The ten symbols, without a prefix.
            #[must_use]
            pub fn symbols(&self) -> &[char; LENGTH] {
                &self.0.0
            }
        }
    };
}

code_type! {
    /// Codice univoco nazionale: names one swab test (seed 003, 2.4.1.1).
    Cun
}
code_type! {
    /// The one-time code that the app shows to the caller (seed 003, 3.3.2).
    Otp
}

impl Cun {
    /// The form in which it travels: `CUN-` and ten symbols.
    #[must_use]
    pub fn to_wire(&self) -> String {
        format!("{CUN_PREFIX}{}", self.0.text())
    }
}

impl Otp {
    /// The form in which it travels: ten symbols.
    #[must_use]
    pub fn to_wire(&self) -> String {
        self.0.text()
    }
}

impl FromStr for Cun {
    type Err = CodeError;

    fn from_str(typed: &str) -> Result<Self, CodeError> {
        let normalised = normalise(typed);
        Symbols::parse(strip_cun_prefix(&normalised).unwrap_or(&normalised)).map(Self)
    }
}

impl FromStr for Otp {
    type Err = CodeError;

    fn from_str(typed: &str) -> Result<Self, CodeError> {
        let normalised = normalise(typed);
        if strip_cun_prefix(&normalised).is_some() {
            return Err(CodeError::CunInstead);
        }
        Symbols::parse(&normalised).map(Self)
    }
}

/// What follows the prefix of a CUN in a normalised value; none if the prefix is not there.
///
/// C and N are not in the alphabet, so that a prefix is never part of a code.
#[must_use]
pub fn strip_cun_prefix(normalised: &str) -> Option<&str> {
    normalised.strip_prefix("CUN").map(|rest| rest.trim_start_matches([':', ',', ';', '/', '=', '#']))
}

/// The symbols that the check symbol can't vouch for: `true` where the one read may be another, unnoticed.
///
/// A symbol of the body is blind where another has the same value at its place, and where swapping it with its
/// neighbour leaves the sum as it is. The check symbol itself is never blind.
#[must_use]
pub fn blind_spots(symbols: &[char; LENGTH]) -> [bool; LENGTH] {
    let mut blind = [false; LENGTH];
    let body = symbols.get(..LENGTH - 1).unwrap_or_default();
    for (index, symbol) in body.iter().enumerate() {
        let swaps = |neighbour: Option<&char>| neighbour.is_some_and(|other| swap_is_blind(*symbol, *other));
        let before = index.checked_sub(1).and_then(|index| body.get(index));
        if let Some(mark) = blind.get_mut(index) {
            *mark = has_twin(index, *symbol) || swaps(before) || swaps(body.get(index + 1));
        }
    }
    blind
}

fn has_twin(index: usize, symbol: char) -> bool {
    let at_index = |(odd, even): (u32, u32)| if index.is_multiple_of(2) { odd % 25 } else { even % 25 };
    let own = values(symbol).map(at_index);
    ALPHABET.iter().zip(VALUES).any(|(other, values)| *other != symbol && Some(at_index(values)) == own)
}

fn swap_is_blind(left: char, right: char) -> bool {
    let (Some((left_odd, left_even)), Some((right_odd, right_even))) = (values(left), values(right)) else {
        return false;
    };
    left != right && (left_odd + right_even) % 25 == (right_odd + left_even) % 25
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_vectors_of_the_contract_hold() {
        for valid in
            ["CUN-H17KZ6247A", "CUN-7SWLFKFIAX", "CUN-11X524IJK5", "CUN-AAAAAAAAAJ", "CUN-Q4KFRQK5UY", "CUN-QEKFRQK5UY"]
        {
            assert_eq!(valid.parse::<Cun>().map(|cun| cun.to_wire()), Ok(valid.to_owned()));
        }
        for valid in ["59Y5QWWF4Z", "W8ILHZ97U6", "5H66E5J2QR", "ZZZZZZZZZZ"] {
            assert_eq!(valid.parse::<Otp>().map(|otp| otp.to_wire()), Ok(valid.to_owned()));
        }
        assert_eq!("CUN-H17KZ6247L".parse::<Cun>(), Err(CodeError::CheckSymbol));
        assert_eq!("CUN-S7WLFKFIAX".parse::<Cun>(), Err(CodeError::CheckSymbol));
        assert_eq!("CUN-LZ44EL8YF3".parse::<Otp>(), Err(CodeError::CunInstead));
    }

    #[test]
    fn a_symbol_outside_the_alphabet_is_named_with_its_place_and_the_likely_one() {
        let Err(CodeError::Foreign(foreign)) = "CUN-IHIR0WHSLZ".parse::<Cun>() else { panic!("0 was accepted") };
        assert_eq!((foreign.found, foreign.position), ('0', 5));
        assert!(foreign.likely.is_some());
    }

    #[test]
    fn the_forms_in_which_a_code_is_dictated_are_forgiven() {
        for typed in [
            "cun-h17kz6247a",
            "C.U.N. H17 KZ62 47A",
            "h17kz6247a",
            " CUN: H17K-Z624-7A ",
            "CUN, h17 kz6 247a",
            "CUN\u{2013}H17KZ6247A",
        ] {
            assert_eq!(typed.parse::<Cun>().map(|cun| cun.to_wire()), Ok("CUN-H17KZ6247A".to_owned()), "{typed}");
        }
    }
}
