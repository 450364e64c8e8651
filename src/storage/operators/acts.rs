//! Acts on accounts. Who may do what to whom is judged in the transaction that does it, after every act that came
//! before, on whatever instance.

use sqlx::FromRow;

use super::{
    NewActivation, add_activation,
    list::{name_key, queues_of, search_text},
    withdraw_sessions,
};
use crate::{
    domain::{
        fiscal_code::FiscalCode,
        operator::{OperatorId, Queue, Role, Status},
    },
    storage::{
        Db, decode,
        registers::{
            Change,
            append::{Record, append},
        },
        write,
    },
};

/// On whose authority an account is changed.
#[derive(Clone, Copy, Debug)]
pub enum Authority<'a> {
    /// A supervisor's, who must be one at that moment.
    Supervisor(&'a OperatorId),
    /// Of who runs the program: the command line, and the program itself.
    Console {
        /// Whether even the last enabled supervisor's credentials may be taken away, which lets nobody in until the new
        /// link is used.
        may_reset_last: bool,
    },
}

/// What is done to an account.
#[derive(Debug)]
pub enum Deed<'a> {
    /// It is told otherwise who it is of and what it may do.
    Edit(Edit<'a>),
    /// It is kept out, its sessions end.
    Disable,
    /// It may sign in again, or be activated if it never was.
    Enable,
    /// Password, second factor, recovery codes, links and sessions are taken away; it gets a new link.
    Reset(NewActivation<'a>),
    /// The wrong attempts under these keys are forgotten.
    Unlock([&'a str; 2]),
    /// Its sessions end.
    EndSessions,
}

/// How an account is to be.
#[derive(Debug)]
pub struct Edit<'a> {
    /// The version that was changed; none to change whichever there is.
    pub version: Option<i64>,
    /// First and last name.
    pub name: &'a str,
    /// The codice fiscale that Sistema TS knows.
    pub fiscal_code: &'a FiscalCode,
    /// What it may do.
    pub role: Role,
    /// At which desks.
    pub queues: &'a [Queue],
}

/// An act on an account.
#[derive(Debug)]
pub struct AccountAct<'a> {
    /// On whose authority.
    pub authority: Authority<'a>,
    /// Whose account.
    pub target: &'a OperatorId,
    /// What.
    pub deed: Deed<'a>,
    /// What the register of administration has of it; target and changes are added.
    pub record: &'a Record,
    /// Milliseconds since 1970.
    pub now: i64,
}

/// How an act ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Acted {
    /// It is done and recorded.
    Done,
    /// It was so already: nothing was done, nothing is recorded.
    Unchanged,
    /// It is not done.
    Refused(Refusal),
}

/// Why an act on an account is not done.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// There is no such account.
    #[error("there is no such account")]
    Unknown,
    /// Who acts is no enabled supervisor, or is so no more.
    #[error("only an enabled supervisor may do this")]
    NotAllowed,
    /// Nobody disables, demotes or resets themselves.
    #[error("nobody may do this to their own account")]
    Yourself,
    /// Nobody grants more than they have, nor changes whom they are below.
    #[error("nobody may grant a role above their own")]
    AboveOwnRole,
    /// Nobody could manage accounts any more.
    #[error("this is the last enabled supervisor: make another one first")]
    LastSupervisor,
    /// A disabled account gets no new link.
    #[error("the account is disabled: enable it first")]
    Disabled,
    /// Somebody was quicker.
    #[error("the account was changed meanwhile")]
    Meanwhile {
        /// Who.
        by: String,
        /// When, milliseconds since 1970.
        at: i64,
    },
}

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

macro_rules! administered {
    () => {
        "SELECT id, username, name, fiscal_code, role, queues, status, version, changed_by, changed_at, \
         password_hash IS NOT NULL AS is_activated FROM operators WHERE id = $1"
    };
}
pub(super) use administered;

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
    fn changes(&self, after: &Self) -> Vec<Change> {
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

impl Deed<'_> {
    /// The account as it is when this is done to it.
    fn done_to(&self, account: &Administered) -> Result<Administered, Refusal> {
        let mut after = account.clone();
        match self {
            Self::Edit(edit) => {
                edit.name.clone_into(&mut after.name);
                after.fiscal_code = edit.fiscal_code.clone();
                after.role = edit.role;
                after.queues = Queue::ALL.iter().copied().filter(|queue| edit.queues.contains(queue)).collect();
                let is_older = edit.version.is_some_and(|version| version != account.version);
                if is_older && !account.changes(&after).is_empty() {
                    let (by, at) = account.changed.clone().unwrap_or_default();
                    return Err(Refusal::Meanwhile { by, at });
                }
            }
            Self::Disable => after.status = Status::Disabled,
            Self::Enable if account.status != Status::Disabled => (),
            Self::Enable if account.is_activated => after.status = Status::Enabled,
            Self::Reset(_) if account.status == Status::Disabled => return Err(Refusal::Disabled),
            Self::Enable | Self::Reset(_) => after.status = Status::Invited,
            Self::Unlock(_) | Self::EndSessions => (),
        }
        Ok(after)
    }

    /// Whether something is done even where nothing of the account changes.
    const fn is_more_than_a_change(&self) -> bool {
        matches!(self, Self::Reset(_) | Self::Unlock(_) | Self::EndSessions)
    }

    const fn ends_sessions(&self) -> bool {
        matches!(self, Self::Disable | Self::Reset(_) | Self::EndSessions)
    }
}

impl AccountAct<'_> {
    /// What the account becomes; `others` is how many other enabled supervisors there are.
    fn judge(&self, actor: Option<&Administered>, target: &Administered, others: i64) -> Result<Administered, Refusal> {
        let own = self.authority.role(actor)?;
        let after = self.deed.done_to(target)?;
        if after.role.is_above(own) || target.role.is_above(own) {
            return Err(Refusal::AboveOwnRole);
        }
        let is_lowered = (after.role, after.status) != (target.role, target.status);
        let is_own = actor.is_some_and(|actor| actor.id == target.id);
        if is_own && (is_lowered || matches!(self.deed, Deed::EndSessions)) {
            return Err(Refusal::Yourself);
        }
        let loses_one = target.is_enabled_supervisor() && !after.is_enabled_supervisor();
        let may = matches!((&self.deed, self.authority), (Deed::Reset(_), Authority::Console { may_reset_last: true }));
        if loses_one && others == 0 && !may {
            return Err(Refusal::LastSupervisor);
        }
        Ok(after)
    }
}

impl Authority<'_> {
    /// The account that acts, if one does.
    pub(super) const fn id(&self) -> Option<&str> {
        match self {
            Self::Supervisor(id) => Some(id.0.as_str()),
            Self::Console { .. } => None,
        }
    }

    /// Up to which role it reaches.
    pub(super) fn role(&self, actor: Option<&Administered>) -> Result<Role, Refusal> {
        match (self, actor) {
            (Self::Console { .. }, _) => Ok(Role::Supervisor),
            (Self::Supervisor(_), Some(actor)) if actor.is_enabled_supervisor() => Ok(actor.role),
            (Self::Supervisor(_), _) => Err(Refusal::NotAllowed),
        }
    }
}

/// The row that every act on an account takes first.
pub(super) const TAKE_TURN: &str = "UPDATE account_acts SET done = done + 1 WHERE one = 1";
const OTHERS: &str = "SELECT COUNT(*) FROM operators WHERE role = 'supervisor' AND status = 'enabled' AND id <> $1";
const CHANGE: &str = "UPDATE operators SET name = $2, fiscal_code = $3, role = $4, queues = $5, status = $6, \
     name_key = $7, search = $8, version = version + 1, changed_at = $9, changed_by = $10 WHERE id = $1";
const STRIP: &str = "UPDATE operators SET password_hash = NULL, totp_secret = $2, totp_last_step = NULL WHERE id = $1";

/// The account of an id: `administered_row!(tx, id)`.
macro_rules! administered_row {
    ($tx:expr, $id:expr) => {{
        let found = sqlx::query_as($crate::storage::operators::acts::administered!()).bind($id);
        let row: Option<$crate::storage::operators::acts::Row> = found.fetch_optional(&mut *$tx).await?;
        row.map($crate::storage::operators::acts::Administered::try_from).transpose()?
    }};
}
pub(super) use administered_row;

/// Writes what an account has become: `write_account!(tx, after, by, now)`.
macro_rules! write_account {
    ($tx:expr, $after:expr, $by:expr, $now:expr) => {{
        let after: &Administered = $after;
        let fiscal_code = after.fiscal_code.to_wire();
        sqlx::query(CHANGE)
            .bind(&after.id.0)
            .bind(&after.name)
            .bind(fiscal_code)
            .bind(after.role.word())
            .bind(Queue::words(&after.queues))
            .bind(after.status.word())
            .bind(name_key(&after.name))
            .bind(search_text(&after.name, &after.username, fiscal_code))
            .bind($now)
            .bind($by)
            .execute(&mut *$tx)
            .await?
    }};
}

/// Takes away all that lets the owner in, and gives a new link: `strip!(tx, id, activation)`.
macro_rules! strip {
    ($tx:expr, $id:expr, $activation:expr) => {{
        sqlx::query(STRIP).bind(&$id.0).bind($activation.totp_secret).execute(&mut *$tx).await?;
        sqlx::query("DELETE FROM activations WHERE operator_id = $1").bind(&$id.0).execute(&mut *$tx).await?;
        sqlx::query("DELETE FROM recovery_codes WHERE operator_id = $1").bind(&$id.0).execute(&mut *$tx).await?;
        add_activation!($tx, $id, $activation);
    }};
}

impl Db {
    /// Does something to an account, if it may be done: all of it, with its entry, or nothing.
    pub async fn act_on_account(&self, act: &AccountAct<'_>) -> Result<Acted, sqlx::Error> {
        write!(self, |tx| {
            sqlx::query(TAKE_TURN).execute(&mut *tx).await?;
            let actor = administered_row!(tx, act.authority.id());
            let Some(target) = administered_row!(tx, &act.target.0) else {
                return Ok(Acted::Refused(Refusal::Unknown));
            };
            let (others,): (i64,) = sqlx::query_as(OTHERS).bind(&act.target.0).fetch_one(&mut *tx).await?;
            let after = match act.judge(actor.as_ref(), &target, others) {
                Ok(after) => after,
                Err(refusal) => return Ok(Acted::Refused(refusal)),
            };
            let changes = target.changes(&after);
            if changes.is_empty() && !act.deed.is_more_than_a_change() {
                return Ok(Acted::Unchanged);
            }
            if !changes.is_empty() {
                write_account!(tx, &after, act.record.actor(), act.now);
            }
            match &act.deed {
                Deed::Reset(activation) => strip!(tx, act.target, activation),
                Deed::Unlock([one, other]) => {
                    let clear = sqlx::query("DELETE FROM attempts WHERE subject IN ($1, $2)").bind(*one).bind(*other);
                    clear.execute(&mut *tx).await?;
                }
                _ => (),
            }
            if act.deed.ends_sessions() {
                withdraw_sessions!(tx, act.target, act.now);
            }
            append!(tx, &act.record.on(&target.username, changes));
            Ok(Acted::Done)
        })
    }
}
