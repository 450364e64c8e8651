//! Codice fiscale: form, day of birth, check letter, omocodia.

use centralino::domain::fiscal_code::{FiscalCode, FiscalCodeError};
use proptest::{prelude::*, sample::select};

use super::oracle;

/// Where digits stand, counted from 0, the rightmost first as omocodia replaces them.
const DIGITS: [usize; 7] = [14, 13, 12, 10, 9, 7, 6];
const MONTHS: &str = "ABCDEHLMPRST";
/// The letter for each digit, 0 to 9.
const OMOCODIA: &str = "LMNPQRSTUV";

fn wire(text: &str) -> Result<String, FiscalCodeError> {
    text.parse::<FiscalCode>().map(|code| code.to_wire().to_owned())
}

fn with_check_letter(fifteen: &str) -> String {
    format!("{fifteen}{}", oracle::check_letter(fifteen))
}

/// Fifteen characters of a person who can exist.
fn fifteen() -> impl Strategy<Value = String> {
    ("[A-Z]{6}[0-9]{2}", 1usize..=12, 1i64..=31, any::<bool>(), "[A-MZ][0-9]{3}")
        .prop_filter("the month has that day", |(_, month, day, ..)| *day <= oracle::days_in(2000, *month))
        .prop_map(|(names, month, day, woman, place)| {
            let letter = MONTHS.chars().nth(month - 1).expect("twelve months");
            format!("{names}{letter}{:02}{place}", if woman { day + 40 } else { day })
        })
}

/// Replaces the digits at the chosen places by their letters.
fn disguised(fifteen: &str, chosen: &[bool]) -> String {
    let is_chosen = |index| DIGITS.iter().zip(chosen).any(|(place, chosen)| *place == index && *chosen);
    let letter = |symbol: char| symbol.to_digit(10).and_then(|digit| OMOCODIA.chars().nth(digit as usize));
    let symbol = |(index, symbol)| if is_chosen(index) { letter(symbol).unwrap_or(symbol) } else { symbol };
    fifteen.chars().enumerate().map(symbol).collect()
}

/// The way back.
fn revealed(fifteen: &str) -> String {
    let digit = |symbol| OMOCODIA.find(symbol).and_then(|place| char::from_digit(u32::try_from(place).ok()?, 10));
    let symbol = |(index, symbol)| if DIGITS.contains(&index) { digit(symbol).unwrap_or(symbol) } else { symbol };
    fifteen.chars().enumerate().map(symbol).collect()
}

#[test]
fn the_fictitious_codes_have_the_letter_of_the_decree() {
    for code in ["RSSMRA80A01H501U", "VRDLGU75B02F205A", "BNCLRA90C43L219I", "NREGNN85D04A662V"] {
        assert_eq!(with_check_letter(&code[..15]), code);
        assert_eq!(wire(code), Ok(code.to_owned()));
    }
}

#[test]
fn a_day_is_one_that_its_month_can_have() {
    for (index, letter) in MONTHS.chars().enumerate() {
        for day in 0..=99 {
            let text = with_check_letter(&format!("RSSMRA80{letter}{day:02}H501"));
            let of_month = if day > 40 { day - 40 } else { day };
            // The year has two digits and no century, so that any year may be a leap year.
            let possible = (1..=oracle::days_in(2000, index + 1)).contains(&of_month);
            let expected = if possible { Ok(text.clone()) } else { Err(FiscalCodeError::Form { position: 10 }) };
            assert_eq!(wire(&text), expected, "{letter} {day}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn one_check_letter_of_twenty_six_is_right(fifteen in fifteen()) {
        for last in 'A'..='Z' {
            let text = format!("{fifteen}{last}");
            let right = last == oracle::check_letter(&fifteen);
            prop_assert_eq!(wire(&text), if right { Ok(text) } else { Err(FiscalCodeError::CheckLetter) });
        }
    }

    #[test]
    fn omocodia_goes_there_and_back(fifteen in fifteen(), chosen in prop::collection::vec(any::<bool>(), 7)) {
        let text = with_check_letter(&disguised(&fifteen, &chosen));
        let kept = wire(&text);
        prop_assert_eq!(kept.as_ref(), Ok(&text));
        prop_assert_eq!(revealed(&kept.expect("accepted")[..15]), fifteen);
    }

    #[test]
    fn however_it_is_typed_it_is_the_same_code(
        (code, typed) in fifteen().prop_map(|fifteen| with_check_letter(&fifteen))
            .prop_flat_map(|code| (Just(code.clone()), oracle::as_typed(code))),
    ) {
        prop_assert_eq!(wire(&typed), Ok(code));
    }

    #[test]
    fn a_character_that_cannot_stand_there_is_found_where_it_is(
        fifteen in fifteen(), index in 0usize..16, wrong in select("!àÀ٣/".chars().collect::<Vec<_>>()),
    ) {
        let text: String = with_check_letter(&fifteen).chars().enumerate()
            .map(|(at, is)| if at == index { wrong } else { is }).collect();
        prop_assert_eq!(wire(&text), Err(FiscalCodeError::Form { position: index + 1 }));
    }

    #[test]
    fn another_length_is_named(text in "[A-Z0-9]{1,40}".prop_filter("not sixteen", |text| text.len() != 16)) {
        prop_assert_eq!(wire(&text), Err(FiscalCodeError::Length { found: text.len() }));
    }

    #[test]
    fn nothing_prints_it(code in fifteen().prop_map(|fifteen| with_check_letter(&fifteen)), any in any::<String>()) {
        let printed = format!("{:?}{:?}", code.parse::<FiscalCode>(), any.parse::<FiscalCode>());
        prop_assert!(!printed.contains(&code));
    }
}
