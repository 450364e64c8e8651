//! The last eight digits of the health card (seed 003, 3.3.1, Tab. 9).

use centralino::domain::health_card::{HealthCardDigits, HealthCardError};
use proptest::prelude::*;

use super::oracle;

fn wire(text: &str) -> Result<String, HealthCardError> {
    text.parse::<HealthCardDigits>().map(|digits| digits.to_wire().to_owned())
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn however_they_are_typed_they_are_the_same_digits(
        (digits, typed) in "[0-9]{8}".prop_flat_map(|digits| (Just(digits.clone()), oracle::as_typed(digits))),
    ) {
        prop_assert_eq!(wire(&typed), Ok(digits));
    }

    #[test]
    fn another_length_is_named(digits in "[0-9]{1,7}|[0-9]{9,25}") {
        prop_assert_eq!(wire(&digits), Err(HealthCardError::Length { found: digits.len() }));
    }

    #[test]
    fn what_is_not_a_digit_is_found_where_it_is(before in "[0-9]{0,7}", wrong in "[A-Z|!à٣３]", after in "[0-9]{0,7}") {
        let Err(HealthCardError::Foreign(foreign)) = format!("{before}{wrong}{after}").parse::<HealthCardDigits>() else {
            return Err(TestCaseError::fail("accepted or refused for another reason"));
        };
        prop_assert_eq!((foreign.found.to_string(), foreign.position), (wrong, before.len() + 1));
        prop_assert!(foreign.likely.is_none_or(|likely| likely.is_ascii_digit()));
    }

    #[test]
    fn whatever_is_typed_nothing_is_replaced_or_printed(typed in any::<String>()) {
        let read = typed.parse::<HealthCardDigits>();
        if let Ok(digits) = &read {
            prop_assert_eq!(digits.to_wire(), typed.chars().filter(char::is_ascii_digit).collect::<String>());
            let printed = format!("{read:?}");
            prop_assert!(!printed.contains(digits.to_wire()));
        }
    }
}

#[test]
fn nothing_typed_is_not_a_wrong_length() {
    for typed in ["", "   ", "\n", "- -"] {
        assert_eq!(wire(typed), Err(HealthCardError::Empty));
    }
}
