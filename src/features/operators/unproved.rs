//! Acts on accounts that are refused for want of a fresh PIN: the register of administration has them too.

use axum::{
    extract::{FromRequestParts, MatchedPath, Path},
    http::request::Parts,
};
use serde::Deserialize;

use crate::{
    domain::operator::OperatorId,
    features::registers::act::{Act, By},
    server::{errors::AppError, state::AppState},
    storage::registers::{Action, Fact},
};

/// What was the matter with the PIN.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unproved {
    /// None was given.
    Missing,
    /// It was refused; the register of accesses has why.
    Refused,
}

/// The account in a path; an import has an id of its own kind, which no account has.
#[derive(Deserialize)]
struct Target {
    id: OperatorId,
}

impl Unproved {
    /// The reason by which the register of administration has it.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Missing => "pin_missing",
            Self::Refused => "pin_refused",
        }
    }

    /// Records it, if the request is for an act on accounts.
    pub async fn record(self, parts: &mut Parts, state: &AppState, by: &By) -> Result<(), AppError> {
        let action = parts.extensions.get::<MatchedPath>().and_then(|route| action_of(route.as_str()));
        let Some(action) = action else { return Ok(()) };
        let account = match Path::<Target>::from_request_parts(parts, state).await {
            Ok(Path(Target { id })) => state.db.operator(&id).await?,
            Err(_) => None,
        };
        let act = Act::refused(action, self.word()).with(Fact::Section, "accounts");
        let act = act.on(account.as_ref().map_or("", |account| &account.username));
        Ok(state.db.record(&[by.record(act, &state.secrets, state.clock.now_ms())]).await?)
    }
}

/// What a form that is posted to this route does to accounts.
fn action_of(route: &str) -> Option<Action> {
    Some(match route {
        "/operators/new" | "/operators/import/{id}/apply" => Action::AccountAdded,
        "/operators/{id}" => Action::AccountEdited,
        "/operators/{id}/disable" => Action::AccountDisabled,
        "/operators/{id}/enable" => Action::AccountEnabled,
        "/operators/{id}/unlock" => Action::AccountUnlocked,
        "/operators/{id}/reset" => Action::CredentialsReset,
        "/operators/{id}/end-sessions" => Action::SessionsEnded,
        "/operators/import/{id}/links" => Action::LinksTaken,
        "/operators/export" => Action::AccountsExported,
        _ => return None,
    })
}
