//! What a certification of an exemption from charges for reasons of income is known by (seed 000, 2.2).

use std::{fmt, str::FromStr};

use jiff::{ToSpan, civil::Date};

use super::dates::{self, DateError};

const MOST_CHARACTERS: usize = 10;
/// How far ahead the first day of a certification may lie: those of the next year are there before it begins.
const MOST_YEARS_AHEAD: i64 = 1;

/// "Codice esenzione", such as E02; in upper case. It says something of a patient's income, so it is not printed.
#[derive(Clone, PartialEq, Eq)]
pub struct ExemptionCode(String);

/// Why a value is not a code of an exemption.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExemptionCodeError {
    /// Nothing was typed.
    Empty,
    /// Not 1 to 10 letters and digits.
    Form,
}

impl fmt::Debug for ExemptionCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ExemptionCode(…)")
    }
}

impl ExemptionCode {
    /// As it travels.
    #[must_use]
    pub fn to_wire(&self) -> &str {
        &self.0
    }
}

impl FromStr for ExemptionCode {
    type Err = ExemptionCodeError;

    fn from_str(typed: &str) -> Result<Self, ExemptionCodeError> {
        let code = typed.trim().to_ascii_uppercase();
        if code.is_empty() {
            return Err(ExemptionCodeError::Empty);
        }
        let fits = code.len() <= MOST_CHARACTERS && code.bytes().all(|it| it.is_ascii_alphanumeric());
        if fits { Ok(Self(code)) } else { Err(ExemptionCodeError::Form) }
    }
}

/// Why a value is not the first day of a certification.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FirstDayError(pub DateError);

/// "Data inizio validità": any day of the past, and up to a year after `today`.
///
/// # Errors
/// What is wrong with the date; [`DateError::Future`] where it lies further ahead.
pub fn parse_first_day(typed: &str, today: Date) -> Result<Date, FirstDayError> {
    let day = dates::parse(typed).map_err(FirstDayError)?;
    let is_too_far = today.checked_add(MOST_YEARS_AHEAD.years()).is_ok_and(|latest| day > latest);
    if is_too_far { Err(FirstDayError(DateError::Future)) } else { Ok(day) }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn codes_are_letters_and_digits() {
        assert_eq!(" e02 ".parse::<ExemptionCode>().as_ref().map(ExemptionCode::to_wire), Ok("E02"));
        for wrong in ["E 02", "E02è", "E0123456789"] {
            assert_eq!(wrong.parse::<ExemptionCode>(), Err(ExemptionCodeError::Form), "{wrong}");
        }
        assert_eq!(" ".parse::<ExemptionCode>(), Err(ExemptionCodeError::Empty));
    }

    #[test]
    fn a_first_day_may_lie_long_ago_and_at_most_a_year_ahead() {
        let today = date(2021, 4, 10);
        for (typed, day) in [("1/4/12", date(2012, 4, 1)), ("11/04/2021", date(2021, 4, 11))] {
            assert_eq!(parse_first_day(typed, today), Ok(day));
        }
        assert_eq!(parse_first_day("10/04/2022", today), Ok(date(2022, 4, 10)));
        for (typed, error) in [
            ("11/04/2022", DateError::Future),
            ("", DateError::Empty),
            ("31/02/2021", DateError::NoSuchDay),
            ("aprile", DateError::Form),
        ] {
            assert_eq!(parse_first_day(typed, today), Err(FirstDayError(error)), "{typed}");
        }
    }
}
