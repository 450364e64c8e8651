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
/// What tells that nothing more was done has a cookie of its own: of a form that is sent twice the first answer, with the
/// link, may have arrived too, and is the one to be shown.
const AGAIN: &str = "__Host-operator-again";
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
        /// The same form had made the account before.
        CreatedBefore = "created_before",
        /// The same form had made its credentials anew before.
        ResetBefore = "reset_before",
        /// The same form had it done before.
        SentBefore = "sent_before",
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

impl Done {
    /// Whether something was done by this very request.
    #[must_use]
    pub const fn is_news(self) -> bool {
        !matches!(self, Self::Unchanged | Self::CreatedBefore | Self::ResetBefore | Self::SentBefore)
    }
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
    let name = if done.is_news() { COOKIE } else { AGAIN };
    host_cookie::set(name, sealed.map_err(AppError::internal)?, Some(TOLD_FOR))
}

/// What the browser carries to be told of this account.
pub fn told(state: &AppState, session: &SessionInfo, account: &OperatorId, headers: &HeaderMap) -> Option<Note> {
    let open = |name| sealer(state, session).ok()?.open(&host_cookie::value(name, headers)?, &account.0);
    let plain = Zeroizing::new(open(COOKIE).or_else(|| open(AGAIN))?);
    let (done, link) = std::str::from_utf8(&plain).ok()?.split_once(' ')?;
    let link = (!link.is_empty()).then(|| Zeroizing::new(link.to_owned()));
    Some(Note { done: done.parse().ok()?, link })
}

/// It is told.
pub fn forget() -> Result<[HeaderValue; 2], AppError> {
    Ok([host_cookie::clear(COOKIE)?, host_cookie::clear(AGAIN)?])
}
