//! A swab test as it is reported: where it was taken, what came of it, how its patient can be reached (seed 003,
//! 2.4.1, Tab. 2).

use std::{fmt, str::FromStr};

use unicode_segmentation::UnicodeSegmentation;

/// The longest description of a structure, in characters as people count them: a letter with its accents is one.
pub const MOST_DESCRIPTION: usize = 256;
const MOST_PHONE: usize = 20;
const MOST_EMAIL: usize = 254;

/// A structure by Sistema TS's own coding: "codice regione-codice asl-codice struttura".
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct StructureId {
    region: String,
    authority: String,
    facility: String,
}

/// Not three groups of 3, 3 and 5 or 6 letters and digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotAStructure;

impl fmt::Display for NotAStructure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("expected region, health authority and structure with dashes between them, such as 190-201-123456")
    }
}

impl std::error::Error for NotAStructure {}

impl StructureId {
    /// The three letters or digits of the region.
    #[must_use]
    pub fn region(&self) -> &str {
        &self.region
    }

    /// Those of the health authority (ASL).
    #[must_use]
    pub fn authority(&self) -> &str {
        &self.authority
    }

    /// The five or six of the structure itself.
    #[must_use]
    pub fn facility(&self) -> &str {
        &self.facility
    }
}

impl fmt::Display for StructureId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}-{}", self.region, self.authority, self.facility)
    }
}

impl FromStr for StructureId {
    type Err = NotAStructure;

    fn from_str(typed: &str) -> Result<Self, NotAStructure> {
        let typed = typed.trim().to_ascii_uppercase();
        let parts: Vec<&str> = typed.split(['-', ' ', '.', '/']).filter(|part| !part.is_empty()).collect();
        let [region, authority, facility] = parts.as_slice() else { return Err(NotAStructure) };
        let is_plain = parts.iter().all(|part| part.bytes().all(|byte| byte.is_ascii_alphanumeric()));
        if !is_plain || region.len() != 3 || authority.len() != 3 || !matches!(facility.len(), 5 | 6) {
            return Err(NotAStructure);
        }
        let [region, authority, facility] = [region, authority, facility].map(|part| (*part).to_owned());
        Ok(Self { region, authority, facility })
    }
}

/// A structure that is often reported for: its code, and what people call it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NamedStructure {
    /// Its code.
    pub id: StructureId,
    /// Its name; may be empty.
    pub name: String,
}

impl fmt::Display for NamedStructure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.id, self.name)
    }
}

/// The code, a blank, the name.
impl FromStr for NamedStructure {
    type Err = NotAStructure;

    fn from_str(text: &str) -> Result<Self, NotAStructure> {
        let (id, name) = text.trim().split_once(char::is_whitespace).unwrap_or((text, ""));
        Ok(Self { id: id.parse()?, name: name.trim().to_owned() })
    }
}

/// A structure in words, where it has no code: 256 characters at most as people count them, blanks around it dropped.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct StructureDescription(String);

/// Why a text can't be sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TextError {
    /// Nothing was typed.
    Empty,
    /// More characters than are taken, however many bytes each has.
    TooLong {
        /// How many there are.
        found: usize,
        /// How many may be.
        most: usize,
    },
    /// Characters that can't be part of it.
    Form,
}

/// A text of 1 to `most` characters, as `count` counts them, without any that XML can't carry.
fn bounded(typed: &str, most: usize, count: fn(&str) -> usize) -> Result<&str, TextError> {
    let text = typed.trim();
    match count(text) {
        0 => Err(TextError::Empty),
        found if found > most => Err(TextError::TooLong { found, most }),
        _ if text.chars().any(|symbol| symbol.is_control() || matches!(symbol, '\u{FFFE}' | '\u{FFFF}')) => {
            Err(TextError::Form)
        }
        _ => Ok(text),
    }
}

/// Code points, as the contracts count them.
fn points(text: &str) -> usize {
    text.chars().count()
}

/// Grapheme clusters: what people see as one character.
fn characters(text: &str) -> usize {
    text.graphemes(true).count()
}

impl StructureDescription {
    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for StructureDescription {
    type Err = TextError;

    fn from_str(typed: &str) -> Result<Self, TextError> {
        bounded(typed, MOST_DESCRIPTION, characters).map(|text| Self(text.to_owned()))
    }
}

/// Where a swab was taken: by code or in words, never both.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Site {
    /// A structure that Sistema TS knows.
    Known(StructureId),
    /// One that it does not.
    Described(StructureDescription),
}

/// "Esito test".
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TestResult {
    /// Positive.
    Positive,
    /// Negative.
    Negative,
}

impl TestResult {
    /// As it travels (the document gives the words alone).
    #[must_use]
    pub const fn to_wire(self) -> &'static str {
        match self {
            Self::Positive => "P",
            Self::Negative => "N",
        }
    }

    /// From how it travels.
    #[must_use]
    pub fn from_wire(word: &str) -> Option<Self> {
        match word {
            "P" => Some(Self::Positive),
            "N" => Some(Self::Negative),
            _ => None,
        }
    }
}

/// How the patient can be reached: one way at most is sent. It is the patient's, so it is not printed.
#[derive(Clone, PartialEq, Eq)]
pub enum Contact {
    /// A mobile telephone number.
    Phone(String),
    /// An address of electronic mail.
    Email(String),
}

impl fmt::Debug for Contact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Contact(…)")
    }
}

impl Contact {
    /// A number: digits, grouped as one likes, with or without `+` before them; 20 characters at most.
    ///
    /// # Errors
    /// Any [`TextError`].
    pub fn phone(typed: &str) -> Result<Self, TextError> {
        let text = bounded(typed, usize::MAX, points)?;
        let number: String =
            text.chars().filter(|symbol| !matches!(symbol, ' ' | '-' | '.' | '/' | '(' | ')')).collect();
        let digits = number.strip_prefix('+').unwrap_or(&number);
        if digits.len() < 6 || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(TextError::Form);
        }
        bounded(&number, MOST_PHONE, points).map(|number| Self::Phone(number.to_owned()))
    }

    /// An address with one `@` and a dot after it; 254 characters at most.
    ///
    /// # Errors
    /// Any [`TextError`].
    pub fn email(typed: &str) -> Result<Self, TextError> {
        let text = bounded(typed, MOST_EMAIL, points)?;
        let is_plain = !text.chars().any(char::is_whitespace) && text.matches('@').count() == 1;
        let (name, host) = text.split_once('@').unwrap_or_default();
        let has_host = host.contains('.') && !host.starts_with('.') && !host.ends_with('.');
        if is_plain && !name.is_empty() && has_host { Ok(Self::Email(text.to_owned())) } else { Err(TextError::Form) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn structures_are_three_groups() {
        for typed in ["190-201-123456", " 190 201 123456 ", "190.201.12345", "abc-201-1a2b3"] {
            assert!(typed.parse::<StructureId>().is_ok(), "{typed}");
        }
        let id: StructureId = "abc-201-1a2b3".parse().expect("a structure");
        assert_eq!((id.region(), id.authority(), id.facility()), ("ABC", "201", "1A2B3"));
        assert_eq!(id.to_string(), "ABC-201-1A2B3");
        for typed in ["", "190-201", "190-201-1234", "190-201-1234567", "19-201-123456", "190-201-12345è"] {
            assert_eq!(typed.parse::<StructureId>(), Err(NotAStructure), "{typed}");
        }
    }

    #[test]
    fn a_named_structure_is_a_code_and_a_name() {
        let named = |text: &str| text.parse::<NamedStructure>().map(|it| (it.id.to_string(), it.name));
        let (id, name) = ("190-201-123456".to_owned(), "Ospedale Civile".to_owned());
        assert_eq!(named(" 190-201-123456  Ospedale Civile "), Ok((id.clone(), name)));
        assert_eq!(named("190-201-123456"), Ok((id, String::new())));
        assert_eq!(named("Ospedale Civile"), Err(NotAStructure));
    }

    #[test]
    fn a_description_is_counted_in_characters() {
        // Composed, decomposed, with an accent that nothing composes, a family of four, a flag.
        for one in ["a", "à", "a\u{300}", "q\u{303}\u{323}", "👨‍👩‍👧‍👦", "🇮🇹"] {
            let long = |count: usize| one.repeat(count).parse::<StructureDescription>();
            assert_eq!(long(256).map(|text| text.as_str() == one.repeat(256)), Ok(true), "{one}");
            assert_eq!(long(257), Err(TextError::TooLong { found: 257, most: 256 }), "{one}");
        }
        assert_eq!(" \n ".parse::<StructureDescription>(), Err(TextError::Empty));
        for unsendable in ["a\u{1}b", "a\u{FFFE}b", "a\u{FFFF}"] {
            assert_eq!(unsendable.parse::<StructureDescription>(), Err(TextError::Form));
        }
    }

    #[test]
    fn contacts_are_numbers_and_addresses() {
        assert_eq!(Contact::phone("+39 333-000 00 00"), Ok(Contact::Phone("+393330000000".into())));
        for wrong in ["333", "33300000x0", "+", "++393330000000"] {
            assert_eq!(Contact::phone(wrong), Err(TextError::Form), "{wrong}");
        }
        assert!(matches!(Contact::phone(&"3".repeat(21)), Err(TextError::TooLong { .. })));
        assert_eq!(Contact::email(" a@b.example "), Ok(Contact::Email("a@b.example".into())));
        for wrong in ["a", "a@b", "@b.it", "a@b.it c", "a@@b.it", "a@.it"] {
            assert_eq!(Contact::email(wrong), Err(TextError::Form), "{wrong}");
        }
    }
}
