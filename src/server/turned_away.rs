//! Who was turned away, and from where (ASVS 5.0, 16.3.2 and 16.3.3): a line of the log each, and where somebody is signed
//! in an entry of the register of accesses, at most a few a minute of each kind, so that nobody fills it. Neither says
//! which case it was.

use axum::{
    extract::{Request, State},
    http::{Method, StatusCode},
    middleware::Next,
    response::Response,
};

use super::{
    errors::{AppError, FailedRequest},
    source::{Seen, Source},
    state::AppState,
};
use crate::{
    domain::operator::OperatorId,
    features::registers::act::{Act, By},
    storage::registers::Action,
};

/// Why somebody was turned away.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    /// The page is for another role.
    Role,
    /// The desk is another queue's.
    Queue,
    /// No case of theirs has this id.
    Case,
    /// The step is not the case's next one.
    Order,
    /// Another site asked for it.
    Origin,
    /// The connection is not one of our proxies'.
    Proxy,
}

impl Why {
    /// As the log and the register have it.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Role => "role",
            Self::Queue => "queue",
            Self::Case => "case",
            Self::Order => "order",
            Self::Origin => "origin",
            Self::Proxy => "proxy",
        }
    }
}

/// Marks the answer to somebody who was turned away.
#[derive(Clone, Debug)]
pub struct TurnedAway {
    /// Who, where somebody is signed in.
    pub who: Option<OperatorId>,
    /// Why.
    pub why: Why,
}

impl TurnedAway {
    /// Somebody signed in.
    #[must_use]
    pub fn operator(who: &OperatorId, why: Why) -> Self {
        Self { who: Some(who.clone()), why }
    }

    /// Somebody of whom only the connection is known.
    #[must_use]
    pub const fn stranger(why: Why) -> Self {
        Self { who: None, why }
    }

    /// The answer, marked.
    #[must_use]
    pub fn mark(self, mut response: Response) -> Response {
        response.extensions_mut().insert(self);
        response
    }
}

/// Notes whom the layers and handlers within have turned away.
pub async fn layer(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let seen = Seen::of(request.extensions(), request.headers(), request.method(), &state.config.server);
    let changes = request.method() != Method::GET;
    let response = next.run(request).await;
    let marked = response.extensions().get::<TurnedAway>().cloned();
    // What the library's check of origins refuses has no mark of ours at all.
    let is_ours = response.extensions().get::<FailedRequest>().is_some();
    let is_foreign = changes && !is_ours && response.status() == StatusCode::FORBIDDEN;
    let by_origin = is_foreign.then(|| TurnedAway::stranger(Why::Origin));
    if let Some(away) = marked.or(by_origin)
        && let Err(error) = note(&state, &away, seen.source(&state)).await
    {
        tracing::error!(%error, "who was turned away can't be recorded");
    }
    response
}

async fn note(state: &AppState, away: &TurnedAway, source: Source) -> Result<(), AppError> {
    let TurnedAway { who, why } = away;
    let operator = match who {
        Some(who) => state.db.second_factor(who).await?.map(|factor| factor.username),
        None => None,
    };
    let (route, method, reason) = (source.path.clone(), source.method, why.word());
    tracing::warn!(
        who = operator.as_deref().unwrap_or("nobody"),
        from = source.ip,
        method,
        route,
        reason,
        "turned away"
    );
    let Some(actor) = operator.filter(|actor| state.bounds.may_be_entered(actor, reason)) else { return Ok(()) };
    let act = Act::refused(Action::TurnedAway, reason);
    let record = By { actor, source }.record(act, &state.secrets, state.clock.now_ms());
    Ok(state.db.record(&[record]).await?)
}
