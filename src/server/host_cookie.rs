//! Cookies of this host alone: secure, for the whole site, out of the reach of scripts, sent along when a link of
//! another program opens the desk.

use axum::{
    http::{HeaderMap, HeaderValue, header},
    response::{IntoResponse, Response},
};
use cookie::{Cookie, CookieBuilder, SameSite};

use super::errors::AppError;

/// Sets `name`, until the browser is closed or for `life`.
pub fn set(name: &'static str, value: String, life: Option<time::Duration>) -> Result<HeaderValue, AppError> {
    let cookie = plain(name, value);
    written(life.into_iter().fold(cookie, CookieBuilder::max_age))
}

/// Takes `name` back.
pub fn clear(name: &'static str) -> Result<HeaderValue, AppError> {
    written(plain(name, String::new()).max_age(time::Duration::ZERO))
}

/// Adds cookies to an answer.
#[must_use]
pub fn with_cookies(answer: impl IntoResponse, cookies: impl IntoIterator<Item = HeaderValue>) -> Response {
    let mut response = answer.into_response();
    for cookie in cookies {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    response
}

/// What the browser carries under `name`.
#[must_use]
pub fn value(name: &str, headers: &HeaderMap) -> Option<String> {
    let cookies = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    cookies
        .flat_map(|cookies| Cookie::split_parse(cookies).flatten())
        .find(|cookie| cookie.name() == name)
        .map(|cookie| cookie.value().to_owned())
}

fn plain(name: &'static str, value: String) -> CookieBuilder<'static> {
    Cookie::build((name, value)).path("/").secure(true).http_only(true).same_site(SameSite::Lax)
}

fn written(cookie: CookieBuilder<'_>) -> Result<HeaderValue, AppError> {
    HeaderValue::from_str(&cookie.to_string()).map_err(AppError::internal)
}
