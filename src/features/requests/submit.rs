//! A request is written before it leaves, runs to its end even if the browser goes away, and is never sent twice for
//! one form.

use std::time::Duration;

use axum::http::HeaderValue;
use jiff::{SignedDuration, Timestamp};

use super::{
    answer::{Answered, LastAnswer},
    errand::{Actor, Ended, Errand, Submitted, When},
    in_flight::{Place, Ticket},
    sealed::Sealed,
    unrecorded::Unrecorded,
};
use crate::{
    domain::{call::TransactionId, service::Service},
    server::{errors::AppError, state::AppState},
    sistema_ts::settings::Settings,
    storage::{
        Db,
        steps::{Beginning, Step, StepEnd},
    },
};

/// How often the database is asked for a request that is under way elsewhere, and how many times at most.
pub(super) const PATIENCE: Duration = Duration::from_millis(250);
pub(super) const MOST_QUESTIONS: u32 = 160;
/// For how long an outcome is written anew while the database refuses, and how long lies between: before the operator
/// is told so, and afterwards.
const RECORDING: [(Duration, Duration); 2] =
    [(Duration::from_secs(5), Duration::from_secs(1)), (Duration::from_mins(10), Duration::from_secs(5))];

/// What is known of a request before it is answered.
#[derive(Clone)]
pub(super) struct Sent {
    /// Under which one-time key it is written.
    pub submission: String,
    /// Which service.
    pub service: Service,
    /// In which case; none at the desks that have none.
    pub case_id: Option<String>,
    /// When it was about to leave.
    pub at: Timestamp,
}

impl Sent {
    /// As it is written once it has ended.
    pub fn ended(self, end: StepEnd) -> Step {
        let Self { submission, service, at: started_at, .. } = self;
        Step { submission, service, started_at, end: Some(end) }
    }
}

/// How a request ended.
pub(super) struct Concluded<E> {
    /// What is shown of it; also the end itself, while the database has not taken it.
    pub answer: LastAnswer,
    /// The end.
    pub end: StepEnd,
    /// What a yes brought.
    pub effect: Option<E>,
}

/// Carries out a form.
pub async fn submit<E: Errand>(state: &AppState, actor: &Actor, errand: E) -> Result<Submitted, AppError> {
    let ticket = match state.in_flight.enter(errand.key()) {
        Place::Repeated(waiting) => return Ok(Submitted::Answered(waiting.answer().await)),
        Place::First(ticket) => ticket,
    };
    // A task of its own, from before it is written: a browser that goes away neither cuts a request off, nor leaves one
    // written that nobody sends.
    let (state, actor) = (state.clone(), actor.clone());
    let run = state.tasks.clone().spawn(async move { carry_out(&state, &actor, errand, ticket).await });
    // A panic's message may quote what the caller said: it is dropped here.
    run.await.map_err(|_| AppError::internal("a request was cut off"))?
}

async fn carry_out<E: Errand>(
    state: &AppState,
    actor: &Actor,
    errand: E,
    ticket: Ticket,
) -> Result<Submitted, AppError> {
    let sent = Sent {
        submission: errand.key().to_owned(),
        service: errand.service(),
        case_id: errand.case_id().map(str::to_owned),
        at: state.clock.now(),
    };
    match errand.begin(&state.db, &actor.operator, sent.at).await? {
        Beginning::Begun => run(state, actor, errand, &sent, ticket).await,
        Beginning::Before(step) => wait_for(state, step).await.map(Submitted::Answered),
        Beginning::NoCase => Ok(Submitted::NoCase),
        Beginning::OutOfOrder => Ok(Submitted::OutOfOrder),
        Beginning::Busy => Ok(Submitted::Busy),
        Beginning::NeedsDecision => Ok(Submitted::NeedsDecision),
    }
}

/// Waits while another instance carries out the first submission, no longer than it can.
async fn wait_for(state: &AppState, mut step: Step) -> Result<Option<HeaderValue>, AppError> {
    let longest = longest(state, step.service);
    for _ in 0..MOST_QUESTIONS {
        let now = state.clock.now();
        if !step.is_under_way(now) || now.duration_since(step.started_at) > longest {
            break;
        }
        tokio::time::sleep(PATIENCE).await;
        match state.db.asked(step.service, &step.submission).await? {
            Some(now) => step = now,
            None => break,
        }
    }
    Ok(None)
}

/// How long an instance can take with a request: the deadline of its call, twice for a verification, which is repeated
/// once, and the writing of its end. What has no end after that was held by an instance that is gone.
fn longest(state: &AppState, service: Service) -> SignedDuration {
    let settings = state.config.sistema_ts.as_ref();
    let deadline = settings.map_or_else(|| Settings::default().deadline_ms, |settings| settings.deadline_ms);
    let calls = if service == Service::Verify { 2 } else { 1 };
    let [(writing, _), _] = RECORDING;
    let most = Duration::from_millis(deadline).saturating_mul(calls) + writing;
    SignedDuration::try_from(most).unwrap_or(SignedDuration::MAX)
}

async fn run<E: Errand>(
    state: &AppState,
    actor: &Actor,
    errand: E,
    sent: &Sent,
    ticket: Ticket,
) -> Result<Submitted, AppError> {
    let Concluded { answer, end, effect } = conclude(state, sent, errand.send(state, &actor.fiscal_code)).await;
    let sealed = Sealed::new(&state.secrets, &state.random, &actor.operator, &actor.token);
    let when = When { asked_at: sent.at, at: end.at };
    let ended = Ended { class: end.class, effect, answer: answer.clone(), when };
    let cookie = errand.carry_on(ended, &sealed)?;
    ticket.answer(Some(cookie.clone()));
    if answer.unrecorded.is_none() {
        return Ok(Submitted::Answered(Some(cookie)));
    }
    let step = sent.clone().ended(end);
    Ok(Submitted::Unrecorded(Box::new(Unrecorded { step, answer, cookie })))
}

/// Carries out a request that is written already, to its end: logged, written, told.
pub(super) async fn conclude<E>(
    state: &AppState,
    sent: &Sent,
    call: impl Future<Output = Answered<E>>,
) -> Concluded<E> {
    let answered = call.await;
    let at = state.clock.now();
    let end = StepEnd { at, class: answered.class, transaction: answered.transaction.clone() };
    log(sent, &answered, at);
    let unrecorded = if is_recorded(&state.db, sent, &end).await { None } else { Some(end.clone()) };
    let answer = LastAnswer {
        submission: sent.submission.clone(),
        reason: answered.reason.to_owned(),
        code: answered.code,
        texts: answered.texts,
        unrecorded,
    };
    Concluded { answer, end, effect: answered.effect }
}

/// Writes how a request ended, over and over while the database refuses; if it does for too long, goes on in the
/// background, while the operator is told.
async fn is_recorded(db: &Db, sent: &Sent, end: &StepEnd) -> bool {
    let [first, later] = RECORDING;
    if record(db, sent, end, first).await {
        return true;
    }
    tracing::error!(case = sent.case_id, "an outcome could not be recorded");
    let (db, sent, end) = (db.clone(), sent.clone(), end.clone());
    // Not one of the tasks that a stop waits for: the browser brings the outcome too.
    tokio::spawn(async move { record(&db, &sent, &end, later).await });
    false
}

/// Whether the database took an outcome within a time; it is asked every so often.
async fn record(db: &Db, sent: &Sent, end: &StepEnd, (within, every): (Duration, Duration)) -> bool {
    let attempts = async {
        while let Err(error) = db.end(sent.service, &sent.submission, end).await {
            tracing::warn!(%error, case = sent.case_id, "an outcome could not be written yet");
            tokio::time::sleep(every).await;
        }
    };
    tokio::time::timeout(within, attempts).await.is_ok()
}

/// All that is written of a request: its case, where it has one, the service, the class, the transaction and how long it
/// took.
fn log<E>(sent: &Sent, answered: &Answered<E>, at: Timestamp) {
    tracing::info!(
        case = sent.case_id,
        service = sent.service.word(),
        outcome = answered.class.word(),
        reason = answered.reason,
        transaction = answered.transaction.as_ref().map_or("", TransactionId::as_str),
        milliseconds = i64::try_from(at.duration_since(sent.at).as_millis()).unwrap_or(i64::MAX),
        "a service was called"
    );
}
