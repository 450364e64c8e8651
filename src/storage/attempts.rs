//! Wrong attempts in a row, and the lock-outs they lead to.

use super::{
    Db, read,
    registers::{
        Register,
        append::{Record, append},
    },
    write,
};

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

/// An attempt that was wrong.
#[derive(Debug)]
pub struct Failed<'a> {
    /// Under which key it was counted.
    pub subject: &'a str,
    /// Until when it locks (milliseconds since 1970), if it was the last one allowed.
    pub until: Option<i64>,
    /// What the register of accesses has of it.
    pub refused: &'a Record,
    /// What it has of the lock-out.
    pub lock_out: &'a Record,
}

/// After how many milliseconds without an attempt a subject is forgotten.
const FORGET: i64 = 30 * 24 * 60 * 60 * 1000;

const COUNT: &str = "INSERT INTO attempts (subject, wrong, last_at) VALUES ($1, 1, $2) \
     ON CONFLICT (subject) DO UPDATE SET last_at = $2, locked_until = NULL, \
     wrong = CASE WHEN attempts.locked_until IS NULL AND attempts.wrong < $3 THEN attempts.wrong + 1 ELSE 1 END \
     WHERE attempts.locked_until <= $2 \
     OR (attempts.locked_until IS NULL AND (attempts.wrong < $3 OR attempts.last_at <= $4)) RETURNING wrong";
const LOCKED: &str = "SELECT locked_until, last_at FROM attempts WHERE subject = $1";
const LOCK: &str = "UPDATE attempts SET locked_until = $2 WHERE subject = $1 AND locked_until IS NULL";

impl Db {
    /// Counts an attempt **before** it is judged, so that no number of attempts at once gets past the limit: while the
    /// last one allowed is being judged, and for the time of a lock where its end was never written, no other is. One
    /// that may not be made is recorded as `refused`.
    pub async fn begin_attempt(
        &self,
        subject: &str,
        limit: Limit,
        now: i64,
        refused: &Record,
    ) -> Result<Attempt, sqlx::Error> {
        write!(self, |tx| {
            sqlx::query("DELETE FROM attempts WHERE last_at < $1").bind(now - FORGET).execute(&mut *tx).await?;
            let count = sqlx::query_as(COUNT).bind(subject).bind(now).bind(limit.attempts).bind(now - limit.lock);
            let wrong: Option<(i64,)> = count.fetch_optional(&mut *tx).await?;
            if let Some((wrong,)) = wrong {
                return Ok(Attempt::Allowed { left: limit.attempts - wrong });
            }
            let (until, last): (Option<i64>, i64) = sqlx::query_as(LOCKED).bind(subject).fetch_one(&mut *tx).await?;
            append!(tx, refused);
            Ok(Attempt::Locked { until: until.unwrap_or(last + limit.lock) })
        })
    }

    /// Records that an attempt was wrong. The last one allowed locks, which is recorded too; whether it did: a right one
    /// that was judged meanwhile has cleared the count.
    pub async fn fail_attempt(&self, failed: &Failed<'_>) -> Result<bool, sqlx::Error> {
        write!(self, |tx| {
            let locks = match failed.until {
                Some(until) => {
                    sqlx::query(LOCK).bind(failed.subject).bind(until).execute(&mut *tx).await?.rows_affected()
                }
                None => 0,
            };
            // Who writes into both registers takes that of accesses first, so that none waits for another in a circle.
            let is_access = failed.refused.register() == Register::Access;
            if is_access {
                append!(tx, failed.refused);
            }
            if locks > 0 {
                append!(tx, failed.lock_out);
            }
            if !is_access {
                append!(tx, failed.refused);
            }
            Ok(locks > 0)
        })
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
