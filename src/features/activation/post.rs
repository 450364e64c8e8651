//! Activating an account.

use axum::{
    Form,
    extract::{Path, State},
    response::Response,
};
use rust_i18n::t;
use serde::Deserialize;

use super::page;
use crate::{
    components::alert::FormErrors,
    domain::{
        operator::OperatorId,
        secret::{Password, Pin},
    },
    features::accounts::{
        invite::token_hash,
        passwords::{Unfit, judge},
        recovery::RecoveryCode,
        second_factor::TotpSecret,
    },
    server::{errors::AppError, page::PageContext, state::AppState},
    storage::credentials::{Activated, Invitation},
};

/// What the form sends.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Chosen {
    password: String,
    again: String,
    pin: String,
}

/// `GET /activate/{token}`: changes nothing, so that a mail program that looks at links uses none up.
pub async fn show(
    State(state): State<AppState>,
    Path(token): Path<String>,
    context: PageContext,
) -> Result<Response, AppError> {
    match open(&state, &token).await? {
        Some((invitation, secret)) => page::form(context, invitation, &secret, FormErrors::default()).await,
        None => Ok(page::dead_link(context).await),
    }
}

/// `POST /activate/{token}`: sets the password, proves the second factor, shows the recovery codes.
pub async fn activate(
    State(state): State<AppState>,
    Path(token): Path<String>,
    context: PageContext,
    Form(chosen): Form<Chosen>,
) -> Result<Response, AppError> {
    let Some((invitation, secret)) = open(&state, &token).await? else { return Ok(page::dead_link(context).await) };
    let locale = context.language.tag();
    let password = Password::new(chosen.password);
    let mut errors = FormErrors::default();
    if let Err(unfit) = judge(&password, &invitation.username, &invitation.name) {
        errors.add("password", t!(text_of(unfit), locale = locale));
    } else if password != Password::new(chosen.again) {
        errors.add("again", t!("activation.not_the_same", locale = locale));
    }
    let step = match chosen.pin.parse::<Pin>() {
        Ok(pin) => secret.step_of(&pin, state.clock.now()).map_err(AppError::internal)?,
        Err(_) => None,
    };
    match step {
        Some(step) if errors.is_empty() => {
            let codes = RecoveryCode::set(&state.random)?;
            if set(&state, &token, &invitation, password, step, &codes).await? {
                Ok(page::done(context, codes).await)
            } else {
                Ok(page::dead_link(context).await)
            }
        }
        step => {
            if step.is_none() {
                errors.add("pin", t!("activation.pin_wrong", locale = locale));
            }
            page::form(context, invitation, &secret, errors).await
        }
    }
}

const fn text_of(unfit: Unfit) -> &'static str {
    match unfit {
        Unfit::Length => "activation.password_length",
        Unfit::Personal => "activation.password_personal",
        Unfit::Common => "activation.password_common",
    }
}

/// The account and the second factor of a link, if it still works.
async fn open(state: &AppState, token: &str) -> Result<Option<(Invitation, TotpSecret)>, AppError> {
    let Some(invitation) = state.db.invitation(&token_hash(token), state.clock.now_ms()).await? else {
        return Ok(None);
    };
    let operator = OperatorId(invitation.operator_id.clone());
    let secret = TotpSecret::open(&invitation.totp_secret, &state.secrets, &operator).map_err(AppError::internal)?;
    Ok(Some((invitation, secret)))
}

/// Writes what was chosen. Whether the link still worked.
async fn set(
    state: &AppState,
    token: &str,
    invitation: &Invitation,
    password: Password,
    step: i64,
    codes: &[RecoveryCode],
) -> Result<bool, AppError> {
    let operator = OperatorId(invitation.operator_id.clone());
    let recovery_codes: Vec<_> = codes.iter().map(|code| code.hash(&state.secrets, &operator)).collect();
    let password_hash = state.passwords.hash(password, &state.random).await.map_err(AppError::internal)?;
    let activated = Activated { password_hash: &password_hash, step, recovery_codes: &recovery_codes };
    Ok(state.db.activate(&token_hash(token), &activated, state.clock.now_ms()).await?)
}
