//! The second factor of a sign-in, or of a session that has locked itself: counted, judged and used up at once.

use super::{
    Db,
    attempts::{Attempt, Counted, count_attempt, lock_subject},
    credentials::{Proof, use_up},
    registers::append::{Record, append},
    sessions::EndedBecause,
    write, write_alone,
};
use crate::domain::operator::OperatorId;

/// A step up: where its proof is one, the session gets a new id and is signed in.
pub struct StepUp<'a> {
    /// Whose session it is.
    pub operator: &'a OperatorId,
    /// The hash of the session's id so far.
    pub old: &'a str,
    /// The hash of its new id.
    pub new: &'a str,
    /// What is used up; none, if what was typed proves nothing.
    pub proof: Option<Proof<'a>>,
    /// As what it counts, until it is right.
    pub attempt: Counted<'a>,
    /// Whether the session had locked itself.
    pub was_locked: bool,
    /// What the register of accesses has of it.
    pub record: &'a (dyn Fn(Told) -> Record + Sync),
}

/// What the register of accesses is told of a step up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Told {
    /// The session is signed in.
    Done,
    /// Another session of the operator has ended by it.
    Superseded,
    /// The session had locked itself, which nobody had recorded yet.
    Lock,
    /// It was refused.
    Refused(Refusal),
    /// It was the last wrong one allowed.
    LockOut,
}

/// Why a step up was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// Too many wrong ones: it was not judged.
    Locked,
    /// What was typed proves nothing.
    Wrong,
    /// The PIN's step, or the recovery code, was used before.
    UsedBefore,
}

/// How a step up ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SteppedUp {
    /// The session has its new id and any older one of the operator is over.
    Done,
    /// It was refused, which is recorded.
    Refused {
        /// Why.
        why: Refusal,
        /// How many more wrong ones there may be.
        left: i64,
        /// Until when it locks, milliseconds since 1970, if it does.
        until: Option<i64>,
    },
    /// The session ended in the meantime. Nothing is counted or recorded.
    NoSession,
}

const END_OTHERS: &str = "UPDATE sessions SET ended_at = $3, ended_because = $4 \
     WHERE operator_id = $1 AND id_hash <> $2 AND ended_at IS NULL AND stage = 'full'";
/// A session's nine hours begin with its first second factor.
const RENEW: &str = "UPDATE sessions SET id_hash = $2, replaced_hash = $1, stage = 'full', \
     started_at = CASE WHEN stage = 'password' THEN $3 ELSE started_at END, renewed_at = $3, last_seen = $3, proved_at = $3, \
     locked_at = NULL WHERE id_hash = $1 AND operator_id = $4 AND ended_at IS NULL";
/// When the session began that has just been renewed: not when its lock was lifted.
const NOTE_SIGN_IN: &str = "UPDATE operators SET last_sign_in = (SELECT started_at FROM sessions WHERE id_hash = $2) \
     WHERE id = $1";
const NOTE_LOCK: &str =
    "UPDATE sessions SET locked_at = $2 WHERE id_hash = $1 AND (locked_at IS NULL OR locked_at < last_seen)";
const RENEW_SAME_STEP: &str = "UPDATE sessions SET id_hash = $2 \
     WHERE replaced_hash = $1 AND renewed_at >= $3 AND stage = 'full' AND ended_at IS NULL \
     AND EXISTS (SELECT 1 FROM operators o WHERE o.id = sessions.operator_id AND o.totp_last_step = $4)";
const RENEW_SAME_CODE: &str = "UPDATE sessions SET id_hash = $2 \
     WHERE replaced_hash = $1 AND renewed_at >= $3 AND stage = 'full' AND ended_at IS NULL \
     AND EXISTS (SELECT 1 FROM recovery_codes c WHERE c.operator_id = sessions.operator_id \
     AND c.code_hash = $4 AND c.used_at = sessions.renewed_at)";

impl Db {
    /// Counts the attempt, then judges it: uses the proof up, ends the operator's other sessions, renews this one; or
    /// records that it was wrong, and locks. All of it in one transaction: no other attempt is judged meanwhile, because
    /// each begins with the count's row.
    pub async fn step_up(&self, step_up: &StepUp<'_>) -> Result<SteppedUp, sqlx::Error> {
        match self.try_step_up(step_up).await {
            Err(sqlx::Error::RowNotFound) => Ok(SteppedUp::NoSession),
            other => other,
        }
    }

    async fn try_step_up(&self, step_up: &StepUp<'_>) -> Result<SteppedUp, sqlx::Error> {
        let StepUp { operator, attempt, record, .. } = *step_up;
        let (operator, now) = (&operator.0, attempt.now);
        write!(self, |tx| {
            let left = match count_attempt!(tx, attempt) {
                Attempt::Allowed { left } => left,
                Attempt::Locked { until } => {
                    append!(tx, &record(Told::Refused(Refusal::Locked)));
                    return Ok(SteppedUp::Refused { why: Refusal::Locked, left: 0, until: Some(until) });
                }
            };
            let used = match step_up.proof {
                Some(proof) => use_up!(tx, operator, proof, now),
                None => 0,
            };
            if used == 0 {
                let why = step_up.proof.map_or(Refusal::Wrong, |_| Refusal::UsedBefore);
                let until = now + attempt.limit.lock;
                let locks = left == 0 && lock_subject!(tx, attempt.subject, until);
                append!(tx, &record(Told::Refused(why)));
                if locks {
                    append!(tx, &record(Told::LockOut));
                }
                return Ok(SteppedUp::Refused { why, left, until: locks.then_some(until) });
            }
            let others = sqlx::query(END_OTHERS)
                .bind(operator)
                .bind(step_up.old)
                .bind(now)
                .bind(EndedBecause::Superseded.word())
                .execute(&mut *tx)
                .await?;
            let is_lock_new = step_up.was_locked && {
                let note = sqlx::query(NOTE_LOCK).bind(step_up.old).bind(now).execute(&mut *tx).await?;
                note.rows_affected() > 0
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
            sqlx::query("DELETE FROM attempts WHERE subject = $1").bind(attempt.subject).execute(&mut *tx).await?;
            if is_lock_new {
                append!(tx, &record(Told::Lock));
            }
            if others.rows_affected() > 0 {
                append!(tx, &record(Told::Superseded));
            }
            append!(tx, &record(Told::Done));
            Ok(SteppedUp::Done)
        })
    }

    /// Renews once more a session that the same proof has just renewed: a form sent twice, of whose first answer the
    /// browser kept nothing. `old` and `new` are hashes of its ids; `since` bounds how long ago, in milliseconds since
    /// 1970. Whether there was one.
    pub async fn step_up_again(&self, old: &str, new: &str, proof: Proof<'_>, since: i64) -> Result<bool, sqlx::Error> {
        let renewed = write_alone!(self, |pool| {
            let renew = match proof {
                Proof::Step(step) => sqlx::query(RENEW_SAME_STEP).bind(old).bind(new).bind(since).bind(step),
                Proof::RecoveryCode(code) => sqlx::query(RENEW_SAME_CODE).bind(old).bind(new).bind(since).bind(code),
            };
            renew.execute(pool).await.map(|done| done.rows_affected())
        })?;
        Ok(renewed == 1)
    }
}
