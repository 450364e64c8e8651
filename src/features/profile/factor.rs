//! A second factor set anew: another telephone is proved by a PIN of its own before the former one is void, and new
//! recovery codes are shown until their owner has saved them. Either takes the password; nothing changes before the end.

use axum::{
    extract::{FromRequestParts, State},
    http::{HeaderMap, HeaderValue, header, request::Parts},
    response::{AppendHeaders, IntoResponse, Redirect, Response},
};
use serde::Deserialize;

use super::{
    factor_page as page,
    pending::{Cookies, Done, Stage, say},
};
use crate::{
    components::alert::FormErrors,
    domain::secret::{Password, Pin},
    features::{
        accounts::second_factor::TotpSecret,
        activation::pieces::{LIST, Pairing},
        login::again::prove_password,
        registers::act::{Act, By},
    },
    server::{
        auth::{AnyRole, SignedIn},
        errors::AppError,
        form::Posted,
        page::PageContext,
        source::Source,
        state::AppState,
    },
    storage::{
        own_account::FactorChange,
        registers::{Action, Fact},
    },
};

/// The page that everything else leads back to.
const CODES: &str = "/profile/codes";

/// Somebody at their own second factor.
pub struct AtFactor {
    state: AppState,
    visitor: SignedIn<AnyRole>,
    context: PageContext,
    headers: HeaderMap,
    by: By,
}

impl FromRequestParts<AppState> for AtFactor {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Response> {
        let visitor = SignedIn::<AnyRole>::from_request_parts(parts, state).await?;
        let Ok(context) = PageContext::from_request_parts(parts, state).await;
        let Ok(source) = Source::from_request_parts(parts, state).await;
        let by = By { actor: visitor.account.username.clone(), source };
        Ok(Self { state: state.clone(), visitor, context, headers: parts.headers.clone(), by })
    }
}

impl AtFactor {
    fn cookies(&self) -> Cookies<'_> {
        Cookies::of(&self.state, &self.visitor)
    }

    fn stage(&self) -> Option<Stage> {
        self.cookies().stage(&self.headers)
    }

    /// Whether it is the account's password, else what the page says.
    async fn password(&self, typed: String, action: Action) -> Result<Result<(), String>, AppError> {
        let (account, language) = (&self.visitor.account, self.context.language);
        prove_password(&self.state, &self.by, account, Password::new(typed), action, language).await
    }

    /// The secret that is being paired, sealed: the one that this browser was shown, else a new one and its cookie.
    fn pairing(&self) -> Result<(String, Option<HeaderValue>), AppError> {
        if let Some(Stage::Pairing(sealed)) = self.stage() {
            return Ok((sealed, None));
        }
        let (state, operator) = (&self.state, &self.visitor.account.id);
        let secret = TotpSecret::new(&state.random)?;
        let sealed = secret.seal(&state.secrets, operator, &state.random).map_err(AppError::internal)?;
        let cookie = self.cookies().keep(Stage::Pairing(sealed.clone()))?;
        Ok((sealed, Some(cookie)))
    }

    fn open(&self, sealed: &str) -> Result<TotpSecret, AppError> {
        TotpSecret::open(sealed, &self.state.secrets, &self.visitor.account.id).map_err(AppError::internal)
    }

    /// Goes on to the recovery codes.
    fn go_on(&self, stage: Stage) -> Result<Response, AppError> {
        Ok(with(Redirect::to(CODES).into_response(), [self.cookies().keep(stage)?]))
    }
}

fn with(response: Response, cookies: impl IntoIterator<Item = HeaderValue>) -> Response {
    let cookies: Vec<_> = cookies.into_iter().map(|cookie| (header::SET_COOKIE, cookie)).collect();
    (AppendHeaders(cookies), response).into_response()
}

/// `GET /profile/authenticator`: the secret to be paired with another telephone.
pub async fn show_authenticator(at: AtFactor) -> Result<Response, AppError> {
    authenticator(at, FormErrors::default()).await
}

async fn authenticator(at: AtFactor, errors: FormErrors) -> Result<Response, AppError> {
    let (sealed, cookie) = at.pairing()?;
    let pairing = Pairing::of(&at.open(&sealed)?, &at.visitor.account.username)?;
    Ok(with(page::authenticator(at.context, pairing, errors).await, cookie))
}

/// What the form of the authenticator sends.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Proof {
    pin: String,
    password: String,
}

/// `POST /profile/authenticator`: the first PIN of the new telephone, and the password.
pub async fn prove_authenticator(at: AtFactor, Posted(proof): Posted<Proof>) -> Result<Response, AppError> {
    let Some(Stage::Pairing(sealed)) = at.stage() else {
        return Ok(Redirect::to("/profile/authenticator").into_response());
    };
    let mut errors = FormErrors::default();
    let step = match proof.pin.parse::<Pin>() {
        Ok(pin) => at.open(&sealed)?.step_of(&pin, at.state.clock.now()).map_err(AppError::internal)?,
        Err(_) => None,
    };
    let Some(step) = step else {
        errors.add("pin", at.context.language.text("profile.authenticator_pin_wrong"));
        return authenticator(at, errors).await;
    };
    if let Err(text) = at.password(proof.password, Action::AuthenticatorChanged).await? {
        errors.add("password", text);
        return authenticator(at, errors).await;
    }
    at.go_on(Stage::Paired(sealed, step))
}

/// `GET /profile/codes`: the recovery codes to be saved, once the password was given.
pub async fn show_codes(at: AtFactor) -> Result<Response, AppError> {
    codes(at, FormErrors::default()).await
}

async fn codes(at: AtFactor, errors: FormErrors) -> Result<Response, AppError> {
    let has_telephone = match at.stage() {
        Some(Stage::Paired(..)) => true,
        Some(Stage::CodesAlone) => false,
        Some(Stage::Pairing(_)) | None => return Ok(page::ask(at.context, errors).await),
    };
    let mut shown = at.cookies().bearer().codes_to_show(&at.headers, &at.state.random)?;
    let cookie = shown.cookie.take();
    Ok(with(page::codes(at.context, shown, has_telephone, errors).await, cookie))
}

/// `POST /profile/codes/new`: the password, for new recovery codes alone.
pub async fn prove_codes(at: AtFactor, Posted(proof): Posted<Proof>) -> Result<Response, AppError> {
    let mut errors = FormErrors::default();
    if let Err(text) = at.password(proof.password, Action::RecoveryCodesChanged).await? {
        errors.add("password", text);
        return Ok(page::ask(at.context, errors).await);
    }
    at.go_on(Stage::CodesAlone)
}

/// `GET /profile/codes/new`: a reload after a refusal comes here.
pub async fn back_to_codes(_: SignedIn<AnyRole>) -> Redirect {
    Redirect::to(CODES)
}

/// `GET /profile/codes/file`: the codes as a text to be kept.
pub async fn download(at: AtFactor) -> Response {
    let codes = at.cookies().bearer().open(&at.headers);
    let file = codes.map(|codes| codes.file(&at.visitor.account.username, at.context.language));
    file.unwrap_or_else(|| Redirect::to(CODES).into_response())
}

/// What the form of the codes sends.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Saved {
    /// Which codes its page showed.
    set: String,
}

/// `POST /profile/codes`: the owner has saved the codes; from now on they are good, and the new telephone with them.
pub async fn save_codes(
    State(state): State<AppState>,
    at: AtFactor,
    Posted(saved): Posted<Saved>,
) -> Result<Response, AppError> {
    let (authenticator, done) = match at.stage() {
        Some(Stage::Paired(sealed, step)) => (Some((sealed, step)), Done::Authenticator),
        Some(Stage::CodesAlone) => (None, Done::Codes),
        Some(Stage::Pairing(_)) | None => return Ok(Redirect::to(CODES).into_response()),
    };
    let Some(recovery_codes) = at.cookies().bearer().saved(&at.headers, &saved.set) else {
        let mut errors = FormErrors::default();
        errors.add(LIST, at.context.language.text("activation.codes_others"));
        return codes(at, errors).await;
    };
    let action = if done == Done::Codes { Action::RecoveryCodesChanged } else { Action::AuthenticatorChanged };
    let (account, now) = (&at.visitor.account, state.clock.now_ms());
    let act = Act::done(action).on(&account.username).with(Fact::Section, "accounts");
    let change = FactorChange {
        operator: &account.id,
        authenticator: authenticator.as_ref().map(|(sealed, step)| (sealed.as_str(), *step)),
        recovery_codes: &recovery_codes,
        record: &at.by.record(act, &state.secrets, now),
    };
    state.db.change_factor(&change).await?;
    let cookies = at.cookies().clear()?.into_iter().chain([say(done)?]);
    Ok(with(Redirect::to("/profile").into_response(), cookies))
}
