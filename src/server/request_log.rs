//! One line of the log and one count a request: method, route, status, time. Never the path as it came or its query:
//! what stands there is somebody else's.

use std::time::{Duration, Instant};

use axum::{
    extract::{MatchedPath, Request, State},
    http::{HeaderName, HeaderValue, StatusCode},
    middleware::Next,
    response::Response,
};
use tracing::Instrument;

use super::{health, state::AppState};

/// The header that tells the visitor the id under which the log has the request.
pub const HEADER: HeaderName = HeaderName::from_static("x-request-id");
/// The name of every address that is no route.
const UNMATCHED: &str = "unmatched";

/// The id of a request; ours, never one that came with it.
#[derive(Clone, Debug)]
pub struct RequestId(String);

impl RequestId {
    /// A UUIDv7.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Gives the request its id, measures it, logs it and counts it.
pub async fn layer(State(state): State<AppState>, mut request: Request, next: Next) -> Response {
    let id = state.random.uuid_v7(state.clock.now()).unwrap_or_default();
    let method = known(request.method().as_str());
    let route =
        request.extensions().get::<MatchedPath>().map_or_else(|| UNMATCHED.to_owned(), |path| path.as_str().to_owned());
    request.extensions_mut().insert(RequestId(id.clone()));
    let span = tracing::error_span!("request", id);
    async move {
        let started = Instant::now();
        let mut response = next.run(request).await;
        record(method, route, response.status(), started.elapsed());
        if let Ok(value) = HeaderValue::from_str(&id) {
            response.headers_mut().insert(HEADER, value);
        }
        response
    }
    .instrument(span)
    .await
}

fn record(method: &'static str, route: String, status: StatusCode, took: Duration) {
    let (status, milliseconds) = (status.as_u16(), u64::try_from(took.as_millis()).unwrap_or(u64::MAX));
    // Files and probes are many and say little.
    if route.starts_with("/v-") || health::ROUTES.contains(&route.as_str()) {
        tracing::debug!(method, route, status, milliseconds, "answered");
    } else {
        tracing::info!(method, route, status, milliseconds, "answered");
    }
    let labels = [("method", method.to_owned()), ("route", route), ("status", status.to_string())];
    metrics::counter!("centralino_http_requests_total", &labels).increment(1);
    let [_, (_, route), _] = labels;
    metrics::histogram!("centralino_http_request_duration_seconds", "route" => route).record(took.as_secs_f64());
}

/// A method as a word of ours: anybody can send one of their own invention.
pub(super) fn known(method: &str) -> &'static str {
    ["GET", "POST", "HEAD", "OPTIONS", "PUT", "DELETE", "PATCH"]
        .into_iter()
        .find(|known| *known == method)
        .unwrap_or("other")
}
