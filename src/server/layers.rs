//! What surrounds every route, from the outside in: the log, the headers, the pages of failures, who was turned away, who may connect,
//! how much may be asked, panics, foreign origins, limits of size and time.

use std::{
    any::Any,
    net::SocketAddr,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
    time::Duration,
};

use axum::{
    Router,
    body::{Body, Bytes, HttpBody},
    extract::{ConnectInfo, DefaultBodyLimit, Request, State},
    http::StatusCode,
    middleware::{self, Next},
    response::{IntoResponse, Response},
};
use http_body_util::{BodyExt as _, Limited};
use hyper::body::{Frame, SizeHint};
use parking_lot::Mutex;
use tower_http::{catch_panic::CatchPanicLayer, csrf::CsrfLayer, limit::RequestBodyLimitLayer, timeout::TimeoutLayer};

use super::{
    bounds, error_pages,
    errors::FailedRequest,
    health, request_log, security_headers,
    state::AppState,
    turned_away::{self, TurnedAway, Why},
};
use crate::sistema_ts::settings::Settings;

/// The largest form, in bytes.
const LARGEST_BODY: usize = 64 * 1024;
/// The largest form with a file, in bytes: 10,000 lines of 400.
const LARGEST_FILE: usize = 4 * 1024 * 1024;
/// How much of what is refused is read and forgotten, in bytes, and for how long at most.
const HEARD_OUT: (usize, Duration) = (LARGEST_FILE + 1024 * 1024, Duration::from_secs(5));
/// How long a request may take besides its call of Sistema TS: waiting for a password to be hashed, writing.
const BESIDES_UPSTREAM: Duration = Duration::from_secs(20);

/// Puts the layers around the routes.
pub fn around(routes: Router<AppState>, state: AppState) -> Router {
    around_all(routes, Router::new(), state)
}

/// Puts the layers around the routes, those that take `files` among them.
pub fn around_all(routes: Router<AppState>, files: Router<AppState>, state: AppState) -> Router {
    // The limit of axum's own readers is below that of files.
    let files = files.layer(DefaultBodyLimit::disable()).layer(RequestBodyLimitLayer::new(LARGEST_FILE));
    within(patience(&state), routes.layer(RequestBodyLimitLayer::new(LARGEST_BODY)).merge(files))
        .layer(origin_check(&state))
        .layer(CatchPanicLayer::custom(answer_panic))
        .layer(middleware::from_fn_with_state(state.clone(), bounds::layer))
        .layer(middleware::from_fn_with_state(state.clone(), turn_strangers_away))
        .layer(middleware::from_fn_with_state(state.clone(), turned_away::layer))
        .layer(middleware::from_fn_with_state(state.clone(), error_pages::layer))
        .layer(middleware::from_fn_with_state(state.clone(), security_headers::layer))
        .layer(middleware::from_fn_with_state(state.clone(), request_log::layer))
        .with_state(state)
}

/// Answers within a time, whoever is slow: Sistema TS, the database, or the visitor with the form.
fn within(patience: Duration, routes: Router<AppState>) -> Router<AppState> {
    routes
        .layer(TimeoutLayer::with_status_code(StatusCode::GATEWAY_TIMEOUT, patience))
        .layer(middleware::from_fn(hear_out))
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
        TurnedAway::stranger(Why::Proxy).mark(StatusCode::FORBIDDEN.into_response())
    }
}

/// Reads what the answer did not need of a form: a connection that is closed with something unread in it is reset, and
/// its browser never sees why the form was refused.
async fn hear_out(request: Request, next: Next) -> Response {
    if request.body().is_end_stream() {
        return next.run(request).await;
    }
    let (parts, body) = request.into_parts();
    let lent = Lent(Arc::new(Mutex::new(body)));
    let rest = Arc::clone(&lent.0);
    let response = next.run(Request::from_parts(parts, Body::new(lent))).await;
    let (most, patience) = HEARD_OUT;
    let mut rest = Limited::new(std::mem::take(&mut *rest.lock()), most);
    let hear = async { while let Some(Ok(_)) = rest.frame().await {} };
    // It is answered however much of it has come.
    let _ = tokio::time::timeout(patience, hear).await;
    response
}

/// A body of which the lender sees what the borrower has left.
struct Lent(Arc<Mutex<Body>>);

impl HttpBody for Lent {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        Pin::new(&mut *self.0.lock()).poll_frame(context)
    }

    fn is_end_stream(&self) -> bool {
        self.0.lock().is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.0.lock().size_hint()
    }
}

/// The payload may hold anything: it is dropped unread. The hook of `telemetry` has logged the place.
fn answer_panic(payload: Box<dyn Any + Send>) -> Response<Body> {
    drop(payload);
    (StatusCode::INTERNAL_SERVER_ERROR, axum::Extension(FailedRequest)).into_response()
}

#[cfg(test)]
#[path = "layers_tests.rs"]
mod tests;
