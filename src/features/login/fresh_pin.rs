//! "Conferma con il PIN": who does a sensitive act has proved the second factor in the last five minutes.
//!
//! A handler takes [`Confirmed<T>`] in place of `Posted<T>`, or calls [`demand`] where its form has a field "PIN".

use axum::{
    extract::{FromRequest, FromRequestParts, Request},
    http::request::Parts,
    response::{IntoResponse, Response},
};
use serde::de::DeserializeOwned;
use zeroize::Zeroizing;

use super::{
    fresh_pin_page::{Carried, ask},
    pin::refusal_of,
    second::{SecondStep, Typed, matching_step},
    service::{PINS, Recorder, WRONG_PINS, cut_off, subject},
};
use crate::{
    components::alert::FormErrors,
    features::{accounts::recovery::RecoveryCode, operators::unproved::Unproved, registers::act::By},
    server::{
        auth::{AnyRole, SessionInfo, SignedIn},
        errors::AppError,
        form::{Posted, read_fields},
        language::Language,
        page::PageContext,
        session::fresh_until,
        source::Source,
        state::AppState,
    },
    storage::{
        attempts::Attempt,
        credentials::{Proof, Proved, ProvedAgain},
        registers::Action,
        sessions::Account,
    },
};

/// The name of the field.
pub const PIN: &str = "pin";
/// Fields that no page may carry along: what an operator alone knows.
const SECRET: [&str; 2] = ["password", "again"];

/// Whether the second factor was proved in this session in the last five minutes (`session.fresh_pin`) before `now`,
/// milliseconds since 1970. Signing in and opening a lock are such proofs.
#[must_use]
pub const fn is_fresh(session: &SessionInfo, now: i64) -> bool {
    now < session.fresh_until
}

/// A form of somebody who has proved the second factor in the last five minutes; its handler runs for nobody else. Who
/// has not is shown the page "Conferma con il PIN", which carries the fields along and posts them to the same address; if it
/// is an act on accounts, the register of administration has that it was refused.
///
/// It is taken last, after the [`SignedIn`] that says who may call. The form's fields are no caller's data and hold no
/// password. The address must answer GET too, with the form: the page leads back there.
#[derive(Clone, Copy, Debug)]
pub struct Confirmed<T>(pub T);

impl<T: DeserializeOwned> FromRequest<AppState> for Confirmed<T> {
    type Rejection = Response;

    async fn from_request(request: Request, state: &AppState) -> Result<Self, Response> {
        let (mut parts, body) = request.into_parts();
        let caller = SignedIn::<AnyRole>::from_request_parts(&mut parts, state).await?;
        let request = Request::from_parts(parts.clone(), body);
        let Posted(fields) = Posted::<Vec<(String, String)>>::from_request(request, state).await?;
        let (pin, fields): (Vec<_>, Vec<_>) = fields.into_iter().partition(|(name, _)| name == PIN);
        if fields.iter().any(|(name, _)| SECRET.contains(&name.as_str())) {
            return Err(AppError::internal("a form with a password asks for the PIN itself").into_response());
        }
        let pin = pin.into_iter().next().map(|(_, typed)| typed);
        confirm(&mut parts, state, &caller, pin, &fields).await?;
        read_fields(&fields).await.map(Self)
    }
}

/// Nothing, if the PIN is fresh or what was typed makes it so; else the page that asks for it.
async fn confirm(
    parts: &mut Parts,
    state: &AppState,
    caller: &SignedIn<AnyRole>,
    pin: Option<String>,
    fields: &[(String, String)],
) -> Result<(), Response> {
    if is_fresh(&caller.session, state.clock.now_ms()) {
        return Ok(());
    }
    let Ok(context) = PageContext::from_request_parts(parts, state).await;
    let Ok(source) = Source::from_request_parts(parts, state).await;
    let by = By { actor: caller.account.username.clone(), source: source.clone() };
    let mut errors = FormErrors::default();
    let unproved = match pin {
        None => Unproved::Missing,
        Some(pin) => {
            let demanded = demand(state, source, caller, &pin, context.language).await;
            let Err(refusal) = demanded.map_err(IntoResponse::into_response)? else { return Ok(()) };
            errors.add(PIN, refusal);
            Unproved::Refused
        }
    };
    unproved.record(parts, state, &by).await.map_err(IntoResponse::into_response)?;
    Err(ask(context, Carried(fields.to_vec()), errors).await)
}

/// For a form that has a field "PIN" of its own, because it holds a password or a file: nothing, if the PIN is fresh or
/// what was `typed` into that field makes it so; else what is to be said beside the field.
pub async fn demand<R>(
    state: &AppState,
    source: Source,
    caller: &SignedIn<R>,
    typed: &str,
    language: Language,
) -> Result<Result<(), String>, AppError> {
    if is_fresh(&caller.session, state.clock.now_ms()) {
        return Ok(Ok(()));
    }
    prove(state, source, caller, typed, language).await
}

/// The same for what asks for the PIN however fresh the last one is.
pub async fn prove<R>(
    state: &AppState,
    source: Source,
    caller: &SignedIn<R>,
    typed: &str,
    language: Language,
) -> Result<Result<(), String>, AppError> {
    let now = state.clock.now_ms();
    if typed.trim().is_empty() {
        return Ok(Err(language.text("login.pin_empty")));
    }
    let by = By { actor: caller.account.username.clone(), source };
    let (of, account, session) = (state.clone(), caller.account.clone(), caller.session.clone());
    let typed = Zeroizing::new(typed.to_owned());
    // A task of its own, as the steps of a sign-in are.
    let judged = state.tasks.spawn(async move { judge(&of, &by, &account, &session, &typed).await });
    let outcome = judged.await.map_err(|_| cut_off())??;
    Ok(outcome.map_err(|outcome| refusal_of(&outcome, language, now)))
}

/// Judges a PIN, or a recovery code in its place, in a session that is in use, and records how. Wrong ones count like
/// those of a sign-in.
async fn judge(
    state: &AppState,
    by: &By,
    account: &Account,
    session: &SessionInfo,
    typed: &str,
) -> Result<Result<(), SecondStep>, AppError> {
    let typed = Typed::read(typed);
    let login_type = typed.as_ref().map_or("", Typed::login_type);
    let recorder = Recorder { state, by, action: Action::FreshPin, login_type };
    let Some(typed) = typed else {
        recorder.refuse("malformed").await?;
        return Ok(Err(SecondStep::Malformed));
    };
    let attempts = subject(&state.secrets, WRONG_PINS, &account.id.0);
    let left = match recorder.begin(&attempts, PINS).await? {
        Attempt::Allowed { left } => left,
        Attempt::Locked { until } => return Ok(Err(SecondStep::Locked { until })),
    };
    let (refusal, reason) = match use_up(&recorder, account, session, &typed, &attempts).await? {
        Used::Done => return Ok(Ok(())),
        Used::NoSession => (SecondStep::Over(None), "no_session"),
        Used::Wrong => (SecondStep::Wrong { left }, "wrong"),
        Used::Before if matches!(typed, Typed::Code(_)) => (SecondStep::NoSuchCode, "no_such_code"),
        // Sent twice at once: the other one has proved it a moment ago.
        Used::Before if was_just_proved(state, session).await? => return Ok(Ok(())),
        Used::Before => (SecondStep::UsedBefore, "used_before"),
    };
    let locks = recorder.fail(&attempts, left, reason).await?;
    Ok(Err(locks.map_or(refusal, |until| SecondStep::Locked { until })))
}

/// What came of a proof.
enum Used {
    Done,
    Wrong,
    Before,
    NoSession,
}

async fn use_up(
    recorder: &Recorder<'_>,
    account: &Account,
    session: &SessionInfo,
    typed: &Typed,
    attempts: &str,
) -> Result<Used, AppError> {
    let (state, operator) = (recorder.state, &account.id);
    let code_hash = match typed {
        Typed::Code(code) => RecoveryCode::hash(code, &state.secrets, operator),
        Typed::Pin(_) => String::new(),
    };
    let proof = match typed {
        Typed::Code(_) => Proof::RecoveryCode(&code_hash),
        Typed::Pin(pin) => match matching_step(state, operator, pin).await? {
            Some(step) => Proof::Step(step),
            None => return Ok(Used::Wrong),
        },
    };
    let (session, now, record) = (&session.token.hash(), state.clock.now_ms(), &recorder.done());
    let again = ProvedAgain { operator, session, proof, attempts, record, now };
    Ok(match state.db.prove_again(&again).await? {
        Proved::Done => Used::Done,
        Proved::UsedBefore => Used::Before,
        Proved::NoSession => Used::NoSession,
    })
}

/// Whether the session, asked anew, has a fresh proof that this request did not know of.
async fn was_just_proved(state: &AppState, session: &SessionInfo) -> Result<bool, AppError> {
    let proved_at = state.db.proved_at(&session.token.hash()).await?;
    let now = state.clock.now_ms();
    Ok(now < fresh_until(&state.config.session, proved_at, now))
}
