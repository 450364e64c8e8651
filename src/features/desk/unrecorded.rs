//! An outcome that the database has not taken: the operator is told it from memory, and the browser carries it until
//! it is recorded.

use axum::{http::HeaderValue, response::Response};
use leptos::prelude::*;

use super::{call_data::LastAnswer, case_page::with_cookies, outcome::Outcome};
use crate::{
    components::{
        buttons::{ButtonKind, LinkButton},
        heading::Heading,
    },
    domain::case::OutcomeClass,
    server::page::{Page, PageContext},
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

impl Unrecorded {
    /// The page that tells it, made without the database. From it leads a link to `back`.
    pub async fn page(self, context: PageContext, back: String, is_deferred: bool) -> Response {
        let Self { step, answer, cookie } = self;
        let language = context.language;
        let title = language.text("desk.unrecorded_title");
        let button = language.text(if is_deferred { "desk.unrecorded_back" } else { "desk.back" });
        let page = Page::titled(title.clone());
        let page = if step.class() == OutcomeClass::Done { page } else { page.failed(language) };
        let response = page
            .render(context, move || {
                view! {
                    <Heading>{title}</Heading>
                    <Outcome step answer=Some(answer) is_deferred has_form=false language />
                    <p>
                        <LinkButton href=back kind=ButtonKind::Primary>{button}</LinkButton>
                    </p>
                }
            })
            .await;
        with_cookies(response, [cookie])
    }
}
