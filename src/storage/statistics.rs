//! How the service goes (seed 003, 4.3.4), counted from what is kept of cases and from nothing else.
//!
//! A transaction tells that a service answered, not what: a no has one as well. So what is counted are answers.

use sqlx::{AssertSqlSafe, Error, FromRow};

use super::{Db, read};
use crate::domain::operator::words;

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
const DAY: i64 = 24 * HOUR;

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
#[derive(Clone, Debug, Default, PartialEq, Eq, FromRow)]
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
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct Group {
    /// Which one: hours or days since 1970, the hour of the day, an operator's id, a queue; local time but for hours.
    pub key: String,
    /// The operator's user name, where it is one.
    pub username: Option<String>,
    /// The operator's name.
    pub name: Option<String>,
    /// What is counted.
    #[sqlx(flatten)]
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

impl Span {
    /// When a case was opened, in local time; an expression of both engines.
    fn local(&self) -> String {
        let ahead = self.offsets.iter().rev().fold(String::new(), |later, offset| match offset.until {
            Some(until) => format!("CASE WHEN c.opened_at < {until} THEN {} ELSE {later} END", offset.ahead),
            None => offset.ahead.to_string(),
        });
        format!("(c.opened_at + {})", if ahead.is_empty() { "0" } else { &ahead })
    }

    /// To which group a case belongs.
    fn key(&self, grouping: Grouping) -> String {
        match grouping {
            // Local time differs from UTC by whole hours.
            Grouping::Hour => format!("c.opened_at / {HOUR}"),
            Grouping::HourOfDay => format!("{} / {HOUR} % 24", self.local()),
            Grouping::Day => format!("{} / {DAY}", self.local()),
            Grouping::Operator => "c.operator_id".to_owned(),
            // Cases are opened at the desk of this queue alone.
            Grouping::Queue => "'immuni'".to_owned(),
        }
    }

    /// One pass over the cases of the period, the answers of each looked up once. Cases of a group that took equally long
    /// are counted together first, so that what is ranked is not the cases but the seconds that there are. A deferred
    /// confirmation is not a call and took no time.
    fn statement(&self, grouping: Grouping) -> String {
        let key = self.key(grouping);
        format!(
            "WITH each_case AS MATERIALIZED (
                SELECT {key} AS key,
                    CASE WHEN c.call_id IS NULL THEN 0 ELSE 1 END AS is_call,
                    CASE WHEN c.call_id IS NULL THEN NULL ELSE (c.closed_at - c.opened_at) / 1000 END AS took,
                    (SELECT MAX(CASE t.service WHEN 'verify' THEN 1 ELSE 0 END)
                        + MAX(CASE t.service WHEN 'unlock' THEN 2 ELSE 0 END)
                        + MAX(CASE t.service WHEN 'confirm' THEN 4 ELSE 0 END)
                        + MAX(CASE t.service WHEN 'cancel' THEN 8 ELSE 0 END)
                        FROM transactions t WHERE t.case_id = c.id) AS answers
                FROM cases c WHERE c.opened_at >= $1 AND c.opened_at < $2
            ), tally AS MATERIALIZED (
                SELECT key, took, SUM(is_call) AS opened,
                    SUM(CASE WHEN took IS NULL THEN 0 ELSE 1 END) AS closed,
                    SUM(CASE WHEN is_call = 1 AND answers % 2 = 1 THEN 1 ELSE 0 END) AS verified,
                    SUM(CASE WHEN is_call = 1 AND answers / 2 % 2 = 1 THEN 1 ELSE 0 END) AS unlocked,
                    SUM(CASE WHEN is_call = 1 AND answers / 4 % 2 = 1 THEN 1 ELSE 0 END) AS confirmed,
                    SUM(CASE WHEN is_call = 1 AND answers / 8 % 2 = 1 THEN 1 ELSE 0 END) AS cancelled,
                    SUM(CASE WHEN is_call = 0 AND answers / 4 % 2 = 1 THEN 1 ELSE 0 END) AS deferred
                FROM each_case GROUP BY key, took
            ), both_ways AS (
                SELECT 0 AS is_total, CAST(key AS TEXT) AS key, took, opened, closed, verified, unlocked, confirmed,
                    cancelled, deferred FROM tally
                UNION ALL
                SELECT 1, '', took, SUM(opened), SUM(closed), SUM(verified), SUM(unlocked), SUM(confirmed),
                    SUM(cancelled), SUM(deferred) FROM tally GROUP BY took
            ), ranked AS (
                SELECT both_ways.*, SUM(closed) OVER (PARTITION BY is_total, key) AS among,
                    SUM(closed) OVER (PARTITION BY is_total, key ORDER BY took) AS rank
                FROM both_ways
            ), grouped AS (
                SELECT is_total, key, CAST(SUM(opened) AS BIGINT) AS opened, CAST(SUM(closed) AS BIGINT) AS closed,
                    CAST(SUM(verified) AS BIGINT) AS verified, CAST(SUM(unlocked) AS BIGINT) AS unlocked,
                    CAST(SUM(confirmed) AS BIGINT) AS confirmed, CAST(SUM(cancelled) AS BIGINT) AS cancelled,
                    CAST(SUM(deferred) AS BIGINT) AS deferred,
                    CAST(MIN(CASE WHEN rank * 2 >= among THEN took END) AS BIGINT) AS median,
                    CAST(MIN(CASE WHEN rank * 100 >= among * 95 THEN took END) AS BIGINT) AS p95
                FROM ranked GROUP BY is_total, key
            )
            SELECT g.key, o.username, o.name, g.opened, g.closed, g.verified, g.unlocked, g.confirmed, g.cancelled,
                g.deferred, g.median, g.p95
            FROM grouped g LEFT JOIN operators o ON o.id = g.key
            ORDER BY g.is_total DESC, o.name, LENGTH(g.key), g.key LIMIT $3"
        )
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

    /// What is counted of the cases of a period.
    pub async fn statistics(&self, span: &Span, grouping: Grouping) -> Result<Statistics, Error> {
        // Made of words and numbers of ours alone; not kept prepared, because the next period has other numbers.
        let statement = AssertSqlSafe(span.statement(grouping));
        let limit = i64::from(MOST_ROWS) + 2;
        macro_rules! counted {
            ($on:expr) => {{
                let query = sqlx::query_as(statement).persistent(false);
                query.bind(span.from).bind(span.until).bind(limit).fetch_all($on).await?
            }};
        }
        let mut groups: Vec<Group> = match self {
            Self::Sqlite { readers, .. } => counted!(readers),
            Self::Postgres(pool) => {
                // A year may take longer than what the desk waits for. To compile the statement takes longer than to run it.
                let mut alone = pool.begin().await?;
                sqlx::query("SET LOCAL statement_timeout = '20s'").execute(&mut *alone).await?;
                sqlx::query("SET LOCAL jit = off").execute(&mut *alone).await?;
                counted!(&mut *alone)
            }
        };
        // The first row is that of all; without any case there is none.
        let total = if groups.is_empty() { Counts::default() } else { groups.remove(0).counts };
        let has_more = groups.len() > MOST_ROWS as usize;
        groups.truncate(MOST_ROWS as usize);
        Ok(Statistics { total, groups, has_more })
    }
}
