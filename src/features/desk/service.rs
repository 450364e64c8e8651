//! The rules of the desk: a step is written before it leaves, runs to its end even if the browser goes away, and is
//! never run twice for one form.

use std::time::Duration;

use axum::http::HeaderValue;
use jiff::Timestamp;

use super::{
    answer::{Answered, Effect, Request},
    call_data::{CallData, Drawer, LastAnswer, Sealed, Typed, Unsettled, Verification, clear},
    in_flight::{Place, Ticket},
    unrecorded::Unrecorded,
};
use crate::{
    domain::{call::TransactionId, case::OutcomeClass, fiscal_code::FiscalCode, operator::OperatorId},
    server::{errors::AppError, state::AppState},
    storage::{
        Db,
        steps::{Beginning, Intent, Step, StepEnd},
    },
};

/// Who submits, and with which login session.
#[derive(Clone)]
pub struct Actor {
    /// The account.
    pub operator: OperatorId,
    /// By which Sistema TS knows the operator.
    pub fiscal_code: FiscalCode,
    /// The login session's own token.
    pub token: Vec<u8>,
}

/// A step's form, read.
#[derive(Clone)]
pub struct Submission {
    /// Its one-time key.
    pub key: String,
    /// What to send.
    pub request: Request,
    /// What was typed, kept if it is not accepted.
    pub typed: Typed,
    /// Whether the operator has decided to repeat what may have happened.
    pub repeats_knowingly: bool,
    /// The call's data until now.
    pub data: CallData,
    /// Which cookie.
    pub drawer: Drawer,
}

/// What became of a form.
pub enum Submitted {
    /// It has an answer, to be read on the page; with the cookie that carries its details.
    Answered(Option<HeaderValue>),
    /// It has an answer that the database has not taken.
    Unrecorded(Box<Unrecorded>),
    /// There is no such open case.
    NoCase,
    /// The case does not stand where this may be done.
    OutOfOrder,
    /// Another request of the case is under way.
    Busy,
    /// The operator must decide first.
    NeedsDecision,
}

/// How often the database is asked for a first submission that another instance carries out.
const PATIENCE: Duration = Duration::from_millis(250);
const MOST_QUESTIONS: u32 = 160;
/// For how long an outcome is written anew while the database refuses, and how long lies between: before the operator
/// is told so, and afterwards.
const RECORDING: [(Duration, Duration); 2] =
    [(Duration::from_secs(5), Duration::from_secs(1)), (Duration::from_mins(10), Duration::from_secs(5))];

/// Carries out a step's form.
pub async fn submit(state: &AppState, actor: &Actor, submission: Submission) -> Result<Submitted, AppError> {
    let ticket = match state.in_flight.enter(&submission.key) {
        Place::Repeated(waiting) => return Ok(Submitted::Answered(waiting.answer().await)),
        Place::First(ticket) => ticket,
    };
    let intent = Intent {
        submission: submission.key.clone(),
        case_id: submission.data.case_id.clone(),
        operator: actor.operator.clone(),
        service: submission.request.service(),
        repeats_knowingly: submission.repeats_knowingly,
        verified_by: submission.data.verified.as_ref().map(|verified| verified.submission.clone()),
        at: state.clock.now(),
    };
    let beginning = match submission.drawer {
        Drawer::Case => state.db.begin_step(&intent).await?,
        Drawer::Deferred => state.db.begin_deferred_step(&intent).await?,
    };
    match beginning {
        Beginning::Begun => {}
        Beginning::Before(step) => return wait_for(state, step).await.map(Submitted::Answered),
        Beginning::NoCase => return Ok(Submitted::NoCase),
        Beginning::OutOfOrder => return Ok(Submitted::OutOfOrder),
        Beginning::Busy => return Ok(Submitted::Busy),
        Beginning::NeedsDecision => return Ok(Submitted::NeedsDecision),
    }
    // A task of its own: a browser that goes away does not cut a request off.
    let (state, actor) = (state.clone(), actor.clone());
    let run = state.tasks.clone().spawn(async move { run(&state, &actor, submission, &intent, ticket).await });
    // A panic's message may quote what the caller said: it is dropped here.
    run.await.map_err(|_| AppError::internal("a step was cut off"))?
}

/// Waits while another instance carries out the first submission.
async fn wait_for(state: &AppState, mut step: Step) -> Result<Option<HeaderValue>, AppError> {
    for _ in 0..MOST_QUESTIONS {
        if !step.is_under_way(state.clock.now()) {
            break;
        }
        tokio::time::sleep(PATIENCE).await;
        match state.db.step(&step.submission).await? {
            Some(now) => step = now,
            None => break,
        }
    }
    Ok(None)
}

async fn run(
    state: &AppState,
    actor: &Actor,
    submission: Submission,
    intent: &Intent,
    ticket: Ticket,
) -> Result<Submitted, AppError> {
    let answered = submission.request.send(&state.sistema_ts, &actor.fiscal_code).await;
    let at = state.clock.now();
    let end = StepEnd { at, class: answered.class, transaction: answered.transaction.clone() };
    log(intent, &answered, at);
    let unrecorded = if is_recorded(&state.db, intent, &end).await { None } else { Some(end) };
    let answer = LastAnswer {
        submission: submission.key.clone(),
        reason: answered.reason.to_owned(),
        texts: answered.texts,
        unrecorded: unrecorded.clone(),
    };
    let sealed = Sealed::new(&state.secrets, &state.random, &actor.operator, &actor.token);
    let cookie = match next_data(submission, answered.effect, answered.class, answer.clone(), (intent.at, at)) {
        (drawer, Some(data)) => sealed.close(drawer, data, at),
        (drawer, None) => clear(drawer),
    }?;
    ticket.answer(Some(cookie.clone()));
    let Some(end) = unrecorded else { return Ok(Submitted::Answered(Some(cookie))) };
    let submission = intent.submission.clone();
    let step = Step { submission, service: intent.service, started_at: intent.at, end: Some(end) };
    Ok(Submitted::Unrecorded(Box::new(Unrecorded { step, answer, cookie })))
}

/// Writes how a request ended, over and over while the database refuses; if it does for too long, goes on in the
/// background, while the operator is told.
async fn is_recorded(db: &Db, intent: &Intent, end: &StepEnd) -> bool {
    let [first, later] = RECORDING;
    if record(db, intent, end, first).await {
        return true;
    }
    tracing::error!(case = %intent.case_id, "an outcome could not be recorded");
    let (db, intent, end) = (db.clone(), intent.clone(), end.clone());
    // Not one of the tasks that a stop waits for: the browser brings the outcome too.
    tokio::spawn(async move { record(&db, &intent, &end, later).await });
    false
}

/// Whether the database took an outcome within a time; it is asked every so often.
async fn record(db: &Db, intent: &Intent, end: &StepEnd, (within, every): (Duration, Duration)) -> bool {
    let attempts = async {
        while let Err(error) = db.end_step(&intent.submission, end).await {
            tracing::warn!(%error, case = %intent.case_id, "an outcome could not be written yet");
            tokio::time::sleep(every).await;
        }
    };
    tokio::time::timeout(within, attempts).await.is_ok()
}

/// All that is written of a request: the case, the service, the class, the transaction and how long it took.
fn log(intent: &Intent, answered: &Answered, at: Timestamp) {
    tracing::info!(
        case = %intent.case_id,
        service = intent.service.word(),
        outcome = answered.class.word(),
        reason = answered.reason,
        transaction = answered.transaction.as_ref().map_or("", TransactionId::as_str),
        milliseconds = i64::try_from(at.duration_since(intent.at).as_millis()).unwrap_or(i64::MAX),
        "a service was called"
    );
}

/// What the cookie carries on: nothing once the case is concluded, what was typed only while it may be corrected.
fn next_data(
    submission: Submission,
    effect: Effect,
    class: OutcomeClass,
    answer: LastAnswer,
    (asked_at, at): (Timestamp, Timestamp),
) -> (Drawer, Option<CallData>) {
    let Submission { mut data, key, typed, drawer, request, .. } = submission;
    if let (Drawer::Deferred, Request::Conclude { cun, .. }) = (drawer, request) {
        match class {
            OutcomeClass::Uncertain => data.remember(Unsettled { cun, submission: key.clone(), at }),
            // Nothing is known of what may have happened before: a no is also the answer to what was done already.
            OutcomeClass::NotSent | OutcomeClass::Refused => {}
            OutcomeClass::Done => data.settle(&cun),
        }
    }
    data.typed = if class == OutcomeClass::Done { Typed::default() } else { typed };
    data.last = Some(answer);
    match effect {
        Effect::Verified { cun, id, sampled_on } => {
            data.verified = Some(Verification { cun, id, sampled_on, submission: key });
            data.unlocked_at = None;
        }
        // Whatever the service's clock says, it was after the request and before the answer.
        Effect::Unlocked { at: instant } => {
            data.unlocked_at = Some(instant.map_or(at, |instant| instant.clamp(asked_at.min(at), at)));
        }
        Effect::Concluded if drawer == Drawer::Case => {
            let rest = data.of_what_is_over();
            return (drawer, rest.last.is_some().then_some(rest));
        }
        Effect::Concluded | Effect::Nothing => {}
    }
    (drawer, Some(data))
}
