//! The second step of signing in, and the door of a locked session.

use axum::{
    Form,
    extract::{Query, State},
    http::{HeaderMap, HeaderName, HeaderValue, header},
    response::{AppendHeaders, IntoResponse, Redirect, Response},
};
use rust_i18n::t;
use serde::Deserialize;

use super::{
    page::{self, PinForm},
    post::{Next, session_of, time_left},
    second::{SecondStep, refuse_over, second_step},
};
use crate::{
    components::alert::FormErrors,
    domain::operator::OperatorId,
    features::requests::sealed::Sealed,
    server::{
        auth::ReturnPath,
        errors::AppError,
        known_device::KnownDevice,
        language::Language,
        login_session::LoginSession,
        page::PageContext,
        session::{SessionToken, Standing},
        source::Source,
        state::AppState,
    },
};

/// What the PIN's form sends.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct SecondFactor {
    pub(super) pin: String,
    next: String,
}

/// `GET /login/pin`.
pub async fn show(
    State(state): State<AppState>,
    login: LoginSession,
    Query(query): Query<Next>,
    context: PageContext,
) -> Result<Response, AppError> {
    let next = ReturnPath::new(&query.next);
    let (session, is_locked) = match session_of(&state, &login).await? {
        Some((session, Standing::AwaitsPin)) => (session, false),
        Some((session, Standing::Locked)) => (session, true),
        Some((_, Standing::Active)) => return Ok(Redirect::to(next.as_str()).into_response()),
        Some((_, Standing::Over(_))) | None => return Ok(Redirect::to(&next.after("/login")).into_response()),
    };
    let form = PinForm { name: session.account.name, is_locked, next, errors: FormErrors::default() };
    Ok(page::pin(context, form).await)
}

/// `POST /login/pin`: the second factor, of a sign-in or of a locked session.
pub async fn enter(
    State(state): State<AppState>,
    login: LoginSession,
    source: Source,
    headers: HeaderMap,
    context: PageContext,
    Form(typed): Form<SecondFactor>,
) -> Result<Response, AppError> {
    let next = ReturnPath::new(&typed.next);
    let to_login = || Redirect::to(&next.after("/login")).into_response();
    let refusal = match prove(&state, source, &login, &headers, &typed.pin, context.language).await? {
        Proved::SignedIn { call, .. } => return Ok((AppendHeaders(call), Redirect::to(next.as_str())).into_response()),
        Proved::Over => return Ok(to_login()),
        Proved::Refused(refusal) => refusal,
    };
    let Some((session, standing)) = session_of(&state, &login).await? else { return Ok(to_login()) };
    let mut errors = FormErrors::default();
    errors.add("pin", refusal);
    let is_locked = standing == Standing::Locked;
    Ok(page::pin(context, PinForm { name: session.account.name, is_locked, next, errors }).await)
}

/// What came of a second factor.
pub enum Proved {
    /// The session can be used.
    SignedIn {
        /// The cookies that carry what the open call needs, sealed anew.
        call: Vec<(HeaderName, HeaderValue)>,
        /// The session's id from now on.
        token: SessionToken,
    },
    /// There is no session to go on with.
    Over,
    /// It was not taken, for this reason.
    Refused(String),
}

/// Judges what was typed as the second factor, and renews the session if it is right.
pub async fn prove(
    state: &AppState,
    source: Source,
    login: &LoginSession,
    headers: &HeaderMap,
    typed: &str,
    language: Language,
) -> Result<Proved, AppError> {
    let Some(token) = login.token() else {
        refuse_over(state, source, None, None).await?;
        return Ok(Proved::Over);
    };
    if typed.trim().is_empty() {
        return Ok(Proved::Refused(language.text("login.pin_empty")));
    }
    let source_device = source.device.clone();
    match second_step(state, source, login, &token, typed).await? {
        SecondStep::SignedIn { token: new, operator } => {
            // What the open call needs was sealed under the old id.
            let sealed = Sealed::new(&state.secrets, &state.random, &operator, token.expose());
            let call = sealed.carry_over(headers, new.expose())?;
            login.renew(&new).await?;
            let device = known_device(state, source_device, &operator).await?;
            let call = call.into_iter().chain(device).map(|cookie| (header::SET_COOKIE, cookie)).collect();
            Ok(Proved::SignedIn { call, token: new })
        }
        SecondStep::AlreadyIn => Ok(Proved::SignedIn { call: Vec::new(), token }),
        SecondStep::Over(_) => Ok(Proved::Over),
        outcome => {
            // Sent twice at once, the other one may have signed in: the session is looked at anew.
            login.reload().await?;
            Ok(Proved::Refused(refusal_of(&outcome, language, state.clock.now_ms())))
        }
    }
}

/// The cookie by which the browser is known from now on as one of the account's own.
pub async fn known_device(
    state: &AppState,
    device: KnownDevice,
    operator: &OperatorId,
) -> Result<Option<HeaderValue>, AppError> {
    let Some(hash) = state.db.password_hash(operator).await? else { return Ok(None) };
    device.remembered(operator, &hash, &state.secrets, &state.random, state.clock.now_ms()).map(Some)
}

/// What is said of a second factor that was not taken.
pub(super) fn refusal_of(outcome: &SecondStep, language: Language, now: i64) -> String {
    let locale = language.tag();
    match outcome {
        SecondStep::Malformed => t!("login.pin_malformed", locale = locale),
        SecondStep::UsedBefore => t!("login.pin_used", locale = locale),
        SecondStep::NoSuchCode => t!("login.no_such_code", locale = locale),
        SecondStep::Locked { until } => t!("login.locked", locale = locale, time = time_left(until - now, language)),
        SecondStep::Wrong { left } => t!("login.pin_wrong", locale = locale, left = left),
        SecondStep::SignedIn { .. } | SecondStep::AlreadyIn | SecondStep::Over(_) => {
            t!("session.title", locale = locale)
        }
    }
    .into_owned()
}
