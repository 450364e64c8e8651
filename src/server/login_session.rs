//! The login session of a request, typed: what the rest of the program sees of the library's [`Session`].

use axum::{extract::FromRequestParts, http::request::Parts};
use tower_sessions::{Session, session::Error};

use super::{
    errors::AppError,
    session::SessionToken,
    session_store::{Carried, KEY, outage_in},
};
use crate::storage::sessions::StoredSession;

/// The session that a request's cookie names, if any. It is loaded when it is first asked for, once a request.
#[derive(Clone)]
pub struct LoginSession(Session);

impl<S: Send + Sync> FromRequestParts<S> for LoginSession {
    type Rejection = AppError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, AppError> {
        let session = Session::from_request_parts(parts, state).await;
        session.map(Self).map_err(|(_, why)| AppError::internal(why))
    }
}

impl LoginSession {
    /// The id in the cookie, whatever it is worth.
    #[must_use]
    pub fn token(&self) -> Option<SessionToken> {
        self.0.id().map(SessionToken::from)
    }

    /// The session with its account, whatever may still be done with it. Without a cookie nothing is asked.
    pub async fn stored(&self) -> Result<Option<StoredSession>, AppError> {
        if self.0.id().is_none() {
            return Ok(None);
        }
        match self.0.get(KEY).await? {
            Some(Carried::Stored(row)) => Ok(Some((*row).try_into()?)),
            Some(Carried::Renewed(_)) | None => Ok(None),
        }
    }

    /// Loads it anew: another request may have renewed it since.
    pub async fn reload(&self) -> Result<(), AppError> {
        match self.0.id() {
            Some(_) => Ok(self.0.load().await?),
            None => Ok(()),
        }
    }

    /// Notes that the session is being used.
    pub async fn touch(&self) -> Result<(), AppError> {
        Ok(self.0.save().await?)
    }

    /// Goes on under the id of a row that has just been written; the answer sets its cookie. The former id is worth
    /// nothing from now on, if it was still worth anything. Nothing is saved here: the library saves with the answer,
    /// and what is saved twice would be noted as use, which is a commit.
    pub async fn renew(&self, token: &SessionToken) -> Result<(), AppError> {
        self.0.insert(KEY, Carried::Renewed(*token.expose())).await?;
        if self.0.id().is_some() {
            self.0.cycle_id().await?;
        }
        Ok(())
    }

    /// Forgets a session that has been ended.
    pub async fn end(&self) -> Result<(), AppError> {
        match self.0.id() {
            Some(_) => Ok(self.0.delete().await?),
            None => Ok(()),
        }
    }
}

impl From<Error> for AppError {
    fn from(error: Error) -> Self {
        match outage_in(&error) {
            Some(outage) => Self::Unavailable(outage, error.into()),
            None => Self::internal(error),
        }
    }
}
