//! What the running program does by itself: every few seconds it writes what was counted; once a minute it ends sessions
//! that have lasted as long as they may, signs where the registers stand, and purges what has been kept long enough.

use std::time::Duration;

use jiff::ToSpan;
use tokio::time::sleep;

use super::{clock::rome, state::AppState};
use crate::{
    features::{
        registers::{
            act::{Act, By},
            checkpoint::{CheckpointError, Registrar},
        },
        sheets::import::KEPT,
    },
    storage::registers::{Action, Register},
};

/// How often.
const EVERY: Duration = Duration::from_mins(1);
/// How often the calls of Sistema TS that were counted are written.
const WRITE_CALLS_EVERY: Duration = Duration::from_secs(5);
/// For how many milliseconds they are kept.
const CALLS_KEPT: i64 = 24 * 60 * 60 * 1000;

/// Keeps house until the task is aborted.
pub async fn keep(state: AppState) {
    loop {
        sleep(EVERY).await;
        // The next round tries again; until then nothing is lost.
        if let Err(error) = once(&state).await {
            metrics::counter!("centralino_housekeeping_failures_total").increment(1);
            tracing::error!(%error, "the registers or the sessions could not be seen to");
        }
    }
}

/// Writes counted calls until the task is aborted.
pub async fn keep_counts(state: AppState) {
    loop {
        sleep(WRITE_CALLS_EVERY).await;
        write_counts(&state).await;
    }
}

/// Writes the calls that were counted since the last time, away from the calls themselves.
pub async fn write_counts(state: &AppState) {
    let calls = state.sistema_ts.take_counts();
    if calls.is_empty() {
        return;
    }
    if let Err(error) = state.db.add_calls(&calls).await {
        metrics::counter!("centralino_database_errors_total").increment(1);
        tracing::warn!(%error, "the calls that were counted can't be written yet");
        state.sistema_ts.put_counts_back(calls);
    }
}

/// One round.
pub async fn once(state: &AppState) -> Result<(), CheckpointError> {
    let now = state.clock.now_ms();
    let started = now - i64::from(state.config.session.absolute) * 1000;
    let record = By::service().record(Act::done(Action::Expiry), &state.secrets, now);
    state.db.expire_sessions(started, now, &record).await?;
    state.db.forget_calls(now - CALLS_KEPT).await?;
    state.db.forget_imports(now - KEPT).await?;
    let registrar = Registrar::new(&state.db, &state.clock, &state.secrets)?;
    let interval = i64::from(state.config.registers.checkpoint_minutes) * 60_000;
    for register in Register::ALL.iter().copied() {
        registrar.sign_if_due(register, interval).await?;
        if let Some(before) = kept_since(state) {
            registrar.purge(register, before).await?;
        }
    }
    Ok(())
}

/// From when on entries are kept, milliseconds since 1970; none while nothing may go.
fn kept_since(state: &AppState) -> Option<i64> {
    let registers = &state.config.registers;
    let kept = i64::from(registers.retention_months).months();
    let since = state.clock.now().to_zoned(rome()).checked_sub(kept).ok()?;
    (!registers.legal_hold).then(|| since.timestamp().as_millisecond())
}
