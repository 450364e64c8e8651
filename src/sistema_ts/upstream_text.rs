//! What a service writes: it may echo what the caller said, so it is shown to the operator, never printed, never kept.

use std::fmt;

/// A text of the service: personal data, because it may repeat what the caller said (`Value 'CUN-…' is not …`). It
/// can't be printed or serialised; [`UpstreamText::expose`] is for the operator's page and the sealed cookie.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct UpstreamText(String);

impl UpstreamText {
    /// The longest text that is taken over, in characters; the contracts allow 256, faults are not bounded.
    pub const MOST_CHARACTERS: usize = 1000;

    /// Takes a text, blanks and control characters run together, cut to [`Self::MOST_CHARACTERS`].
    pub fn new(text: &str) -> Self {
        let words = text.split(|symbol: char| symbol.is_whitespace() || symbol.is_control());
        let joined = words.filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ");
        Self(joined.chars().take(Self::MOST_CHARACTERS).collect())
    }

    /// The text, for the operator's eyes.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// Whether the service wrote nothing.
    pub const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl fmt::Debug for UpstreamText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("UpstreamText(…)")
    }
}
