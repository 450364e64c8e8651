//! What a period comes to: a line for each hour, day, operator or queue, those without a case included where time is
//! what they are.

use std::collections::BTreeMap;

use jiff::{Timestamp, civil::Date};

use super::period::Asked;
use crate::{
    server::{clock::rome, errors::AppError, language::Language, state::AppState},
    storage::statistics::{Counts, Group, Grouping, Requests, Statistics},
};

const HOUR_MS: i64 = 3_600_000;
/// The day from which days are counted.
const DAY_ZERO: Date = jiff::civil::date(1970, 1, 1);

/// A line of the tables.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// What it is called.
    pub label: String,
    /// The same, as short as it can be under an axis.
    pub short: String,
    /// The user name, where it is an operator.
    pub username: Option<String>,
    /// What is counted.
    pub counts: Counts,
}

/// A period, counted.
#[derive(Clone, Debug)]
pub struct Report {
    /// What was asked for.
    pub asked: Asked,
    /// All of it.
    pub total: Counts,
    /// Each hour, day, operator or queue.
    pub lines: Vec<Line>,
    /// Whether there are more lines than are shown.
    pub has_more: bool,
    /// The requests of the desks without cases, where queues are told apart.
    pub requests: Vec<Requests>,
}

impl Report {
    /// Whether nothing happened.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.total.opened == 0 && self.total.deferred == 0 && self.requests.is_empty()
    }

    /// Whether its lines follow each other in time.
    #[must_use]
    pub const fn is_of_time(&self) -> bool {
        matches!(self.asked.by, Grouping::Hour | Grouping::HourOfDay | Grouping::Day)
    }
}

/// Counts the period. One at a time, so that however many supervisors look, a connection is left for the calls.
pub async fn count(state: &AppState, asked: Asked, language: Language) -> Result<Report, AppError> {
    let span = asked.span().map_err(AppError::internal)?;
    let turn = state.reports.acquire().await.map_err(AppError::internal)?;
    let counted = state.db.statistics(&span, asked.by).await?;
    let requests = match asked.by {
        Grouping::Queue => state.db.counted_requests(&span).await?,
        _ => Vec::new(),
    };
    drop(turn);
    let Statistics { total, groups, has_more } = counted;
    let lines = match asked.by {
        Grouping::Hour => times(groups, span.from / HOUR_MS..span.until / HOUR_MS, |hour| hour_label(hour, &asked)),
        Grouping::HourOfDay => times(groups, 0..24, |hour| (format!("{hour:02}:00"), format!("{hour:02}:00"))),
        Grouping::Day => {
            let number = |day: Date| i64::from(DAY_ZERO.until(day).map_or(0, |span| span.get_days()));
            times(groups, number(asked.from)..number(asked.to) + 1, |day| day_label(day, language))
        }
        Grouping::Operator => groups.into_iter().map(operator).collect(),
        Grouping::Queue => groups.into_iter().map(|group| queue(group, language)).collect(),
    };
    Ok(Report { asked, total, lines, has_more, requests })
}

/// A line for each number, whether anything was counted of it or not.
fn times(groups: Vec<Group>, numbers: std::ops::Range<i64>, label: impl Fn(i64) -> (String, String)) -> Vec<Line> {
    let mut counted: BTreeMap<_, _> = groups.into_iter().map(|group| (group.key, group.counts)).collect();
    let line = |number: i64| {
        let (label, short) = label(number);
        Line { label, short, username: None, counts: counted.remove(&number.to_string()).unwrap_or_default() }
    };
    numbers.map(line).collect()
}

/// An hour as the clock on the wall has it; when it comes twice, with the name of its time.
fn hour_label(hour: i64, asked: &Asked) -> (String, String) {
    let at = |hour: i64| Timestamp::from_second(hour * 3600).unwrap_or_default().to_zoned(rome());
    let here = at(hour);
    let is_twice = [hour - 1, hour + 1].into_iter().any(|other| at(other).datetime() == here.datetime());
    let form = match (asked.days() > 1, is_twice) {
        (false, false) => "%H:%M",
        (false, true) => "%H:%M %Z",
        (true, false) => "%d/%m %H:%M",
        (true, true) => "%d/%m %H:%M %Z",
    };
    let label = here.strftime(form).to_string();
    (label.clone(), label)
}

fn day_label(number: i64, language: Language) -> (String, String) {
    let day = i32::try_from(number).ok().and_then(|days| DAY_ZERO.checked_add(jiff::Span::new().days(days)).ok());
    let day = day.unwrap_or(DAY_ZERO);
    let weekday = language.text(&format!("statistics.weekday_{}", day.weekday().to_monday_one_offset()));
    (format!("{weekday} {}", day.strftime("%d/%m/%Y")), day.strftime("%d/%m").to_string())
}

fn operator(group: Group) -> Line {
    let label = group.name.unwrap_or(group.key);
    Line { short: label.clone(), label, username: group.username, counts: group.counts }
}

fn queue(group: Group, language: Language) -> Line {
    let label = language.text(&format!("statistics.queue_{}", group.key));
    Line { short: label.clone(), label, username: None, counts: group.counts }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    fn labels(day: Date, days: i32) -> Vec<String> {
        let asked = Asked { to: day.checked_add(jiff::Span::new().days(days - 1)).unwrap(), ..Asked::day(day) };
        let span = asked.span().unwrap();
        (span.from / HOUR_MS..span.until / HOUR_MS).map(|hour| hour_label(hour, &asked).0).collect()
    }

    #[test]
    fn hours_are_named_as_they_passed() {
        let spring = labels(date(2021, 3, 28), 1);
        assert_eq!((spring.len(), &spring[1..3]), (23, &["01:00".to_owned(), "03:00".to_owned()][..]));
        let autumn = labels(date(2021, 10, 31), 1);
        let twice = ["01:00", "02:00 CEST", "02:00 CET", "03:00"].map(str::to_owned);
        assert_eq!((autumn.len(), &autumn[1..5]), (25, &twice[..]));
        assert_eq!(labels(date(2021, 10, 30), 2)[26..28], ["31/10 02:00 CEST", "31/10 02:00 CET"]);
    }

    #[test]
    fn days_are_named_and_those_without_a_case_are_there() {
        let group = |key: &str| Group {
            key: key.into(),
            username: None,
            name: None,
            counts: Counts { opened: 3, ..Counts::default() },
        };
        let lines = times(vec![group("18638")], 18637..18640, |day| day_label(day, Language::It));
        let seen: Vec<_> = lines.iter().map(|line| (&*line.label, &*line.short, line.counts.opened)).collect();
        let days = [("lun 11/01/2021", "11/01", 3), ("mar 12/01/2021", "12/01", 0)];
        assert_eq!(seen, [&[("dom 10/01/2021", "10/01", 0)][..], &days].concat());
    }
}
