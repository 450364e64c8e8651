//! What the browser carries from one page of the profile to another: a second factor that is being set anew, sealed under
//! the session's own id, and what was done a moment ago.

use axum::http::{HeaderMap, HeaderValue};
use serde::{Deserialize, Serialize};

use crate::{
    domain::operator::{OperatorId, words},
    features::activation::codes::Bearer,
    server::{
        auth::{AnyRole, SignedIn},
        errors::AppError,
        host_cookie,
        sealing::{SealError, Sealer},
        state::AppState,
    },
};

const PENDING: &str = "__Host-factor";
const CODES: &str = "__Host-codes";
const DONE: &str = "__Host-done";
/// For how many milliseconds a second factor can be set anew once it was begun.
const LASTS: i64 = 30 * 60 * 1000;
/// Until when the profile says what was done, if nobody looks at it before.
const SAID_FOR: time::Duration = time::Duration::minutes(5);

words! {
    /// What was done.
    Done {
        /// The password is another.
        Password = "password",
        /// The authenticator is another.
        Authenticator = "authenticator",
        /// The recovery codes are others.
        Codes = "codes",
    }
}

/// How far it has come.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub enum Stage {
    /// This secret, sealed as it will be stored, is shown to be paired.
    Pairing(String),
    /// A PIN of this step proved it, and the password was right: the recovery codes are to be saved.
    Paired(String, i64),
    /// The password was right: the recovery codes alone are new.
    CodesAlone,
}

#[derive(Deserialize, Serialize)]
struct Wire {
    until: i64,
    stage: Stage,
}

/// The cookies of one session.
pub struct Cookies<'a> {
    state: &'a AppState,
    operator: &'a OperatorId,
    token: &'a [u8],
}

impl<'a> Cookies<'a> {
    /// Of somebody signed in.
    #[must_use]
    pub const fn of(state: &'a AppState, visitor: &'a SignedIn<AnyRole>) -> Self {
        Self { state, operator: &visitor.account.id, token: visitor.session.token.expose() }
    }

    /// Whose browser carries the recovery codes until they are saved.
    #[must_use]
    pub fn bearer(&self) -> Bearer<'a> {
        Bearer { cookie: CODES, secrets: &self.state.secrets, token: self.token, operator: self.operator }
    }

    /// How far this browser has come; none if it has not begun, or half an hour ago, or in another session.
    #[must_use]
    pub fn stage(&self, headers: &HeaderMap) -> Option<Stage> {
        let sealed = host_cookie::value(PENDING, headers)?;
        let plain = self.sealer().ok()?.open(&sealed, &self.operator.0)?;
        let wire: Wire = serde_json::from_slice(&plain).ok()?;
        (wire.until > self.state.clock.now_ms()).then_some(wire.stage)
    }

    /// The cookie that carries it.
    pub fn keep(&self, stage: Stage) -> Result<HeaderValue, AppError> {
        let wire = Wire { until: self.state.clock.now_ms() + LASTS, stage };
        let plain = serde_json::to_vec(&wire).map_err(AppError::internal)?;
        let sealed = self.sealer().and_then(|key| key.seal(&plain, &self.operator.0, &self.state.random));
        host_cookie::set(PENDING, sealed.map_err(AppError::internal)?, None)
    }

    /// The cookies that clear all of it.
    pub fn clear(&self) -> Result<[HeaderValue; 2], AppError> {
        Ok([host_cookie::clear(PENDING)?, self.bearer().clear()?])
    }

    fn sealer(&self) -> Result<Sealer, SealError> {
        Sealer::new(&self.state.secrets, "second factor set anew", self.token)
    }
}

/// Lets the profile say what was done.
pub fn say(done: Done) -> Result<HeaderValue, AppError> {
    host_cookie::set(DONE, done.word().to_owned(), Some(SAID_FOR))
}

/// It is said.
pub fn was_said() -> Result<HeaderValue, AppError> {
    host_cookie::clear(DONE)
}

/// What was done, as far as the browser knows.
#[must_use]
pub fn done(headers: &HeaderMap) -> Option<Done> {
    host_cookie::value(DONE, headers)?.parse().ok()
}
