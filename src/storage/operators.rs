//! Accounts: who they are, where they stand, the link by which their owner activates them.

use sqlx::FromRow;

use super::{
    Db, read,
    registers::append::{Record, append},
    sessions::EndedBecause,
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
    /// The engine refused.
    #[error(transparent)]
    Engine(#[from] sqlx::Error),
}

/// An account as lists show it.
#[derive(Clone, Debug, FromRow)]
pub struct ListedOperator {
    /// The name with which its owner signs in.
    pub username: String,
    /// First and last name.
    pub name: String,
    /// The word of its role.
    pub role: String,
    /// The word of its status.
    pub status: String,
    /// The words of its queues, a blank between.
    pub queues: String,
}

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

macro_rules! withdraw_sessions {
    ($tx:expr, $operator:expr, $now:expr) => {
        sqlx::query("UPDATE sessions SET ended_at = $2, ended_because = $3 WHERE operator_id = $1 AND ended_at IS NULL")
            .bind(&$operator.0)
            .bind($now)
            .bind(EndedBecause::Withdrawn.word())
            .execute(&mut *$tx)
            .await?
    };
}

impl Db {
    /// Makes an account that its owner has still to activate.
    pub async fn add_operator(
        &self,
        operator: NewOperator<'_>,
        activation: NewActivation<'_>,
        record: &Record,
    ) -> Result<(), AddError> {
        let added: Result<(), sqlx::Error> = self.insert_operator(&operator, &activation, record).await;
        match added {
            Err(sqlx::Error::Database(error)) if error.is_unique_violation() => Err(AddError::Taken),
            other => Ok(other?),
        }
    }

    async fn insert_operator(
        &self,
        operator: &NewOperator<'_>,
        activation: &NewActivation<'_>,
        record: &Record,
    ) -> Result<(), sqlx::Error> {
        write!(self, |tx| {
            sqlx::query(
                "INSERT INTO operators (id, username, name, fiscal_code, role, queues, status, totp_secret, created_at) \
                 VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
            )
            .bind(&operator.id.0)
            .bind(operator.username.as_str())
            .bind(operator.name)
            .bind(operator.fiscal_code.to_wire())
            .bind(operator.role.word())
            .bind(Queue::words(operator.queues))
            .bind(Status::Invited.word())
            .bind(activation.totp_secret)
            .bind(operator.created_at)
            .execute(&mut *tx)
            .await?;
            add_activation!(tx, operator.id, activation);
            append!(tx, record);
            Ok(())
        })
    }

    /// Takes an account's password, second factor, recovery codes, links and sessions away, and gives it a new link.
    pub async fn reset_operator(
        &self,
        operator: &OperatorId,
        activation: NewActivation<'_>,
        now: i64,
        record: &Record,
    ) -> Result<(), sqlx::Error> {
        write!(self, |tx| {
            sqlx::query(
                "UPDATE operators SET status = 'invited', password_hash = NULL, totp_secret = $2, \
                 totp_last_step = NULL WHERE id = $1",
            )
            .bind(&operator.0)
            .bind(activation.totp_secret)
            .execute(&mut *tx)
            .await?;
            sqlx::query("DELETE FROM activations WHERE operator_id = $1").bind(&operator.0).execute(&mut *tx).await?;
            sqlx::query("DELETE FROM recovery_codes WHERE operator_id = $1")
                .bind(&operator.0)
                .execute(&mut *tx)
                .await?;
            add_activation!(tx, operator, activation);
            withdraw_sessions!(tx, operator, now);
            append!(tx, record);
            Ok(())
        })
    }

    /// Disables an account and ends its sessions.
    pub async fn disable_operator(&self, operator: &OperatorId, now: i64, record: &Record) -> Result<(), sqlx::Error> {
        write!(self, |tx| {
            sqlx::query("UPDATE operators SET status = 'disabled' WHERE id = $1")
                .bind(&operator.0)
                .execute(&mut *tx)
                .await?;
            withdraw_sessions!(tx, operator, now);
            append!(tx, record);
            Ok(())
        })
    }

    /// Lets a disabled account sign in again, or be activated if it never was.
    pub async fn enable_operator(&self, operator: &OperatorId, record: &Record) -> Result<(), sqlx::Error> {
        write!(self, |tx| {
            sqlx::query(
                "UPDATE operators SET status = CASE WHEN password_hash IS NULL THEN 'invited' ELSE 'enabled' END \
                 WHERE id = $1",
            )
            .bind(&operator.0)
            .execute(&mut *tx)
            .await?;
            append!(tx, record);
            Ok(())
        })
    }

    /// The id of a user name.
    pub async fn operator_id(&self, username: &Username) -> Result<Option<OperatorId>, sqlx::Error> {
        const SQL: &str = "SELECT id FROM operators WHERE username = $1";
        let row: Option<(String,)> =
            read!(self, |pool| sqlx::query_as(SQL).bind(username.as_str()).fetch_optional(pool).await)?;
        Ok(row.map(|(id,)| OperatorId(id)))
    }

    /// The accounts after the user name `after`, in its order, at most `limit` of them.
    pub async fn operators_after(&self, after: &str, limit: i64) -> Result<Vec<ListedOperator>, sqlx::Error> {
        const SQL: &str = "SELECT username, name, role, status, queues FROM operators \
             WHERE username > $1 ORDER BY username LIMIT $2";
        read!(self, |pool| sqlx::query_as(SQL).bind(after).bind(limit).fetch_all(pool).await)
    }
}
