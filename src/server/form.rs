//! A posted form, read without a word of what was in it when it can't be.

use axum::{
    Form,
    extract::{FromRequest, Request},
    response::{IntoResponse, Response},
};
use serde::de::DeserializeOwned;

use super::errors::AppError;

/// The fields of a form. What can't be read answers 400: axum's own words would quote the body.
#[derive(Clone, Copy)]
pub struct Posted<T>(pub T);

impl<T, S> FromRequest<S> for Posted<T>
where
    T: DeserializeOwned,
    S: Send + Sync,
{
    type Rejection = Response;

    async fn from_request(request: Request, state: &S) -> Result<Self, Response> {
        match Form::<T>::from_request(request, state).await {
            Ok(Form(fields)) => Ok(Self(fields)),
            Err(rejection) if rejection.status().as_u16() == 413 => Err(rejection.status().into_response()),
            Err(_) => Err(AppError::BadRequest("the form can't be read").into_response()),
        }
    }
}
