//! What the browser carries from one page of the desk to another, none of it the caller's: the call that came while
//! another was being taken or nobody was signed in, and the case that was closed a moment ago.

use axum::http::{HeaderMap, HeaderValue};

use crate::{
    domain::call::CallId,
    server::{errors::AppError, host_cookie},
};

const WAITING: &str = "__Host-call";
/// A call that nobody took in half an hour is another call by then.
const WAITS_FOR: time::Duration = time::Duration::minutes(30);
const CLOSED: &str = "__Host-closed";
/// Until when the desk says which case was closed, if nobody looks at it before.
const SAID_FOR: time::Duration = time::Duration::minutes(5);

/// Keeps the id of a call for the next case.
pub fn keep_call(id: &CallId) -> Result<HeaderValue, AppError> {
    host_cookie::set(WAITING, id.as_str().to_owned(), Some(WAITS_FOR))
}

/// The case of the waiting call is open.
pub fn forget_call() -> Result<HeaderValue, AppError> {
    host_cookie::clear(WAITING)
}

/// The call that waits; read like one that is typed, because a cookie can be written by hand.
#[must_use]
pub fn waiting_call(headers: &HeaderMap) -> Option<CallId> {
    host_cookie::value(WAITING, headers)?.parse().ok()
}

/// Lets the desk say that this case is closed.
pub fn say_closed(case_id: &str) -> Result<HeaderValue, AppError> {
    host_cookie::set(CLOSED, case_id.to_owned(), Some(SAID_FOR))
}

/// It is said.
pub fn was_said() -> Result<HeaderValue, AppError> {
    host_cookie::clear(CLOSED)
}

/// The id of the case that was closed, as far as the browser knows.
#[must_use]
pub fn closed_case(headers: &HeaderMap) -> Option<String> {
    host_cookie::value(CLOSED, headers)
}
