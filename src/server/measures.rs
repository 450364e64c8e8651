//! What Prometheus is told: every figure with its words, and those of the moment, which are looked up when it asks.
//!
//! Names follow Prometheus' conventions. Labels are words of closed lists and our own routes: no label could hold a
//! person, or anything of a call.

use std::{sync::LazyLock, time::Duration};

use metrics::{counter, describe_counter, describe_gauge, describe_histogram, gauge};
use metrics_process::Collector;
use tokio::time::timeout;

use super::state::AppState;
use crate::{
    domain::service::{OutcomeClass, Service},
    sistema_ts::{breaker::CircuitState, client::Client},
    storage::registers::Register,
};

/// How long the database has to answer.
const PATIENCE: Duration = Duration::from_secs(2);

/// What only grows.
const COUNTERS: [(&str, &str); 10] = [
    ("centralino_http_requests_total", "Requests that were answered, by method, route and status."),
    ("centralino_upstream_requests_total", "Calls of Sistema TS, by service and by the class in which they ended."),
    ("centralino_upstream_circuit_opened_total", "How often calls of Sistema TS began to be held back, by section."),
    ("centralino_sign_ins_total", "Proofs of who somebody is, by step and outcome."),
    ("centralino_lock_outs_total", "Names and accounts that too many wrong attempts have locked."),
    ("centralino_password_hashes_total", "Passwords that were hashed, whosever they are: as many for an unknown name."),
    ("centralino_register_entries_total", "Entries ever written into a register; the same on every instance."),
    ("centralino_register_checkpoints_total", "Checkpoints of a register that this instance has signed."),
    ("centralino_database_errors_total", "Requests and rounds of housekeeping that the database has failed."),
    ("centralino_housekeeping_failures_total", "Rounds of housekeeping that failed: a register may not be whole."),
];
/// What goes up and down.
const GAUGES: [(&str, &str); 12] = [
    ("centralino_build_info", "1, with the version of the program."),
    (
        "centralino_upstream_circuit_state",
        "1 for the state in which the circuit to Sistema TS is, 0 for the others, by section of the configuration.",
    ),
    ("centralino_upstream_in_flight", "Calls of Sistema TS that are in flight, by section of the configuration."),
    ("centralino_upstream_waiting", "Calls of Sistema TS that wait for their turn, by section of the configuration."),
    (
        "centralino_upstream_certificate_expiry_timestamp_seconds",
        "When our certificate for Sistema TS ends, by section.",
    ),
    ("centralino_open_cases", "Cases that are open; the same on every instance."),
    ("centralino_signed_in_operators", "People of some queue whose session is in use; the same on every instance."),
    ("centralino_register_checkpoint_timestamp_seconds", "When the newest checkpoint of a register was signed."),
    ("centralino_database_up", "1 if the database answers and takes what is written, else 0."),
    (
        "centralino_clock_behind_seconds",
        "By how much the clock is behind the newest entry of a register: it was set back.",
    ),
    ("centralino_database_connections", "Connections to the database, by pool and state."),
    ("centralino_password_hashing_queue", "Passwords that wait for their turn to be hashed."),
];
/// What is measured.
const HISTOGRAMS: [(&str, &str); 3] = [
    ("centralino_http_request_duration_seconds", "How long requests took to be answered, by route."),
    ("centralino_upstream_request_duration_seconds", "How long calls of Sistema TS took, by service."),
    ("centralino_upstream_wait_duration_seconds", "How long calls of Sistema TS waited for their turn, by section."),
];

/// The figures of the process itself: memory, processor time, when it began.
static PROCESS: LazyLock<Collector> = LazyLock::new(Collector::default);

/// Says what each figure is, and lets those of closed lists begin at nought, so that the first one is seen to come.
pub fn describe() {
    for (name, words) in COUNTERS {
        describe_counter!(name, words);
    }
    for (name, words) in GAUGES {
        describe_gauge!(name, words);
    }
    for (name, words) in HISTOGRAMS {
        describe_histogram!(name, words);
    }
    PROCESS.describe();
    gauge!("centralino_build_info", "version" => env!("CARGO_PKG_VERSION")).set(1);
    for service in Service::ALL {
        for class in OutcomeClass::ALL {
            let labels = [("service", service.word()), ("outcome", class.word())];
            counter!("centralino_upstream_requests_total", &labels).increment(0);
        }
    }
    for register in Register::ALL {
        counter!("centralino_register_checkpoints_total", "register" => register.word()).increment(0);
    }
    for step in ["password", "sign_in", "unlock"] {
        counter!("centralino_sign_ins_total", "step" => step, "outcome" => "done").increment(0);
    }
    for name in [
        "centralino_lock_outs_total",
        "centralino_password_hashes_total",
        "centralino_database_errors_total",
        "centralino_housekeeping_failures_total",
    ] {
        counter!(name).increment(0);
    }
    gauge!("centralino_password_hashing_queue").set(0);
}

/// Looks at what is now. What the database does not tell in time stays as it was.
pub async fn look(state: &AppState) {
    PROCESS.collect();
    state.clients().for_each(look_at);
    for pool in state.db.pools() {
        let set = |word: &'static str, number: u32| {
            gauge!("centralino_database_connections", "pool" => pool.name, "state" => word).set(f64::from(number));
        };
        set("idle", pool.idle);
        set("used", pool.open.saturating_sub(pool.idle));
    }
    let answers = matches!(timeout(PATIENCE, look_up(state)).await, Ok(Ok(())));
    let is_up = answers && state.readiness.outage(&state.db).await.is_none();
    gauge!("centralino_database_up").set(f64::from(is_up));
}

/// How calls of one section stand.
fn look_at(client: &Client) {
    let (section, circuit) = (client.section(), client.circuit().state());
    counter!("centralino_upstream_circuit_opened_total", "section" => section).increment(0);
    for other in CircuitState::ALL {
        let labels = [("section", section), ("state", other.word())];
        gauge!("centralino_upstream_circuit_state", &labels).set(f64::from(*other == circuit));
    }
    if let Some(expires_at) = client.expires_at() {
        let expires_at = expires_at.as_duration().as_secs_f64();
        gauge!("centralino_upstream_certificate_expiry_timestamp_seconds", "section" => section).set(expires_at);
    }
}

/// What only the database knows.
#[expect(clippy::cast_precision_loss, reason = "figures are floating-point numbers")]
async fn look_up(state: &AppState) -> Result<(), sqlx::Error> {
    let (now, session) = (state.clock.now_ms(), &state.config.session);
    let seen = now - i64::from(session.idle) * 1000;
    let at_work = state.db.at_work(seen, now - i64::from(session.absolute) * 1000).await?;
    gauge!("centralino_open_cases").set(at_work.open_cases as f64);
    gauge!("centralino_signed_in_operators").set(at_work.operators as f64);
    let mut newest = 0;
    for register in Register::ALL.iter().copied() {
        let head = state.db.register_head(register).await?;
        newest = head.at.max(newest);
        let entries = counter!("centralino_register_entries_total", "register" => register.word());
        entries.absolute(u64::try_from(head.seq).unwrap_or_default());
        if let Some(last) = state.db.last_checkpoint(register).await? {
            let signed = gauge!("centralino_register_checkpoint_timestamp_seconds", "register" => register.word());
            signed.set(last.signed_at as f64 / 1000.0);
        }
    }
    gauge!("centralino_clock_behind_seconds").set((newest - now).max(0) as f64 / 1000.0);
    Ok(())
}
