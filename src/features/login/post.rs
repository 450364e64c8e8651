//! Signing in, unlocking, staying, leaving.

use axum::{
    Form,
    extract::{Query, State},
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header},
    response::{AppendHeaders, IntoResponse, Redirect, Response},
};
use rust_i18n::t;
use serde::Deserialize;

use super::{
    page::{self, LoginForm, PinForm},
    service::{FirstStep, SecondStep, first_step, second_step},
};
use crate::{
    components::alert::FormErrors,
    domain::secret::Password,
    features::desk::call_data::{Drawer, Sealed, clear},
    server::{
        auth::{AnyRole, ReturnPath, SignedIn},
        errors::AppError,
        language::Language,
        login_session::LoginSession,
        page::PageContext,
        session::{Limits, Standing, WhyOver, clear_session_cookie, standing},
        state::AppState,
    },
    storage::sessions::StoredSession,
};

/// Where to go on, in the address of a sign-in page.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Next {
    next: String,
}

/// What the sign-in form sends.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Credentials {
    username: String,
    password: String,
    next: String,
}

/// What the PIN's form sends.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct SecondFactor {
    pin: String,
    next: String,
}

/// `GET /login`: who is signed in goes on; who was signed out reads why.
pub async fn show_login(
    State(state): State<AppState>,
    login: LoginSession,
    Query(query): Query<Next>,
    context: PageContext,
) -> Result<Response, AppError> {
    let next = ReturnPath::new(&query.next);
    let notice = match session_of(&state, &login).await? {
        Some((_, Standing::Active)) => return Ok(Redirect::to(next.as_str()).into_response()),
        Some((_, Standing::Over(why))) if why != WhyOver::SignedOut => Some(why.text()),
        _ => None,
    };
    page::login(context, LoginForm { next, notice, ..LoginForm::default() }).await
}

/// `POST /login`: the first factor.
pub async fn login(
    State(state): State<AppState>,
    login: LoginSession,
    context: PageContext,
    Form(typed): Form<Credentials>,
) -> Result<Response, AppError> {
    let next = ReturnPath::new(&typed.next);
    let mut errors = FormErrors::default();
    let locale = context.language.tag();
    if typed.username.trim().is_empty() {
        errors.add("username", t!("login.username_empty", locale = locale));
    }
    if typed.password.is_empty() {
        errors.add("password", t!("login.password_empty", locale = locale));
    }
    if errors.is_empty() {
        let outcome = first_step(&state, &typed.username, Password::new(typed.password)).await?;
        if let FirstStep::Opened(token) = outcome {
            login.renew(&token).await?;
            return Ok(Redirect::to(&next.after("/login/pin")).into_response());
        }
        errors.add("username", refusal_of_password(&outcome, context.language, state.clock.now_ms()));
    }
    page::login(context, LoginForm { username: typed.username, next, errors, notice: None }).await
}

fn refusal_of_password(outcome: &FirstStep, language: Language, now: i64) -> String {
    let locale = language.tag();
    match outcome {
        FirstStep::Wrong { left } if *left <= 3 => t!("login.wrong_few", locale = locale, left = left),
        FirstStep::Wrong { .. } | FirstStep::Opened(_) => t!("login.wrong", locale = locale),
        FirstStep::Locked { until } => t!("login.locked", locale = locale, time = time_left(until - now, language)),
        FirstStep::Disabled => t!("login.disabled", locale = locale),
    }
    .into_owned()
}

/// Milliseconds as minutes and seconds, rounded up.
fn time_left(millis: i64, language: Language) -> String {
    let seconds = (millis.max(0) + 999) / 1000;
    t!("login.time", locale = language.tag(), minutes = seconds / 60, seconds = seconds % 60).into_owned()
}

/// `GET /login/pin`.
pub async fn show_pin(
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
pub async fn pin(
    State(state): State<AppState>,
    login: LoginSession,
    headers: HeaderMap,
    context: PageContext,
    Form(typed): Form<SecondFactor>,
) -> Result<Response, AppError> {
    let next = ReturnPath::new(&typed.next);
    let to_login = || Redirect::to(&next.after("/login")).into_response();
    let Some(token) = login.token() else { return Ok(to_login()) };
    let locale = context.language.tag();
    let refusal = if typed.pin.trim().is_empty() {
        t!("login.pin_empty", locale = locale).into_owned()
    } else {
        match second_step(&state, &login, &token, &typed.pin).await? {
            SecondStep::SignedIn { token: new, operator } => {
                // What the open call needs was sealed under the old id.
                let sealed = Sealed::new(&state.secrets, &state.random, &operator, token.expose());
                let call = sealed.carry_over(&headers, new.expose()).map_err(AppError::internal)?;
                login.renew(&new).await?;
                let call = call.into_iter().map(|cookie| (header::SET_COOKIE, cookie));
                return Ok((AppendHeaders(call), Redirect::to(next.as_str())).into_response());
            }
            SecondStep::AlreadyIn => return Ok(Redirect::to(next.as_str()).into_response()),
            SecondStep::Over(_) => return Ok(to_login()),
            outcome => refusal_of_pin(&outcome, context.language, state.clock.now_ms()),
        }
    };
    // Sent twice at once, the other one may have signed in: then the sign-in page leads on.
    login.reload().await?;
    let Some((session, standing)) = session_of(&state, &login).await? else { return Ok(to_login()) };
    let mut errors = FormErrors::default();
    errors.add("pin", refusal);
    let is_locked = standing == Standing::Locked;
    Ok(page::pin(context, PinForm { name: session.account.name, is_locked, next, errors }).await)
}

fn refusal_of_pin(outcome: &SecondStep, language: Language, now: i64) -> String {
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

/// `POST /session/extend`: the operator is still there. Answers 204, with the new instant of the lock (milliseconds
/// since 1970) in a header.
pub async fn extend(
    State(state): State<AppState>,
    signed_in: SignedIn<AnyRole>,
    login: LoginSession,
) -> Result<Response, AppError> {
    let now = state.clock.now_ms();
    login.touch().await?;
    let limits = Limits::of(&state.config.session, signed_in.session.started_at, now);
    let locks_at = [(HeaderName::from_static("session-locks-at"), HeaderValue::from(limits.locks_at))];
    Ok((StatusCode::NO_CONTENT, locks_at).into_response())
}

/// `POST /logout`: ends the session and leaves nothing of it in the browser.
pub async fn logout(login: LoginSession) -> Result<Response, AppError> {
    login.end().await?;
    let clear = [
        (header::SET_COOKIE, clear_session_cookie()),
        (header::SET_COOKIE, clear(Drawer::Case).map_err(AppError::internal)?),
        (header::SET_COOKIE, clear(Drawer::Deferred).map_err(AppError::internal)?),
        (HeaderName::from_static("clear-site-data"), HeaderValue::from_static("\"cache\", \"cookies\", \"storage\"")),
    ];
    Ok((AppendHeaders(clear), Redirect::to("/login")).into_response())
}

/// The session of a request, whatever may still be done with it.
async fn session_of(state: &AppState, login: &LoginSession) -> Result<Option<(StoredSession, Standing)>, AppError> {
    Ok(login.stored().await?.map(|session| {
        let standing = standing(&state.config.session, &session, state.clock.now_ms());
        (session, standing)
    }))
}
