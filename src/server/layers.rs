//! What surrounds every route, from the outside in: the log, the headers, the pages of failures, who may connect,
//! panics, foreign origins, limits of size and time.

use std::{any::Any, net::SocketAddr, time::Duration};

use axum::{
    Router,
    body::Body,
    extract::{ConnectInfo, DefaultBodyLimit, Request, State},
    http::{StatusCode, header},
    middleware::{self, Next},
    response::{IntoResponse, Response},
};
use http_body_util::{BodyExt as _, Limited};
use tower_http::{catch_panic::CatchPanicLayer, csrf::CsrfLayer, limit::RequestBodyLimitLayer, timeout::TimeoutLayer};

use super::{error_pages, errors::FailedRequest, health, request_log, security_headers, state::AppState};
use crate::sistema_ts::settings::Settings;

/// The largest form, in bytes.
const LARGEST_BODY: usize = 64 * 1024;
/// The largest form with a file, in bytes: 10,000 lines of 400.
const LARGEST_FILE: usize = 4 * 1024 * 1024;
/// How much more than may be is read and forgotten, in bytes, and for how long at most.
const HEARD_OUT: (usize, Duration) = (1024 * 1024, Duration::from_secs(5));
/// How long a request may take besides its call of Sistema TS: waiting for a password to be hashed, writing.
const BESIDES_UPSTREAM: Duration = Duration::from_secs(20);

/// Puts the layers around the routes.
pub fn around(routes: Router<AppState>, state: AppState) -> Router {
    around_all(routes, Router::new(), state)
}

/// Puts the layers around the routes, those that take `files` among them.
pub fn around_all(routes: Router<AppState>, files: Router<AppState>, state: AppState) -> Router {
    // The limit of axum's own readers is below that of files.
    let files = bounded(files.layer(DefaultBodyLimit::disable()), LARGEST_FILE);
    bounded(routes, LARGEST_BODY)
        .merge(files)
        .layer(TimeoutLayer::with_status_code(StatusCode::GATEWAY_TIMEOUT, patience(&state)))
        .layer(origin_check(&state))
        .layer(CatchPanicLayer::custom(answer_panic))
        .layer(middleware::from_fn_with_state(state.clone(), turn_strangers_away))
        .layer(middleware::from_fn_with_state(state.clone(), error_pages::layer))
        .layer(middleware::from_fn(security_headers::layer))
        .layer(middleware::from_fn_with_state(state.clone(), request_log::layer))
        .with_state(state)
}

/// The same routes for forms of `most` bytes.
fn bounded(routes: Router<AppState>, most: usize) -> Router<AppState> {
    routes.layer(RequestBodyLimitLayer::new(most)).layer(middleware::from_fn_with_state(most, hear_out))
}

/// Refuses every change of state that another site asked for: by Sec-Fetch-Site, else by Origin against Host.
///
/// A request with neither header passes: no browser that takes our cookies sends a form without them, so it is a
/// program, and a program has no operator's cookie to misuse. Cookies are SameSite besides.
fn origin_check(state: &AppState) -> CsrfLayer {
    let layer = CsrfLayer::new();
    let Some(_) = &state.config.server.public_url else { return layer };
    // An origin that can't be added was refused at start, as an address that is none.
    layer.add_trusted_origin(state.config.server.origin()).unwrap_or_default()
}

/// Longer than the slowest step that still ends by itself: a verification is sent twice at most.
fn patience(state: &AppState) -> Duration {
    let deadline =
        state.config.sistema_ts.as_ref().map_or(Settings::default().deadline_ms, |settings| settings.deadline_ms);
    Duration::from_millis(deadline).saturating_mul(2) + BESIDES_UPSTREAM
}

/// Where proxies are named, answers only them and this machine. Probes are answered to anybody.
async fn turn_strangers_away(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip());
    let is_probe = health::ROUTES.contains(&request.uri().path());
    if is_probe || peer.is_some_and(|peer| state.config.server.takes_connections_from(peer)) {
        next.run(request).await
    } else {
        StatusCode::FORBIDDEN.into_response()
    }
}

/// Reads on when a form is too large, before it is refused: a connection that is closed with something unread in it is
/// reset, and its browser never sees why.
async fn hear_out(State(most): State<usize>, request: Request, next: Next) -> Response {
    let length = request.headers().get(header::CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse().ok());
    if length.is_none_or(|length: usize| length <= most) {
        return next.run(request).await;
    }
    let (beyond, patience) = HEARD_OUT;
    let mut body = Limited::new(request.into_body(), most + beyond);
    let hear = async { while let Some(Ok(_)) = body.frame().await {} };
    // It is refused however much of it has come.
    let _ = tokio::time::timeout(patience, hear).await;
    StatusCode::PAYLOAD_TOO_LARGE.into_response()
}

/// The payload may hold anything: it is dropped unread. The hook of `telemetry` has logged the place.
fn answer_panic(payload: Box<dyn Any + Send>) -> Response<Body> {
    drop(payload);
    (StatusCode::INTERNAL_SERVER_ERROR, axum::Extension(FailedRequest)).into_response()
}

#[cfg(test)]
#[path = "layers_tests.rs"]
mod tests;
