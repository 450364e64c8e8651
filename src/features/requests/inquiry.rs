//! A request that only asks: its answer is the page itself and kept nowhere. A form that is sent twice asks twice, which
//! does no harm.

use std::sync::{Arc, Weak};

use super::{
    answer::{Answered, LastAnswer},
    errand::Actor,
    fields::one_time_key,
    submit::{Concluded, MOST_QUESTIONS, PATIENCE, Sent, conclude},
};
use crate::{
    domain::service::Service,
    server::{errors::AppError, state::AppState},
    storage::{
        requests::Ask,
        steps::{Beginning, Step},
    },
};

/// How a question was answered.
pub struct Told<T> {
    /// The request.
    pub step: Step,
    /// What is shown of its end.
    pub answer: LastAnswer,
    /// What the yes brought.
    pub found: Option<T>,
}

/// Asks a service that changes nothing, once the operator's last question to it has ended; none where that takes too
/// long.
///
/// # Errors
/// Those of the database, before anything has left.
pub async fn ask<T: Send + 'static>(
    state: &AppState,
    actor: &Actor,
    service: Service,
    call: impl Future<Output = Answered<T>> + Send + 'static,
) -> Result<Option<Told<T>>, AppError> {
    let waits = Arc::new(());
    let (is_waited_for, state, actor) = (Arc::downgrade(&waits), state.clone(), actor.clone());
    // A task of its own, from before it is written: a browser that goes away leaves no request without its end.
    let run = state.tasks.clone().spawn(async move {
        let Some(sent) = begin(&state, &actor, service, &is_waited_for).await? else { return Ok(None) };
        let Concluded { answer, end, effect } = conclude(&state, &sent, call).await;
        Ok(Some(Told { step: sent.ended(end), answer, found: effect }))
    });
    // A panic's message may quote what the service said: it is dropped here.
    let told = run.await.map_err(|_| AppError::internal("a request was cut off"))?;
    drop(waits);
    told
}

/// Writes that a question is about to leave, unless nobody waits for its answer any more.
async fn begin(
    state: &AppState,
    actor: &Actor,
    service: Service,
    is_waited_for: &Weak<()>,
) -> Result<Option<Sent>, AppError> {
    for _ in 0..MOST_QUESTIONS {
        if is_waited_for.strong_count() == 0 {
            break;
        }
        let at = state.clock.now();
        let submission = one_time_key(&state.random.uuid_v7(at)?, service)?;
        let (operator, repeats_knowingly) = (actor.operator.clone(), false);
        let ask = Ask { submission: submission.clone(), operator, service, repeats_knowingly, at };
        if state.db.begin_request(&ask).await? == Beginning::Begun {
            return Ok(Some(Sent { submission, service, case_id: None, at }));
        }
        tokio::time::sleep(PATIENCE).await;
    }
    Ok(None)
}
