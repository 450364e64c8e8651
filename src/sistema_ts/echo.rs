//! Whether the id of a transaction repeats what is the caller's. Such an id is none: it would be kept for good (seed
//! 003, 4.2).

use jiff::civil::Date;

use super::operation::{CALLERS_CODES, CALLERS_DAYS};

/// Fewer symbols than this stand in an id by chance; every code of the caller's has more.
const FEWEST_SYMBOLS: usize = 8;

/// Whether `id` holds one of the fields `said`, in either case and however it is grouped.
///
/// Days count unless they are `today`: ids may well carry the day on which they were made.
pub fn repeats<'a>(id: &str, mut said: impl Iterator<Item = (&'a str, &'a str)>, today: Date) -> bool {
    let id = bare(id);
    said.any(|(name, value)| {
        if CALLERS_CODES.contains(&name) {
            let code = bare(value);
            let code = code.strip_prefix("CUN").unwrap_or(&code);
            code.len() >= FEWEST_SYMBOLS && id.contains(code)
        } else if CALLERS_DAYS.contains(&name) {
            // What follows the ten symbols of the day is a time zone.
            let read = |day: &str| day.parse::<Date>().or_else(|_| Date::strptime("%d/%m/%Y", day)).ok();
            let day = value.get(..10).and_then(read).filter(|day| *day != today);
            day.is_some_and(|day| ["%Y%m%d", "%d%m%Y"].iter().any(|form| id.contains(&day.strftime(form).to_string())))
        } else {
            false
        }
    })
}

/// The letters, raised, and the digits.
fn bare(text: &str) -> String {
    text.chars().filter(char::is_ascii_alphanumeric).map(|symbol| symbol.to_ascii_uppercase()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const SAID: [(&str, &str); 8] = [
        ("cfOperatore", "RSSMRA80A01H501U"),
        ("tipoAutenticazione", "2F"),
        ("numTesseraSanitaria", "73510264"),
        ("cun", "CUN-H17KZ6247A"),
        ("codiceOtp", "59Y5QWWF4Z"),
        ("dataInizioSintomi", "2021-01-06"),
        ("idVerificaTampone", "8b0a5f44-7a3e-4f0e-9a2b-3c1d5e6f7a80"),
        ("dataPrelievo", "2021-01-08+01:00"),
    ];

    fn is_refused(id: &str) -> bool {
        repeats(id, SAID.into_iter(), jiff::civil::date(2021, 1, 11))
    }

    #[test]
    fn what_was_said_is_known_however_it_is_written() {
        for id in [
            "73510264",
            "7351-0264",
            "TX73510264/1",
            "H17KZ6247A",
            "h17-kz62-47a.0001",
            "ab59y5qwwf4zcd",
            "8B0A5F447A3E4F0E9A2B3C1D5E6F7A80",
            "tx:8b0a5f44-7a3e-4f0e-9a2b-3c1d5e6f7a80",
            "2021-01-06T10:15",
            "06.01.2021-7",
            "x20210108x",
        ] {
            assert!(is_refused(id), "{id}");
        }
    }

    #[test]
    fn what_is_the_services_own_passes() {
        for id in [
            "2c9f1b5e-0d7a-4f5c-8f37-6e2b8f1d0a11",
            "20210111101530123456",
            "2021-01-11T10:15:30.123",
            "7351026",
            "8b0a5f44-7a3e",
            "2F",
            "1",
        ] {
            assert!(!is_refused(id), "{id}");
        }
    }

    #[test]
    fn a_field_without_a_value_is_in_no_id() {
        for value in ["", "a", "-", "2021"] {
            for name in CALLERS_CODES.iter().chain(CALLERS_DAYS) {
                assert!(!repeats("a-2021-1", [(*name, value)].into_iter(), jiff::civil::date(2021, 1, 11)));
            }
        }
    }
}
