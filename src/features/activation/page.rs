//! The pages of the three steps of an activation. Nothing that was typed comes back: all of it is secret.

use axum::response::Response;
use leptos::prelude::*;
use rust_i18n::t;

use super::{
    at_link::AtLink,
    codes::CodesToShow,
    pieces::{Pairing, SaveCodes, Secret},
};
use crate::{
    components::{
        alert::{ErrorSummary, FormErrors},
        buttons::{Button, ButtonKind, LinkButton},
        field::Field,
        heading::Heading,
    },
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
                            hint=language.text("passwords.hint") autocomplete="new-password" error=errors.of("password") />
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
    let (action, other) = (link.address("/pin"), link.address("/password"));
    let (pairing, name) = (Pairing::of(&link.secret()?, &link.invitation.username)?, link.invitation.name);
    let text = move |key: &str| language.text(&format!("activation.{key}"));
    let view = {
        let errors = errors.clone();
        move || {
            view! {
                <Step number=2 title="activation.pair" name errors=errors.clone() language>
                    <p>{text("pair_how")}</p>
                    <Secret pairing language />
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

/// Step 3: the recovery codes, until their owner has saved them.
pub async fn codes(link: AtLink, shown: CodesToShow, errors: FormErrors) -> Response {
    let language = link.context.language;
    let (action, name) = (link.address("/codes"), link.invitation.name);
    let view = {
        let errors = errors.clone();
        move || {
            let until = language.text("activation.codes_until");
            view! {
                <Step number=3 title="activation.codes" name errors language>
                    <SaveCodes shown action until language />
                </Step>
            }
        }
    };
    page(&errors, language).render(link.context, view).await
}
