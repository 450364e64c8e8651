//! A posted form, read without a word of what was in it when it can't be.

use axum::{
    Form,
    body::Body,
    extract::{FromRequest, Request},
    http::header::CONTENT_TYPE,
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

/// A form's type from fields that were read before.
pub async fn read_fields<T: DeserializeOwned>(fields: &[(String, String)]) -> Result<T, Response> {
    let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
    let request = Request::post("/").header(CONTENT_TYPE, "application/x-www-form-urlencoded").body(Body::from(body));
    let request = request.map_err(|error| AppError::internal(error).into_response())?;
    Posted::from_request(request, &()).await.map(|Posted(form)| form)
}
