//! Dates as callers say them. "Today" is an argument, a day of Europe/Rome.

use jiff::{ToSpan, civil::Date};

use super::symbols::is_date_separator;

/// How far back an onset of symptoms may lie.
pub const MOST_DAYS_BACK: i64 = 180;

/// Why a value is not a date that can be sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DateError {
    /// Nothing was typed.
    Empty,
    /// Not day, month and year.
    Form,
    /// A day that the calendar does not have.
    NoSuchDay,
    /// After today.
    Future,
    /// More than [`MOST_DAYS_BACK`] days before today.
    TooOld,
}

/// Reads gg/mm/aaaa, with a year of two digits, one-digit days and other separators forgiven, and aaaa-mm-gg.
///
/// # Errors
/// [`DateError::Empty`], [`DateError::Form`] or [`DateError::NoSuchDay`].
pub fn parse(typed: &str) -> Result<Date, DateError> {
    let typed = typed.trim();
    if typed.is_empty() {
        return Err(DateError::Empty);
    }
    let parts: Vec<&str> = typed.split(is_date_separator).filter(|part| !part.is_empty()).collect();
    let (day, month, year) = match parts.as_slice() {
        [year, month, day] if year.len() == 4 => (*day, *month, *year),
        [day, month, year] => (*day, *month, *year),
        [digits] if digits.is_ascii() && matches!(digits.len(), 6 | 8) => {
            let (day, rest) = digits.split_at(2);
            let (month, year) = rest.split_at(2);
            (day, month, year)
        }
        _ => return Err(DateError::Form),
    };
    Date::new(full_year(year)?, number(month)?, number(day)?).map_err(|_| DateError::NoSuchDay)
}

fn full_year(text: &str) -> Result<i16, DateError> {
    match text.len() {
        2 => Ok(2000 + i16::from(number(text)?)),
        4 if text.bytes().all(|byte| byte.is_ascii_digit()) => text.parse().map_err(|_| DateError::Form),
        _ => Err(DateError::Form),
    }
}

fn number(text: &str) -> Result<i8, DateError> {
    let is_short = matches!(text.len(), 1 | 2) && text.bytes().all(|byte| byte.is_ascii_digit());
    if is_short { text.parse().map_err(|_| DateError::Form) } else { Err(DateError::Form) }
}

/// The day on which the symptoms began: not after `today`, not more than 180 days before it.
///
/// # Errors
/// Any [`DateError`].
pub fn parse_onset(typed: &str, today: Date) -> Result<Date, DateError> {
    let day = parse(typed)?;
    if day > today {
        return Err(DateError::Future);
    }
    let earliest = today.checked_sub(MOST_DAYS_BACK.days()).map_err(|_| DateError::TooOld)?;
    if day < earliest { Err(DateError::TooOld) } else { Ok(day) }
}

/// The day of a swab, within the bounds of an onset: it is sent in place of that of a patient without symptoms (seed 003,
/// Tab. 11), and a year mistyped in January is found.
///
/// # Errors
/// Any [`DateError`].
pub fn parse_sampling(typed: &str, today: Date) -> Result<Date, DateError> {
    parse_onset(typed, today)
}

/// gg/mm/aaaa.
#[must_use]
pub fn display(day: Date) -> String {
    format!("{:02}/{:02}/{:04}", day.day(), day.month(), day.year())
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn the_ways_of_writing_a_day_are_forgiven() {
        for typed in ["01/04/2021", "1/4/21", "1-4-2021", "1.4.21", " 1 4 2021 ", "2021-04-01", "010421", "01042021"] {
            assert_eq!(parse(typed), Ok(date(2021, 4, 1)), "{typed}");
        }
    }

    #[test]
    fn an_onset_lies_within_180_days_before_today() {
        let today = date(2021, 4, 10);
        assert_eq!(parse_onset("10/04/2021", today), Ok(today));
        assert_eq!(parse_onset("11/04/2021", today), Err(DateError::Future));
        assert_eq!(parse_onset("12/10/2020", today), Ok(date(2020, 10, 12)));
        assert_eq!(parse_onset("11/10/2020", today), Err(DateError::TooOld));
        assert_eq!(parse_onset("31/02/2021", today), Err(DateError::NoSuchDay));
        assert_eq!(parse_onset("ieri", today), Err(DateError::Form));
        assert_eq!(parse_onset("", today), Err(DateError::Empty));
        assert_eq!(parse_onset("1/4/021", today), Err(DateError::Form));
    }
}
