//! The one error type at the edge: a public code, a private cause. Neither holds a caller's data.

use axum::{
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};

use super::turned_away::{TurnedAway, Why};
use crate::{domain::operator::OperatorId, storage::Outage};

/// Whatever stops a request that is not the visitor's mistake.
#[derive(Debug, thiserror::Error)]
pub enum AppError {
    /// Our own fault: the visitor reads only that it happened, the log has the cause.
    #[error("internal error: {0}")]
    Internal(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// The database can't be reached or written: what was asked is right and can be asked again.
    #[error("{0}: {1}")]
    Unavailable(Outage, #[source] Box<dyn std::error::Error + Send + Sync>),
    /// Nothing is there, or nothing that this visitor may see.
    #[error("not found")]
    NotFound,
    /// No case of this operator's: nobody learns whether it is another's.
    #[error("no case of theirs")]
    NotTheirs(OperatorId),
    /// The visitor may not do this.
    #[error("forbidden")]
    Forbidden,
    /// The request can't be read as the form that the page sends.
    #[error("bad request: {0}")]
    BadRequest(&'static str),
}

impl AppError {
    /// An internal error with its cause.
    pub fn internal(cause: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self::Internal(cause.into())
    }

    /// The status that a visitor's browser sees.
    #[must_use]
    pub const fn status(&self) -> StatusCode {
        match self {
            Self::Internal(_) => StatusCode::INTERNAL_SERVER_ERROR,
            Self::Unavailable(..) => StatusCode::SERVICE_UNAVAILABLE,
            Self::NotFound | Self::NotTheirs(_) => StatusCode::NOT_FOUND,
            Self::Forbidden => StatusCode::FORBIDDEN,
            Self::BadRequest(_) => StatusCode::BAD_REQUEST,
        }
    }
}

impl From<sqlx::Error> for AppError {
    fn from(error: sqlx::Error) -> Self {
        metrics::counter!("centralino_database_errors_total").increment(1);
        match Outage::of(&error) {
            Some(outage) => Self::Unavailable(outage, error.into()),
            None => Self::internal(error),
        }
    }
}

impl From<super::random::NoRandomness> for AppError {
    fn from(error: super::random::NoRandomness) -> Self {
        Self::internal(error)
    }
}

/// The status and a marker; `router` turns the marker into a page in the visitor's language.
impl IntoResponse for AppError {
    fn into_response(self) -> Response {
        let status = self.status();
        if matches!(self, Self::Internal(_) | Self::Unavailable(..)) {
            tracing::error!(error = %self, "a request failed");
        }
        let mut response = (status, axum::Extension(FailedRequest)).into_response();
        match self {
            Self::Unavailable(outage, _) => {
                response.extensions_mut().insert(outage);
                response.headers_mut().insert(header::RETRY_AFTER, RETRY_AFTER);
                response
            }
            Self::NotTheirs(operator) => TurnedAway::operator(&operator, Why::Case).mark(response),
            _ => response,
        }
    }
}

/// After how many seconds it is worth asking again.
const RETRY_AFTER: HeaderValue = HeaderValue::from_static("10");

/// Marks a response whose body is still to be made.
#[derive(Clone, Copy, Debug)]
pub struct FailedRequest;
