//! For whoever watches the process: is it alive, can it work.

use std::time::Duration;

use axum::{extract::State, http::StatusCode};

use super::state::AppState;

/// The routes, as the table of routes has them.
pub const ROUTES: [&str; 2] = ["/healthz", "/readyz"];
/// How long the database has to answer.
const PATIENCE: Duration = Duration::from_secs(2);

/// `/healthz`: the process answers.
pub async fn alive() -> &'static str {
    "ok\n"
}

/// `/readyz`: the database answers too.
pub async fn ready(State(state): State<AppState>) -> (StatusCode, &'static str) {
    match tokio::time::timeout(PATIENCE, state.db.ping()).await {
        Ok(Ok(())) => (StatusCode::OK, "ready\n"),
        _ => (StatusCode::SERVICE_UNAVAILABLE, "the database does not answer\n"),
    }
}
