//! Accounts: who they are, where they stand, the link by which their owner activates them.

pub mod account;
pub mod acts;
pub mod find;
mod fold;
mod forms;
pub mod list;
pub mod many;
pub mod rules;

use self::{
    account::administered_row,
    acts::TAKE_TURN,
    forms::{note_form, was_sent},
    list::{name_key, search_text},
    rules::{Authority, Refusal},
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
    /// The same form made it before: the account of this id.
    #[error("the account was made before")]
    Before(OperatorId),
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

const NAMED: &str = "SELECT id FROM operators WHERE username = $1";
/// Why an account was not made whose user name another one has, as the register of administration has it.
const TAKEN: &str = "taken";

impl Db {
    /// Makes an account that its owner has still to activate, unless the form of this one-time key has made it before.
    /// What is refused is recorded too.
    pub async fn add_operator(
        &self,
        authority: Authority<'_>,
        operator: NewOperator<'_>,
        activation: NewActivation<'_>,
        form: Option<&str>,
        record: &Record,
    ) -> Result<(), AddError> {
        let added: Result<_, sqlx::Error> = write!(self, |tx| {
            sqlx::query(TAKE_TURN).execute(&mut *tx).await?;
            let actor = administered_row!(tx, authority.id());
            if let Err(refusal) = authority.reaches(actor.as_ref(), [operator.role].into_iter()) {
                append!(tx, &record.refused(refusal.word()));
                return Ok(Err(AddError::Refused(refusal)));
            }
            let named = sqlx::query_as(NAMED).bind(operator.username.as_str());
            let named: Option<(String,)> = named.fetch_optional(&mut *tx).await?;
            if let Some((id,)) = named {
                if was_sent!(tx, form, record) {
                    return Ok(Err(AddError::Before(OperatorId(id))));
                }
                append!(tx, &record.refused(TAKEN));
                return Ok(Err(AddError::Taken));
            }
            insert_account!(tx, &operator, activation.totp_secret);
            add_activation!(tx, operator.id, activation);
            note_form!(tx, form, record);
            append!(tx, record);
            Ok(Ok(()))
        });
        added?
    }

    /// The id of a user name.
    pub async fn operator_id(&self, username: &Username) -> Result<Option<OperatorId>, sqlx::Error> {
        let row: Option<(String,)> =
            read!(self, |pool| sqlx::query_as(NAMED).bind(username.as_str()).fetch_optional(pool).await)?;
        Ok(row.map(|(id,)| OperatorId(id)))
    }
}
