//! Texts without what a search forgives: case, accents, apostrophes, punctuation.

use icu_normalizer::DecomposingNormalizer;

/// How many words of a search count.
const WORDS: usize = 6;

/// `D'Angelò  Ève` → `dangelo eve`: the same on both engines, because neither is asked.
#[must_use]
pub fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    for symbol in DecomposingNormalizer::new_nfkd().normalize(text).chars().flat_map(char::to_lowercase) {
        match symbol {
            // Accents, which the decomposition has set apart.
            '\u{300}'..='\u{36f}' | '\'' | '’' | '‘' | '`' => (),
            symbol if symbol.is_alphanumeric() => folded.push(symbol),
            _ if folded.is_empty() || folded.ends_with(' ') => (),
            _ => folded.push(' '),
        }
    }
    folded.trim_end().to_owned()
}

/// The words of a search, each of which must be somewhere in what is found.
#[must_use]
pub fn words(typed: &str) -> Vec<String> {
    fold(typed).split(' ').filter(|word| !word.is_empty()).take(WORDS).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_people_type_is_what_is_stored() {
        for (typed, folded) in [
            ("Ève  D'Angelò", "eve dangelo"),
            ("dangelo", "dangelo"),
            (" M.ROSSI_2 ", "m rossi 2"),
            ("Èlia-Noè", "elia noe"),
            ("ﬁorella", "fiorella"),
            ("%_", ""),
            ("", ""),
        ] {
            assert_eq!(fold(typed), folded, "{typed}");
        }
        assert_eq!(words("rossi  MARÌA"), ["rossi", "maria"]);
        assert_eq!(words("a b c d e f g h").len(), WORDS);
    }
}
