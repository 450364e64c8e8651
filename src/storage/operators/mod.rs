//! Accounts: who they are, where they stand, the link by which their owner activates them.

pub mod acts;
pub mod find;
mod fold;
pub mod list;
pub mod many;

use self::{
    acts::{Authority, Refusal, TAKE_TURN},
    list::{name_key, search_text},
};
use super::{
    Db, read,
    registers::append::{Record, append},
    write,
};
use crate::domain::{
    fiscal_code::FiscalCode,
    operator::{OperatorId, Queue, Role, Status, Username},
};

/// An account to be made.
#[derive(Debug)]
pub struct NewOperator<'a> {
    /// Its id.
    pub id: &'a OperatorId,
    /// The name with which its owner will sign in.
    pub username: &'a Username,
    /// First and last name.
    pub name: &'a str,
    /// The codice fiscale that Sistema TS knows.
    pub fiscal_code: &'a FiscalCode,
    /// What it may do.
    pub role: Role,
    /// At which desks.
    pub queues: &'a [Queue],
    /// When it is made, milliseconds since 1970.
    pub created_at: i64,
}

/// An activation link and the second factor that it will show.
#[derive(Debug)]
pub struct NewActivation<'a> {
    /// The hash of the link's token.
    pub token_hash: &'a str,
    /// When the link stops working, milliseconds since 1970.
    pub expires_at: i64,
    /// The TOTP secret, sealed.
    pub totp_secret: &'a str,
}

/// Why an account was not made.
#[derive(Debug, thiserror::Error)]
pub enum AddError {
    /// The user name belongs to another account.
    #[error("the user name is taken")]
    Taken,
    /// Who makes it may not.
    #[error(transparent)]
    Refused(Refusal),
    /// The engine refused.
    #[error(transparent)]
    Engine(#[from] sqlx::Error),
}

/// Gives an account a link: `add_activation!(tx, id, activation)`.
macro_rules! add_activation {
    ($tx:expr, $operator:expr, $activation:expr) => {
        sqlx::query("INSERT INTO activations (token_hash, operator_id, expires_at) VALUES ($1, $2, $3)")
            .bind($activation.token_hash)
            .bind(&$operator.0)
            .bind($activation.expires_at)
            .execute(&mut *$tx)
            .await?
    };
}
use add_activation;

/// Ends an account's sessions: `withdraw_sessions!(tx, id, now)`.
macro_rules! withdraw_sessions {
    ($tx:expr, $operator:expr, $now:expr) => {
        sqlx::query("UPDATE sessions SET ended_at = $2, ended_because = $3 WHERE operator_id = $1 AND ended_at IS NULL")
            .bind(&$operator.0)
            .bind($now)
            .bind($crate::storage::sessions::EndedBecause::Withdrawn.word())
            .execute(&mut *$tx)
            .await?
    };
}
use withdraw_sessions;

/// Makes an account's row: `insert_account!(tx, operator, totp_secret)`.
macro_rules! insert_account {
    ($tx:expr, $operator:expr, $totp_secret:expr) => {{
        let operator: &NewOperator<'_> = $operator;
        let (username, fiscal_code) = (operator.username.as_str(), operator.fiscal_code.to_wire());
        sqlx::query(INSERT)
            .bind(&operator.id.0)
            .bind(username)
            .bind(operator.name)
            .bind(fiscal_code)
            .bind(operator.role.word())
            .bind(Queue::words(operator.queues))
            .bind(Status::Invited.word())
            .bind($totp_secret)
            .bind(operator.created_at)
            .bind(name_key(operator.name))
            .bind(search_text(operator.name, username, fiscal_code))
            .execute(&mut *$tx)
            .await?
    }};
}

const INSERT: &str = "INSERT INTO operators \
     (id, username, name, fiscal_code, role, queues, status, totp_secret, created_at, name_key, search) \
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)";

impl Db {
    /// Makes an account that its owner has still to activate.
    pub async fn add_operator(
        &self,
        authority: Authority<'_>,
        operator: NewOperator<'_>,
        activation: NewActivation<'_>,
        record: &Record,
    ) -> Result<(), AddError> {
        let added = self.insert_operator(authority, &operator, &activation, record).await;
        match added {
            Err(sqlx::Error::Database(error)) if error.is_unique_violation() => Err(AddError::Taken),
            other => other?.map_err(AddError::Refused),
        }
    }

    async fn insert_operator(
        &self,
        authority: Authority<'_>,
        operator: &NewOperator<'_>,
        activation: &NewActivation<'_>,
        record: &Record,
    ) -> Result<Result<(), Refusal>, sqlx::Error> {
        write!(self, |tx| {
            sqlx::query(TAKE_TURN).execute(&mut *tx).await?;
            let actor = acts::administered_row!(tx, authority.id());
            match authority.role(actor.as_ref()) {
                Ok(own) if operator.role.is_above(own) => return Ok(Err(Refusal::AboveOwnRole)),
                Ok(_) => (),
                Err(refusal) => return Ok(Err(refusal)),
            }
            insert_account!(tx, operator, activation.totp_secret);
            add_activation!(tx, operator.id, activation);
            append!(tx, record);
            Ok(Ok(()))
        })
    }

    /// The id of a user name.
    pub async fn operator_id(&self, username: &Username) -> Result<Option<OperatorId>, sqlx::Error> {
        const SQL: &str = "SELECT id FROM operators WHERE username = $1";
        let row: Option<(String,)> =
            read!(self, |pool| sqlx::query_as(SQL).bind(username.as_str()).fetch_optional(pool).await)?;
        Ok(row.map(|(id,)| OperatorId(id)))
    }
}
