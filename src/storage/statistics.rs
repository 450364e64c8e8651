//! How the service goes (seed 003, 4.3.4), counted from what is kept of cases and from nothing else: from their sums by
//! hour and operator ([`super::case_hours`]), and one by one where there are none yet.
//!
//! A transaction tells that a service answered, not what: a no has one as well. So what is counted are answers.

use std::borrow::Cow;

use sqlx::{AssertSqlSafe, Error, FromRow};

use super::{
    Db,
    case_hours::{counts_of_one, kept},
    decode, read,
};
use crate::domain::{
    operator::words,
    service::{OutcomeClass, Service},
};

words! {
    /// By what cases are put together.
    Grouping {
        /// Hour by hour, as they passed: a day has 23 or 25 when the clocks change.
        Hour = "hour",
        /// By the hour of the day, all days together.
        HourOfDay = "hour_of_day",
        /// Day by day of Europe/Rome.
        Day = "day",
        /// By who took the call.
        Operator = "operator",
        /// By service queue.
        Queue = "queue",
    }
}

/// How many groups are counted apart at most.
pub const MOST_ROWS: u32 = 1000;
const HOUR: i64 = 3_600_000;

/// A time with its distance from UTC. Milliseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Offset {
    /// Before which instant it holds, since 1970; none for the last.
    pub until: Option<i64>,
    /// How much local time is ahead of UTC.
    pub ahead: i64,
}

/// Which cases, by when they were opened. Milliseconds since 1970.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Span {
    /// From this instant on.
    pub from: i64,
    /// Before this one.
    pub until: i64,
    /// The distances of local time from UTC in between, in their order.
    pub offsets: Vec<Offset>,
}

/// What is counted of some cases. Durations are whole seconds, by the nearest rank: times that a case really took.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Cases opened for a call.
    pub opened: i64,
    /// Of these, closed since.
    pub closed: i64,
    /// Of these, with an answer to Verifica positività.
    pub verified: i64,
    /// Of these, with an answer to Sblocco codice.
    pub unlocked: i64,
    /// Of these, with an answer to Conferma sblocco of type C.
    pub confirmed: i64,
    /// Of these, with an answer to Conferma sblocco of type A.
    pub cancelled: i64,
    /// Confirmations outside a call, with an answer.
    pub deferred: i64,
    /// How long half of the closed cases took at most; none without any.
    pub median: Option<i64>,
    /// How long 95 of 100 closed cases took at most.
    pub p95: Option<i64>,
}

/// What is counted of one group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Group {
    /// Which one: hours or days since 1970, the hour of the day, an operator's id, a queue; local time but for hours.
    pub key: String,
    /// The operator's user name, where it is one.
    pub username: Option<String>,
    /// The operator's name.
    pub name: Option<String>,
    /// What is counted.
    pub counts: Counts,
}

/// What is counted of a period.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Statistics {
    /// Of all its cases.
    pub total: Counts,
    /// Of each group that has any, at most [`MOST_ROWS`]; times in their order, others by what they are called.
    pub groups: Vec<Group>,
    /// Whether there are more.
    pub has_more: bool,
}

/// How many requests of a service ended so, at the desks of the queues that have no cases.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Requests {
    /// The service.
    pub service: Service,
    /// How they ended; uncertain where nobody has learned it.
    pub class: OutcomeClass,
    /// How many.
    pub number: i64,
}

impl Span {
    /// By what sums are put together: an expression of both engines on their hour, which is UTC's, and operator.
    fn key(&self, grouping: Grouping) -> Cow<'static, str> {
        let ahead = |later: String, offset: &Offset| {
            // Local time differs from UTC by whole hours, and changes with a new one.
            let hours = offset.ahead / HOUR;
            offset.until.map_or_else(
                || hours.to_string(),
                |until| format!("CASE WHEN hour < {} THEN {hours} ELSE {later} END", until / HOUR),
            )
        };
        let local = || format!("(hour + {})", self.offsets.iter().rev().fold("0".to_owned(), ahead));
        match grouping {
            Grouping::Hour => "hour".into(),
            Grouping::HourOfDay => format!("{} % 24", local()).into(),
            Grouping::Day => format!("{} / 24", local()).into(),
            Grouping::Operator => "operator_id".into(),
            // Cases are opened at the desk of this queue alone.
            Grouping::Queue => "'immuni'".into(),
        }
    }

    /// The sums of each group, and the times of its cases.
    fn statement(&self, grouping: Grouping) -> String {
        let (kept, one) = (kept!("c.opened_at >= $1 * 3600000 AND c.opened_at < $2 * 3600000"), counts_of_one!());
        let key = self.key(grouping);
        format!(
            "{kept}, sums AS (
                SELECT * FROM case_hours WHERE hour >= $1 AND hour < $2 UNION ALL {one}
            ), grouped AS (
                SELECT CAST({key} AS TEXT) AS key,
                    CAST(SUM(opened) AS BIGINT) AS opened, CAST(SUM(closed) AS BIGINT) AS closed,
                    CAST(SUM(verified) AS BIGINT) AS verified, CAST(SUM(unlocked) AS BIGINT) AS unlocked,
                    CAST(SUM(confirmed) AS BIGINT) AS confirmed, CAST(SUM(cancelled) AS BIGINT) AS cancelled,
                    CAST(SUM(deferred) AS BIGINT) AS deferred, string_agg(times, '') AS times
                FROM sums GROUP BY 1
            )
            SELECT g.*, o.username, o.name FROM grouped g LEFT JOIN operators o ON o.id = g.key
            ORDER BY o.name, LENGTH(g.key), g.key"
        )
    }
}

/// A group as the database has it.
#[derive(FromRow)]
struct Sums {
    key: String,
    username: Option<String>,
    name: Option<String>,
    opened: i64,
    closed: i64,
    verified: i64,
    unlocked: i64,
    confirmed: i64,
    cancelled: i64,
    deferred: i64,
    times: String,
}

impl Sums {
    /// The group; its times are added to those of all.
    fn group(self, all: &mut Vec<i64>) -> Result<Group, Error> {
        let from = all.len();
        for time in self.times.split_ascii_whitespace() {
            all.push(time.parse().map_err(|error| Error::Decode(Box::new(error)))?);
        }
        let Self { key, username, name, opened, closed, verified, unlocked, confirmed, cancelled, deferred, .. } = self;
        let (median, p95) = ranks(all.get_mut(from..).unwrap_or_default());
        let counts = Counts { opened, closed, verified, unlocked, confirmed, cancelled, deferred, median, p95 };
        Ok(Group { key, username, name, counts })
    }
}

/// Median and 95th percentile, by the nearest rank. The order of the times is lost.
fn ranks(times: &mut [i64]) -> (Option<i64>, Option<i64>) {
    let mut ranked = |percent: usize| {
        let place = (times.len() * percent).div_ceil(100).checked_sub(1)?;
        Some(*times.select_nth_unstable(place).1)
    };
    (ranked(50), ranked(95))
}

impl Counts {
    /// Adds what is counted of others, but for their times.
    fn add(&mut self, other: &Self) {
        self.opened += other.opened;
        self.closed += other.closed;
        self.verified += other.verified;
        self.unlocked += other.unlocked;
        self.confirmed += other.confirmed;
        self.cancelled += other.cancelled;
        self.deferred += other.deferred;
    }
}

/// Who and what is at work now.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct AtWork {
    /// Cases that are open.
    pub open_cases: i64,
    /// When the oldest of them was opened, milliseconds since 1970.
    pub oldest_case: Option<i64>,
    /// People of some queue whose session is in use.
    pub operators: i64,
}

impl Db {
    /// Who and what is at work: sessions used since `seen` that began after `started`, milliseconds since 1970.
    pub async fn at_work(&self, seen: i64, started: i64) -> Result<AtWork, Error> {
        const SQL: &str = "SELECT (SELECT COUNT(*) FROM cases WHERE closed_at IS NULL) AS open_cases, \
            (SELECT MIN(opened_at) FROM cases WHERE closed_at IS NULL) AS oldest_case, \
            (SELECT COUNT(*) FROM sessions s JOIN operators o ON o.id = s.operator_id WHERE s.stage = 'full' \
            AND s.ended_at IS NULL AND s.last_seen > $1 AND s.started_at > $2 AND o.queues <> '') AS operators";
        read!(self, |pool| sqlx::query_as(SQL).bind(seen).bind(started).fetch_one(pool).await)
    }

    /// What is counted of the requests that left in a period, at the desks of the queues that have no cases.
    pub async fn counted_requests(&self, span: &Span) -> Result<Vec<Requests>, Error> {
        const SQL: &str = "SELECT service, COALESCE(outcome, 'uncertain'), COUNT(*) FROM requests \
            WHERE started_at >= $1 AND started_at < $2 GROUP BY service, COALESCE(outcome, 'uncertain')";
        let rows: Vec<(String, String, i64)> =
            read!(self, |pool| sqlx::query_as(SQL).bind(span.from).bind(span.until).fetch_all(pool).await)?;
        let requests = |(service, class, number): (String, String, i64)| {
            Ok(Requests { service: decode(&service)?, class: decode(&class)?, number })
        };
        rows.into_iter().map(requests).collect()
    }

    /// What is counted of the cases of a period.
    pub async fn statistics(&self, span: &Span, grouping: Grouping) -> Result<Statistics, Error> {
        // Made of words and numbers of ours alone; not kept prepared, because the next period has other numbers.
        let statement = AssertSqlSafe(span.statement(grouping));
        macro_rules! counted {
            ($on:expr) => {{
                let query = sqlx::query_as(statement).persistent(false);
                query.bind(span.from / HOUR).bind(span.until / HOUR).fetch_all($on).await?
            }};
        }
        let sums: Vec<Sums> = match self {
            Self::Sqlite { readers, .. } => counted!(readers),
            Self::Postgres(pool) => {
                // A year that is not added up yet takes longer than what the desk waits for. To compile the statement takes
                // longer than to run it.
                let mut alone = pool.begin().await?;
                sqlx::query("SET LOCAL statement_timeout = '20s'").execute(&mut *alone).await?;
                sqlx::query("SET LOCAL jit = off").execute(&mut *alone).await?;
                counted!(&mut *alone)
            }
        };
        let mut times = Vec::new();
        let groups = sums.into_iter().map(|sums| sums.group(&mut times)).collect::<Result<Vec<_>, _>>()?;
        let mut total = Counts::default();
        for group in &groups {
            total.add(&group.counts);
        }
        (total.median, total.p95) = ranks(&mut times);
        let has_more = groups.len() > MOST_ROWS as usize;
        let groups = groups.into_iter().take(MOST_ROWS as usize).collect();
        Ok(Statistics { total, groups, has_more })
    }
}
