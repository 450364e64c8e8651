//! At which line of a file a record begins, as an editor counts them: blank lines count, and a line ends with either
//! sign or with both, as Windows writes it. The reader of records counts neither so.

/// Counts the lines of a text from its start on.
pub struct Lines<'a> {
    text: &'a str,
    seen: usize,
    number: u64,
}

impl<'a> Lines<'a> {
    /// Of this text, at its first line.
    pub const fn of(text: &'a str) -> Self {
        Self { text, seen: 0, number: 1 }
    }

    /// The number, from 1, of the line in which the first thing at or after `byte` stands; asked in the order of the text.
    pub fn number_at(&mut self, byte: usize) -> u64 {
        let rest = self.text.get(byte..).unwrap_or_default();
        let start = byte + rest.len() - rest.trim_start_matches(['\r', '\n']).len();
        let passed = self.text.get(self.seen..start).unwrap_or_default();
        let ends = passed.matches('\n').count() + passed.matches('\r').count() - passed.matches("\r\n").count();
        self.number += u64::try_from(ends).unwrap_or(u64::MAX);
        self.seen = start;
        self.number
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_counted_as_an_editor_does() {
        for end in ["\n", "\r\n", "\r"] {
            let text = ["head", "one", "", "", "\"two", "and more\"", "three"].join(end);
            let mut lines = Lines::of(&text);
            // Where the record before has ended, as the reader has it.
            let after = |what: &str| text.find(what).unwrap() + what.len();
            let places = ["head", "one", "more\""].map(after);
            assert_eq!(places.map(|place| lines.number_at(place)), [2, 5, 7], "{end:?}");
        }
        assert_eq!(Lines::of("").number_at(9), 1);
    }
}
