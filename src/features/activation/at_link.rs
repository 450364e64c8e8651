//! Somebody who holds an activation link that works.

use axum::{
    extract::{FromRequestParts, Path},
    http::{HeaderMap, request::Parts},
    response::{IntoResponse, Redirect, Response},
};

use super::{
    codes::{Bearer, CodesToShow},
    ended,
};
use crate::{
    domain::operator::OperatorId,
    features::accounts::{invite::token_hash, second_factor::TotpSecret},
    server::{errors::AppError, page::PageContext, state::AppState},
    storage::activations::{Invitation, Link},
};

/// A request that came with such a link. Who comes with another is told what became of it.
#[derive(Clone)]
pub struct AtLink {
    /// The running application.
    pub state: AppState,
    /// For the page.
    pub context: PageContext,
    /// The token of the link.
    pub token: String,
    /// Whose account it is.
    pub operator: OperatorId,
    /// The account, and what was done so far.
    pub invitation: Invitation,
    /// The headers of the request.
    pub headers: HeaderMap,
}

impl AtLink {
    /// The hash under which the link is known.
    #[must_use]
    pub fn hash(&self) -> String {
        token_hash(&self.token)
    }

    /// The second factor that is to be proved.
    pub fn secret(&self) -> Result<TotpSecret, AppError> {
        TotpSecret::open(&self.invitation.totp_secret, &self.state.secrets, &self.operator).map_err(AppError::internal)
    }

    /// Whose browser carries the recovery codes until they are saved.
    #[must_use]
    pub fn bearer(&self) -> Bearer<'_> {
        let (secrets, token, operator) = (&self.state.secrets, self.token.as_bytes(), &self.operator);
        Bearer { cookie: "__Host-activation", secrets, token, operator }
    }

    /// The recovery codes that this browser was shown before, else new ones.
    pub fn codes_to_show(&self) -> Result<CodesToShow, AppError> {
        self.bearer().codes_to_show(&self.headers, &self.state.random)
    }

    /// The address of a step, or of the link itself for `""`.
    #[must_use]
    pub fn address(&self, step: &str) -> String {
        format!("/activate/{}{step}", self.token)
    }

    /// On to what there is to do now.
    pub fn go_on(&self) -> Redirect {
        Redirect::to(&self.address(""))
    }
}

impl FromRequestParts<AppState> for AtLink {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Response> {
        let token = Path::<String>::from_request_parts(parts, state).await.map_err(IntoResponse::into_response)?.0;
        let Ok(context) = PageContext::from_request_parts(parts, state).await;
        let link = state.db.activation_link(&token_hash(&token), state.clock.now_ms()).await;
        let invitation = match link.map_err(|error| AppError::from(error).into_response())? {
            Some(Link::Open(invitation)) => invitation,
            Some(Link::Used) => return Err(ended::used(context).await),
            Some(Link::Expired) => return Err(ended::expired(context).await),
            None => return Err(ended::unknown(context).await),
        };
        let operator = OperatorId(invitation.operator_id.clone());
        Ok(Self { state: state.clone(), context, token, operator, invitation, headers: parts.headers.clone() })
    }
}
