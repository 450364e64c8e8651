//! Who may do what to whom. Pure: what is judged was read in the transaction that does it.

use super::{NewActivation, account::Administered};
use crate::domain::{
    fiscal_code::FiscalCode,
    operator::{OperatorId, Queue, Role, Status},
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

impl Refusal {
    /// The reason by which the register of administration has it.
    #[must_use]
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Unknown => "unknown",
            Self::NotAllowed => "not_allowed",
            Self::Yourself => "yourself",
            Self::AboveOwnRole => "above_own_role",
            Self::LastSupervisor => "last_supervisor",
            Self::Disabled => "disabled",
            Self::Meanwhile { .. } => "meanwhile",
        }
    }
}

impl Deed<'_> {
    /// What an account becomes when this is done to it on somebody's authority; `others` is how many other enabled
    /// supervisors there are.
    pub(super) fn judge(
        &self,
        authority: Authority<'_>,
        actor: Option<&Administered>,
        target: &Administered,
        others: i64,
    ) -> Result<Administered, Refusal> {
        let own = authority.role(actor)?;
        let after = self.done_to(target)?;
        if after.role.is_above(own) || target.role.is_above(own) {
            return Err(Refusal::AboveOwnRole);
        }
        let is_lowered = (after.role, after.status) != (target.role, target.status);
        let is_own = actor.is_some_and(|actor| actor.id == target.id);
        if is_own && (is_lowered || matches!(self, Deed::EndSessions)) {
            return Err(Refusal::Yourself);
        }
        let loses_one = target.is_enabled_supervisor() && !after.is_enabled_supervisor();
        let may = matches!((self, authority), (Deed::Reset(_), Authority::Console { may_reset_last: true }));
        if loses_one && others == 0 && !may {
            return Err(Refusal::LastSupervisor);
        }
        Ok(after)
    }

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
    pub(super) const fn is_more_than_a_change(&self) -> bool {
        matches!(self, Self::Reset(_) | Self::Unlock(_) | Self::EndSessions)
    }

    pub(super) const fn ends_sessions(&self) -> bool {
        matches!(self, Self::Disable | Self::Reset(_) | Self::EndSessions)
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

    /// Whether it reaches as far as these roles.
    pub(super) fn reaches(
        &self,
        actor: Option<&Administered>,
        mut roles: impl Iterator<Item = Role>,
    ) -> Result<(), Refusal> {
        let own = self.role(actor)?;
        if roles.any(|role| role.is_above(own)) { Err(Refusal::AboveOwnRole) } else { Ok(()) }
    }
}
