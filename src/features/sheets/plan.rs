//! What a file would do: each line against the accounts that there are.

use std::collections::HashMap;

use super::sheet::{Line, Mistake};
use crate::{
    domain::operator::{Queue, words},
    features::accounts::invite::Invitee,
    storage::{Db, imports::Existing},
};

words! {
    /// How a line ends.
    Kind {
        /// An account is made.
        Created = "created",
        /// There is one already, with the same data.
        Unchanged = "unchanged",
        /// Nothing can be done.
        Refused = "refused",
    }
}

/// What a line does.
#[derive(Clone, Debug)]
pub enum Outcome {
    /// Makes this account.
    Created(Invitee),
    /// Nothing: the account is so already.
    Unchanged,
    /// Nothing, for these reasons.
    Refused(Vec<Refusal>),
}

/// Why a line does nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// The line itself is wrong.
    Mistake(Mistake),
    /// There is an account of this user name, and what is named here is otherwise with it: that is changed on its page.
    Differs(Field),
}

words! {
    /// What an account and a line may differ in.
    Field {
        /// First and last name.
        Name = "name",
        /// The codice fiscale.
        FiscalCode = "fiscal_code",
        /// The role.
        Role = "role",
        /// The queues.
        Queues = "queues",
    }
}

/// A line and what it does.
#[derive(Clone, Debug)]
pub struct Planned {
    /// Its number in the file, from 1.
    pub number: u64,
    /// What stands there as the user name.
    pub username: String,
    /// What it does.
    pub outcome: Outcome,
}

impl Outcome {
    /// Its kind.
    #[must_use]
    pub const fn kind(&self) -> Kind {
        match self {
            Self::Created(_) => Kind::Created,
            Self::Unchanged => Kind::Unchanged,
            Self::Refused(_) => Kind::Refused,
        }
    }
}

/// What all lines do.
#[derive(Clone, Debug)]
pub struct Plan(pub Vec<Planned>);

impl Plan {
    /// What these lines do with the accounts that there are now.
    pub async fn of(lines: Vec<Line>, db: &Db) -> Result<Self, sqlx::Error> {
        let named: Vec<&str> =
            lines.iter().filter_map(|line| line.read.as_ref().ok()).map(|invitee| invitee.username.as_str()).collect();
        let existing = db.operators_named(&named).await?;
        let existing: HashMap<&str, &Existing> = existing.iter().map(|it| (it.username.as_str(), it)).collect();
        let plan = |line: Line| {
            let outcome = match line.read {
                Err(mistakes) => Outcome::Refused(mistakes.into_iter().map(Refusal::Mistake).collect()),
                Ok(invitee) => match existing.get(invitee.username.as_str()) {
                    None => Outcome::Created(invitee),
                    Some(account) => compared(&invitee, account),
                },
            };
            Planned { number: line.number, username: line.username, outcome }
        };
        Ok(Self(lines.into_iter().map(plan).collect()))
    }

    /// How many lines end so.
    #[must_use]
    pub fn count(&self, kind: Kind) -> usize {
        self.0.iter().filter(|planned| planned.outcome.kind() == kind).count()
    }

    /// The accounts that are to be made; none if any line is refused, because a file is applied whole or not at all.
    #[must_use]
    pub fn to_make(&self) -> Option<Vec<&Invitee>> {
        let invitees = self.0.iter().filter_map(|planned| match &planned.outcome {
            Outcome::Created(invitee) => Some(invitee),
            Outcome::Unchanged | Outcome::Refused(_) => None,
        });
        let invitees: Vec<_> = invitees.collect();
        (self.count(Kind::Refused) == 0 && !invitees.is_empty()).then_some(invitees)
    }
}

fn compared(invitee: &Invitee, account: &Existing) -> Outcome {
    let differing = [
        (Field::Name, invitee.name != account.name),
        (Field::FiscalCode, invitee.fiscal_code.to_wire() != account.fiscal_code),
        (Field::Role, invitee.role != account.role),
        (Field::Queues, Queue::words(&invitee.queues) != Queue::words(&account.queues)),
    ];
    let refusals: Vec<_> =
        differing.into_iter().filter(|(_, differs)| *differs).map(|(field, _)| Refusal::Differs(field)).collect();
    if refusals.is_empty() { Outcome::Unchanged } else { Outcome::Refused(refusals) }
}
