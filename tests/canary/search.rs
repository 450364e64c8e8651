//! Finds a caller's data in any bytes, whatever encoding hides them.

use std::collections::{BTreeMap, BTreeSet};

use aho_corasick::AhoCorasick;
use base64::{
    Engine,
    engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD},
};
use jiff::civil::Date;

/// The fewest hexadecimal digits in a row that are an id or a hash, and not somebody's number.
const ID_DIGITS: usize = 12;

/// What must be nowhere.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Canary {
    /// A CUN or an OTP: its ten symbols, which no other text has.
    Code(String),
    /// The last eight digits of a card.
    Card(String),
    /// A day: of the first symptoms, of the swab.
    ///
    /// Not looked for as the number of a day: five digits are too few to be told from any other number.
    Day(Date),
    /// The ID Verifica Tampone.
    Id(String),
    /// What Sistema TS writes.
    Text(String),
}

impl Canary {
    /// A CUN with its prefix, or an OTP.
    pub fn code(text: &str) -> Self {
        Self::Code(text.trim_start_matches("CUN-").to_owned())
    }

    /// Every way of writing it, before any encoding.
    fn forms(&self) -> Vec<String> {
        match self {
            Self::Code(code) => grouped(code, &[3, 4, 3]),
            Self::Card(card) => [grouped(card, &[4, 4]), grouped(card, &[2, 3, 3])].concat(),
            Self::Id(id) => vec![id.clone(), id.replace('-', "")],
            Self::Text(text) => vec![text.clone()],
            Self::Day(day) => {
                ["%d/%m/%Y", "%Y-%m-%d", "%d-%m-%Y", "%d.%m.%Y", "%Y/%m/%d", "%Y%m%d", "%d%m%Y", "%d %m %Y"]
                    .map(|form| day.strftime(form).to_string())
                    .to_vec()
            }
        }
    }
}

/// The symbols together, and in groups with what may stand between them.
fn grouped(symbols: &str, sizes: &[usize]) -> Vec<String> {
    let mut groups = Vec::new();
    let mut rest = symbols;
    for size in sizes {
        let (group, after) = rest.split_at(*size);
        groups.push(group);
        rest = after;
    }
    ["", " ", "-", "+", "%20", ".", "\u{a0}"].map(|between| groups.join(between)).to_vec()
}

fn each_byte(bytes: &[u8], write: impl Fn(&u8) -> String, between: &str) -> String {
    bytes.iter().map(write).collect::<Vec<_>>().join(between)
}

/// The symbols of base64 that tell `bytes` and nothing else, when `before` bytes of a group of three stand before.
fn base64(bytes: &[u8], before: usize, engine: &impl Engine) -> String {
    let text = engine.encode([&vec![0; before], bytes].concat());
    let (first, last) = ((before * 8).div_ceil(6), (before + bytes.len()) * 8 / 6);
    text[first..last].to_owned()
}

/// A text in every encoding, with the name of each.
pub fn encodings(text: &str) -> Vec<(&'static str, Vec<u8>)> {
    let bytes = text.as_bytes();
    let escaped = |byte: &u8, escape: &dyn Fn(u8) -> String| {
        if byte.is_ascii_alphanumeric() { char::from(*byte).to_string() } else { escape(*byte) }
    };
    let units: Vec<u16> = text.encode_utf16().collect();
    let unicode = |upper: bool| {
        let escape = |unit: &u16| if upper { format!("\\u{unit:04X}") } else { format!("\\u{unit:04x}") };
        units.iter().map(escape).collect::<String>()
    };
    let mut found = vec![
        ("plain", text.to_owned()),
        ("JSON, solidus escaped", text.replace('/', "\\/")),
        ("JSON, every symbol escaped", unicode(false)),
        ("JSON, every symbol escaped", unicode(true)),
        ("percent-encoded", each_byte(bytes, |byte| escaped(byte, &|byte| format!("%{byte:02X}")), "")),
        ("percent-encoded", each_byte(bytes, |byte| escaped(byte, &|byte| format!("%{byte:02x}")), "")),
        ("percent-encoded, every symbol", each_byte(bytes, |byte| format!("%{byte:02X}"), "")),
        ("percent-encoded, every symbol", each_byte(bytes, |byte| format!("%{byte:02x}"), "")),
        ("HTML, hexadecimal", each_byte(bytes, |byte| escaped(byte, &|byte| format!("&#x{byte:X};")), "")),
        ("HTML, decimal", each_byte(bytes, |byte| escaped(byte, &|byte| format!("&#{byte};")), "")),
        ("hexadecimal", each_byte(bytes, |byte| format!("{byte:02x}"), "")),
        ("hexadecimal", each_byte(bytes, |byte| format!("{byte:02X}"), "")),
        ("a list of bytes", each_byte(bytes, ToString::to_string, ", ")),
        ("a list of bytes", each_byte(bytes, ToString::to_string, ",")),
    ];
    for before in 0..3 {
        found.push(("base64", base64(bytes, before, &STANDARD_NO_PAD)));
        found.push(("base64, for addresses", base64(bytes, before, &URL_SAFE_NO_PAD)));
    }
    let mut found: Vec<_> = found.into_iter().map(|(name, text)| (name, text.into_bytes())).collect();
    found.push(("UTF-16, little end first", units.iter().flat_map(|unit| unit.to_le_bytes()).collect()));
    found.push(("UTF-16, big end first", units.iter().flat_map(|unit| unit.to_be_bytes()).collect()));
    found
}

/// Looks for canaries.
pub struct Searcher {
    patterns: Vec<(Canary, &'static str)>,
    automaton: AhoCorasick,
}

impl Searcher {
    /// For these canaries in every form and encoding.
    pub fn new<'a>(canaries: impl IntoIterator<Item = &'a Canary>) -> Self {
        let mut patterns = BTreeMap::new();
        for canary in canaries {
            for form in canary.forms() {
                for text in [form.to_lowercase(), form.to_uppercase(), form] {
                    for (name, bytes) in encodings(&text) {
                        // Some encodings leave digits as they are: the first name is the plainest.
                        patterns.entry(bytes).or_insert_with(|| (canary.clone(), name));
                    }
                }
            }
            if let Canary::Id(id) = canary {
                let id: uuid::Uuid = id.parse().expect("a UUID");
                patterns.insert(id.as_bytes().to_vec(), (canary.clone(), "16 bytes"));
            }
        }
        let (bytes, patterns): (Vec<_>, Vec<_>) = patterns.into_iter().unzip();
        let automaton = AhoCorasick::new(bytes).expect("an automaton");
        Self { patterns, automaton }
    }

    /// What is found in `bytes`: which canary, how it is written, and what stands around it.
    pub fn find(&self, bytes: &[u8]) -> BTreeSet<String> {
        let tell = |found: aho_corasick::Match| {
            let (canary, encoding) = &self.patterns[found.pattern().as_usize()];
            if is_part_of_an_id(bytes, found.start(), found.end()) {
                return None;
            }
            let around = &bytes[found.start().saturating_sub(60)..bytes.len().min(found.end() + 60)];
            Some(format!("{canary:?}, {encoding}, in {:?}", String::from_utf8_lossy(around)))
        };
        self.automaton.find_overlapping_iter(bytes).filter_map(tell).collect()
    }
}

/// Eight digits may stand by chance in a longer row of hexadecimal digits, such as the end of a UUID.
fn is_part_of_an_id(bytes: &[u8], start: usize, end: usize) -> bool {
    let is_hex = |byte: &&u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(byte);
    if end - start != 8 || !bytes[start..end].iter().all(u8::is_ascii_digit) {
        return false;
    }
    let before = bytes[..start].iter().rev().take_while(is_hex).count();
    let after = bytes[end..].iter().take_while(is_hex).count();
    let row = &bytes[start - before..end + after];
    row.len() >= ID_DIGITS && row.iter().any(u8::is_ascii_alphabetic)
}

/// The searcher finds what it is there for: each encoding is written here by other means than there.
mod tests {
    use super::*;

    const CUN: &str = "H17KZ6247A";

    fn searcher() -> Searcher {
        Searcher::new(&[
            Canary::code("CUN-H17KZ6247A"),
            Canary::Card("47135715".into()),
            Canary::Day(jiff::civil::date(2021, 1, 7)),
            Canary::Id("8b0a5f44-7a3e-4f0e-9a2b-3c1d5e6f7a80".into()),
            Canary::Text("CUN scaduto".into()),
        ])
    }

    #[test]
    fn every_encoding_is_found() {
        let searcher = searcher();
        for hidden in [
            "cun=CUN-H17KZ6247A&x",
            "h17kz6247a",
            "H17 KZ62 47A",
            "h17-kz62-47a",
            "H17%20KZ62%2047A",
            "H17+KZ62+47A",
            "4831374b5a3632343741",
            "4831374B5A3632343741",
            "%48%31%37%4B%5A%36%32%34%37%41",
            "\\u0048\\u0031\\u0037\\u004b\\u005a\\u0036\\u0032\\u0034\\u0037\\u0041",
            "[72, 49, 55, 75, 90, 54, 50, 52, 55, 65]",
            "card: 47135715.",
            "4713 5715",
            "47 135 715",
            "3437313335373135",
            "07/01/2021",
            "2021-01-07",
            "07%2f01%2f2021",
            "07%2F01%2F2021",
            "07\\/01\\/2021",
            "20210107",
            "07&#x2F;01&#x2F;2021",
            "8B0A5F44-7A3E-4F0E-9A2B-3C1D5E6F7A80",
            "8b0a5f447a3e4f0e9a2b3c1d5e6f7a80",
            "SANDBOX: CUN scaduto",
            "cun scaduto",
        ] {
            assert!(!searcher.find(format!("some {hidden} text").as_bytes()).is_empty(), "{hidden}");
        }
        let raw = [0x8b, 0x0a, 0x5f, 0x44, 0x7a, 0x3e, 0x4f, 0x0e, 0x9a, 0x2b, 0x3c, 0x1d, 0x5e, 0x6f, 0x7a, 0x80];
        assert!(!searcher.find(&[&b"\x00\x01"[..], &raw, b"\xff"].concat()).is_empty(), "bytes of a UUID");
    }

    #[test]
    fn base64_is_found_wherever_the_canary_begins_and_ends() {
        let searcher = searcher();
        for (before, after) in (0..7).flat_map(|before| (0..4).map(move |after| (before, after))) {
            for text in [CUN, "47135715", "07/01/2021", "cun scaduto"] {
                let whole = format!("{}{text}{}", &"{\"cun\":"[..before], &"\"}x?"[..after]);
                for encoded in [STANDARD_NO_PAD.encode(&whole), URL_SAFE_NO_PAD.encode(&whole)] {
                    assert!(!searcher.find(encoded.as_bytes()).is_empty(), "{whole}: {encoded}");
                }
            }
        }
    }

    #[test]
    fn utf_16_is_found_at_odd_and_even_places() {
        let wide = |end: fn(u16) -> [u8; 2]| CUN.encode_utf16().flat_map(end).collect::<Vec<_>>();
        for bytes in [wide(u16::to_le_bytes), wide(u16::to_be_bytes)] {
            assert!(!searcher().find(&bytes).is_empty());
            assert!(!searcher().find(&[&[1], &*bytes].concat()).is_empty());
        }
    }

    #[test]
    fn what_is_no_canary_is_not_found() {
        let searcher = searcher();
        for innocent in
            ["CUN-H17KZ6247E", "4713571", "id 0193a7f0-0000-7000-8000-ab4713571500", "08/01/2021", "CUN", ""]
        {
            assert_eq!(searcher.find(innocent.as_bytes()), BTreeSet::new(), "{innocent}");
        }
        for number in ["80380000147135715", "tessera47135715", "0000047135715"] {
            assert!(!searcher.find(number.as_bytes()).is_empty(), "{number}");
        }
    }
}
