//! The requests of the profile's page: what it shows, the password, the way out of every session.

use axum::{
    extract::State,
    http::{HeaderMap, header},
    response::{AppendHeaders, IntoResponse, Redirect, Response},
};
use jiff::ToSpan;
use serde::Deserialize;

use super::{
    page::{self, Shown},
    pending::{Done, done, say, was_said},
    sessions::{EVERYWHERE, sessions_of},
};
use crate::{
    components::alert::FormErrors,
    domain::secret::Password,
    features::{
        login::{
            again::prove_password,
            fresh_pin::prove,
            pin::known_device,
            post::{Leaving, leave},
        },
        registers::act::{Act, By},
        requests::sealed::Sealed,
    },
    server::{
        auth::{AnyRole, SignedIn},
        clock::rome,
        errors::AppError,
        form::Posted,
        language::Language,
        login_session::LoginSession,
        page::PageContext,
        session::SessionToken,
        source::Source,
        state::AppState,
    },
    storage::{
        own_account::PasswordChange,
        registers::{Action, Fact},
        sessions::Account,
    },
};

/// For how many days the profile looks back.
const DAYS: i64 = 30;

/// `GET /profile`
pub async fn show(
    State(state): State<AppState>,
    visitor: SignedIn<AnyRole>,
    context: PageContext,
    headers: HeaderMap,
) -> Result<Response, AppError> {
    let done = done(&headers);
    let response = profile(&state, visitor, context, done, FormErrors::default()).await?;
    let said = done.map(|_| was_said()).transpose()?.map(|said| (header::SET_COOKIE, said));
    Ok((AppendHeaders(said), response).into_response())
}

/// The page, with what is wrong with its form.
async fn profile(
    state: &AppState,
    visitor: SignedIn<AnyRole>,
    context: PageContext,
    done: Option<Done>,
    errors: FormErrors,
) -> Result<Response, AppError> {
    let account = visitor.account;
    let since = state.clock.now().to_zoned(rome()).checked_sub(DAYS.days()).map_err(AppError::internal)?;
    let entries = state.db.session_entries(&account.username, since.timestamp().as_millisecond()).await?;
    let mut sessions = sessions_of(&entries);
    if let Some(this) = sessions.first_mut().filter(|session| session.ended.is_none()) {
        this.seen = state.clock.now_ms();
    }
    let codes_left = state.db.recovery_codes_left(&account.id).await?;
    Ok(page::render(context, Shown { account, done, errors, codes_left, sessions }).await)
}

/// `GET` of the address of a form: a reload after a refusal comes here.
pub async fn back(_: SignedIn<AnyRole>) -> Redirect {
    Redirect::to("/profile")
}

/// What the form of the password sends.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Typed {
    current: String,
    password: String,
    again: String,
    pin: String,
}

/// `POST /profile/password`: the new password is judged, the current one and the PIN prove who it is. The session goes on
/// under a new id.
pub async fn change_password(
    State(state): State<AppState>,
    visitor: SignedIn<AnyRole>,
    login: LoginSession,
    source: Source,
    context: PageContext,
    headers: HeaderMap,
    Posted(typed): Posted<Typed>,
) -> Result<Response, AppError> {
    let device = source.device.clone();
    let change = Change { state: &state, visitor: &visitor, source, language: context.language };
    let new = match change.carry_out(typed).await? {
        Changed::Done(new) => new,
        Changed::Refused(errors) => return profile(&state, visitor, context, None, errors).await,
        Changed::NoSession => return Ok(Redirect::to("/login").into_response()),
    };
    // What the open call needs was sealed under the old id.
    let sealed = Sealed::new(&state.secrets, &state.random, &visitor.account.id, visitor.session.token.expose());
    let call = sealed.carry_over(&headers, new.expose())?;
    login.renew(&new).await?;
    let device = known_device(&state, device, &visitor.account.id).await?;
    let cookies =
        call.into_iter().chain(device).chain([say(Done::Password)?]).map(|cookie| (header::SET_COOKIE, cookie));
    Ok((AppendHeaders(cookies.collect::<Vec<_>>()), Redirect::to("/profile")).into_response())
}

/// A password that is to be changed.
struct Change<'a> {
    state: &'a AppState,
    visitor: &'a SignedIn<AnyRole>,
    source: Source,
    language: Language,
}

enum Changed {
    Done(SessionToken),
    Refused(FormErrors),
    NoSession,
}

impl Change<'_> {
    async fn carry_out(&self, typed: Typed) -> Result<Changed, AppError> {
        let (state, account, language) = (self.state, &self.visitor.account, self.language);
        let (current, password) = (Password::new(typed.current), Password::new(typed.password));
        let mut errors = self.judge(&current, &password, &Password::new(typed.again)).await?;
        if typed.pin.trim().is_empty() {
            errors.add("pin", language.text("login.pin_empty"));
        }
        if !errors.is_empty() {
            return Ok(Changed::Refused(errors));
        }
        let by = By { actor: account.username.clone(), source: self.source.clone() };
        let proved = prove_password(state, &by, account, current, Action::PasswordChanged, language).await?;
        if let Err(text) = proved {
            return Ok(refused("current", text));
        }
        if let Err(text) = prove(state, self.source.clone(), self.visitor, &typed.pin, language).await? {
            return Ok(refused("pin", text));
        }
        let password_hash = state.passwords.hash(password, &state.random).await.map_err(AppError::internal)?;
        let (new, now) = (SessionToken::new(&state.random)?, state.clock.now_ms());
        let act = Act::done(Action::PasswordChanged).on(&account.username).with(Fact::Section, "accounts");
        let change = PasswordChange {
            operator: &account.id,
            password_hash: &password_hash,
            old: &self.visitor.session.token.hash(),
            new: &new.hash(),
            record: &by.record(act, &state.secrets, now),
            now,
        };
        let is_done = state.db.change_password(&change).await?;
        Ok(if is_done { Changed::Done(new) } else { Changed::NoSession })
    }

    /// What can be told of what was typed before anybody has to prove anything.
    async fn judge(&self, current: &Password, new: &Password, again: &Password) -> Result<FormErrors, AppError> {
        let mut errors = FormErrors::default();
        let text = |key: &str| self.language.text(&format!("passwords.{key}"));
        if current.expose().is_empty() {
            errors.add("current", text("current_empty"));
        }
        let Account { username, name, .. } = &self.visitor.account;
        let judged = self.state.passwords.judge(new.clone(), username, name).await.map_err(AppError::internal)?;
        if let Err(unfit) = judged {
            errors.add("password", unfit.text(self.language));
        } else if current == new {
            errors.add("password", text("same"));
        } else if new != again {
            errors.add("again", text("not_the_same"));
        }
        Ok(errors)
    }
}

fn refused(field: &'static str, text: String) -> Changed {
    let mut errors = FormErrors::default();
    errors.add(field, text);
    Changed::Refused(errors)
}

/// `POST /profile/sign-out`: ends every session of the account, this one included.
pub async fn sign_out_everywhere(
    State(state): State<AppState>,
    visitor: SignedIn<AnyRole>,
    login: LoginSession,
    source: Source,
    headers: HeaderMap,
) -> Result<Response, AppError> {
    let (account, now) = (visitor.account, state.clock.now_ms());
    let by = By { actor: account.username, source };
    let act = Act::done(Action::SignOut).with(Fact::Part, EVERYWHERE);
    state.db.sign_out_everywhere(&account.id, now, &by.record(act, &state.secrets, now)).await?;
    leave(&login, &headers, Leaving::Everywhere).await
}
