//! What is forgiven in a dictated or pasted value, and what a wrong symbol probably was.

use std::fmt;

/// A symbol that can't stand in the field, and what was probably meant.
#[derive(Clone, PartialEq, Eq)]
pub struct ForeignSymbol {
    /// The symbol as normalised (letters in upper case).
    pub found: char,
    /// Its place among the symbols that count, from 1.
    pub position: usize,
    /// The symbol of the field that is most easily taken for it, if there is one.
    pub likely: Option<char>,
}

/// The symbol is part of what the caller said: it is shown to the operator, never printed.
impl fmt::Debug for ForeignSymbol {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ForeignSymbol(position {})", self.position)
    }
}

/// Drops what people and clipboards add (blanks, dashes, dots, invisible marks) and raises ASCII letters.
///
/// Nothing is replaced by a look-alike: what is left is what was typed.
#[must_use]
pub fn normalise(typed: &str) -> String {
    typed.chars().filter(|symbol| !is_separator(*symbol)).map(|symbol| symbol.to_ascii_uppercase()).collect()
}

fn is_separator(symbol: char) -> bool {
    symbol.is_whitespace()
        || symbol.is_control()
        || matches!(symbol, '-' | '.' | '_' | '\u{b7}' | '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{ad}')
        || matches!(symbol, '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}')
}

/// What people put between day, month and year.
#[must_use]
pub fn is_date_separator(symbol: char) -> bool {
    matches!(symbol, '/' | ',' | '\\') || is_separator(symbol)
}
