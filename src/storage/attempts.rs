//! Wrong attempts in a row, and the lock-outs they lead to.

use super::{
    Db, read,
    registers::{
        Register,
        append::{Record, append},
    },
    write, write_alone,
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

/// An attempt that is to be judged.
#[derive(Clone, Copy, Debug)]
pub struct Counted<'a> {
    /// Under which key it counts.
    pub subject: &'a str,
    /// The key of the strangers' attempts on the same account, where it is no stranger's.
    pub account: Option<&'a str>,
    /// How many lock.
    pub limit: Limit,
    /// Milliseconds since 1970.
    pub now: i64,
}

/// An attempt that was wrong.
#[derive(Debug)]
pub struct Failed<'a> {
    /// Under which key it was counted.
    pub subject: &'a str,
    /// Until when it locks (milliseconds since 1970), if it was the last one allowed.
    pub until: Option<i64>,
    /// The address from which strangers try, where it counts too.
    pub address: Option<AtAddress<'a>>,
    /// What the register of accesses has of it.
    pub refused: &'a Record,
    /// What it has of the lock-out.
    pub lock_out: &'a Record,
}

/// The wrong attempts from one address, on whatever names. They are counted after they were judged: who comes from there
/// with the right password is not held up by others who do, however many at once.
#[derive(Debug)]
pub struct AtAddress<'a> {
    /// Under which key they count.
    pub subject: &'a str,
    /// How many lock, without a pause as long as the lock.
    pub limit: Limit,
    /// Milliseconds since 1970.
    pub now: i64,
    /// What the register of accesses has of the lock-out.
    pub lock_out: &'a Record,
}

/// After how many milliseconds without an attempt a subject is forgotten.
const FORGET: i64 = 30 * 24 * 60 * 60 * 1000;

pub(super) const COUNT: &str = "INSERT INTO attempts (subject, account, wrong, last_at) VALUES ($1, $5, 1, $2) \
     ON CONFLICT (subject) DO UPDATE SET last_at = $2, locked_until = NULL, \
     wrong = CASE WHEN attempts.locked_until IS NULL AND attempts.wrong < $3 THEN attempts.wrong + 1 ELSE 1 END \
     WHERE attempts.locked_until <= $2 \
     OR (attempts.locked_until IS NULL AND (attempts.wrong < $3 OR attempts.last_at <= $4)) RETURNING wrong";
const COUNT_AT_ADDRESS: &str = "INSERT INTO attempts (subject, wrong, last_at) VALUES ($1, 1, $2) \
     ON CONFLICT (subject) DO UPDATE SET last_at = $2, \
     wrong = CASE WHEN attempts.locked_until IS NULL AND attempts.last_at > $3 THEN attempts.wrong + 1 ELSE 1 END, \
     locked_until = CASE WHEN attempts.locked_until > $2 THEN attempts.locked_until END RETURNING wrong";
pub(super) const LOCKED: &str = "SELECT locked_until, last_at FROM attempts WHERE subject = $1";
pub(super) const LOCK: &str = "UPDATE attempts SET locked_until = $2 WHERE subject = $1 AND locked_until IS NULL";

/// The statement that counts an attempt, if it may be made.
macro_rules! count {
    ($counted:expr) => {{
        let $crate::storage::attempts::Counted { subject, account, limit, now } = $counted;
        let count = sqlx::query_as($crate::storage::attempts::COUNT).bind(subject).bind(now);
        count.bind(limit.attempts).bind(now - limit.lock).bind(account)
    }};
}

/// Counts an attempt inside a transaction of `write!`, which then judges it: whether it may be made.
macro_rules! count_attempt {
    ($tx:ident, $counted:expr) => {{
        use $crate::storage::attempts::{Attempt, Counted, LOCKED};
        let counted: Counted<'_> = $counted;
        let wrong: Option<(i64,)> = $crate::storage::attempts::count!(counted).fetch_optional(&mut *$tx).await?;
        match wrong {
            Some((wrong,)) => Attempt::Allowed { left: counted.limit.attempts - wrong },
            None => {
                let locked = sqlx::query_as(LOCKED).bind(counted.subject);
                let (until, last): (Option<i64>, i64) = locked.fetch_one(&mut *$tx).await?;
                Attempt::Locked { until: until.unwrap_or(last + counted.limit.lock) }
            }
        }
    }};
}

/// Locks a subject whose last attempt allowed was wrong, inside a transaction of `write!`. Whether it did: a right one
/// that was judged meanwhile has cleared the count.
macro_rules! lock_subject {
    ($tx:ident, $subject:expr, $until:expr) => {{
        let lock = sqlx::query($crate::storage::attempts::LOCK).bind($subject).bind($until);
        lock.execute(&mut *$tx).await?.rows_affected() > 0
    }};
}
pub(super) use {count, count_attempt, lock_subject};

/// Counts a wrong attempt at its address, inside a transaction of `write!`. Whether it locks the address.
macro_rules! locks_address {
    ($tx:ident, $at:expr) => {{
        let AtAddress { subject, limit, now, .. } = $at;
        let count = sqlx::query_as(COUNT_AT_ADDRESS).bind(*subject).bind(*now).bind(*now - limit.lock);
        let (wrong,): (i64,) = count.fetch_one(&mut *$tx).await?;
        wrong >= limit.attempts && lock_subject!($tx, *subject, *now + limit.lock)
    }};
}

/// What a wrong attempt has locked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Locks {
    /// The subject that it counted on.
    pub subject: bool,
    /// The address that it came from.
    pub address: bool,
}

impl Db {
    /// Counts an attempt **before** it is judged, so that no number of attempts at once gets past the limit: while the
    /// last one allowed is being judged, and for the time of a lock where its end was never written, no other is. One
    /// that may not be made is recorded as `refused`.
    pub async fn begin_attempt(&self, counted: Counted<'_>, refused: &Record) -> Result<Attempt, sqlx::Error> {
        // Nearly all may be made.
        let wrong: Vec<(i64,)> = write_alone!(self, |pool| count!(counted).fetch_all(pool).await)?;
        if let Some((wrong,)) = wrong.first() {
            return Ok(Attempt::Allowed { left: counted.limit.attempts - wrong });
        }
        write!(self, |tx| {
            let attempt = count_attempt!(tx, counted);
            if let Attempt::Locked { .. } = attempt {
                append!(tx, refused);
            }
            Ok(attempt)
        })
    }

    /// Records that an attempt was wrong. The last one allowed locks, which is recorded too; whether it did: a right one
    /// that was judged meanwhile has cleared the count.
    pub async fn fail_attempt(&self, failed: &Failed<'_>) -> Result<Locks, sqlx::Error> {
        write!(self, |tx| {
            let locks = match failed.until {
                Some(until) => lock_subject!(tx, failed.subject, until),
                None => false,
            };
            let locking = match &failed.address {
                Some(address) if locks_address!(tx, address) => Some(address.lock_out),
                _ => None,
            };
            // Who writes into both registers takes that of accesses first, so that none waits for another in a circle.
            let is_access = failed.refused.register() == Register::Access;
            if is_access {
                append!(tx, failed.refused);
            }
            if locks {
                append!(tx, failed.lock_out);
            }
            if let Some(lock_out) = locking {
                append!(tx, lock_out);
            }
            if !is_access {
                append!(tx, failed.refused);
            }
            Ok(Locks { subject: locks, address: locking.is_some() })
        })
    }

    /// Until when a subject is locked, if it is.
    pub async fn locked_until(&self, subject: &str, now: i64) -> Result<Option<i64>, sqlx::Error> {
        const SQL: &str = "SELECT locked_until FROM attempts WHERE subject = $1 AND locked_until > $2";
        let row: Option<(i64,)> =
            read!(self, |pool| sqlx::query_as(SQL).bind(subject).bind(now).fetch_optional(pool).await)?;
        Ok(row.map(|(until,)| until))
    }

    /// Until when the last of an account's own devices is locked, if one is; `account` is the subject of strangers.
    pub async fn device_locked_until(&self, account: &str, now: i64) -> Result<Option<i64>, sqlx::Error> {
        const SQL: &str = "SELECT MAX(locked_until) FROM attempts WHERE account = $1 AND locked_until > $2";
        let (until,): (Option<i64>,) =
            read!(self, |pool| sqlx::query_as(SQL).bind(account).bind(now).fetch_one(pool).await)?;
        Ok(until)
    }

    /// Forgets the wrong attempts of a subject that proved who it is, without an act that would be recorded.
    pub async fn forget_attempts(&self, subject: &str) -> Result<(), sqlx::Error> {
        const SQL: &str = "DELETE FROM attempts WHERE subject = $1";
        write_alone!(self, |pool| sqlx::query(SQL).bind(subject).execute(pool).await.map(drop))
    }

    /// Forgets the wrong attempts of subjects on which there was none for thirty days before `now`.
    pub async fn forget_old_attempts(&self, now: i64) -> Result<(), sqlx::Error> {
        const SQL: &str = "DELETE FROM attempts WHERE last_at < $1";
        write_alone!(self, |pool| sqlx::query(SQL).bind(now - FORGET).execute(pool).await.map(drop))
    }
}
