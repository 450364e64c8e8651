//! For whoever watches the process: is it alive, can it work.

use std::time::Duration;

use axum::{extract::State, http::StatusCode};
use tokio::{
    sync::Mutex,
    time::{Instant, timeout},
};

use super::state::AppState;
use crate::storage::{Db, Outage};

/// The routes, as the table of routes has them.
pub const ROUTES: [&str; 2] = ["/healthz", "/readyz"];
/// How long the database has to take what is written, and after that to answer at all.
const PATIENCE: [Duration; 2] = [Duration::from_millis(1500), Duration::from_millis(500)];
/// How long an answer holds. Anybody may ask, and each time a disk would have to turn.
const HOLDS: Duration = Duration::from_secs(1);

/// What was last found out of the database, and when.
#[derive(Debug, Default)]
pub struct Readiness(Mutex<Option<(Instant, Option<Outage>)>>);

impl Readiness {
    /// What keeps the database from its work; none while nothing does.
    pub async fn outage(&self, db: &Db) -> Option<Outage> {
        let mut last = self.0.lock().await;
        if let Some((_, found)) = last.filter(|(at, _)| at.elapsed() < HOLDS) {
            return found;
        }
        let found = look(db).await;
        *last = Some((Instant::now(), found));
        found
    }
}

/// One that is only slow to write, because somebody else does, can work.
async fn look(db: &Db) -> Option<Outage> {
    let [to_write, to_answer] = PATIENCE;
    match timeout(to_write, db.try_to_write()).await {
        Ok(Ok(())) => return None,
        Ok(Err(error)) => match Outage::of(&error) {
            Some(outage @ (Outage::Full | Outage::ReadOnly)) => return Some(outage),
            Some(Outage::Gone) | None => {}
        },
        Err(_) => {}
    }
    let is_there = matches!(timeout(to_answer, db.ping()).await, Ok(Ok(())));
    (!is_there).then_some(Outage::Gone)
}

/// `/healthz`: the process answers.
pub async fn alive() -> &'static str {
    "ok\n"
}

/// `/readyz`: the database answers too, and takes what is written.
pub async fn ready(State(state): State<AppState>) -> (StatusCode, String) {
    match state.readiness.outage(&state.db).await {
        None => (StatusCode::OK, "ready\n".to_owned()),
        Some(outage) => (StatusCode::SERVICE_UNAVAILABLE, format!("{outage}\n")),
    }
}
