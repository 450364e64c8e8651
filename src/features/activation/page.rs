//! The pages of the three steps of an activation. Nothing that was typed comes back: all of it is secret.

use axum::response::Response;
use leptos::prelude::*;
use rust_i18n::t;
use zeroize::Zeroizing;

use super::{at_link::AtLink, codes::ShownCodes, qr};
use crate::{
    components::{
        alert::{ErrorSummary, FormErrors},
        buttons::{Button, ButtonKind, LinkButton},
        field::Field,
        heading::Heading,
    },
    islands::{copy_button::CopyButton, print_button::PrintButton},
    server::{errors::AppError, language::Language, page::Page},
};

/// What stands around every step.
#[component]
fn Step(
    /// Which of the three.
    number: u8,
    /// What it is called.
    title: &'static str,
    /// Whose account it is.
    name: String,
    /// What is wrong.
    errors: FormErrors,
    /// In which language.
    language: Language,
    /// What there is to do.
    children: Children,
) -> impl IntoView {
    let locale = language.tag();
    view! {
        <div class="entrance">
            <ErrorSummary errors language />
            <Heading>{t!("activation.title", locale = locale)}</Heading>
            <p>{t!("activation.welcome", locale = locale, name = name)}</p>
            <div class="form-narrow">
                <h2>
                    <span class="step-number">{t!("activation.step", locale = locale, number = number)}</span>
                    " "
                    {language.text(title)}
                </h2>
                {children()}
            </div>
        </div>
    }
}

fn page(errors: &FormErrors, language: Language) -> Page {
    let page = Page::titled(language.text("activation.title"));
    if errors.is_empty() { page } else { page.refused(language) }
}

/// Step 1: the password.
pub async fn password(link: AtLink, errors: FormErrors) -> Response {
    let language = link.context.language;
    let (action, invitation) = (link.address("/password"), link.invitation);
    let text = move |key: &str| language.text(&format!("activation.{key}"));
    let view = {
        let errors = errors.clone();
        move || {
            view! {
                <Step number=1 title="activation.choose_password" name=invitation.name errors=errors.clone() language>
                    <form method="post" action=action>
                        // Password managers keep the pair; nothing of it is read by the server.
                        <Field name="username" label=language.text("login.username") autocomplete="username"
                            value=invitation.username />
                        <Field name="password" label=language.text("login.password") kind="password"
                            hint=text("password_hint") autocomplete="new-password" error=errors.of("password") />
                        <Field name="again" label=text("again") kind="password" autocomplete="new-password"
                            error=errors.of("again") />
                        <Button>{text("go_on")}</Button>
                    </form>
                </Step>
            }
        }
    };
    page(&errors, language).without_islands().render(link.context, view).await
}

/// Step 2: the second factor.
pub async fn pin(link: AtLink, errors: FormErrors) -> Result<Response, AppError> {
    let language = link.context.language;
    let (secret, action, other) = (link.secret()?, link.address("/pin"), link.address("/password"));
    let address = secret.address(&link.invitation.username).map_err(AppError::internal)?;
    let picture = qr::svg(&address).map_err(AppError::internal)?;
    let (spelled, name) = (secret.spelled(), link.invitation.name);
    let text = move |key: &str| language.text(&format!("activation.{key}"));
    let view = {
        let errors = errors.clone();
        move || {
            view! {
                <Step number=2 title="activation.pair" name errors=errors.clone() language>
                    <p>{text("pair_how")}</p>
                    <Secret picture address spelled language />
                    <form method="post" action=action>
                        <Field name="pin" label=language.text("login.pin") hint=text("pin_hint")
                            autocomplete="one-time-code" inputmode="numeric" maxlength=20 is_short=true
                            error=errors.of("pin") />
                        <Button>{text("go_on")}</Button>
                    </form>
                    <p class="step-back">
                        <LinkButton href=other kind=ButtonKind::Quiet>{text("other_password")}</LinkButton>
                    </p>
                </Step>
            }
        }
    };
    Ok(page(&errors, language).without_islands().render(link.context, view).await)
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
    /// In which language.
    language: Language,
) -> impl IntoView {
    let text = move |key: &str| language.text(&format!("activation.{key}"));
    view! {
        <div class="qr" role="img" aria-label=text("qr") inner_html=picture></div>
        <p>
            {text("by_hand")} " "
            <code class="secret">{spelled.to_string()}</code>
        </p>
        <p>
            <a href=address.to_string()>{text("open_app")}</a>
        </p>
    }
}

/// Step 3: the recovery codes, until their owner has saved them. `set` tells these codes from others.
pub async fn codes(link: AtLink, codes: ShownCodes, set: String, errors: FormErrors) -> Response {
    let language = link.context.language;
    let (action, file, name) = (link.address("/codes"), link.address("/codes/file"), link.invitation.name);
    let text = move |key: &str| language.text(&format!("activation.{key}"));
    let view = {
        let errors = errors.clone();
        move || {
            view! {
                <Step number=3 title="activation.codes" name errors language>
                    <p>{text("codes_how")}</p>
                    <CodeList codes language />
                    <div class="recovery-ways">
                        <LinkButton href=file>{text("codes_file")}</LinkButton>
                        <PrintButton label=text("codes_print") />
                        <CopyButton target=LIST.to_owned() label=text("codes_copy") done=text("codes_copied") />
                    </div>
                    <form method="post" action=action>
                        <input type="hidden" name="set" value=set />
                        <p>{text("codes_until")}</p>
                        <Button>{text("codes_saved")}</Button>
                    </form>
                </Step>
            }
        }
    };
    page(&errors, language).render(link.context, view).await
}

/// The id of the list, for the button that copies it and for what is wrong with it.
pub const LIST: &str = "recovery-codes";

/// The codes, each on a line of its own, as they are copied too.
#[component]
fn CodeList(
    /// The codes.
    codes: ShownCodes,
    /// In which language.
    language: Language,
) -> impl IntoView {
    let item = |code: &str| view! { <li><code>{code.to_owned()}</code></li>"\n" };
    let label = language.text("activation.codes");
    view! { <ol id=LIST class="recovery-codes" aria-label=label>{codes.text().lines().map(item).collect_view()}</ol> }
}
