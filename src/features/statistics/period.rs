//! Which days a supervisor asks for, and how they are put together; from the form and the address to a [`Span`].
//!
//! Days are those of Europe/Rome: one has 23 hours and one 25 each year.

use jiff::{
    ToSpan, Zoned,
    civil::{Date, date},
};
use serde::Deserialize;

use crate::{
    components::alert::FormErrors,
    domain::dates,
    server::{clock::rome, language::Language},
    storage::statistics::{Grouping, Offset, Span},
};

/// The longest period, in days.
pub const MOST_DAYS: i32 = 366;
/// The longest period that is shown hour by hour, in days.
pub const MOST_DAYS_BY_HOUR: i32 = 7;
/// No call center of this service is older.
const FIRST_DAY: Date = date(2020, 1, 1);

/// What was typed, or stands in the address.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Typed {
    /// The first day.
    pub from: String,
    /// The last day.
    pub to: String,
    /// The word of the grouping.
    pub by: String,
}

/// Whole days, both included, and how they are put together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Asked {
    /// The first day.
    pub from: Date,
    /// The last day.
    pub to: Date,
    /// By what cases are put together.
    pub by: Grouping,
}

impl Asked {
    /// One day, hour by hour.
    #[must_use]
    pub const fn day(day: Date) -> Self {
        Self { from: day, to: day, by: Grouping::Hour }
    }

    /// The last `days` days up to `today`, put together as here where that can be.
    #[must_use]
    pub fn last(self, days: i32, today: Date) -> Self {
        let from = today.checked_sub((days - 1).days()).unwrap_or(today);
        let by = match self.by {
            Grouping::Hour | Grouping::Day if days == 1 => Grouping::Hour,
            Grouping::Hour | Grouping::Day => Grouping::Day,
            other => other,
        };
        Self { from, to: today, by }
    }

    /// How many days.
    #[must_use]
    pub fn days(&self) -> i32 {
        self.from.until(self.to).map_or(0, |span| span.get_days()) + 1
    }

    /// The address of the page.
    #[must_use]
    pub fn address(&self) -> String {
        format!("/statistics?from={}&to={}&by={}", self.from, self.to, self.by.word())
    }

    /// Name and value of what is asked for, for a form.
    #[must_use]
    pub fn pairs(&self) -> Vec<(&'static str, String)> {
        vec![("from", self.from.to_string()), ("to", self.to.to_string()), ("by", self.by.word().to_owned())]
    }

    /// From the first instant of the first day to the first after the last.
    ///
    /// # Errors
    /// What the calendar says of days at its very ends.
    pub fn span(&self) -> Result<Span, jiff::Error> {
        let (from, until) = (start_of(self.from)?, start_of(self.to.tomorrow()?)?);
        let zone = rome();
        let ahead = |at: jiff::Timestamp| i64::from(zone.to_offset(at).seconds()) * 1000;
        let changes = zone.following(from.timestamp()).take_while(|change| change.timestamp() < until.timestamp());
        let mut offsets = vec![Offset { until: None, ahead: ahead(from.timestamp()) }];
        for change in changes {
            if let Some(last) = offsets.last_mut() {
                last.until = Some(change.timestamp().as_millisecond());
            }
            offsets.push(Offset { until: None, ahead: i64::from(change.offset().seconds()) * 1000 });
        }
        Ok(Span { from: from.timestamp().as_millisecond(), until: until.timestamp().as_millisecond(), offsets })
    }
}

/// The first instant of a day.
fn start_of(day: Date) -> Result<Zoned, jiff::Error> {
    day.to_zoned(rome())
}

/// Reads what was typed; without anything, today. What is wrong is told in the errors.
#[must_use]
pub fn read(typed: &Typed, today: Date, language: Language) -> (Option<Asked>, FormErrors) {
    let mut errors = FormErrors::default();
    let mut refuse = |name, key: &str, most: i32| {
        let key = format!("statistics.{key}");
        errors.add(name, rust_i18n::t!(&key, locale = language.tag(), most = most));
    };
    let mut day = |name, text: &str| match dates::parse(text) {
        Ok(day) if day < FIRST_DAY || day > today => {
            refuse(name, "no_such_day", 0);
            None
        }
        Ok(day) => Some(day),
        Err(_) if text.trim().is_empty() => Some(today),
        Err(_) => {
            refuse(name, "no_date", 0);
            None
        }
    };
    let (from, to) = (day("from", &typed.from), day("to", &typed.to));
    let by = if typed.by.is_empty() { Some(Grouping::Hour) } else { typed.by.parse().ok() };
    if by.is_none() {
        refuse("by", "no_such_word", 0);
    }
    let (Some(from), Some(to), Some(by)) = (from, to, by) else { return (None, errors) };
    let asked = Asked { from, to, by };
    if to < from {
        refuse("to", "ends_before", 0);
    } else if asked.days() > MOST_DAYS {
        refuse("to", "too_long", MOST_DAYS);
    } else if by == Grouping::Hour && asked.days() > MOST_DAYS_BY_HOUR {
        refuse("by", "too_long_by_hour", MOST_DAYS_BY_HOUR);
    }
    let asked = errors.is_empty().then_some(asked);
    (asked, errors)
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: i64 = 3_600_000;

    fn hours(day: Date) -> (i64, Vec<Offset>) {
        let span = Asked::day(day).span().unwrap();
        ((span.until - span.from) / HOUR, span.offsets)
    }

    #[test]
    fn days_have_the_hours_that_they_have() {
        assert_eq!(hours(date(2021, 1, 10)), (24, vec![Offset { until: None, ahead: HOUR }]));
        // At 01:00 UTC of the last Sundays of March and October.
        let change = |text: &str| Some(text.parse::<jiff::Timestamp>().unwrap().as_millisecond());
        let spring = vec![
            Offset { until: change("2021-03-28T01:00:00Z"), ahead: HOUR },
            Offset { until: None, ahead: 2 * HOUR },
        ];
        assert_eq!(hours(date(2021, 3, 28)), (23, spring));
        let autumn = vec![
            Offset { until: change("2021-10-31T01:00:00Z"), ahead: 2 * HOUR },
            Offset { until: None, ahead: HOUR },
        ];
        assert_eq!(hours(date(2021, 10, 31)), (25, autumn));
    }

    fn asked(from: &str, to: &str, by: &str) -> Result<Asked, Vec<&'static str>> {
        let typed = Typed { from: from.into(), to: to.into(), by: by.into() };
        let (asked, errors) = read(&typed, date(2021, 1, 10), Language::It);
        let wrong = ["from", "to", "by"].into_iter().filter(|name| errors.of(name).is_some()).collect();
        asked.ok_or(wrong)
    }

    #[test]
    fn what_can_be_asked_is_bounded() {
        assert_eq!(asked("", "", ""), Ok(Asked::day(date(2021, 1, 10))));
        assert_eq!(asked("4/1/21", "2021-01-10", "hour").map(|asked| asked.days()), Ok(7));
        assert_eq!(asked("03/01/2021", "10/01/2021", "hour"), Err(vec!["by"]));
        assert_eq!(asked("11/01/2020", "10/01/2021", "operator").map(|asked| asked.days()), Ok(366));
        assert_eq!(asked("10/01/2020", "10/01/2021", "operator"), Err(vec!["to"]));
        assert_eq!(asked("10/01/2021", "09/01/2021", "day"), Err(vec!["to"]));
        assert_eq!(asked("11/01/2021", "31/12/2019", "week"), Err(vec!["from", "to", "by"]));
        assert_eq!(asked("47135715", "x", ""), Err(vec!["from", "to"]));
    }

    #[test]
    fn the_last_days_end_today() {
        let today = date(2021, 1, 10);
        let by_hour = Asked::day(date(2020, 12, 1));
        assert_eq!(by_hour.last(1, today), Asked::day(today));
        let week = by_hour.last(7, today);
        assert_eq!((week.from, week.to, week.by), (date(2021, 1, 4), today, Grouping::Day));
        let by_operator = Asked { by: Grouping::Operator, ..by_hour };
        assert_eq!(by_operator.last(30, today).by, Grouping::Operator);
    }
}
