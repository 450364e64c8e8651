//! The list of the operator's cases, the newest first, paged by key.

use axum::{
    extract::Query,
    response::{IntoResponse, Redirect, Response},
};
use leptos::prelude::*;
use serde::Deserialize;
use uuid::Uuid;

use crate::{
    components::{
        alert::{ErrorSummary, FormErrors},
        buttons::{Button, ButtonKind},
        field::Field,
        heading::Heading,
        instant::{date_and_time, machine_time},
        table::{Column, DataTable, Pager, Row},
    },
    domain::call::CallId,
    features::{desk::at_desk::AtDesk, requests::fields::read},
    server::{
        errors::AppError,
        form::Posted,
        language::Language,
        page::{FORM, Page},
        retained::Retained,
    },
    storage::cases::{CasePage, CaseRecord},
};

/// Rows of a page.
const ROWS: u32 = 25;

/// Which part of the list.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Part {
    /// The key after which the page begins.
    after: Option<String>,
}

/// `GET /cases`
pub async fn show(desk: AtDesk, Query(part): Query<Part>, retained: Retained) -> Result<Response, AppError> {
    let typed = retained.get("q").unwrap_or_default();
    // What was found is found again in the other language.
    if desk.context.path.ends_with("/search") && !typed.is_empty() {
        return search(desk, Posted(Search { q: typed })).await;
    }
    // An address can be written by anyone: only what can be a key is looked for or shown.
    let after = part.after.and_then(|after| Uuid::parse_str(&after).ok()).map(|after| after.to_string());
    let found = desk.state.db.cases(&desk.actor.operator, None, after.as_deref(), ROWS).await?;
    render(desk, found, typed, after.is_some(), FormErrors::default()).await
}

/// The form of the search.
#[derive(Deserialize)]
pub struct Search {
    q: String,
}

/// `POST /cases/search`: what is typed stands in no address, whatever it is. A call has few cases: one page of them.
pub async fn search(desk: AtDesk, Posted(form): Posted<Search>) -> Result<Response, AppError> {
    if form.q.trim().is_empty() {
        return Ok(Redirect::to("/cases").into_response());
    }
    let mut errors = FormErrors::default();
    let found = match read(form.q.parse::<CallId>(), "q", &mut errors, desk.context.language) {
        Some(id) => desk.state.db.cases(&desk.actor.operator, Some(id.as_str()), None, ROWS).await?.cases,
        None => Vec::new(),
    };
    render(desk, CasePage { cases: found, next: None }, form.q, false, errors).await
}

/// The address of the page that begins after a key.
fn address(after: Option<&str>) -> String {
    after.map_or_else(|| "/cases".to_owned(), |after| format!("/cases?after={after}"))
}

async fn render(
    desk: AtDesk,
    found: CasePage,
    typed: String,
    is_later: bool,
    errors: FormErrors,
) -> Result<Response, AppError> {
    let language = desk.context.language;
    let page = Page::titled(language.text("cases.title")).with_form(true);
    let page = if errors.is_empty() { page } else { page.refused(language) };
    Ok(page.render(desk.context, move || view! { <CasesPage found typed is_later errors language /> }).await)
}

#[component]
fn CasesPage(
    /// The cases.
    found: CasePage,
    /// What stands in the search.
    typed: String,
    /// Whether newer ones are before these.
    is_later: bool,
    /// What is wrong with the search.
    errors: FormErrors,
    /// In which language.
    language: Language,
) -> impl IntoView {
    let is_search = !typed.is_empty();
    let first = (is_later || is_search).then(|| address(None));
    let next = found.next.as_deref().map(|after| address(Some(after)));
    let text = move |key: &str| language.text(&format!("cases.{key}"));
    let columns = ["case", "call", "opened", "closed", "transactions"].map(|key| Column::text(text(key))).to_vec();
    let rows = found.cases.into_iter().map(|record| row(record, language)).collect();
    let empty = text(if is_search { "none_found" } else { "none" });
    let error = errors.of("q");
    view! {
        <ErrorSummary errors language />
        <Heading>{text("title")}</Heading>
        <form id=FORM class="filters" method="post" action="/cases/search" role="search">
            <Field name="q" label=text("search") hint=text("search_hint") value=typed error maxlength=100 />
            <Button kind=ButtonKind::Secondary>{text("find")}</Button>
        </form>
        <DataTable caption=text("title") columns rows empty />
        <Pager first next language />
    }
}

fn row(record: CaseRecord, language: Language) -> Row {
    let time = |at| view! { <time datetime=machine_time(at)>{date_and_time(at)}</time> }.into_any();
    let service = |word| language.text(&format!("cases.service_{word}"));
    let transactions = record.transactions.into_iter().map(|transaction| {
        view! {
            <li>
                {service(transaction.service.word())} " "
                <code>{transaction.id}</code>
            </li>
        }
    });
    let closed = record.closed_at.map_or_else(|| language.text("cases.open").into_any(), time);
    let cells = vec![
        view! { <code>{record.id.clone()}</code> }.into_any(),
        record.call_id.unwrap_or_else(|| language.text("cases.deferred")).into_any(),
        time(record.opened_at),
        closed,
        view! { <ul class="transactions">{transactions.collect_view()}</ul> }.into_any(),
    ];
    Row { href: Some(format!("/cases/{}", record.id)), cells }
}
