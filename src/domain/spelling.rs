//! How a code is read back to the caller: each symbol as a word.

use super::operator::words;

words! {
    /// An alphabet of dictation.
    Alphabet {
        /// The Italian one, mostly of cities; digits in Italian.
        Cities = "cities",
        /// The one of ICAO and NATO; digits in English.
        Nato = "nato",
    }
}

const CITIES: [&str; 26] = [
    "Ancona",
    "Bologna",
    "Como",
    "Domodossola",
    "Empoli",
    "Firenze",
    "Genova",
    "Hotel",
    "Imola",
    "Jolly",
    "Kursaal",
    "Livorno",
    "Milano",
    "Napoli",
    "Otranto",
    "Palermo",
    "Quarto",
    "Roma",
    "Savona",
    "Torino",
    "Udine",
    "Venezia",
    "Washington",
    "Xeres",
    "Yacht",
    "Zara",
];
const DIGITS_IT: [&str; 10] = ["zero", "uno", "due", "tre", "quattro", "cinque", "sei", "sette", "otto", "nove"];
const NATO: [&str; 26] = [
    "Alfa", "Bravo", "Charlie", "Delta", "Echo", "Foxtrot", "Golf", "Hotel", "India", "Juliett", "Kilo", "Lima",
    "Mike", "November", "Oscar", "Papa", "Quebec", "Romeo", "Sierra", "Tango", "Uniform", "Victor", "Whiskey", "X-ray",
    "Yankee", "Zulu",
];
const DIGITS_EN: [&str; 10] = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"];

impl Alphabet {
    /// The word for a letter (ASCII, either case) or digit.
    #[must_use]
    pub fn word_of(self, symbol: char) -> Option<&'static str> {
        let (letters, digits) = match self {
            Self::Cities => (&CITIES, &DIGITS_IT),
            Self::Nato => (&NATO, &DIGITS_EN),
        };
        let value = symbol.to_digit(36)? as usize;
        value.checked_sub(10).map_or_else(|| digits.get(value), |letter| letters.get(letter)).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_symbol_has_a_word_that_begins_with_it() {
        for symbol in 'A'..='Z' {
            for alphabet in Alphabet::ALL {
                assert!(alphabet.word_of(symbol).is_some_and(|word| word.starts_with(symbol)), "{symbol}");
            }
        }
        assert_eq!(Alphabet::Cities.word_of('5'), Some("cinque"));
        assert_eq!(Alphabet::Nato.word_of('9'), Some("nine"));
        assert_eq!(Alphabet::Cities.word_of('-'), None);
    }
}
