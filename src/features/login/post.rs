//! The first step of signing in, and leaving.

use axum::{
    Form,
    extract::{Query, State},
    http::HeaderMap,
    response::{AppendHeaders, IntoResponse, Redirect, Response},
};
use rust_i18n::t;
use serde::Deserialize;

use super::{
    page::{self, LoginForm},
    service::{FirstStep, first_step},
};
use crate::{
    components::alert::FormErrors,
    domain::secret::Password,
    features::registers::act::{Act, By},
    server::{
        auth::ReturnPath,
        errors::AppError,
        host_cookie::{clear_carried, with_cookies},
        known_device,
        language::Language,
        login_session::LoginSession,
        page::PageContext,
        retained::Retained,
        session::{self, Standing, WhyOver, clear_session_cookie, standing},
        source::Source,
        state::AppState,
    },
    storage::{registers::Action, sessions::StoredSession},
};

/// Where to go on, in the address of a sign-in page.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Next {
    pub(super) next: String,
}

/// What the sign-in form sends.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Credentials {
    username: String,
    password: String,
    next: String,
}

/// `GET /login`: who is signed in goes on; who was signed out reads why.
pub async fn show_login(
    State(state): State<AppState>,
    login: LoginSession,
    Query(query): Query<Next>,
    retained: Retained,
    context: PageContext,
) -> Result<Response, AppError> {
    let next = ReturnPath::new(&retained.get("next").unwrap_or(query.next));
    let username = retained.get("username").unwrap_or_default();
    let notice = match session_of(&state, &login).await? {
        Some((_, Standing::Active)) => return Ok(Redirect::to(next.as_str()).into_response()),
        Some((_, Standing::Over(why))) if why != WhyOver::SignedOut => Some(why.text()),
        _ => None,
    };
    page::login(context, LoginForm { username, next, notice, ..LoginForm::default() }).await
}

/// `POST /login`: the first factor.
pub async fn login(
    State(state): State<AppState>,
    login: LoginSession,
    source: Source,
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
        let outcome = first_step(&state, source, &typed.username, Password::new(typed.password)).await?;
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
pub fn time_left(millis: i64, language: Language) -> String {
    let seconds = (millis.max(0) + 999) / 1000;
    t!("login.time", locale = language.tag(), minutes = seconds / 60, seconds = seconds % 60).into_owned()
}

/// `POST /logout`: ends the session and leaves nothing of it in the browser.
pub async fn logout(
    State(state): State<AppState>,
    login: LoginSession,
    source: Source,
    headers: HeaderMap,
) -> Result<Response, AppError> {
    if let (Some(token), Some(session)) = (login.token(), login.stored().await?) {
        let (by, now) = (By { actor: session.account.username, source }, state.clock.now_ms());
        let record = by.record(Act::done(Action::SignOut), &state.secrets, now);
        state.db.sign_out(&token.hash(), now, &record).await?;
    }
    leave(&login, &headers, Leaving::Here).await
}

/// From where somebody signs out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Leaving {
    /// This browser, which stays one of the account's own.
    Here,
    /// All of them; of this one nothing is known any more.
    Everywhere,
}

/// Leaves nothing of a session that was ended in the browser, and leads to the entrance.
pub async fn leave(login: &LoginSession, headers: &HeaderMap, leaving: Leaving) -> Result<Response, AppError> {
    login.end().await?;
    let (kept, clear_data) = match leaving {
        // "cookies" takes all of them away, the device's too: they are cleared one by one.
        Leaving::Here => (known_device::COOKIE, "\"cache\", \"storage\""),
        Leaving::Everywhere => ("", "\"cache\", \"cookies\", \"storage\""),
    };
    let cookies = [clear_session_cookie()].into_iter().chain(clear_carried(headers, &[kept, session::COOKIE])?);
    let clear_data = [("clear-site-data", clear_data)];
    Ok(with_cookies((AppendHeaders(clear_data), Redirect::to("/login")), cookies))
}

/// The session of a request, whatever may still be done with it.
pub async fn session_of(state: &AppState, login: &LoginSession) -> Result<Option<(StoredSession, Standing)>, AppError> {
    Ok(login.stored().await?.map(|session| {
        let standing = standing(&state.config.session, &session, state.clock.now_ms());
        (session, standing)
    }))
}
