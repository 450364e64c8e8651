//! What a page that is open asks of its session: how long it lasts, that it goes on, that the PIN opens it again.

use axum::{
    Json,
    extract::State,
    http::{HeaderMap, StatusCode},
    response::{AppendHeaders, IntoResponse, Response},
};

use super::pin::{Proved, SecondFactor, prove};
use crate::{
    islands::session_state::SessionState,
    server::{
        auth::{AnyRole, SignedIn},
        errors::AppError,
        form::Posted,
        language::Language,
        login_session::LoginSession,
        session::{Limits, Standing, WhyOver, standing},
        source::Source,
        state::AppState,
    },
    storage::sessions::StoredSession,
};

/// `GET /session`: how the session stands. No use of it: what a page does by itself keeps no session alive.
pub async fn show(
    State(state): State<AppState>,
    login: LoginSession,
    language: Language,
) -> Result<Json<SessionState>, AppError> {
    Ok(Json(state_of(&state, &login, login.stored().await?, language)))
}

/// `POST /session/extend`: the operator is still there.
pub async fn extend(_: SignedIn<AnyRole>, login: LoginSession) -> Result<StatusCode, AppError> {
    login.touch().await?;
    Ok(StatusCode::NO_CONTENT)
}

/// `POST /session/unlock`: the PIN's form of a page that is covered. Answers how the session stands after it.
pub async fn unlock(
    State(state): State<AppState>,
    login: LoginSession,
    source: Source,
    headers: HeaderMap,
    language: Language,
    Posted(typed): Posted<SecondFactor>,
) -> Result<Response, AppError> {
    let (cookies, session, why) = match prove(&state, source, &login, &headers, &typed.pin, language).await? {
        Proved::SignedIn { call, token } => {
            let row = state.db.session(&token.hash()).await?;
            (call, row.map(StoredSession::try_from).transpose()?, None)
        }
        Proved::Over => (Vec::new(), login.stored().await?, None),
        Proved::Refused(why) => (Vec::new(), login.stored().await?, Some(why)),
    };
    let mut stands = state_of(&state, &login, session, language);
    if let SessionState::Locked { refusal, .. } = &mut stands {
        *refusal = why;
    }
    Ok((AppendHeaders(cookies), Json(stands)).into_response())
}

fn state_of(
    state: &AppState,
    login: &LoginSession,
    session: Option<StoredSession>,
    language: Language,
) -> SessionState {
    let Some(session) = session else {
        // Leaving takes the cookie away.
        let why = language.text("session.not_signed_in");
        return login.token().map_or(SessionState::Left, |_| SessionState::Over { why });
    };
    let (config, now) = (&state.config.session, state.clock.now_ms());
    let standing = standing(config, &session, now);
    let limits = Limits::of(config, session.started_at, session.last_seen);
    let operator = session.account.id.0;
    match standing {
        Standing::Active => {
            SessionState::Active { operator, left: limits.locks_at - now, is_final: limits.locks_at == limits.ends_at }
        }
        Standing::Locked | Standing::AwaitsPin => SessionState::Locked { operator, refusal: None },
        Standing::Over(WhyOver::SignedOut) => SessionState::Left,
        Standing::Over(why) => SessionState::Over { why: language.text(why.text()) },
    }
}
