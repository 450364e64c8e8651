//! What the documents say, put down a second time: the table of the check symbol as it is printed, the calendar, the
//! check letter of the codice fiscale. Nothing here is taken from the code under test.

use proptest::{prelude::*, sample::select};

/// The table of the check symbol, row by row as printed: symbols, their odd values, their even values.
const SYMBOLS: &str = "1 2 3 4 5 6 7 8 9 A E F H I J K L Q R S U W X Y Z";
const ODD: &str = "0 5 7 9 13 15 17 19 21 1 9 13 17 19 21 2 4 6 8 12 16 22 25 24 23";
const EVEN: &str = "1 2 3 4 5 6 7 8 9 0 4 5 7 8 9 10 11 16 17 18 20 22 23 24 25";
/// The order that gives the check symbol its value.
pub const ALPHABET: &str = "AEFHIJKLQRSUWXYZ123456789";

/// The value of `symbol` at `position`, counted from 1.
pub fn value(position: usize, symbol: char) -> usize {
    let column = SYMBOLS.split(' ').position(|known| known.starts_with(symbol)).expect("a symbol of the table");
    let row = if position % 2 == 1 { ODD } else { EVEN };
    row.split(' ').nth(column).and_then(|cell| cell.parse().ok()).expect("a number in the table")
}

/// The check symbol of nine symbols.
pub fn check_symbol(body: &str) -> char {
    let sum: usize = body.chars().zip(1..).map(|(symbol, position)| value(position, symbol)).sum();
    ALPHABET.chars().nth(sum % 25).expect("twenty-five symbols")
}

/// Whether ten symbols without separators are a code.
pub fn is_code(text: &str) -> bool {
    text.len() == 10 && text.chars().all(|symbol| ALPHABET.contains(symbol)) && text.ends_with(check_symbol(&text[..9]))
}

/// Nine symbols and the right check symbol.
pub fn code() -> impl Strategy<Value = String> {
    body().prop_map(|body| {
        let check = check_symbol(&body);
        body + &check.to_string()
    })
}

/// Nine symbols of the alphabet.
pub fn body() -> impl Strategy<Value = String> {
    prop::collection::vec(symbol(), 9).prop_map(String::from_iter)
}

/// One symbol of the alphabet.
pub fn symbol() -> impl Strategy<Value = char> {
    select(ALPHABET.chars().collect::<Vec<_>>())
}

/// `text` as people type and paste it: each letter in either case, blanks, dashes and dots anywhere.
pub fn as_typed(text: String) -> impl Strategy<Value = String> {
    const BETWEEN: [&str; 12] = ["", "", "", "", "", " ", "  ", "-", ".", "\t", "\u{a0}", "\u{2013}"];
    let length = text.len();
    let noise = prop::collection::vec((any::<bool>(), select(BETWEEN.to_vec())), length);
    (noise, select(BETWEEN.to_vec())).prop_map(move |(noise, first)| {
        let typed = text.chars().zip(noise).map(|(symbol, (lower, after))| {
            let symbol = if lower { symbol.to_ascii_lowercase() } else { symbol };
            format!("{symbol}{after}")
        });
        first.to_owned() + &typed.collect::<String>()
    })
}

/// Days since a fixed day long past, by counting years, leap days and months.
pub fn day_number(year: i64, month: usize, day: i64) -> i64 {
    let before = year - 1;
    let months: i64 = (1..month).map(|month| days_in(year, month)).sum();
    before * 365 + before / 4 - before / 100 + before / 400 + months + day
}

/// How many days a month has in the Gregorian calendar.
pub fn days_in(year: i64, month: usize) -> i64 {
    match month {
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// The check letter of fifteen characters of a codice fiscale (decree of 23 December 1976, as tabulated there).
pub fn check_letter(fifteen: &str) -> char {
    let value = |(character, position): (char, usize)| {
        let rank = character.to_digit(10).unwrap_or_else(|| character as u32 - 'A' as u32);
        if position.is_multiple_of(2) { rank } else { odd_value_of_letter(rank) }
    };
    let sum: u32 = fifteen.chars().zip(1..).map(value).sum();
    char::from_u32('A' as u32 + sum % 26).expect("a letter")
}

/// By rank in the alphabet; a digit counts as the letter of the same rank.
fn odd_value_of_letter(rank: u32) -> u32 {
    let pairs = "A1 B0 C5 D7 E9 F13 G15 H17 I19 J21 K2 L4 M18 N20 O11 P3 Q6 R8 S12 T14 U16 V10 W22 X25 Y24 Z23";
    let pair = pairs.split(' ').nth(rank as usize).expect("twenty-six letters");
    pair[1..].parse().expect("a number")
}
