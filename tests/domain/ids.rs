//! Ids of calls and transactions come from outside and are kept: what a caller says must not pass as one (seed 003,
//! 4.2).

use centralino::domain::call::{CallId, IdError, TestVerificationId, TransactionId};
use proptest::{prelude::*, sample::select};

use super::oracle;

fn both(text: &str) -> [Result<(), IdError>; 2] {
    [text.parse::<CallId>().map(drop), text.parse::<TransactionId>().map(drop)]
}

/// What systems put before and after a value that they quote.
fn surroundings() -> impl Strategy<Value = (&'static str, &'static str)> {
    select(vec![("", ""), ("tx:", ""), ("call-", "-1"), ("id=", "#2"), ("a/", "/b"), ("", "@10.0.0.1")])
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_cun_does_not_pass(
        typed in oracle::code().prop_flat_map(oracle::as_typed), (before, after) in surroundings(),
    ) {
        prop_assert_eq!(both(&format!("CUN-{typed}")), [Err(IdError::PersonalData); 2]);
        prop_assert_eq!(both(&format!("{before}cun-{typed}{after}")), [Err(IdError::PersonalData); 2]);
    }

    #[test]
    fn an_otp_does_not_pass(
        code in oracle::code().prop_filter("digits alone may count calls", |code| code.contains(char::is_alphabetic)),
        (before, after) in surroundings(),
    ) {
        let grouped = format!("{}-{}-{}", &code[..3], &code[3..7], &code[7..]);
        for text in [code.clone(), code.to_lowercase(), grouped, format!("{before}{code}{after}")] {
            prop_assert_eq!(both(&text), [Err(IdError::PersonalData); 2], "{}", text);
        }
    }

    #[test]
    fn a_codice_fiscale_does_not_pass(
        names in "[A-Z]{6}", day in 1u8..=28, place in "[A-M][0-9]{3}", (before, after) in surroundings(),
    ) {
        let fifteen = format!("{names}80A{day:02}{place}");
        let code = format!("{fifteen}{}", oracle::check_letter(&fifteen));
        for text in [code.clone(), code.to_lowercase(), format!("{before}{code}{after}")] {
            prop_assert_eq!(both(&text), [Err(IdError::PersonalData); 2], "{}", text);
        }
    }

    #[test]
    fn ids_of_systems_pass(
        id in select(vec!["[0-9]{1,64}", "[0-9]{10}\\.[0-9]{1,5}", "[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}"])
            .prop_flat_map(|pattern| proptest::string::string_regex(pattern).expect("a pattern")),
    ) {
        prop_assert_eq!(both(&id), [Ok(()), Ok(())], "{}", id);
    }

    #[test]
    fn what_passes_is_plain_and_as_it_was(text in any::<String>()) {
        if let Ok(id) = text.parse::<CallId>() {
            prop_assert_eq!(id.as_str(), text.trim());
            prop_assert!((1..=64).contains(&id.as_str().len()) && id.as_str().is_ascii());
            prop_assert!(!id.as_str().contains(|symbol: char| symbol.is_ascii_whitespace() || "<>\"'&?%".contains(symbol)));
        }
    }

    #[test]
    fn the_id_of_a_verification_is_not_printed(id in "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}") {
        let read: TestVerificationId = id.parse().expect("its shape");
        prop_assert_eq!(read.to_wire(), &id);
        let printed = format!("{read:?}");
        prop_assert!(!printed.contains(&id[..8]));
        prop_assert!(id[1..].parse::<TestVerificationId>().is_err());
    }
}
