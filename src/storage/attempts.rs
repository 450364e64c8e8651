//! Wrong attempts in a row, and the lock-outs they lead to.

use super::{Db, read, write};

/// How many wrong attempts in a row lock, and for how long.
#[derive(Clone, Copy, Debug)]
pub struct Limit {
    /// The attempt that locks if it is wrong too.
    pub attempts: i64,
    /// For how many milliseconds.
    pub lock: i64,
}

/// Whether an attempt may be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Attempt {
    /// It may: this many more may follow if it is wrong.
    Allowed {
        /// Attempts left after this one.
        left: i64,
    },
    /// It may not.
    Locked {
        /// Until when, milliseconds since 1970.
        until: i64,
    },
}

/// After how many milliseconds without an attempt a subject is forgotten.
const FORGET: i64 = 30 * 24 * 60 * 60 * 1000;

impl Db {
    /// Counts an attempt **before** it is judged, so that no number of attempts at once gets past the limit. The last
    /// one allowed sets the lock beforehand; being right clears it.
    pub async fn begin_attempt(&self, subject: &str, limit: Limit, now: i64) -> Result<Attempt, sqlx::Error> {
        const SQL: &str = "INSERT INTO attempts (subject, wrong, last_at) VALUES ($1, 1, $2) \
             ON CONFLICT (subject) DO UPDATE SET last_at = $2, \
             wrong = CASE WHEN attempts.locked_until IS NULL THEN attempts.wrong + 1 ELSE 1 END, \
             locked_until = CASE WHEN attempts.locked_until IS NULL AND attempts.wrong + 1 >= $3 THEN $4 END \
             WHERE attempts.locked_until IS NULL OR attempts.locked_until <= $2 RETURNING wrong";
        let wrong: Option<(i64,)> = write!(self, |tx| {
            sqlx::query("DELETE FROM attempts WHERE last_at < $1").bind(now - FORGET).execute(&mut *tx).await?;
            sqlx::query_as(SQL)
                .bind(subject)
                .bind(now)
                .bind(limit.attempts)
                .bind(now + limit.lock)
                .fetch_optional(&mut *tx)
                .await
        })?;
        match wrong {
            Some((wrong,)) => Ok(Attempt::Allowed { left: limit.attempts - wrong }),
            None => Ok(Attempt::Locked { until: self.locked_until(subject, now).await?.unwrap_or(now) }),
        }
    }

    /// Until when a subject is locked, if it is.
    pub async fn locked_until(&self, subject: &str, now: i64) -> Result<Option<i64>, sqlx::Error> {
        const SQL: &str = "SELECT locked_until FROM attempts WHERE subject = $1 AND locked_until > $2";
        let row: Option<(i64,)> =
            read!(self, |pool| sqlx::query_as(SQL).bind(subject).bind(now).fetch_optional(pool).await)?;
        Ok(row.map(|(until,)| until))
    }

    /// Forgets the wrong attempts of a subject that proved who it is, without an act that would be recorded.
    pub async fn forget_attempts(&self, subject: &str) -> Result<(), sqlx::Error> {
        write!(self, |tx| {
            sqlx::query("DELETE FROM attempts WHERE subject = $1").bind(subject).execute(&mut *tx).await?;
            Ok(())
        })
    }
}
