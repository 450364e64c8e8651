//! What an operator changes of what the own account is entered with.

use super::{
    Db, read,
    registers::append::{Record, append},
    sessions::EndedBecause,
    write,
};
use crate::domain::operator::OperatorId;

/// A password that its owner changes.
#[derive(Debug)]
pub struct PasswordChange<'a> {
    /// Whose.
    pub operator: &'a OperatorId,
    /// The argon2id hash of the new one.
    pub password_hash: &'a str,
    /// The hash of the session's id so far.
    pub old: &'a str,
    /// The hash of its new id.
    pub new: &'a str,
    /// What the register of administration has of it.
    pub record: &'a Record,
    /// Milliseconds since 1970.
    pub now: i64,
}

/// A second factor that its owner sets anew.
#[derive(Debug)]
pub struct FactorChange<'a> {
    /// Whose.
    pub operator: &'a OperatorId,
    /// The TOTP secret, sealed, and the step of the PIN that proved it; none where the recovery codes alone are new.
    pub authenticator: Option<(&'a str, i64)>,
    /// The hashes of the recovery codes, in place of all there were.
    pub recovery_codes: &'a [String],
    /// What the register of administration has of it.
    pub record: &'a Record,
}

const RENEW: &str = "UPDATE sessions SET id_hash = $2, replaced_hash = $1, renewed_at = $3, last_seen = $3 \
     WHERE id_hash = $1 AND operator_id = $4 AND ended_at IS NULL AND stage = 'full'";
const END_OTHERS: &str = "UPDATE sessions SET ended_at = $3, ended_because = $4 \
     WHERE operator_id = $1 AND id_hash <> $2 AND ended_at IS NULL";
/// Makes two acts on one account wait for each other.
const TAKE_TURN: &str = "UPDATE operators SET id = id WHERE id = $1";
const PAIR: &str = "UPDATE operators SET totp_secret = $2, totp_last_step = $3 WHERE id = $1";
const HAS_CODE: &str = "SELECT code_hash FROM recovery_codes WHERE operator_id = $1 AND code_hash = $2";

impl Db {
    /// Changes the password, ends the operator's other sessions, those that wait for a PIN too, and renews this one: all of
    /// it or nothing. Whether the session was still alive.
    pub async fn change_password(&self, change: &PasswordChange<'_>) -> Result<bool, sqlx::Error> {
        let (operator, now) = (&change.operator.0, change.now);
        write!(self, |tx| {
            sqlx::query(TAKE_TURN).bind(operator).execute(&mut *tx).await?;
            let renew = sqlx::query(RENEW).bind(change.old).bind(change.new).bind(now).bind(operator);
            if renew.execute(&mut *tx).await?.rows_affected() == 0 {
                return Ok(false);
            }
            let end = sqlx::query(END_OTHERS).bind(operator).bind(change.new).bind(now);
            end.bind(EndedBecause::Withdrawn.word()).execute(&mut *tx).await?;
            let set = sqlx::query("UPDATE operators SET password_hash = $2 WHERE id = $1");
            set.bind(operator).bind(change.password_hash).execute(&mut *tx).await?;
            append!(tx, change.record);
            Ok(true)
        })
    }

    /// Sets recovery codes, and the authenticator if it is new. A form sent twice changes nothing the second time: a
    /// PIN that was used since must not become good again.
    pub async fn change_factor(&self, change: &FactorChange<'_>) -> Result<(), sqlx::Error> {
        let operator = &change.operator.0;
        write!(self, |tx| {
            sqlx::query(TAKE_TURN).bind(operator).execute(&mut *tx).await?;
            let is_done = sqlx::query(HAS_CODE).bind(operator).bind(change.recovery_codes.first());
            if is_done.fetch_optional(&mut *tx).await?.is_some() {
                return Ok(());
            }
            if let Some((secret, step)) = change.authenticator {
                sqlx::query(PAIR).bind(operator).bind(secret).bind(step).execute(&mut *tx).await?;
            }
            let forget = sqlx::query("DELETE FROM recovery_codes WHERE operator_id = $1").bind(operator);
            forget.execute(&mut *tx).await?;
            for code in change.recovery_codes {
                let add = sqlx::query("INSERT INTO recovery_codes (operator_id, code_hash) VALUES ($1, $2)");
                add.bind(operator).bind(code).execute(&mut *tx).await?;
            }
            append!(tx, change.record);
            Ok(())
        })
    }

    /// How many recovery codes of an operator are still good.
    pub async fn recovery_codes_left(&self, operator: &OperatorId) -> Result<i64, sqlx::Error> {
        const SQL: &str = "SELECT COUNT(*) FROM recovery_codes WHERE operator_id = $1 AND used_at IS NULL";
        let (left,): (i64,) = read!(self, |pool| sqlx::query_as(SQL).bind(&operator.0).fetch_one(pool).await)?;
        Ok(left)
    }
}
