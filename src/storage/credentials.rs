//! What proves who somebody is: password hash, second factor, recovery codes.

use rusqlite::Row;
use sqlx::FromRow;

use super::{
    Db, decode,
    direct::FromSqlite,
    read,
    registers::append::{Record, append},
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

/// [`FirstFactor`] as the database has it.
#[derive(FromRow)]
struct FirstFactorRow {
    id: String,
    status: String,
    password_hash: Option<String>,
}

impl FromSqlite for FirstFactorRow {
    fn from_sqlite(row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self { id: row.get("id")?, status: row.get("status")?, password_hash: row.get("password_hash")? })
    }
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

impl FromSqlite for SecondFactor {
    fn from_sqlite(row: &Row<'_>) -> rusqlite::Result<Self> {
        let (operator_id, username) = (row.get("operator_id")?, row.get("username")?);
        Ok(Self { operator_id, username, totp_secret: row.get("totp_secret")? })
    }
}

/// A proof of the second factor, to be used up.
#[derive(Clone, Copy, Debug)]
pub enum Proof<'a> {
    /// The step of the PIN that matched.
    Step(i64),
    /// The hash of a recovery code.
    RecoveryCode(&'a str),
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

/// How another proof in a session that goes on ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Proved {
    /// It is noted.
    Done,
    /// The PIN's step, or the recovery code, was used before.
    UsedBefore,
    /// The session ended in the meantime.
    NoSession,
}

pub(super) const USE_STEP: &str = "UPDATE operators SET totp_last_step = $2 \
     WHERE id = $1 AND (totp_last_step IS NULL OR totp_last_step < $2)";
pub(super) const LOCK_ACCOUNT: &str = "UPDATE operators SET id = id WHERE id = $1";
pub(super) const USE_CODE: &str = "UPDATE recovery_codes SET used_at = $3 \
     WHERE operator_id = $1 AND code_hash = $2 AND used_at IS NULL";
/// A step up takes the count's row first, then the account's: whoever needs both takes them in that order, so that none
/// waits for another in a circle.
const TAKE_COUNT: &str = "UPDATE attempts SET wrong = wrong WHERE subject = $1";
const FRESHEN: &str = "UPDATE sessions SET proved_at = $3, last_seen = $3 \
     WHERE id_hash = $1 AND operator_id = $2 AND stage = 'full' AND ended_at IS NULL";
/// Uses a proof up, touching the account's row first: two proofs of one operator wait for each other. How many rows
/// it was good for: one or none.
macro_rules! use_up {
    ($tx:expr, $operator:expr, $proof:expr, $now:expr) => {
        match $proof {
            $crate::storage::credentials::Proof::Step(step) => sqlx::query($crate::storage::credentials::USE_STEP)
                .bind($operator)
                .bind(step)
                .execute(&mut *$tx)
                .await?
                .rows_affected(),
            $crate::storage::credentials::Proof::RecoveryCode(code) => {
                use $crate::storage::credentials::{LOCK_ACCOUNT, USE_CODE};
                sqlx::query(LOCK_ACCOUNT).bind($operator).execute(&mut *$tx).await?;
                sqlx::query(USE_CODE).bind($operator).bind(code).bind($now).execute(&mut *$tx).await?.rows_affected()
            }
        }
    };
}
pub(super) use use_up;

impl Db {
    /// What the password of a user name is judged by.
    pub async fn first_factor(&self, username: &Username) -> Result<Option<FirstFactor>, sqlx::Error> {
        const SQL: &str = "SELECT id, status, password_hash FROM operators WHERE username = $1";
        let row: Option<FirstFactorRow> = self.rows(SQL, &[username.as_str()]).await?.pop();
        row.map(|FirstFactorRow { id, status, password_hash }| {
            Ok(FirstFactor { operator: OperatorId(id), status: decode(&status)?, password_hash })
        })
        .transpose()
    }

    /// What the PIN of an operator is judged by.
    pub async fn second_factor(&self, operator: &OperatorId) -> Result<Option<SecondFactor>, sqlx::Error> {
        const SQL: &str = "SELECT id AS operator_id, username, totp_secret FROM operators WHERE id = $1";
        Ok(self.rows(SQL, &[&operator.0]).await?.pop())
    }

    /// The argon2id hash of an operator's password; none before the activation.
    pub async fn password_hash(&self, operator: &OperatorId) -> Result<Option<String>, sqlx::Error> {
        const SQL: &str = "SELECT password_hash FROM operators WHERE id = $1";
        let row: Option<(Option<String>,)> =
            read!(self, |pool| sqlx::query_as(SQL).bind(&operator.0).fetch_optional(pool).await)?;
        Ok(row.and_then(|(hash,)| hash))
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

    /// Uses the proof up and notes when it was given in the session that goes on as it is: all of it or nothing.
    pub async fn prove_again(&self, again: &ProvedAgain<'_>) -> Result<Proved, sqlx::Error> {
        let (operator, now) = (&again.operator.0, again.now);
        let proved = write!(self, |tx| {
            sqlx::query(TAKE_COUNT).bind(again.attempts).execute(&mut *tx).await?;
            if use_up!(tx, operator, again.proof, now) == 0 {
                return Ok(Proved::UsedBefore);
            }
            let freshen = sqlx::query(FRESHEN).bind(again.session).bind(operator).bind(now);
            if freshen.execute(&mut *tx).await?.rows_affected() == 0 {
                return Err(sqlx::Error::RowNotFound);
            }
            sqlx::query("DELETE FROM attempts WHERE subject = $1").bind(again.attempts).execute(&mut *tx).await?;
            append!(tx, again.record);
            Ok(Proved::Done)
        });
        match proved {
            Err(sqlx::Error::RowNotFound) => Ok(Proved::NoSession),
            other => other,
        }
    }
}
