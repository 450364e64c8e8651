//! Who asks at a desk, and all that came with the request.

use std::marker::PhantomData;

use axum::{
    extract::FromRequestParts,
    http::{HeaderMap, request::Parts},
    response::Response,
};
use jiff::Timestamp;

use super::{answer::LastAnswer, errand::Actor, sealed::Sealed};
use crate::{
    domain::service::Service,
    server::{
        auth::{Admits, SignedIn},
        errors::AppError,
        page::PageContext,
        state::AppState,
    },
    storage::Db,
};

/// Somebody signed in whom `Q` admits.
pub struct At<Q> {
    /// The running application.
    pub state: AppState,
    /// Who.
    pub actor: Actor,
    /// For the page.
    pub context: PageContext,
    /// When the request came.
    pub now: Timestamp,
    /// What came with it.
    pub headers: HeaderMap,
    queue: PhantomData<Q>,
}

impl<Q> At<Q> {
    /// What seals and opens the cookies of this login session.
    pub fn sealed(&self) -> Sealed<'_> {
        Sealed::new(&self.state.secrets, &self.state.random, &self.actor.operator, &self.actor.token)
    }

    /// A one-time key for a form.
    pub fn new_key(&self) -> Result<String, AppError> {
        Ok(self.state.random.uuid_v7(self.now)?)
    }
}

impl<Q: Admits> FromRequestParts<AppState> for At<Q> {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Response> {
        let SignedIn { account, session, .. } = SignedIn::<Q>::from_request_parts(parts, state).await?;
        let context = PageContext::from_request_parts(parts, state).await.unwrap_or_else(|never| match never {});
        let token = session.token.expose().to_vec();
        let actor = Actor { operator: account.id, fiscal_code: account.fiscal_code, token };
        let (state, headers, now) = (state.clone(), parts.headers.clone(), state.clock.now());
        Ok(Self { state, actor, context, now, headers, queue: PhantomData })
    }
}

/// Writes the end of a request that the database did not take and of which the browser brings word. Whether it is left
/// unwritten.
pub async fn record_late(db: &Db, service: Service, answer: &LastAnswer) -> bool {
    let Some(end) = &answer.unrecorded else { return false };
    let recorded = db.end(service, &answer.submission, end).await;
    recorded.inspect_err(|error| tracing::warn!(%error, "an outcome still can't be recorded")).is_err()
}
