//! An outcome that the database has not taken: the operator is told it from memory, and the browser carries it until
//! it is recorded.

use axum::{http::HeaderValue, response::Response};
use leptos::prelude::*;

use super::{answer::LastAnswer, outcome::Outcome};
use crate::{
    components::{
        buttons::{ButtonKind, LinkButton},
        heading::Heading,
    },
    domain::service::OutcomeClass,
    server::{
        host_cookie::with_cookies,
        page::{Page, PageContext},
    },
    storage::steps::Step,
};

/// What is known of it.
pub struct Unrecorded {
    /// The request and its end.
    pub step: Step,
    /// What the service wrote.
    pub answer: LastAnswer,
    /// Carries both, for the next page to record it.
    pub cookie: HeaderValue,
}

/// Where the page leads.
pub struct Back {
    /// The address.
    pub href: String,
    /// The key of what the link says.
    pub text: &'static str,
}

impl Unrecorded {
    /// The page that tells it, made without the database. From it leads a link to `back`.
    pub async fn page(self, context: PageContext, back: Back, is_deferred: bool) -> Response {
        let Self { step, answer, cookie } = self;
        let language = context.language;
        let title = language.text("desk.unrecorded_title");
        let Back { href, text } = back;
        let button = language.text(text);
        let page = Page::titled(title.clone());
        let page = if step.class() == OutcomeClass::Done { page } else { page.failed(language) };
        let response = page
            .render(context, move || {
                view! {
                    <Heading>{title}</Heading>
                    <Outcome step answer=Some(answer) is_deferred has_form=false language />
                    <p>
                        <LinkButton href kind=ButtonKind::Primary>{button}</LinkButton>
                    </p>
                }
            })
            .await;
        with_cookies(response, [cookie])
    }
}
