//! Many accounts at once: all of them, each with its entry, or none.

use sqlx::QueryBuilder;

use super::{
    AddError, NewActivation, NewOperator, TAKEN,
    account::administered_row,
    acts::TAKE_TURN,
    list::{name_key, search_text},
    rules::{Authority, Refusal},
};
use crate::{
    domain::operator::{Queue, Status},
    storage::{
        Db,
        registers::append::{ROWS, Record, append_all},
        write,
    },
};

/// An account to be made, with its link.
#[derive(Debug)]
pub struct NewAccount<'a> {
    /// The account.
    pub operator: NewOperator<'a>,
    /// Its link.
    pub activation: NewActivation<'a>,
}

/// The file out of which they come, and what is kept in its place.
#[derive(Clone, Copy, Debug)]
pub struct Applied<'a> {
    /// Its id.
    pub id: &'a str,
    /// The links, sealed.
    pub links: &'a str,
}

const OPERATORS: &str = "INSERT INTO operators \
     (id, username, name, fiscal_code, role, queues, status, totp_secret, created_at, name_key, search) ";
const ACTIVATIONS: &str = "INSERT INTO activations (token_hash, operator_id, expires_at) ";
const CONCLUDE: &str =
    "UPDATE imports SET state = 'done', done = lines, content = $2 WHERE id = $1 AND state = 'running'";

impl Db {
    /// Makes these accounts; `records` has an entry for each. With them the file `applied` is done, unless somebody else
    /// has taken it over. What is refused is recorded, each account by an entry of its own.
    pub async fn add_operators(
        &self,
        authority: Authority<'_>,
        accounts: &[NewAccount<'_>],
        records: &[Record],
        applied: Option<Applied<'_>>,
    ) -> Result<(), AddError> {
        let error = match self.insert_operators(authority, accounts, records, applied).await {
            Err(sqlx::Error::Database(error)) if error.is_unique_violation() => AddError::Taken,
            other => match other? {
                Ok(()) => return Ok(()),
                Err(refusal) => AddError::Refused(refusal),
            },
        };
        let reason = if let AddError::Refused(refusal) = &error { refusal.word() } else { TAKEN };
        let refused: Vec<_> = records.iter().map(|record| record.refused(reason)).collect();
        self.record_all(&refused).await?;
        Err(error)
    }

    async fn record_all(&self, records: &[Record]) -> Result<(), sqlx::Error> {
        write!(self, |tx| {
            append_all!(tx, records);
            Ok(())
        })
    }

    async fn insert_operators(
        &self,
        authority: Authority<'_>,
        accounts: &[NewAccount<'_>],
        records: &[Record],
        applied: Option<Applied<'_>>,
    ) -> Result<Result<(), Refusal>, sqlx::Error> {
        write!(self, |tx| {
            sqlx::query(TAKE_TURN).execute(&mut *tx).await?;
            let actor = administered_row!(tx, authority.id());
            if let Err(refusal) = authority.reaches(actor.as_ref(), accounts.iter().map(|it| it.operator.role)) {
                return Ok(Err(refusal));
            }
            for rows in accounts.chunks(ROWS) {
                let mut insert = QueryBuilder::new(OPERATORS);
                insert.push_values(rows, |mut row, NewAccount { operator, activation }| {
                    let (username, fiscal_code) = (operator.username.as_str(), operator.fiscal_code.to_wire());
                    row.push_bind(&operator.id.0).push_bind(username).push_bind(operator.name).push_bind(fiscal_code);
                    row.push_bind(operator.role.word()).push_bind(Queue::words(operator.queues));
                    row.push_bind(Status::Invited.word()).push_bind(activation.totp_secret);
                    row.push_bind(operator.created_at).push_bind(name_key(operator.name));
                    row.push_bind(search_text(operator.name, username, fiscal_code));
                });
                insert.build().execute(&mut *tx).await?;
                let mut insert = QueryBuilder::new(ACTIVATIONS);
                insert.push_values(rows, |mut row, NewAccount { operator, activation }| {
                    row.push_bind(activation.token_hash).push_bind(&operator.id.0).push_bind(activation.expires_at);
                });
                insert.build().execute(&mut *tx).await?;
            }
            append_all!(tx, records);
            if let Some(Applied { id, links }) = applied {
                let concluded = sqlx::query(CONCLUDE).bind(id).bind(links).execute(&mut *tx).await?;
                if concluded.rows_affected() == 0 {
                    return Err(sqlx::Error::RowNotFound);
                }
            }
            Ok(Ok(()))
        })
    }
}
