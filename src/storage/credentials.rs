//! What proves who somebody is: password hash, second factor, recovery codes.

use sqlx::FromRow;

use super::{
    Db, decode, read,
    registers::append::{Record, append},
    sessions::EndedBecause,
    write,
};
use crate::domain::operator::{OperatorId, Status, Username};

/// What the password is judged by.
#[derive(Debug)]
pub struct FirstFactor {
    /// Whose it is.
    pub operator: OperatorId,
    /// Where the account stands.
    pub status: Status,
    /// The argon2id hash; none before the activation.
    pub password_hash: Option<String>,
}

/// What the PIN is judged by.
#[derive(Debug, FromRow)]
pub struct SecondFactor {
    /// Whose it is.
    pub operator_id: String,
    /// The name with which its owner signs in.
    pub username: String,
    /// The TOTP secret, sealed.
    pub totp_secret: Option<String>,
}

/// A proof of the second factor, to be used up.
#[derive(Clone, Copy, Debug)]
pub enum Proof<'a> {
    /// The step of the PIN that matched.
    Step(i64),
    /// The hash of a recovery code.
    RecoveryCode(&'a str),
}

/// A step up: the session gets a new id and is signed in.
#[derive(Debug)]
pub struct StepUp<'a> {
    /// Whose session it is.
    pub operator: &'a OperatorId,
    /// The hash of the session's id so far.
    pub old: &'a str,
    /// The hash of its new id.
    pub new: &'a str,
    /// What is used up.
    pub proof: Proof<'a>,
    /// Whose wrong attempts are cleared.
    pub attempts: &'a str,
    /// What the register of accesses has of it.
    pub record: &'a Record,
    /// What it has of another session that ends by it.
    pub superseded: &'a Record,
    /// What it has of the lock that this one opens, unless it has it already.
    pub lock: Option<&'a Record>,
    /// Milliseconds since 1970.
    pub now: i64,
}

/// The second factor, proved once more in a session that is in use.
#[derive(Debug)]
pub struct ProvedAgain<'a> {
    /// Whose session it is.
    pub operator: &'a OperatorId,
    /// The hash of the session's id.
    pub session: &'a str,
    /// What is used up.
    pub proof: Proof<'a>,
    /// Whose wrong attempts are cleared.
    pub attempts: &'a str,
    /// What the register of accesses has of it.
    pub record: &'a Record,
    /// Milliseconds since 1970.
    pub now: i64,
}

/// How a step up ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SteppedUp {
    /// The session has its new id and any older one of the operator is over.
    Done,
    /// The PIN's step, or the recovery code, was used before.
    UsedBefore,
    /// The session ended in the meantime.
    NoSession,
}

const USE_STEP: &str = "UPDATE operators SET totp_last_step = $2 \
     WHERE id = $1 AND (totp_last_step IS NULL OR totp_last_step < $2)";
const LOCK_ACCOUNT: &str = "UPDATE operators SET id = id WHERE id = $1";
const USE_CODE: &str = "UPDATE recovery_codes SET used_at = $3 \
     WHERE operator_id = $1 AND code_hash = $2 AND used_at IS NULL";
const END_OTHERS: &str = "UPDATE sessions SET ended_at = $3, ended_because = $4 \
     WHERE operator_id = $1 AND id_hash <> $2 AND ended_at IS NULL AND stage = 'full'";
/// A session's nine hours begin with its first second factor.
const RENEW: &str = "UPDATE sessions SET id_hash = $2, replaced_hash = $1, stage = 'full', \
     started_at = CASE WHEN stage = 'password' THEN $3 ELSE started_at END, renewed_at = $3, last_seen = $3, proved_at = $3, \
     locked_at = NULL WHERE id_hash = $1 AND operator_id = $4 AND ended_at IS NULL";
/// When the session began that has just been renewed: not when its lock was lifted.
const NOTE_SIGN_IN: &str = "UPDATE operators SET last_sign_in = (SELECT started_at FROM sessions WHERE id_hash = $2) \
     WHERE id = $1";
const FRESHEN: &str = "UPDATE sessions SET proved_at = $3, last_seen = $3 \
     WHERE id_hash = $1 AND operator_id = $2 AND stage = 'full' AND ended_at IS NULL";
const NOTE_LOCK: &str =
    "UPDATE sessions SET locked_at = $2 WHERE id_hash = $1 AND (locked_at IS NULL OR locked_at < last_seen)";
const RENEW_SAME_STEP: &str = "UPDATE sessions SET id_hash = $2 \
     WHERE replaced_hash = $1 AND renewed_at >= $3 AND stage = 'full' AND ended_at IS NULL \
     AND EXISTS (SELECT 1 FROM operators o WHERE o.id = sessions.operator_id AND o.totp_last_step = $4)";
const RENEW_SAME_CODE: &str = "UPDATE sessions SET id_hash = $2 \
     WHERE replaced_hash = $1 AND renewed_at >= $3 AND stage = 'full' AND ended_at IS NULL \
     AND EXISTS (SELECT 1 FROM recovery_codes c WHERE c.operator_id = sessions.operator_id \
     AND c.code_hash = $4 AND c.used_at = sessions.renewed_at)";

/// Uses a proof up, touching the account's row first: two proofs of one operator wait for each other. How many rows
/// it was good for: one or none.
macro_rules! use_up {
    ($tx:expr, $operator:expr, $proof:expr, $now:expr) => {
        match $proof {
            Proof::Step(step) => {
                sqlx::query(USE_STEP).bind($operator).bind(step).execute(&mut *$tx).await?.rows_affected()
            }
            Proof::RecoveryCode(code) => {
                sqlx::query(LOCK_ACCOUNT).bind($operator).execute(&mut *$tx).await?;
                sqlx::query(USE_CODE).bind($operator).bind(code).bind($now).execute(&mut *$tx).await?.rows_affected()
            }
        }
    };
}

impl Db {
    /// What the password of a user name is judged by.
    pub async fn first_factor(&self, username: &Username) -> Result<Option<FirstFactor>, sqlx::Error> {
        const SQL: &str = "SELECT id, status, password_hash FROM operators WHERE username = $1";
        let row: Option<(String, String, Option<String>)> =
            read!(self, |pool| sqlx::query_as(SQL).bind(username.as_str()).fetch_optional(pool).await)?;
        row.map(|(id, status, password_hash)| {
            Ok(FirstFactor { operator: OperatorId(id), status: decode(&status)?, password_hash })
        })
        .transpose()
    }

    /// What the PIN of an operator is judged by.
    pub async fn second_factor(&self, operator: &OperatorId) -> Result<Option<SecondFactor>, sqlx::Error> {
        const SQL: &str = "SELECT id AS operator_id, username, totp_secret FROM operators WHERE id = $1";
        read!(self, |pool| sqlx::query_as(SQL).bind(&operator.0).fetch_optional(pool).await)
    }

    /// The second factors of the enabled accounts among these user names, in their order.
    pub async fn second_factors(&self, usernames: [&str; 6]) -> Result<Vec<SecondFactor>, sqlx::Error> {
        const SQL: &str = "SELECT id AS operator_id, username, totp_secret FROM operators \
             WHERE status = 'enabled' AND username IN ($1, $2, $3, $4, $5, $6) ORDER BY username";
        read!(self, |pool| {
            let query = usernames.iter().fold(sqlx::query_as(SQL), |query, username| query.bind(*username));
            query.fetch_all(pool).await
        })
    }

    /// Uses the proof up, ends the operator's other sessions, renews this one: all of it or nothing.
    pub async fn step_up(&self, step_up: &StepUp<'_>) -> Result<SteppedUp, sqlx::Error> {
        match self.try_step_up(step_up).await {
            Err(sqlx::Error::RowNotFound) => Ok(SteppedUp::NoSession),
            other => other,
        }
    }

    async fn try_step_up(&self, step_up: &StepUp<'_>) -> Result<SteppedUp, sqlx::Error> {
        let (operator, now) = (&step_up.operator.0, step_up.now);
        write!(self, |tx| {
            let used = use_up!(tx, operator, step_up.proof, now);
            if used == 0 {
                return Ok(SteppedUp::UsedBefore);
            }
            let others = sqlx::query(END_OTHERS)
                .bind(operator)
                .bind(step_up.old)
                .bind(now)
                .bind(EndedBecause::Superseded.word())
                .execute(&mut *tx)
                .await?;
            let lock = match step_up.lock {
                Some(lock) => {
                    let note = sqlx::query(NOTE_LOCK).bind(step_up.old).bind(now).execute(&mut *tx).await?;
                    (note.rows_affected() > 0).then_some(lock)
                }
                None => None,
            };
            let renewed = sqlx::query(RENEW)
                .bind(step_up.old)
                .bind(step_up.new)
                .bind(now)
                .bind(operator)
                .execute(&mut *tx)
                .await?;
            if renewed.rows_affected() == 0 {
                return Err(sqlx::Error::RowNotFound);
            }
            sqlx::query(NOTE_SIGN_IN).bind(operator).bind(step_up.new).execute(&mut *tx).await?;
            sqlx::query("DELETE FROM attempts WHERE subject = $1").bind(step_up.attempts).execute(&mut *tx).await?;
            if let Some(lock) = lock {
                append!(tx, lock);
            }
            if others.rows_affected() > 0 {
                append!(tx, step_up.superseded);
            }
            append!(tx, step_up.record);
            Ok(SteppedUp::Done)
        })
    }

    /// Uses the proof up and notes when it was given in the session that goes on as it is: all of it or nothing.
    pub async fn prove_again(&self, again: &ProvedAgain<'_>) -> Result<SteppedUp, sqlx::Error> {
        let (operator, now) = (&again.operator.0, again.now);
        let proved = write!(self, |tx| {
            if use_up!(tx, operator, again.proof, now) == 0 {
                return Ok(SteppedUp::UsedBefore);
            }
            let freshen = sqlx::query(FRESHEN).bind(again.session).bind(operator).bind(now);
            if freshen.execute(&mut *tx).await?.rows_affected() == 0 {
                return Err(sqlx::Error::RowNotFound);
            }
            sqlx::query("DELETE FROM attempts WHERE subject = $1").bind(again.attempts).execute(&mut *tx).await?;
            append!(tx, again.record);
            Ok(SteppedUp::Done)
        });
        match proved {
            Err(sqlx::Error::RowNotFound) => Ok(SteppedUp::NoSession),
            other => other,
        }
    }

    /// Renews once more a session that the same proof has just renewed: a form sent twice, of whose first answer the
    /// browser kept nothing. `since` bounds how long ago, in milliseconds since 1970. Whether there was one.
    pub async fn step_up_again(&self, step_up: &StepUp<'_>, since: i64) -> Result<bool, sqlx::Error> {
        let renewed = write!(self, |tx| {
            let renew = match step_up.proof {
                Proof::Step(step) => {
                    sqlx::query(RENEW_SAME_STEP).bind(step_up.old).bind(step_up.new).bind(since).bind(step)
                }
                Proof::RecoveryCode(code) => {
                    sqlx::query(RENEW_SAME_CODE).bind(step_up.old).bind(step_up.new).bind(since).bind(code)
                }
            };
            renew.execute(&mut *tx).await.map(|done| done.rows_affected())
        })?;
        Ok(renewed == 1)
    }
}
