//! The steps of an activation: the password, the second factor, the recovery codes. What was done stays done, so that a
//! wrong PIN asks for no password again, and a closed page loses nothing.

use axum::{
    http::{HeaderValue, header},
    response::{IntoResponse, Redirect, Response},
};
use rust_i18n::t;
use serde::Deserialize;

use super::{at_link::AtLink, page, pieces::LIST};
use crate::{
    components::alert::FormErrors,
    domain::secret::{Password, Pin},
    features::{accounts::invite::activated_by_owner, registers::act::By},
    server::{errors::AppError, form::Posted, source::Source},
    storage::activations::{Activated, Invitation, LinkStage, StepDone},
};

/// `GET /activate/{token}`: the step that is to be done. Changes nothing on the server, so that a mail program that
/// looks at links uses none up.
pub async fn show(link: AtLink) -> Result<Response, AppError> {
    match link.invitation.stage {
        LinkStage::Password => Ok(page::password(link, FormErrors::default()).await),
        LinkStage::Pin => page::pin(link, FormErrors::default()).await,
        LinkStage::Codes { .. } => show_codes(link, FormErrors::default()).await,
    }
}

/// `GET` of the address of a step: a reload after a refusal comes here.
pub async fn back(link: AtLink) -> Redirect {
    link.go_on()
}

/// `GET /activate/{token}/password`: a password can be chosen anew until the second factor is proved.
pub async fn show_password(link: AtLink) -> Response {
    match link.invitation.stage {
        LinkStage::Codes { .. } => link.go_on().into_response(),
        LinkStage::Password | LinkStage::Pin => page::password(link, FormErrors::default()).await,
    }
}

/// What the first form sends.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Chosen {
    password: String,
    again: String,
}

/// `POST /activate/{token}/password`
pub async fn choose_password(link: AtLink, Posted(chosen): Posted<Chosen>) -> Result<Response, AppError> {
    if matches!(link.invitation.stage, LinkStage::Codes { .. }) {
        return Ok(link.go_on().into_response());
    }
    let language = link.context.language;
    let (password, again) = (Password::new(chosen.password), Password::new(chosen.again));
    let mut errors = FormErrors::default();
    let Invitation { username, name, .. } = &link.invitation;
    let judged = link.state.passwords.judge(password.clone(), username, name).await.map_err(AppError::internal)?;
    if let Err(unfit) = judged {
        errors.add("password", unfit.text(language));
    } else if password != again {
        errors.add("again", language.text("passwords.not_the_same"));
    }
    if !errors.is_empty() {
        return Ok(page::password(link, errors).await);
    }
    let hash = link.state.passwords.hash(password, &link.state.random).await.map_err(AppError::internal)?;
    note(&link, StepDone::Password(&hash)).await
}

/// Notes what was done, and goes on. If the link has ended in the meantime, its page says so.
async fn note(link: &AtLink, done: StepDone<'_>) -> Result<Response, AppError> {
    link.state.db.note_activation(&link.hash(), done, link.state.clock.now_ms()).await?;
    Ok(link.go_on().into_response())
}

/// What the second form sends.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Proof {
    pin: String,
}

/// `POST /activate/{token}/pin`
pub async fn prove(link: AtLink, Posted(proof): Posted<Proof>) -> Result<Response, AppError> {
    if link.invitation.stage != LinkStage::Pin {
        return Ok(link.go_on().into_response());
    }
    let step = match proof.pin.parse::<Pin>() {
        Ok(pin) => link.secret()?.step_of(&pin, link.state.clock.now()).map_err(AppError::internal)?,
        Err(_) => None,
    };
    if let Some(step) = step {
        return note(&link, StepDone::Pin(step)).await;
    }
    let mut errors = FormErrors::default();
    errors.add("pin", t!("activation.pin_wrong", locale = link.context.language.tag()));
    page::pin(link, errors).await
}

/// The codes that this browser was shown before, else new ones, which it carries from now on.
async fn show_codes(link: AtLink, errors: FormErrors) -> Result<Response, AppError> {
    let mut shown = link.codes_to_show()?;
    let cookie = shown.cookie.take();
    Ok(with_cookie(page::codes(link, shown, errors).await, cookie))
}

fn with_cookie(mut response: Response, cookie: Option<HeaderValue>) -> Response {
    if let Some(cookie) = cookie {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    response
}

/// `GET /activate/{token}/codes/file`: the codes as a text to be kept.
pub async fn download(link: AtLink) -> Response {
    let codes = link.bearer().open(&link.headers);
    codes.map_or_else(
        || link.go_on().into_response(),
        |codes| codes.file(&link.invitation.username, link.context.language),
    )
}

/// What the third form sends.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Saved {
    /// Which codes its page showed.
    set: String,
}

/// `POST /activate/{token}/codes`: the owner has saved the codes, and the account is active. Codes that are not those
/// of the page, or that the browser has lost, can't have been saved: the page shows others, and asks again.
pub async fn save_codes(link: AtLink, source: Source, Posted(saved): Posted<Saved>) -> Result<Response, AppError> {
    let state = &link.state;
    let LinkStage::Codes { password_hash, step } = &link.invitation.stage else {
        return Ok(link.go_on().into_response());
    };
    let Some(hashes) = link.bearer().saved(&link.headers, &saved.set) else {
        let mut errors = FormErrors::default();
        errors.add(LIST, link.context.language.text("activation.codes_others"));
        return show_codes(link, errors).await;
    };
    let activated = Activated { password_hash, step: *step, recovery_codes: &hashes };
    let (now, username) = (state.clock.now_ms(), &link.invitation.username);
    let by = By { actor: username.clone(), source };
    let record = by.record(activated_by_owner(username), &state.secrets, now);
    state.db.activate(&link.hash(), &activated, now, &record).await?;
    Ok(with_cookie(link.go_on().into_response(), Some(link.bearer().clear()?)))
}
