//! "Sportello": where a call begins.

use axum::{
    extract::Query,
    response::{IntoResponse, Response},
};
use jiff::SignedDuration;
use leptos::prelude::*;
use rust_i18n::t;
use serde::Deserialize;

use super::{at_desk::AtDesk, case_page::to_case, case_view::time_of_day, post::read};
use crate::{
    components::{
        alert::{ErrorSummary, FormErrors, Notice, NoticeKind},
        buttons::Button,
        desk::DeskColumns,
        field::Field,
        heading::Heading,
        script::{Script, ScriptNote},
    },
    domain::call::CallId,
    server::{
        errors::AppError,
        form::Posted,
        language::Language,
        page::{FORM, Page},
        retained::Retained,
    },
    storage::cases::CaseRecord,
};

/// For how long the desk says which case was closed.
const SAID_FOR: SignedDuration = SignedDuration::from_mins(5);

/// What the telephone system hands over.
#[derive(Deserialize)]
pub struct Handed {
    /// The id of the call.
    #[serde(default)]
    call: Option<String>,
}

/// `GET /`: goes back to the open case, if there is one.
pub async fn show(desk: AtDesk, Query(handed): Query<Handed>, retained: Retained) -> Result<Response, AppError> {
    if let Some(open) = desk.state.db.open_case_of(&desk.actor.operator).await? {
        return Ok(to_case(&open).into_response());
    }
    let language = desk.context.language;
    let mut errors = FormErrors::default();
    let call = handed.call.unwrap_or_default();
    if !call.is_empty() {
        read(call.parse::<CallId>(), "call", &mut errors, language);
    }
    render(desk, retained.get("call").unwrap_or(call), errors).await
}

/// The form.
#[derive(Deserialize)]
pub struct OpenForm {
    call: String,
}

/// `POST /cases`
pub async fn open(desk: AtDesk, Posted(form): Posted<OpenForm>) -> Result<Response, AppError> {
    let mut errors = FormErrors::default();
    let Some(call) = read(form.call.parse::<CallId>(), "call", &mut errors, desk.context.language) else {
        return render(desk, form.call, errors).await;
    };
    let id = desk.state.random.uuid_v7(desk.now)?;
    let id = desk.state.db.open_case(&id, &desk.actor.operator, &call, desk.now).await?;
    Ok(to_case(&id).into_response())
}

async fn render(desk: AtDesk, call: String, errors: FormErrors) -> Result<Response, AppError> {
    let language = desk.context.language;
    let closed = desk.state.db.last_closed_case(&desk.actor.operator, desk.now - SAID_FOR).await?;
    let page = Page::titled(t!("desk.title", locale = language.tag())).with_form(true);
    let page = if errors.is_empty() { page } else { page.refused(language) };
    Ok(page.render(desk.context, move || view! { <OpenPage call errors closed language /> }).await)
}

#[component]
fn OpenPage(
    /// What stands in the field.
    call: String,
    /// What is wrong with it.
    errors: FormErrors,
    /// The case that was closed just now.
    closed: Option<CaseRecord>,
    /// In which language.
    language: Language,
) -> impl IntoView {
    let text = move |key: &str| language.text(&format!("desk.{key}"));
    let closed = closed.and_then(|record| {
        let time = time_of_day(record.closed_at?);
        Some(t!("desk.closed", locale = language.tag(), id = record.id, time = time).into_owned())
    });
    view! {
        <ErrorSummary errors=errors.clone() language />
        <Heading>{text("title")}</Heading>
        {closed.map(|closed| view! { <Notice kind=NoticeKind::Success><p>{closed}</p></Notice> })}
        <DeskColumns>
            <form id=FORM class="desk-form" method="post" action="/cases">
                <div class="desk-work">
                    <Field name="call" label=text("call_id") hint=text("call_id_hint") value=call
                        error=errors.of("call") maxlength=100 />
                </div>
                <Script say=text("open_say") language>
                    <ScriptNote when=text("open_note_when") say=text("open_note_say") />
                </Script>
                <div class="desk-action">
                    <Button>{text("open")}</Button>
                </div>
            </form>
        </DeskColumns>
    }
}
