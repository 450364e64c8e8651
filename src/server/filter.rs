//! What a page is asked for by its address, or by what was typed before the language was switched.

use axum::{
    extract::{FromRequestParts, Query},
    http::request::Parts,
    response::{IntoResponse, Response},
};
use serde::de::DeserializeOwned;

use super::{form::read_fields, retained::Retained};

/// The fields of a page's filters.
#[derive(Clone, Copy)]
pub struct Filter<T> {
    /// What is asked for.
    pub typed: T,
    /// What of it is shown again where it is wrong: what was typed. An address can be written by anyone, and is not
    /// repeated.
    pub repeated: T,
}

impl<T, S> FromRequestParts<S> for Filter<T>
where
    T: DeserializeOwned + Default + Clone,
    S: Send + Sync,
{
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Response> {
        let Ok(retained) = Retained::from_request_parts(parts, state).await;
        if retained.is_empty() {
            let asked = Query::<T>::from_request_parts(parts, state).await;
            let Query(typed) = asked.map_err(IntoResponse::into_response)?;
            return Ok(Self { typed, repeated: T::default() });
        }
        let typed: T = read_fields(retained.fields()).await?;
        Ok(Self { repeated: typed.clone(), typed })
    }
}
