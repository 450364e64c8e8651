//! Calls of Sistema TS by the minute, of all instances together: numbers for the live board, kept for a day.

use sqlx::{Error, FromRow};

use super::{Db, decode, read, write};
use crate::domain::tally::Calls;

/// Instances add up.
const ADD: &str = "INSERT INTO upstream_minutes (minute, service, class, up_to, calls) VALUES ($1, $2, $3, $4, $5) \
    ON CONFLICT (minute, service, class, up_to) DO UPDATE SET calls = upstream_minutes.calls + excluded.calls";
const SINCE: &str = "SELECT MIN(minute) AS minute, service, class, up_to, CAST(SUM(calls) AS BIGINT) AS calls \
    FROM upstream_minutes WHERE minute >= $1 GROUP BY service, class, up_to";

#[derive(FromRow)]
struct CallsRow {
    minute: i64,
    service: String,
    class: String,
    up_to: i64,
    calls: i64,
}

impl TryFrom<CallsRow> for Calls {
    type Error = Error;

    fn try_from(row: CallsRow) -> Result<Self, Error> {
        let (service, class) = (decode(&row.service)?, decode(&row.class)?);
        Ok(Self { minute: row.minute, service, class, up_to: row.up_to, number: row.calls })
    }
}

impl Db {
    /// Adds what one instance has counted.
    pub async fn add_calls(&self, calls: &[Calls]) -> Result<(), Error> {
        let mut calls: Vec<_> = calls.iter().collect();
        // In one order on every instance, so that none waits for the other's rows while holding its own.
        calls.sort_by_key(|calls| (calls.minute, calls.service.word(), calls.class.word(), calls.up_to));
        write!(self, |tx| {
            for calls in &calls {
                let add = sqlx::query(ADD).bind(calls.minute).bind(calls.service.word()).bind(calls.class.word());
                add.bind(calls.up_to).bind(calls.number).execute(&mut *tx).await?;
            }
            Ok(())
        })
    }

    /// What was counted from this minute on, minutes put together. Milliseconds since 1970.
    pub async fn calls_since(&self, minute: i64) -> Result<Vec<Calls>, Error> {
        let rows: Vec<CallsRow> = read!(self, |pool| sqlx::query_as(SINCE).bind(minute).fetch_all(pool).await)?;
        rows.into_iter().map(Calls::try_from).collect()
    }

    /// Forgets what was counted before this minute. Milliseconds since 1970.
    pub async fn forget_calls(&self, before: i64) -> Result<(), Error> {
        const FORGET: &str = "DELETE FROM upstream_minutes WHERE minute < $1";
        write!(self, |tx| {
            sqlx::query(FORGET).bind(before).execute(&mut *tx).await?;
            Ok(())
        })
    }
}
