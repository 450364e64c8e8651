//! What a page of an account tells once: what has just been done to it, and the activation link that came of it.
//!
//! It travels in a cookie that is sealed under the session's own id, so that the link is in no address and nothing else
//! opens it, and is taken back when it is shown.

use std::fmt;

use axum::http::{HeaderMap, HeaderValue};
use zeroize::Zeroizing;

use crate::{
    domain::operator::{OperatorId, words},
    features::accounts::invite::ActivationPath,
    server::{auth::SessionInfo, errors::AppError, host_cookie, sealing::Sealer, state::AppState},
};

const COOKIE: &str = "__Host-operator";
/// Until when it is told, if nobody looks at it before.
const TOLD_FOR: time::Duration = time::Duration::minutes(5);

words! {
    /// What was done.
    Done {
        /// The account was made.
        Created = "created",
        /// What was typed is saved.
        Saved = "saved",
        /// Nothing had changed.
        Unchanged = "unchanged",
        /// It was kept out.
        Disabled = "disabled",
        /// It was let in again.
        Enabled = "enabled",
        /// Its lock-out was ended.
        Unlocked = "unlocked",
        /// It has a new link.
        Reset = "reset",
        /// Its sessions were ended.
        SessionsEnded = "sessions_ended",
    }
}

/// What is told.
#[derive(Clone)]
pub struct Note {
    /// What was done.
    pub done: Done,
    /// The path of the link.
    pub link: Option<Zeroizing<String>>,
}

impl fmt::Debug for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Note").field("done", &self.done).finish_non_exhaustive()
    }
}

fn sealer(state: &AppState, session: &SessionInfo) -> Result<Sealer, AppError> {
    Sealer::new(&state.secrets, "note of an account", session.token.expose()).map_err(AppError::internal)
}

/// The cookie that has the page of this account tell what was done.
pub fn tell(
    state: &AppState,
    session: &SessionInfo,
    account: &OperatorId,
    done: Done,
    link: Option<&ActivationPath>,
) -> Result<HeaderValue, AppError> {
    let plain = Zeroizing::new(format!("{} {}", done.word(), link.map_or("", ActivationPath::as_str)));
    let sealed = sealer(state, session)?.seal(plain.as_bytes(), &account.0, &state.random);
    host_cookie::set(COOKIE, sealed.map_err(AppError::internal)?, Some(TOLD_FOR))
}

/// What the browser carries to be told of this account.
pub fn told(state: &AppState, session: &SessionInfo, account: &OperatorId, headers: &HeaderMap) -> Option<Note> {
    let sealed = host_cookie::value(COOKIE, headers)?;
    let plain = Zeroizing::new(sealer(state, session).ok()?.open(&sealed, &account.0)?);
    let (done, link) = std::str::from_utf8(&plain).ok()?.split_once(' ')?;
    let link = (!link.is_empty()).then(|| Zeroizing::new(link.to_owned()));
    Some(Note { done: done.parse().ok()?, link })
}

/// It is told.
pub fn forget() -> Result<HeaderValue, AppError> {
    host_cookie::clear(COOKIE)
}
