//! An account as it is administered: read and written in the transaction that acts on it.

use sqlx::FromRow;

use super::list::queues_of;
use crate::{
    domain::{
        fiscal_code::FiscalCode,
        operator::{OperatorId, Queue, Role, Status},
    },
    storage::{decode, registers::Change},
};

/// An account as it is administered.
#[derive(Clone, Debug)]
pub struct Administered {
    /// Its id.
    pub id: OperatorId,
    /// The name with which its owner signs in.
    pub username: String,
    /// First and last name.
    pub name: String,
    /// The codice fiscale that Sistema TS knows.
    pub fiscal_code: FiscalCode,
    /// What it may do.
    pub role: Role,
    /// At which desks.
    pub queues: Vec<Queue>,
    /// Where it stands.
    pub status: Status,
    /// Which version this is.
    pub version: i64,
    /// Who changed it last, and when (milliseconds since 1970).
    pub changed: Option<(String, i64)>,
    /// Whether its owner has a password.
    pub is_activated: bool,
}

/// [`Administered`] as the database has it.
#[derive(FromRow)]
pub(super) struct Row {
    id: String,
    username: String,
    name: String,
    fiscal_code: String,
    role: String,
    queues: String,
    status: String,
    version: i64,
    changed_by: Option<String>,
    changed_at: Option<i64>,
    is_activated: bool,
}

impl TryFrom<Row> for Administered {
    type Error = sqlx::Error;

    fn try_from(row: Row) -> Result<Self, sqlx::Error> {
        Ok(Self {
            fiscal_code: decode(&row.fiscal_code)?,
            role: decode(&row.role)?,
            queues: queues_of(&row.queues)?,
            status: decode(&row.status)?,
            id: OperatorId(row.id),
            username: row.username,
            name: row.name,
            version: row.version,
            changed: row.changed_by.zip(row.changed_at),
            is_activated: row.is_activated,
        })
    }
}

impl Administered {
    /// Whether it can manage accounts.
    #[must_use]
    pub fn is_enabled_supervisor(&self) -> bool {
        self.role == Role::Supervisor && self.status == Status::Enabled
    }

    /// What is to be told of it having become `after`.
    pub(super) fn changes(&self, after: &Self) -> Vec<Change> {
        let (queues, other_queues) = (Queue::words(&self.queues), Queue::words(&after.queues));
        let pairs = [
            ("name", self.name.as_str(), after.name.as_str()),
            ("fiscal_code", self.fiscal_code.to_wire(), after.fiscal_code.to_wire()),
            ("role", self.role.word(), after.role.word()),
            ("queues", &queues, &other_queues),
            ("status", self.status.word(), after.status.word()),
        ];
        let changed = pairs.into_iter().filter(|(_, before, after)| before != after);
        let change = |(what, before, after): (&str, &str, &str)| Change {
            what: what.to_owned(),
            before: before.to_owned(),
            after: after.to_owned(),
        };
        changed.map(change).collect()
    }
}

pub(super) const ADMINISTERED: &str = "SELECT id, username, name, fiscal_code, role, queues, status, version, \
     changed_by, changed_at, password_hash IS NOT NULL AS is_activated FROM operators WHERE id = $1";
pub(super) const CHANGE: &str = "UPDATE operators SET name = $2, fiscal_code = $3, role = $4, queues = $5, \
     status = $6, name_key = $7, search = $8, version = version + 1, changed_at = $9, changed_by = $10 WHERE id = $1";
pub(super) const STRIP: &str =
    "UPDATE operators SET password_hash = NULL, totp_secret = $2, totp_last_step = NULL WHERE id = $1";

/// The account of an id: `administered_row!(tx, id)`.
macro_rules! administered_row {
    ($tx:expr, $id:expr) => {{
        use $crate::storage::operators::account::{ADMINISTERED, Administered, Row};
        let row: Option<Row> = sqlx::query_as(ADMINISTERED).bind($id).fetch_optional(&mut *$tx).await?;
        row.map(Administered::try_from).transpose()?
    }};
}
pub(super) use administered_row;

/// Writes what an account has become: `write_account!(tx, after, by, now)`.
macro_rules! write_account {
    ($tx:expr, $after:expr, $by:expr, $now:expr) => {{
        use $crate::storage::operators::{
            account::{Administered, CHANGE},
            list::{name_key, search_text},
        };
        let after: &Administered = $after;
        let fiscal_code = after.fiscal_code.to_wire();
        sqlx::query(CHANGE)
            .bind(&after.id.0)
            .bind(&after.name)
            .bind(fiscal_code)
            .bind(after.role.word())
            .bind($crate::domain::operator::Queue::words(&after.queues))
            .bind(after.status.word())
            .bind(name_key(&after.name))
            .bind(search_text(&after.name, &after.username, fiscal_code))
            .bind($now)
            .bind($by)
            .execute(&mut *$tx)
            .await?
    }};
}
pub(super) use write_account;

/// Takes away all that lets the owner in, and gives a new link: `strip!(tx, id, activation)`.
macro_rules! strip {
    ($tx:expr, $id:expr, $activation:expr) => {{
        use $crate::storage::operators::{account::STRIP, add_activation};
        sqlx::query(STRIP).bind(&$id.0).bind($activation.totp_secret).execute(&mut *$tx).await?;
        sqlx::query("DELETE FROM activations WHERE operator_id = $1").bind(&$id.0).execute(&mut *$tx).await?;
        sqlx::query("DELETE FROM recovery_codes WHERE operator_id = $1").bind(&$id.0).execute(&mut *$tx).await?;
        add_activation!($tx, $id, $activation);
    }};
}
pub(super) use strip;
