//! Dates as callers say them: gg/mm/aaaa and its tolerated forms, 180 days back from today.

use centralino::domain::dates::{DateError, display, parse, parse_onset};
use jiff::civil::{Date, date};
use proptest::{prelude::*, sample::select};

use super::oracle;

/// Any day of the calendar between two years, both included.
fn day_between(first: i16, last: i16) -> impl Strategy<Value = (i16, i8, i8)> {
    (first..=last, 1i8..=12, 1i8..=31).prop_filter("the month has that day", |(year, month, day)| {
        i64::from(*day) <= oracle::days_in(i64::from(*year), usize::try_from(*month).expect("a month"))
    })
}

fn number_of(day: Date) -> i64 {
    let month = usize::try_from(day.month()).expect("a month");
    oracle::day_number(i64::from(day.year()), month, i64::from(day.day()))
}

#[test]
fn the_days_that_the_calendar_has_are_read_and_no_others() {
    for year in [2000, 2019, 2020, 2021, 2024, 2100] {
        for month in 0..=13 {
            for day in 0..=32 {
                let exists = (1..=12).contains(&month)
                    && (1..=oracle::days_in(year, usize::try_from(month).expect("not negative"))).contains(&day);
                let read = parse(&format!("{day:02}/{month:02}/{year}"));
                assert_eq!(read.is_ok(), exists, "{day}/{month}/{year}");
                assert!(exists || read == Err(DateError::NoSuchDay));
            }
        }
    }
}

#[test]
fn a_day_of_the_contract_reads_as_it_shows() {
    assert_eq!(parse("1/4/21"), Ok(date(2021, 4, 1)));
    assert_eq!(display(date(2021, 4, 1)), "01/04/2021");
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_shown_can_be_typed((year, month, day) in day_between(1000, 9999)) {
        let shown = display(date(year, month, day));
        prop_assert_eq!(&shown, &format!("{day:02}/{month:02}/{year:04}"));
        prop_assert_eq!(parse(&shown), Ok(date(year, month, day)));
    }

    #[test]
    fn the_tolerated_forms_are_the_same_day(
        (year, month, day) in day_between(2000, 2099),
        separator in select(vec!["/", "-", ".", " ", ",", " / ", "\u{2013}"]),
        around in select(vec!["", " ", "\t"]),
    ) {
        let short = year % 100;
        for text in [
            format!("{day}{separator}{month}{separator}{year}"),
            format!("{day}{separator}{month}{separator}{short:02}"),
            format!("{day:02}{separator}{month:02}{separator}{short:02}"),
            format!("{year}{separator}{month:02}{separator}{day:02}"),
            format!("{day:02}{month:02}{year}"),
            format!("{day:02}{month:02}{short:02}"),
        ] {
            prop_assert_eq!(parse(&format!("{around}{text}{around}")), Ok(date(year, month, day)), "{}", text);
        }
    }

    #[test]
    fn an_onset_lies_within_180_days((year, month, day) in day_between(2020, 2030), offset in -400i64..=400) {
        let today = date(year, month, day);
        let onset = today.checked_add(jiff::Span::new().days(offset)).expect("in range");
        let behind = number_of(today) - number_of(onset);
        prop_assert_eq!(behind, -offset, "the two calendars agree");
        let expected = match behind {
            ..0 => Err(DateError::Future),
            0..=180 => Ok(onset),
            _ => Err(DateError::TooOld),
        };
        prop_assert_eq!(parse_onset(&display(onset), today), expected);
    }

    #[test]
    fn whatever_is_typed_only_digits_make_a_day(typed in any::<String>(), mixed in "[0-9/ .,a-z-]{0,12}") {
        for typed in [typed, mixed] {
            if parse(&typed).is_ok() {
                let digits = typed.chars().filter(char::is_ascii_digit).count();
                prop_assert!((4..=8).contains(&digits), "{} digits", digits);
                prop_assert!(!typed.chars().any(char::is_alphabetic));
            }
        }
    }
}

#[test]
fn the_two_limits_are_exact() {
    let today = date(2021, 4, 10);
    assert_eq!(parse_onset("12/10/2020", today), Ok(date(2020, 10, 12)));
    assert_eq!(parse_onset("11/10/2020", today), Err(DateError::TooOld));
    assert_eq!(parse_onset("11/04/2021", today), Err(DateError::Future));
}
