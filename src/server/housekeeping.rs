//! What the running program does by itself. Every few seconds it writes what was counted; once a minute it records
//! sessions that have locked themselves, ends those that have lasted as long as they may, signs where the registers
//! stand, purges what has been kept long enough, cases too, adds up the others, and takes another file of places over.

use std::time::Duration;

use jiff::ToSpan;
use tokio::time::sleep;

use super::{clock::rome, session::PIN_WITHIN, state::AppState};
use crate::{
    features::{
        registers::{
            act::{Act, By},
            checkpoint::{CheckpointError, Registrar},
            kept::KeptFiles,
        },
        sheets::import::KEPT,
    },
    storage::{
        registers::{Action, Fact, Register},
        sessions::Stage,
    },
};

/// How often.
const EVERY: Duration = Duration::from_mins(1);
/// For how many milliseconds past its end a session is remembered, to say why it ended.
const REMEMBERED: i64 = 24 * 60 * 60 * 1000;
/// How often the calls of Sistema TS that were counted are written.
const WRITE_CALLS_EVERY: Duration = Duration::from_secs(5);
/// By how many milliseconds the clocks of two instances may differ.
const CLOCK_MAY_DIFFER: i64 = 5000;
/// For how many milliseconds they are kept.
const CALLS_KEPT: i64 = 24 * 60 * 60 * 1000;
/// For how many milliseconds a case is closed before it is added up: whatever comes late, an outcome that the database
/// did not take at once, has come.
const SETTLED: i64 = 24 * 60 * 60 * 1000;
/// How many hours of cases are added up in a round at most; years of them are not to keep the rest waiting.
const MOST_HOURS: usize = 500;

/// Keeps house until the task is aborted.
pub async fn keep(state: AppState) {
    loop {
        sleep(EVERY).await;
        state.bounds.forget();
        // The next round tries again; until then nothing is lost.
        for error in once(&state).await.err().into_iter().flatten() {
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
    for client in state.clients() {
        let calls = client.take_counts();
        if calls.is_empty() {
            continue;
        }
        if let Err(error) = state.db.add_calls(&calls).await {
            metrics::counter!("centralino_database_errors_total").increment(1);
            tracing::warn!(%error, "the calls that were counted can't be written yet");
            client.put_counts_back(calls);
        }
    }
}

/// One round. What fails keeps nothing else from being done: a register that is broken least of all the other one.
///
/// # Errors
/// Everything that failed.
pub async fn once(state: &AppState) -> Result<(), Vec<CheckpointError>> {
    let mut done = vec![see_to_sessions(state).await];
    for register in Register::ALL.iter().copied() {
        done.push(see_to(state, register).await);
    }
    done.push(see_to_cases(state).await);
    done.push(see_to_clock(state).await);
    see_to_places(state).await;
    let failed: Vec<_> = done.into_iter().filter_map(Result::err).collect();
    if failed.is_empty() { Ok(()) } else { Err(failed) }
}

/// Records sessions that have locked themselves, and ends those that have lasted as long as they may: such as wait for a
/// PIN in vain, too.
async fn see_to_sessions(state: &AppState) -> Result<(), CheckpointError> {
    let (now, session) = (state.clock.now_ms(), &state.config.session);
    let record = |action| By::service().record(Act::done(action), &state.secrets, now);
    let (seen, started) = (now - i64::from(session.idle) * 1000, now - i64::from(session.absolute) * 1000);
    // First what is over: a session that has ended is locked no more.
    state.db.expire_sessions(Stage::Full, started, now, &record(Action::Expiry)).await?;
    let given_up = record(Action::SignInExpiry);
    state.db.expire_sessions(Stage::Password, now - PIN_WITHIN, now, &given_up).await?;
    state.db.note_locks(seen, now, &record(Action::Lock)).await?;
    state.db.forget_sessions(started - REMEMBERED).await?;
    state.db.forget_old_attempts(now).await?;
    state.db.forget_calls(now - CALLS_KEPT).await?;
    state.db.forget_imports(now - KEPT).await?;
    Ok(())
}

/// Signs where a register stands, and purges what was kept long enough.
async fn see_to(state: &AppState, register: Register) -> Result<(), CheckpointError> {
    let registrar = Registrar::new(&state.db, &state.clock, &state.secrets)?;
    let registrar = registrar.with_files(KeptFiles::in_data(&state.config.data.0));
    let interval = i64::from(state.config.registers.checkpoint_minutes) * 60_000;
    registrar.sign_if_due(register, interval).await?;
    match kept_since(state, state.config.registers.retention_months) {
        Some(before) => registrar.purge(register, before).await,
        None => Ok(()),
    }
}

/// Deletes cases that were kept long enough, and requests of desks that have none; adds up the cases that change no more.
async fn see_to_cases(state: &AppState) -> Result<(), CheckpointError> {
    let record = |section: &'static str| {
        move |count: u64| {
            let act = Act::done(Action::CasesPurged).with(Fact::Section, section).with(Fact::Count, &count.to_string());
            By::service().record(act, &state.secrets, state.clock.now_ms())
        }
    };
    if let Some(before) = kept_since(state, state.config.cases.retention_months) {
        while state.db.delete_old_cases(before, record("cases")).await? {}
        while state.db.delete_old_requests(before, record("requests")).await? {}
    }
    for _ in 0..MOST_HOURS {
        if !state.db.add_up_cases(state.clock.now_ms() - SETTLED).await? {
            break;
        }
    }
    Ok(())
}

/// Says so when the clock was set back: PINs that were used are then refused until it is where it was.
async fn see_to_clock(state: &AppState) -> Result<(), CheckpointError> {
    let now = state.clock.now_ms();
    for register in Register::ALL.iter().copied() {
        let behind = state.db.register_head(register).await?.at - now;
        if behind >= CLOCK_MAY_DIFFER {
            let (register, seconds) = (register.word(), behind / 1000);
            tracing::error!(register, seconds, "the clock is behind the newest entry of a register: set it right");
        }
    }
    Ok(())
}

/// Takes another file of places over. One that can't be used leaves the former one in use.
async fn see_to_places(state: &AppState) {
    let of = state.clone();
    let looked = tokio::task::spawn_blocking(move || of.geoip.refresh()).await;
    match looked {
        Ok(Ok(true)) => tracing::info!("geoip.database_file: read again"),
        Ok(Err(error)) => tracing::warn!(%error, "geoip.database_file: the former file stays in use"),
        Ok(Ok(false)) | Err(_) => {}
    }
}

/// From when on is kept what is kept for so many months, milliseconds since 1970: from the beginning of a day, so that
/// there is a purge a day and not one each time. None while nothing may go.
fn kept_since(state: &AppState, months: u32) -> Option<i64> {
    let since = state.clock.today().checked_sub(i64::from(months).months()).ok()?.to_zoned(rome()).ok()?;
    (!state.config.registers.legal_hold).then(|| since.timestamp().as_millisecond())
}
