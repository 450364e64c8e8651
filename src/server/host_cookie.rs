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

/// Takes back every cookie of ours that a request carries, but those named.
pub fn clear_carried(headers: &HeaderMap, but: &[&str]) -> Result<Vec<HeaderValue>, AppError> {
    let cookies = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    let names = cookies.flat_map(|cookies| cookies.split(';')).filter_map(|cookie| cookie.trim().split_once('='));
    let is_ours = |name: &str| {
        name.starts_with("__Host-") && name.bytes().all(|byte| byte.is_ascii_alphabetic() || b"_-".contains(&byte))
    };
    let names = names.map(|(name, _)| name).filter(|name| is_ours(name) && !but.contains(name));
    names.map(|name| written(plain(name, String::new()).max_age(time::Duration::ZERO))).collect()
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
    find(name, headers).map(str::to_owned)
}

/// The same where it lies. What a browser sends back of ours is names and values and nothing else.
#[must_use]
pub fn find<'a>(name: &str, headers: &'a HeaderMap) -> Option<&'a str> {
    let cookies = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    let mut pairs = cookies.flat_map(|cookies| cookies.split(';')).filter_map(|cookie| cookie.trim().split_once('='));
    pairs.find(|(found, _)| *found == name).map(|(_, value)| value)
}

fn plain(name: &str, value: String) -> CookieBuilder<'_> {
    Cookie::build((name, value)).path("/").secure(true).http_only(true).same_site(SameSite::Lax)
}

fn written(cookie: CookieBuilder<'_>) -> Result<HeaderValue, AppError> {
    HeaderValue::from_str(&cookie.to_string()).map_err(AppError::internal)
}
