//! From a case to the entries of its operator: the registers know no cases, and nothing more of a case is kept than
//! seed 003, 4.2 allows.

use sqlx::{Error, FromRow};

use super::{Action, Outcome, Register};
use crate::storage::{Db, read};

/// A case, and from when to when the sessions of its operator lasted that were in force from its opening to its closing.
/// Instants in milliseconds since 1970.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CaseSpan {
    /// The case.
    pub case: CaseOf,
    /// When the first of these sessions began: with its password.
    pub from: i64,
    /// Before when the last one was over; none while it lasts.
    pub until: Option<i64>,
}

/// A case and whose it is.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct CaseOf {
    /// Its id.
    pub id: String,
    /// The user name of its operator.
    pub username: String,
    /// When it was opened, to the second.
    pub opened_at: i64,
    /// When it was closed, to the second.
    pub closed_at: Option<i64>,
}

/// By its own id, else by that of one of its transactions.
const CASE: &str = "SELECT c.id, o.username, c.opened_at, c.closed_at FROM cases c JOIN operators o \
     ON o.id = c.operator_id WHERE c.id = COALESCE((SELECT id FROM cases WHERE id = $1), \
     (SELECT case_id FROM transactions WHERE transaction_id = $1 ORDER BY case_id DESC LIMIT 1))";
const LAST: &str = "SELECT seq, at FROM register_entries WHERE register = $1 AND actor = $2 AND action = $3 \
     AND outcome = $4 AND seq <= $5 ORDER BY seq DESC LIMIT 1";
const FIRST: &str = "SELECT seq, at FROM register_entries WHERE register = $1 AND actor = $2 AND action = $3 \
     AND outcome = $4 AND seq >= $5 ORDER BY seq LIMIT 1";
const LAST_UNTIL: &str =
    "SELECT seq FROM register_entries WHERE register = $1 AND at <= $2 ORDER BY at DESC, seq DESC LIMIT 1";
const FIRST_SINCE: &str = "SELECT seq FROM register_entries WHERE register = $1 AND at >= $2 ORDER BY at, seq LIMIT 1";
/// What ends a session; a new sign-in shows the end of one that was ended by an act on the account.
const ENDINGS: [Action; 4] = [Action::SignOut, Action::Superseded, Action::Expiry, Action::SignIn];
/// The last millisecond of a second.
const SECOND: i64 = 999;

impl Db {
    /// The case of this id, or of this transaction.
    pub async fn case_span(&self, id: &str) -> Result<Option<CaseSpan>, Error> {
        let case: Option<CaseOf> = read!(self, |pool| sqlx::query_as(CASE).bind(id).fetch_optional(pool).await)?;
        let Some(case) = case else { return Ok(None) };
        let from = self.session_began(&case).await?.unwrap_or(case.opened_at);
        let until = self.session_over(&case).await?;
        Ok(Some(CaseSpan { case, from, until }))
    }

    async fn session_began(&self, case: &CaseOf) -> Result<Option<i64>, Error> {
        let Some(place) = self.place(LAST_UNTIL, case.opened_at + SECOND).await? else { return Ok(None) };
        let Some((place, at)) = self.access(LAST, case, Action::SignIn, place).await? else { return Ok(None) };
        let password = self.access(LAST, case, Action::Password, place).await?;
        Ok(Some(password.map_or(at, |(_, at)| at)))
    }

    async fn session_over(&self, case: &CaseOf) -> Result<Option<i64>, Error> {
        let Some(closed_at) = case.closed_at else { return Ok(None) };
        let Some(place) = self.place(FIRST_SINCE, closed_at).await? else { return Ok(None) };
        let mut first: Option<(i64, i64)> = None;
        for action in ENDINGS {
            let ending = self.access(FIRST, case, action, place).await?;
            let until = ending.map(|(seq, at)| (seq, if action == Action::SignIn { at } else { at + 1 }));
            first = first.into_iter().chain(until).min();
        }
        Ok(first.map(|(_, until)| until))
    }

    async fn place(&self, sql: &'static str, at: i64) -> Result<Option<i64>, Error> {
        read!(self, |pool| sqlx::query_scalar(sql).bind(Register::Access.word()).bind(at).fetch_optional(pool).await)
    }

    /// Place and instant of an act of the case's operator that was done.
    async fn access(
        &self,
        sql: &'static str,
        case: &CaseOf,
        action: Action,
        place: i64,
    ) -> Result<Option<(i64, i64)>, Error> {
        read!(self, |pool| {
            let found = sqlx::query_as(sql).bind(Register::Access.word()).bind(&case.username).bind(action.word());
            found.bind(Outcome::Done.word()).bind(place).fetch_optional(pool).await
        })
    }
}
