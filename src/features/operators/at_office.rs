//! Who may manage accounts: a signed-in supervisor.

use axum::{
    extract::FromRequestParts,
    http::{HeaderMap, request::Parts},
    response::Response,
};

use crate::{
    features::{
        accounts::{form_key::FormKey, invite::Office},
        registers::act::By,
    },
    server::{
        auth::{Account, SessionInfo, SignedIn, Supervisor},
        errors::AppError,
        page::PageContext,
        source::Source,
        state::AppState,
    },
    storage::operators::rules::Authority,
};

/// A supervisor who manages accounts.
#[derive(Clone, Debug)]
pub struct AtOffice {
    /// The running application.
    pub state: AppState,
    /// Who.
    pub supervisor: Account,
    /// In which session.
    pub session: SessionInfo,
    /// For the page.
    pub context: PageContext,
    /// What came with the request.
    pub headers: HeaderMap,
    by: By,
}

impl AtOffice {
    /// The key of a form that is about to be shown.
    pub fn form_key(&self) -> Result<FormKey, AppError> {
        Ok(FormKey::new(&self.state.random, &self.state.clock)?)
    }

    /// What accounts are managed with, on the supervisor's behalf and authority.
    #[must_use]
    pub fn office(&self) -> Office<'_> {
        let AtOffice { state, by, supervisor, .. } = self;
        let authority = Authority::Supervisor(&supervisor.id);
        let (db, secrets, clock, random) = (&state.db, &state.secrets, &state.clock, &state.random);
        Office { db, secrets, clock, random, by, authority, form: None }
    }
}

impl FromRequestParts<AppState> for AtOffice {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Response> {
        let SignedIn { account, session, .. } = SignedIn::<Supervisor>::from_request_parts(parts, state).await?;
        let Ok(context) = PageContext::from_request_parts(parts, state).await;
        let Ok(source) = Source::from_request_parts(parts, state).await;
        let by = By { actor: account.username.clone(), source };
        let (state, headers) = (state.clone(), parts.headers.clone());
        Ok(Self { state, supervisor: account, session, context, headers, by })
    }
}
