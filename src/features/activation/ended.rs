//! What somebody sees whose link has nothing left to do.

use axum::{http::StatusCode, response::Response};
use leptos::prelude::*;
use rust_i18n::t;

use crate::{
    components::{
        alert::{Notice, NoticeKind},
        buttons::{ButtonKind, LinkButton},
        heading::Heading,
    },
    server::page::{Page, PageContext},
};

/// The account is active: what comes after the last step, and what a link says that was used before.
pub async fn used(context: PageContext) -> Response {
    let locale = context.language.tag();
    let page = Page::titled(t!("activation.done_title", locale = locale)).without_islands();
    let view = move || {
        view! {
            <div class="entrance">
                <Heading>{t!("activation.done_title", locale = locale)}</Heading>
                <Notice kind=NoticeKind::Success><p>{t!("activation.done", locale = locale)}</p></Notice>
                <p>{t!("activation.done_help", locale = locale)}</p>
                <LinkButton href="/login" kind=ButtonKind::Primary>{t!("activation.go", locale = locale)}</LinkButton>
            </div>
        }
    };
    page.render(context, view).await
}

/// The day of the link is over.
pub async fn expired(context: PageContext) -> Response {
    dead(context, StatusCode::GONE, "activation.expired_title", "activation.expired").await
}

/// Nobody was given this link, or another was given since. Which of the two is not told.
pub async fn unknown(context: PageContext) -> Response {
    dead(context, StatusCode::NOT_FOUND, "activation.dead_title", "activation.dead").await
}

async fn dead(context: PageContext, status: StatusCode, title: &'static str, text: &'static str) -> Response {
    let language = context.language;
    let mut page = Page::titled(language.text(title)).without_islands();
    page.status = status;
    let view = move || {
        view! {
            <div class="entrance">
                <Heading>{language.text(title)}</Heading>
                <p>{language.text(text)}</p>
                <LinkButton href="/login">{language.text("activation.go")}</LinkButton>
            </div>
        }
    };
    page.render(context, view).await
}
