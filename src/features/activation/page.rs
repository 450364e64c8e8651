//! The pages of the activation.

use axum::{http::StatusCode, response::Response};
use leptos::prelude::*;
use rust_i18n::t;
use zeroize::Zeroizing;

use super::qr;
use crate::{
    components::{
        alert::{ErrorSummary, FormErrors, Notice, NoticeKind},
        buttons::{Button, LinkButton},
        field::Field,
        heading::Heading,
    },
    features::accounts::{recovery::RecoveryCode, second_factor::TotpSecret},
    server::{
        errors::AppError,
        page::{Page, PageContext},
    },
    storage::credentials::Invitation,
};

/// Shows the form. Nothing that was typed comes back: all of it is secret.
pub async fn form(
    context: PageContext,
    invitation: Invitation,
    secret: &TotpSecret,
    errors: FormErrors,
) -> Result<Response, AppError> {
    let language = context.language;
    let locale = language.tag();
    let page = Page::titled(t!("activation.title", locale = locale)).without_islands();
    let page = if errors.is_empty() { page } else { page.refused(language) };
    let address = secret.address(&invitation.username).map_err(AppError::internal)?;
    let picture = qr::svg(&address).map_err(AppError::internal)?;
    let spelled = secret.spelled();
    let action = context.path.clone();
    let view = move || {
        view! {
            <div class="entrance">
                <ErrorSummary errors=errors.clone() language />
                <Heading>{t!("activation.title", locale = locale)}</Heading>
                <p>{t!("activation.welcome", locale = locale, name = invitation.name)}</p>
                <form method="post" action=action class="form-narrow">
                    <h2>{t!("activation.choose_password", locale = locale)}</h2>
                    // Password managers keep the pair; nothing of it is read by the server.
                    <Field name="username" label=t!("login.username", locale = locale) autocomplete="username"
                        value=invitation.username />
                    <Field name="password" label=t!("login.password", locale = locale) kind="password"
                        hint=t!("activation.password_hint", locale = locale) autocomplete="new-password"
                        error=errors.of("password") />
                    <Field name="again" label=t!("activation.again", locale = locale) kind="password"
                        autocomplete="new-password" error=errors.of("again") />
                    <h2>{t!("activation.pair", locale = locale)}</h2>
                    <p>{t!("activation.pair_how", locale = locale)}</p>
                    <Secret picture address spelled locale />
                    <Field name="pin" label=t!("login.pin", locale = locale) hint=t!("activation.pin_hint", locale = locale)
                        autocomplete="one-time-code" inputmode="numeric" maxlength=20 is_short=true
                        error=errors.of("pin") />
                    <Button>{t!("activation.submit", locale = locale)}</Button>
                </form>
            </div>
        }
    };
    Ok(page.render(context, view).await)
}

/// The second factor in the three ways in which an app takes it.
#[component]
fn Secret(
    /// The QR code, drawn.
    picture: String,
    /// The `otpauth:` address.
    address: Zeroizing<String>,
    /// The secret in base32.
    spelled: Zeroizing<String>,
    /// The tag of the language.
    locale: &'static str,
) -> impl IntoView {
    view! {
        <div class="qr" role="img" aria-label=t!("activation.qr", locale = locale) inner_html=picture></div>
        <p>
            {t!("activation.by_hand", locale = locale)} " "
            <code class="secret">{spelled.to_string()}</code>
        </p>
        <p>
            <a href=address.to_string()>{t!("activation.open_app", locale = locale)}</a>
        </p>
    }
}

/// Shows the recovery codes, this once.
pub async fn done(context: PageContext, codes: Vec<RecoveryCode>) -> Response {
    let locale = context.language.tag();
    let page = Page::titled(t!("activation.done_title", locale = locale)).without_islands();
    let code = |code: RecoveryCode| view! { <li><code>{code.spelled().to_string()}</code></li> };
    let view = move || {
        view! {
            <div class="entrance">
                <Heading>{t!("activation.done_title", locale = locale)}</Heading>
                <Notice kind=NoticeKind::Success><p>{t!("activation.done", locale = locale)}</p></Notice>
                <h2 id="codes">{t!("activation.codes", locale = locale)}</h2>
                <p>{t!("activation.codes_how", locale = locale)}</p>
                <ol class="recovery-codes" aria-labelledby="codes">{codes.into_iter().map(code).collect_view()}</ol>
                <LinkButton href="/login">{t!("activation.go", locale = locale)}</LinkButton>
            </div>
        }
    };
    page.render(context, view).await
}

/// Shows that a link does not work, without telling which kind of link it is.
pub async fn dead_link(context: PageContext) -> Response {
    let locale = context.language.tag();
    let mut page = Page::titled(t!("activation.dead_title", locale = locale)).without_islands();
    page.status = StatusCode::NOT_FOUND;
    page.render(context, move || {
        view! {
            <div class="entrance">
                <Heading>{t!("activation.dead_title", locale = locale)}</Heading>
                <p>{t!("activation.dead", locale = locale)}</p>
                <LinkButton href="/login">{t!("activation.go", locale = locale)}</LinkButton>
            </div>
        }
    })
    .await
}
