//! Activation links: how far the owner of an account has come with one, and its end.

use sqlx::FromRow;

use super::{
    Db, decode, read,
    registers::append::{Record, append},
    write,
};
use crate::domain::operator::Status;

/// What a link is good for.
#[derive(Clone, Debug)]
pub enum Link {
    /// Its owner can go on.
    Open(Invitation),
    /// The account is active: there is nothing left to do.
    Used,
    /// It was not used in time.
    Expired,
}

/// An account whose link works.
#[derive(Clone, Debug)]
pub struct Invitation {
    /// The id of the account.
    pub operator_id: String,
    /// The name with which its owner will sign in.
    pub username: String,
    /// First and last name.
    pub name: String,
    /// The TOTP secret, sealed.
    pub totp_secret: String,
    /// What was done so far.
    pub stage: LinkStage,
}

/// How far the owner of an account has come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LinkStage {
    /// The password is to be chosen.
    Password,
    /// The second factor is to be proved.
    Pin,
    /// The recovery codes are to be saved.
    Codes {
        /// The argon2id hash of the password.
        password_hash: String,
        /// The step of the first PIN.
        step: i64,
    },
}

/// What the owner of an account set.
#[derive(Debug)]
pub struct Activated<'a> {
    /// The argon2id hash of the password.
    pub password_hash: &'a str,
    /// The step of the first PIN.
    pub step: i64,
    /// The hashes of the recovery codes.
    pub recovery_codes: &'a [String],
}

/// A step of the activation that was done.
#[derive(Clone, Copy, Debug)]
pub enum StepDone<'a> {
    /// The argon2id hash of the password that was chosen; a PIN proved before it counts no more.
    Password(&'a str),
    /// The step of the PIN that was proved.
    Pin(i64),
}

/// A link that still works, of an account that waits for it.
macro_rules! open {
    () => {
        "WHERE token_hash = $1 AND expires_at > $2 AND used_at IS NULL \
         AND operator_id IN (SELECT id FROM operators WHERE status = 'invited')"
    };
}

const CHOOSE: &str = concat!("UPDATE activations SET password_hash = $3, totp_step = NULL ", open!());
const PROVE: &str = concat!("UPDATE activations SET totp_step = $3 ", open!(), " AND password_hash IS NOT NULL");
const TAKE_ACCOUNT: &str =
    "UPDATE operators SET id = id WHERE id = (SELECT operator_id FROM activations WHERE token_hash = $1)";
const USE: &str = concat!(
    "UPDATE activations SET used_at = $2, password_hash = NULL, totp_step = NULL ",
    open!(),
    " RETURNING operator_id"
);

#[derive(FromRow)]
struct Row {
    operator_id: String,
    username: String,
    name: String,
    totp_secret: String,
    status: String,
    expires_at: i64,
    used_at: Option<i64>,
    password_hash: Option<String>,
    totp_step: Option<i64>,
}

impl Row {
    fn judge(self, now: i64) -> Result<Option<Link>, sqlx::Error> {
        let stage = match (self.password_hash, self.totp_step) {
            (None, _) => LinkStage::Password,
            (Some(_), None) => LinkStage::Pin,
            (Some(password_hash), Some(step)) => LinkStage::Codes { password_hash, step },
        };
        let (operator_id, username) = (self.operator_id, self.username);
        let invitation = Invitation { operator_id, username, name: self.name, totp_secret: self.totp_secret, stage };
        Ok(match (self.used_at, decode(&self.status)?) {
            (Some(_), Status::Enabled) => Some(Link::Used),
            (None, Status::Invited) if now >= self.expires_at => Some(Link::Expired),
            (None, Status::Invited) => Some(Link::Open(invitation)),
            _ => None,
        })
    }
}

impl Db {
    /// What the link of a token's hash is good for at `now`, milliseconds since 1970; none for one that nobody was
    /// given, or that was replaced, or whose account is disabled.
    pub async fn activation_link(&self, token_hash: &str, now: i64) -> Result<Option<Link>, sqlx::Error> {
        const SQL: &str = "SELECT o.id AS operator_id, o.username, o.name, o.totp_secret, o.status, a.expires_at, \
             a.used_at, a.password_hash, a.totp_step FROM activations a JOIN operators o ON o.id = a.operator_id \
             WHERE a.token_hash = $1 AND o.totp_secret IS NOT NULL";
        let row: Option<Row> = read!(self, |pool| sqlx::query_as(SQL).bind(token_hash).fetch_optional(pool).await)?;
        row.map_or(Ok(None), |row| row.judge(now))
    }

    /// Notes a step that was done. Whether the link still worked.
    pub async fn note_activation(&self, token_hash: &str, done: StepDone<'_>, now: i64) -> Result<bool, sqlx::Error> {
        let noted = write!(self, |tx| {
            let query = match done {
                StepDone::Password(hash) => sqlx::query(CHOOSE).bind(token_hash).bind(now).bind(hash),
                StepDone::Pin(step) => sqlx::query(PROVE).bind(token_hash).bind(now).bind(step),
            };
            query.execute(&mut *tx).await.map(|done| done.rows_affected())
        })?;
        Ok(noted == 1)
    }

    /// Uses an activation link up and enables its account. Whether it still worked.
    pub async fn activate(
        &self,
        token_hash: &str,
        activated: &Activated<'_>,
        now: i64,
        record: &Record,
    ) -> Result<bool, sqlx::Error> {
        write!(self, |tx| {
            // The account's row first, as every act on an account takes it: so none waits for another in a circle.
            sqlx::query(TAKE_ACCOUNT).bind(token_hash).execute(&mut *tx).await?;
            let used: Option<(String,)> =
                sqlx::query_as(USE).bind(token_hash).bind(now).fetch_optional(&mut *tx).await?;
            let Some((operator,)) = used else { return Ok(false) };
            sqlx::query(
                "UPDATE operators SET status = 'enabled', password_hash = $2, totp_last_step = $3 \
                 WHERE id = $1 AND status = 'invited'",
            )
            .bind(&operator)
            .bind(activated.password_hash)
            .bind(activated.step)
            .execute(&mut *tx)
            .await?;
            for code in activated.recovery_codes {
                sqlx::query("INSERT INTO recovery_codes (operator_id, code_hash) VALUES ($1, $2)")
                    .bind(&operator)
                    .bind(code)
                    .execute(&mut *tx)
                    .await?;
            }
            append!(tx, record);
            Ok(true)
        })
    }
}
