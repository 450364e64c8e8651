//! The pages of a second factor that is set anew. Nothing that was typed comes back: all of it is secret.

use axum::response::Response;
use leptos::prelude::*;

use crate::{
    components::{
        alert::{ErrorSummary, FormErrors},
        buttons::{Button, ButtonKind, LinkButton},
        field::Field,
        heading::Heading,
    },
    features::activation::{
        codes::CodesToShow,
        pieces::{Pairing, SaveCodes, Secret},
    },
    server::{
        language::Language,
        page::{Page, PageContext},
    },
};

/// What stands around each of them.
#[component]
fn Around(
    /// The key of the title.
    title: &'static str,
    /// What is wrong.
    errors: FormErrors,
    /// In which language.
    language: Language,
    /// What there is to do.
    children: Children,
) -> impl IntoView {
    view! {
        <div class="entrance">
            <ErrorSummary errors language />
            <Heading>{language.text(title)}</Heading>
            <div class="form-narrow">{children()}</div>
            <LinkButton href="/profile" kind=ButtonKind::Quiet>{language.text("profile.back")}</LinkButton>
        </div>
    }
}

fn page(title: &str, errors: &FormErrors, language: Language) -> Page {
    let page = Page::titled(language.text(title));
    if errors.is_empty() { page } else { page.refused(language) }
}

/// The secret of another telephone, its first PIN, the password.
pub async fn authenticator(context: PageContext, pairing: Pairing, errors: FormErrors) -> Response {
    const TITLE: &str = "profile.authenticator_title";
    let language = context.language;
    let text = move |key: &str| language.text(&format!("profile.{key}"));
    let page = page(TITLE, &errors, language);
    let view = move || {
        view! {
            <Around title=TITLE errors=errors.clone() language>
                <p>{text("authenticator_how")}</p>
                <Secret pairing language />
                <form method="post" action="/profile/authenticator">
                    <Field name="pin" label=language.text("login.pin") hint=text("authenticator_pin")
                        autocomplete="one-time-code" inputmode="numeric" maxlength=20 is_short=true
                        error=errors.of("pin") />
                    <Field name="password" label=language.text("passwords.current") kind="password"
                        autocomplete="current-password" error=errors.of("password") />
                    <Button>{text("go_on")}</Button>
                </form>
            </Around>
        }
    };
    page.render(context, view).await
}

/// Asks for the password before new recovery codes are shown.
pub async fn ask(context: PageContext, errors: FormErrors) -> Response {
    const TITLE: &str = "profile.codes_title";
    let language = context.language;
    let page = page(TITLE, &errors, language);
    let view = move || {
        view! {
            <Around title=TITLE errors=errors.clone() language>
                <p>{language.text("profile.codes_ask")}</p>
                <form method="post" action="/profile/codes/new">
                    <Field name="password" label=language.text("passwords.current") kind="password"
                        autocomplete="current-password" error=errors.of("password") />
                    <Button>{language.text("profile.go_on")}</Button>
                </form>
            </Around>
        }
    };
    page.render(context, view).await
}

/// The recovery codes, until their owner has saved them.
pub async fn codes(context: PageContext, shown: CodesToShow, has_telephone: bool, errors: FormErrors) -> Response {
    const TITLE: &str = "profile.codes_title";
    let language = context.language;
    let page = page(TITLE, &errors, language);
    let until = if has_telephone { "profile.codes_until_phone" } else { "profile.codes_until" };
    let view = move || {
        view! {
            <Around title=TITLE errors language>
                <SaveCodes shown action="/profile/codes" until=language.text(until) language />
            </Around>
        }
    };
    page.render(context, view).await
}
