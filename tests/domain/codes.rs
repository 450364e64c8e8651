//! CUN and OTP (seed 003, 2.4.1.1).

use centralino::domain::code::{CodeError, Cun, Otp, check_symbol};
use proptest::{prelude::*, sample::select};

use super::oracle;

/// The ways in which the prefix of a CUN is written.
const PREFIXES: [&str; 8] = ["", "CUN-", "cun ", "C.U.N. ", "c u n ", "CUN", "Cun: ", "CUN\u{2014}"];

#[test]
fn the_alphabet_of_the_code_is_that_of_the_table() {
    assert_eq!(String::from_iter(centralino::domain::code::ALPHABET), oracle::ALPHABET);
}

#[test]
fn the_vectors_of_the_contract_hold_by_the_table_too() {
    let valid = [
        "H17KZ6247A",
        "7SWLFKFIAX",
        "11X524IJK5",
        "AAAAAAAAAJ",
        "Q4KFRQK5UY",
        "QEKFRQK5UY",
        "59Y5QWWF4Z",
        "W8ILHZ97U6",
        "5H66E5J2QR",
        "ZZZZZZZZZZ",
    ];
    for text in valid {
        assert!(oracle::is_code(text), "{text} by the table");
        assert_eq!(format!("CUN-{text}").parse::<Cun>().map(|cun| cun.to_wire()), Ok(format!("CUN-{text}")));
        assert_eq!(text.parse::<Otp>().map(|otp| otp.to_wire()), Ok(text.to_owned()));
    }
    for text in ["H17KZ6247L", "S7WLFKFIAX"] {
        assert!(!oracle::is_code(text), "{text} by the table");
        assert_eq!(format!("CUN-{text}").parse::<Cun>(), Err(CodeError::CheckSymbol));
    }
    assert_eq!("CUN-LZ44EL8YF3".parse::<Otp>(), Err(CodeError::CunInstead));
    assert!("CUN-LZ44EL8YF3".parse::<Cun>().is_ok(), "it is a good CUN in the wrong field");
}

#[test]
fn a_zero_is_named_with_its_place_and_a_likely_symbol() {
    let Err(CodeError::Foreign(foreign)) = "CUN-IHIR0WHSLZ".parse::<Cun>() else { panic!("0 was accepted") };
    assert_eq!((foreign.found, foreign.position), ('0', 5));
    assert!(foreign.likely.is_some_and(|likely| oracle::ALPHABET.contains(likely)));
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: 1024, ..ProptestConfig::default() })]

    #[test]
    fn one_check_symbol_of_twenty_five_is_right(body in oracle::body()) {
        let right = oracle::check_symbol(&body);
        prop_assert_eq!(check_symbol(&body.chars().collect::<Vec<_>>()), Some(right));
        for last in oracle::ALPHABET.chars() {
            let verdict = format!("{body}{last}").parse::<Otp>().map(|otp| otp.to_wire());
            let expected = if last == right { Ok(format!("{body}{last}")) } else { Err(CodeError::CheckSymbol) };
            prop_assert_eq!(verdict, expected);
        }
    }

    #[test]
    fn however_it_is_typed_it_is_the_same_code(
        (code, typed) in oracle::code().prop_flat_map(|code| (Just(code.clone()), oracle::as_typed(code))),
        prefix in select(PREFIXES.to_vec()),
    ) {
        prop_assert_eq!(typed.parse::<Otp>().map(|otp| otp.to_wire()), Ok(code.clone()));
        let cun = format!("{prefix}{typed}").parse::<Cun>();
        prop_assert_eq!(cun.as_ref().map(Cun::to_wire), Ok(format!("CUN-{code}")));
        prop_assert_eq!(cun.map(|cun| cun.symbols().iter().collect::<String>()), Ok(code));
    }

    #[test]
    fn a_cun_in_the_field_of_the_otp_is_called_that(
        typed in oracle::code().prop_flat_map(oracle::as_typed),
        prefix in select(PREFIXES[1..].to_vec()),
    ) {
        prop_assert_eq!(format!("{prefix}{typed}").parse::<Otp>(), Err(CodeError::CunInstead));
    }

    #[test]
    fn the_verdict_is_that_of_the_table(typed in "[A-Za-z0-9 .-]{0,14}") {
        let plain: String = typed.chars().filter(|symbol| !" .-".contains(*symbol)).collect();
        let plain = plain.to_uppercase();
        let foreign = plain.chars().position(|symbol| !oracle::ALPHABET.contains(symbol));
        match typed.parse::<Otp>() {
            Ok(otp) => prop_assert!(oracle::is_code(&plain) && otp.to_wire() == plain),
            Err(CodeError::Empty) => prop_assert!(plain.is_empty()),
            Err(CodeError::CunInstead) => prop_assert!(plain.starts_with("CUN")),
            Err(CodeError::Foreign(named)) => {
                prop_assert_eq!(Some(named.position - 1), foreign);
                prop_assert_eq!(plain.chars().nth(named.position - 1), Some(named.found));
                prop_assert!(named.likely.is_none_or(|likely| oracle::ALPHABET.contains(likely)));
            }
            Err(CodeError::Length { found }) => {
                prop_assert!(foreign.is_none() && found == plain.len() && found != 10);
            }
            Err(CodeError::CheckSymbol) => {
                prop_assert!(foreign.is_none() && plain.len() == 10 && !oracle::is_code(&plain));
            }
        }
    }

    #[test]
    fn whatever_is_typed_nothing_is_replaced(typed in any::<String>()) {
        if let Ok(cun) = typed.parse::<Cun>() {
            let mut rest = typed.chars().map(|symbol| symbol.to_ascii_uppercase());
            prop_assert!(cun.symbols().iter().all(|symbol| rest.any(|typed| typed == *symbol)));
        }
    }

    #[test]
    fn a_single_slip_into_a_foreign_symbol_is_found_where_it_is(
        code in oracle::code(), index in 0usize..10, wrong in select("0BCDGMNOPTV".chars().collect::<Vec<_>>()),
    ) {
        let typed: String = code.chars().enumerate().map(|(at, is)| if at == index { wrong } else { is }).collect();
        // Only C can begin what might be a prefix, and only with U and N after it.
        let Err(CodeError::Foreign(foreign)) = typed.parse::<Cun>() else {
            return Err(TestCaseError::fail("accepted or refused for another reason"));
        };
        prop_assert_eq!((foreign.found, foreign.position), (wrong, index + 1));
        prop_assert!(foreign.likely.is_some(), "nothing is likely for {}", wrong);
    }

    #[test]
    fn where_a_symbol_was_read_as_a_zero_the_likely_one_makes_the_code_right(
        body in oracle::body(), index in 0usize..9, meant in select("Q968".chars().collect::<Vec<_>>()),
    ) {
        let with = |symbol| body.chars().enumerate().map(move |(at, is)| if at == index { symbol } else { is });
        let check = oracle::check_symbol(&with(meant).collect::<String>());
        let typed: String = with('0').chain([check]).collect();
        let Err(CodeError::Foreign(foreign)) = typed.parse::<Otp>() else {
            return Err(TestCaseError::fail("accepted or refused for another reason"));
        };
        let likely = foreign.likely.expect("a likely symbol for 0");
        let repaired: String = with(likely).chain([check]).collect();
        prop_assert!(oracle::is_code(&repaired), "{} does not repair it", likely);
    }

    #[test]
    fn nothing_prints_a_code(code in oracle::code(), wrong in "[A-Z0-9]{10}") {
        let cun: Cun = code.parse().expect("a right code");
        let otp: Otp = code.parse().expect("a right code");
        let printed = format!("{cun:?}{otp:?}{:?}", wrong.parse::<Cun>());
        prop_assert!(!printed.contains(&code) && !printed.contains(&wrong));
    }
}
