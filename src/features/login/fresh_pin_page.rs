//! The page "Conferma con il PIN".

use std::fmt;

use axum::{http::StatusCode, response::Response};
use leptos::prelude::*;

use super::fresh_pin::PIN;
use crate::{
    components::{
        alert::{ErrorSummary, FormErrors},
        buttons::{Button, ButtonKind, LinkButton},
        field::Field,
        heading::Heading,
    },
    server::page::{FORM, Page, PageContext},
};

/// The fields of the form that waits for the PIN, by name. Nothing prints them.
#[derive(Clone)]
pub struct Carried(pub Vec<(String, String)>);

impl fmt::Debug for Carried {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Carried(…)")
    }
}

/// Asks for the PIN and carries the form along: 401, and 422 where a PIN was refused.
pub async fn ask(context: PageContext, carried: Carried, errors: FormErrors) -> Response {
    let language = context.language;
    let text = move |key: &str| language.text(&format!("login.{key}"));
    let mut page = Page::titled(text("fresh_title")).with_form(true);
    page.status = StatusCode::UNAUTHORIZED;
    let page = if errors.is_empty() { page } else { page.refused(language) };
    let path = context.path.clone();
    let hidden = |(name, value): (String, String)| view! { <input type="hidden" name=name value=value /> };
    let view = move || {
        view! {
            <div class="entrance">
                <ErrorSummary errors=errors.clone() language />
                <Heading>{text("fresh_title")}</Heading>
                <p>{text("fresh_why")}</p>
                <form id=FORM method="post" action=path.clone() class="form-narrow">
                    {carried.0.into_iter().map(hidden).collect_view()}
                    <Field name=PIN label=text("pin") hint=text("pin_hint") autocomplete="one-time-code" maxlength=40
                        is_short=true error=errors.of(PIN) />
                    <Button>{text("pin_submit")}</Button>
                </form>
                <LinkButton href=path kind=ButtonKind::Quiet>{text("fresh_back")}</LinkButton>
            </div>
        }
    };
    page.render(context, view).await
}
