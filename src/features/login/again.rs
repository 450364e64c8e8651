//! Who is signed in proves the password once more, before they change what their account is entered with: by the same
//! count as at the entrance, so that a session that somebody else took over is no place to guess in.

use rust_i18n::t;

use super::{
    post::time_left,
    service::{Recorder, cut_off},
    tally::Tally,
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
    let (of, by, account) = (state.clone(), by.clone(), account.clone());
    // A task of its own, as the steps of a sign-in are.
    let judged = state.tasks.spawn(async move { judge(&of, &by, &account, password, action).await });
    Ok(match judged.await.map_err(|_| cut_off())?? {
        Again::Proved => Ok(()),
        Again::Locked { until } => {
            let time = time_left(until - state.clock.now_ms(), language);
            Err(t!("login.locked", locale = locale, time = time).into_owned())
        }
        Again::Wrong { left } => Err(t!("passwords.current_wrong", locale = locale, left = left).into_owned()),
    })
}

/// What came of it.
enum Again {
    Proved,
    Wrong {
        /// How many more wrong ones there may be.
        left: i64,
    },
    Locked {
        /// Milliseconds since 1970.
        until: i64,
    },
}

async fn judge(
    state: &AppState,
    by: &By,
    account: &Account,
    password: Password,
    action: Action,
) -> Result<Again, AppError> {
    let recorder = Recorder { state, by, action, login_type: "password" };
    let username = account.username.parse().map_err(AppError::internal)?;
    let factor = state.db.first_factor(&username).await?;
    let tally = Tally::of(state, &by.source, &account.username, factor.as_ref());
    let left = match recorder.begin_password(&tally).await? {
        Attempt::Allowed { left } => left,
        Attempt::Locked { until } => return Ok(Again::Locked { until }),
    };
    let hash = factor.and_then(|factor| factor.password_hash);
    if state.passwords.verify(password, hash).await.map_err(AppError::internal)? {
        state.db.forget_attempts(tally.subject()).await?;
        return Ok(Again::Proved);
    }
    let locks = recorder.fail_password(&tally, left, "wrong").await?;
    Ok(locks.map_or(Again::Wrong { left }, |until| Again::Locked { until }))
}
