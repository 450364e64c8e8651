//! Who is signed in proves the password once more, before they change what their account is entered with: by the same
//! count as at the entrance, so that a session that somebody else took over is no place to guess in.

use rust_i18n::t;

use super::{
    post::time_left,
    service::{LOCK, PASSWORDS, Recorder, WRONG_PASSWORDS, subject},
};
use crate::{
    domain::secret::Password,
    features::registers::act::By,
    server::{errors::AppError, language::Language, state::AppState},
    storage::{attempts::Attempt, registers::Action, sessions::Account},
};

/// Nothing, if it is the account's password; else what is to be said beside the field. What is refused is recorded as a
/// refusal of `action`.
pub async fn prove_password(
    state: &AppState,
    by: &By,
    account: &Account,
    password: Password,
    action: Action,
    language: Language,
) -> Result<Result<(), String>, AppError> {
    let locale = language.tag();
    if password.expose().is_empty() {
        return Ok(Err(language.text("passwords.current_empty")));
    }
    let locked = |until: i64| {
        let time = time_left(until - state.clock.now_ms(), language);
        Ok(Err(t!("login.locked", locale = locale, time = time).into_owned()))
    };
    let recorder = Recorder { state, by, action, login_type: "password" };
    let attempts = subject(&state.secrets, WRONG_PASSWORDS, &account.username);
    let left = match state.db.begin_attempt(&attempts, PASSWORDS, state.clock.now_ms()).await? {
        Attempt::Allowed { left } => left,
        Attempt::Locked { until } => {
            recorder.refuse("locked", false).await?;
            return locked(until);
        }
    };
    let username = account.username.parse().map_err(AppError::internal)?;
    let hash = state.db.first_factor(&username).await?.and_then(|factor| factor.password_hash);
    if state.passwords.verify(password, hash).await.map_err(AppError::internal)? {
        state.db.forget_attempts(&attempts).await?;
        return Ok(Ok(()));
    }
    recorder.refuse("wrong", left == 0).await?;
    if left == 0 {
        return locked(state.clock.now_ms() + LOCK);
    }
    Ok(Err(t!("passwords.current_wrong", locale = locale, left = left).into_owned()))
}
