//! Acts on accounts. Who may do what to whom is judged in the transaction that does it, after every act that came
//! before, on whatever instance.

use super::{
    account::{administered_row, strip, write_account},
    forms::{note_form, was_sent},
    rules::{Authority, Deed, Refusal},
    withdraw_sessions,
};
use crate::{
    domain::operator::OperatorId,
    storage::{
        Db,
        registers::append::{Record, append},
        write,
    },
};

/// An act on an account.
#[derive(Debug)]
pub struct AccountAct<'a> {
    /// On whose authority.
    pub authority: Authority<'a>,
    /// Whose account.
    pub target: &'a OperatorId,
    /// What.
    pub deed: Deed<'a>,
    /// The one-time key of the form that asks for it; none where no form does.
    pub form: Option<&'a str>,
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
    /// The same form had it done before: nothing more was done.
    Before,
    /// It is not done, which is recorded.
    Refused(Refusal),
}

/// The row that every act on an account takes first.
pub(super) const TAKE_TURN: &str = "UPDATE account_acts SET done = done + 1 WHERE one = 1";
/// Those of strangers and of the account's own devices.
const FORGET_ATTEMPTS: &str = "DELETE FROM attempts WHERE subject IN ($1, $2) OR account IN ($1, $2)";
const OTHERS: &str = "SELECT COUNT(*) FROM operators WHERE role = 'supervisor' AND status = 'enabled' AND id <> $1";

impl Db {
    /// Does something to an account, if it may be done: all of it, with its entry, or nothing, with an entry that says
    /// why.
    pub async fn act_on_account(&self, act: &AccountAct<'_>) -> Result<Acted, sqlx::Error> {
        write!(self, |tx| {
            sqlx::query(TAKE_TURN).execute(&mut *tx).await?;
            let actor = administered_row!(tx, act.authority.id());
            let Some(target) = administered_row!(tx, &act.target.0) else {
                return Ok(Acted::Refused(Refusal::Unknown));
            };
            let record = act.record.on(&target.username, vec![]);
            let (others,): (i64,) = sqlx::query_as(OTHERS).bind(&act.target.0).fetch_one(&mut *tx).await?;
            let judged = act.deed.judge(act.authority, actor.as_ref(), &target, others);
            if !matches!(judged, Err(Refusal::NotAllowed)) && was_sent!(tx, act.form, &record) {
                return Ok(Acted::Before);
            }
            let after = match judged {
                Ok(after) => after,
                Err(refusal) => {
                    append!(tx, &record.refused(refusal.word()));
                    return Ok(Acted::Refused(refusal));
                }
            };
            let changes = target.changes(&after);
            if changes.is_empty() && !act.deed.is_more_than_a_change() {
                return Ok(Acted::Unchanged);
            }
            if !changes.is_empty() {
                write_account!(tx, &after, record.actor(), act.now);
            }
            match &act.deed {
                Deed::Reset(activation) => strip!(tx, act.target, activation),
                Deed::Unlock([one, other]) => {
                    let clear = sqlx::query(FORGET_ATTEMPTS).bind(*one).bind(*other);
                    clear.execute(&mut *tx).await?;
                }
                _ => (),
            }
            if act.deed.ends_sessions() {
                withdraw_sessions!(tx, act.target, act.now);
            }
            note_form!(tx, act.form, &record);
            append!(tx, &record.on(&target.username, changes));
            Ok(Acted::Done)
        })
    }
}
