//! The requests of the pages of accounts.

use axum::{
    extract::Path,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Redirect, Response},
};
use jiff::Timestamp;
use rust_i18n::t;
use serde::Deserialize;

use super::{
    ask::ask,
    at_office::AtOffice,
    fields::Typed,
    list::PATH,
    note::{self, Done},
    page::{self, ACCOUNT, Shown},
};
use crate::{
    components::alert::FormErrors,
    domain::operator::OperatorId,
    features::{
        accounts::{
            form_key::FormKey,
            invite::{ActivationPath, InviteError, Invited},
        },
        login::fresh_pin::Confirmed,
    },
    server::{clock::rome, errors::AppError, language::Language, retained::Retained, same_site::SameSitePath},
    storage::operators::{AddError, account::Administered, acts::Acted, rules::Refusal},
};

/// A form that is nothing but a button.
#[derive(Clone, Copy, Debug, Deserialize)]
pub struct Nothing {}

/// A form that is nothing but a button, which acts on an account.
#[derive(Clone, Debug, Deserialize)]
pub struct Sent {
    key: FormKey,
}

/// `GET /operators/new`
pub async fn new(at: AtOffice, retained: Retained) -> Result<Response, AppError> {
    let key = at.form_key()?;
    let typed = match Typed::retained(&retained) {
        Some(typed) => Typed { key: key.as_str().to_owned(), ..typed },
        None => Typed::blank(&key),
    };
    Ok(page::new(at.context, typed, FormErrors::default()).await)
}

/// `POST /operators/new`
pub async fn create(at: AtOffice, Confirmed(typed): Confirmed<Typed>) -> Result<Response, AppError> {
    let (language, key) = (at.context.language, typed.form_key()?);
    let invitee = match typed.invitee(language) {
        Ok(invitee) => invitee,
        Err(errors) => return Ok(page::new(at.context, typed, errors).await),
    };
    let mut errors = FormErrors::default();
    match at.office().asked_by(&key).invite(&invitee).await {
        Ok(Invited { id, path }) => return tell(&at, &id, Done::Created, Some(&path)),
        Err(InviteError::Add(AddError::Before(id))) => return tell(&at, &id, Done::CreatedBefore, None),
        Err(InviteError::Add(AddError::Taken)) => errors.add("username", language.text("operators.username_taken")),
        Err(InviteError::Add(AddError::Refused(Refusal::NotAllowed))) => return Err(AppError::Forbidden),
        Err(InviteError::Add(AddError::Refused(refusal))) => errors.add("role", said(&refusal, language)),
        Err(error) => return Err(AppError::internal(error)),
    }
    Ok(page::new(at.context, typed, errors).await)
}

/// `GET /operators/{id}`
pub async fn show(at: AtOffice, Path(id): Path<String>, retained: Retained) -> Result<Response, AppError> {
    let account = find(&at, id).await?;
    let typed = Typed::retained(&retained).unwrap_or_else(|| Typed::of(&account));
    render(at, account, typed, FormErrors::default()).await
}

/// `POST /operators/{id}`: what is typed is how the account is to be.
pub async fn edit(
    at: AtOffice,
    Path(id): Path<String>,
    Confirmed(typed): Confirmed<Typed>,
) -> Result<Response, AppError> {
    let account = find(&at, id).await?;
    let changed = match typed.changed(at.context.language)? {
        Ok(changed) => changed,
        Err(errors) => return render(at, account, typed, errors).await,
    };
    let acted = at.office().edit(&account.id, changed.edit()).await?;
    conclude(at, account, acted, Done::Saved, Some(typed)).await
}

/// `GET` of the address of an act that does not ask first: a reload comes here.
pub async fn back(_: AtOffice, Path(id): Path<String>) -> Redirect {
    Redirect::to(SameSitePath::of_ours(&page_of(&id)).as_str())
}

/// `GET /operators/{id}/disable`
pub async fn ask_disable(at: AtOffice, Path(id): Path<String>) -> Result<Response, AppError> {
    let account = find(&at, id).await?;
    let key = at.form_key()?;
    Ok(ask(at.context, account, "disable", key).await)
}

/// `POST /operators/{id}/disable`
pub async fn disable(
    at: AtOffice,
    Path(id): Path<String>,
    Confirmed(sent): Confirmed<Sent>,
) -> Result<Response, AppError> {
    let account = find(&at, id).await?;
    let acted = at.office().asked_by(&sent.key).disable(&account.id).await?;
    conclude(at, account, acted, Done::Disabled, None).await
}

/// `POST /operators/{id}/enable`
pub async fn enable(
    at: AtOffice,
    Path(id): Path<String>,
    Confirmed(sent): Confirmed<Sent>,
) -> Result<Response, AppError> {
    let account = find(&at, id).await?;
    let acted = at.office().asked_by(&sent.key).enable(&account.id).await?;
    conclude(at, account, acted, Done::Enabled, None).await
}

/// `POST /operators/{id}/unlock`
pub async fn unlock(
    at: AtOffice,
    Path(id): Path<String>,
    Confirmed(sent): Confirmed<Sent>,
) -> Result<Response, AppError> {
    let account = find(&at, id).await?;
    let acted = at.office().asked_by(&sent.key).unlock(&account).await?;
    conclude(at, account, acted, Done::Unlocked, None).await
}

/// `GET /operators/{id}/reset`
pub async fn ask_reset(at: AtOffice, Path(id): Path<String>) -> Result<Response, AppError> {
    let account = find(&at, id).await?;
    let key = at.form_key()?;
    Ok(ask(at.context, account, "reset", key).await)
}

/// `POST /operators/{id}/reset`
pub async fn reset(
    at: AtOffice,
    Path(id): Path<String>,
    Confirmed(sent): Confirmed<Sent>,
) -> Result<Response, AppError> {
    let account = find(&at, id).await?;
    let (acted, path) = at.office().asked_by(&sent.key).reset(&account.id).await.map_err(AppError::internal)?;
    match acted {
        Acted::Done => tell(&at, &account.id, Done::Reset, Some(&path)),
        Acted::Before => tell(&at, &account.id, Done::ResetBefore, None),
        other => conclude(at, account, other, Done::Reset, None).await,
    }
}

/// `GET /operators/{id}/end-sessions`
pub async fn ask_end_sessions(at: AtOffice, Path(id): Path<String>) -> Result<Response, AppError> {
    let account = find(&at, id).await?;
    let key = at.form_key()?;
    Ok(ask(at.context, account, "end-sessions", key).await)
}

/// `POST /operators/{id}/end-sessions`
pub async fn end_sessions(
    at: AtOffice,
    Path(id): Path<String>,
    Confirmed(sent): Confirmed<Sent>,
) -> Result<Response, AppError> {
    let account = find(&at, id).await?;
    let acted = at.office().asked_by(&sent.key).end_sessions(&account.id).await?;
    conclude(at, account, acted, Done::SessionsEnded, None).await
}

async fn find(at: &AtOffice, id: String) -> Result<Administered, AppError> {
    at.state.db.operator(&OperatorId(id)).await?.ok_or(AppError::NotFound)
}

/// To the page of the account, which tells what was done; or the page itself, which says why it was not.
async fn conclude(
    at: AtOffice,
    account: Administered,
    acted: Acted,
    done: Done,
    typed: Option<Typed>,
) -> Result<Response, AppError> {
    let refusal = match acted {
        Acted::Done => return tell(&at, &account.id, done, None),
        Acted::Unchanged => return tell(&at, &account.id, Done::Unchanged, None),
        Acted::Before => return tell(&at, &account.id, Done::SentBefore, None),
        Acted::Refused(Refusal::Unknown) => return Err(AppError::NotFound),
        Acted::Refused(Refusal::NotAllowed) => return Err(AppError::Forbidden),
        Acted::Refused(refusal) => refusal,
    };
    let mut errors = FormErrors::default();
    errors.add(ACCOUNT, said(&refusal, at.context.language));
    // It may have been changed since it was looked at.
    let account = find(&at, account.id.0).await?;
    let typed = typed.unwrap_or_else(|| Typed::of(&account));
    render(at, account, typed, errors).await
}

fn tell(at: &AtOffice, id: &OperatorId, done: Done, link: Option<&ActivationPath>) -> Result<Response, AppError> {
    let cookie = note::tell(&at.state, &at.session, id, done, link)?;
    Ok(with_cookies(Redirect::to(&page_of(&id.0)), [cookie]))
}

fn page_of(id: &str) -> String {
    format!("{PATH}/{id}")
}

fn with_cookies(answer: impl IntoResponse, cookies: impl IntoIterator<Item = HeaderValue>) -> Response {
    let mut response = answer.into_response();
    for cookie in cookies {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    response
}

async fn render(at: AtOffice, account: Administered, typed: Typed, errors: FormErrors) -> Result<Response, AppError> {
    let circumstances = at.state.db.circumstances(&account.id).await?.ok_or(AppError::NotFound)?;
    let locked_until = at.office().locked_until(&account).await?;
    let note = note::told(&at.state, &at.session, &account.id, &at.headers);
    let (has_note, is_own) = (note.is_some(), account.id == at.supervisor.id);
    let key = at.form_key()?;
    let shown = Shown { account, circumstances, locked_until, is_own, key, typed, note, errors };
    let response = page::account(at.context, shown).await;
    let is_shown = has_note && response.status() != StatusCode::INTERNAL_SERVER_ERROR;
    Ok(if is_shown { with_cookies(response, note::forget()?) } else { response })
}

/// Why something is not done, and what to do about it.
fn said(refusal: &Refusal, language: Language) -> String {
    let key = match refusal {
        Refusal::Meanwhile { by, at } => {
            let at = Timestamp::from_millisecond(*at).unwrap_or_default().to_zoned(rome());
            let (time, day) = (at.strftime("%H:%M:%S").to_string(), at.strftime("%d/%m/%Y").to_string());
            return t!("operators.meanwhile", locale = language.tag(), by = by, time = time, day = day).into_owned();
        }
        Refusal::Yourself => "operators.yourself",
        Refusal::AboveOwnRole => "operators.above_own_role",
        Refusal::LastSupervisor => "operators.last_supervisor",
        Refusal::Disabled => "operators.is_disabled",
        Refusal::Unknown | Refusal::NotAllowed => "errors.forbidden_text",
    };
    language.text(key)
}
