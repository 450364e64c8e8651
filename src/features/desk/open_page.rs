//! "Sportello": where a call begins.

use axum::{extract::Query, response::Response};
use leptos::prelude::*;
use rust_i18n::t;
use serde::Deserialize;

use super::{at_desk::AtDesk, case_page::to_case, note};
use crate::{
    components::{
        alert::{ErrorSummary, FormErrors, Notice, NoticeKind},
        buttons::Button,
        desk::DeskColumns,
        field::Field,
        heading::Heading,
        instant::time_of_day,
        script::{Script, ScriptNote},
    },
    domain::{call::CallId, service::Service},
    features::requests::{
        fields::{read, words},
        silence::Silence,
    },
    server::{
        errors::AppError,
        form::Posted,
        host_cookie::with_cookies,
        language::Language,
        page::{FORM, Page},
        retained::Retained,
    },
    sistema_ts::breaker::Circuit,
    storage::cases::CaseRecord,
};

/// What the telephone system hands over.
#[derive(Deserialize)]
pub struct Handed {
    /// The id of the call.
    #[serde(default)]
    call: Option<String>,
}

/// `GET /`: goes back to the open case, if there is one. The call that is handed over waits there, and while nobody is
/// signed in.
pub async fn show(
    desk: Result<AtDesk, Response>,
    Query(handed): Query<Handed>,
    retained: Retained,
) -> Result<Response, AppError> {
    let read_call =
        handed.call.filter(|call| !call.is_empty()).map(|call| call.parse::<CallId>().map_err(|why| (call, why)));
    let keep = match &read_call {
        Some(Ok(call)) => Some(note::keep_call(call)?),
        _ => None,
    };
    let desk = match desk {
        Ok(desk) => desk,
        Err(interrupted) => return Ok(with_cookies(interrupted, keep)),
    };
    if let Some(open) = desk.state.db.open_case_of(&desk.actor.operator).await? {
        let is_other = match &read_call {
            Some(Ok(call)) => !is_of(&desk, &open, call).await?,
            _ => false,
        };
        return Ok(with_cookies(to_case(&open), keep.filter(|_| is_other)));
    }
    let mut errors = FormErrors::default();
    let call = match read_call {
        None => note::waiting_call(&desk.headers).map(|call| call.to_string()).unwrap_or_default(),
        Some(Ok(call)) => call.to_string(),
        Some(Err((typed, why))) => {
            errors.add("call", words(&why, desk.context.language));
            typed
        }
    };
    let closed = closed_case(&desk).await?;
    let said = if closed.is_some() { Some(note::was_said()?) } else { None };
    let tidied = desk.tidied(None)?;
    let page = render(desk, retained.get("call").unwrap_or(call), errors, closed).await?;
    Ok(with_cookies(page, keep.into_iter().chain(said).chain(tidied)))
}

/// The case that was closed a moment ago: said once.
async fn closed_case(desk: &AtDesk) -> Result<Option<CaseRecord>, AppError> {
    let Some(id) = note::closed_case(&desk.headers) else { return Ok(None) };
    Ok(desk.state.db.case(&id, &desk.actor.operator).await?.map(|(case, _)| case))
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
        return render(desk, form.call, errors, None).await;
    };
    let new = desk.state.random.uuid_v7(desk.now)?;
    let id = desk.state.db.open_case(&new, &desk.actor.operator, &call, desk.now).await?;
    // Another case was open: this call waits, unless it is that one's, whose form came twice.
    let is_other = id != new && !is_of(&desk, &id, &call).await?;
    let is_waiting = note::waiting_call(&desk.headers).is_some_and(|waiting| waiting == call);
    let cookie = match (is_other, is_waiting) {
        (true, _) => Some(note::keep_call(&call)?),
        (false, true) => Some(note::forget_call()?),
        (false, false) => None,
    };
    Ok(with_cookies(to_case(&id), cookie))
}

/// Whether a case was opened for this call.
async fn is_of(desk: &AtDesk, case_id: &str, call: &CallId) -> Result<bool, AppError> {
    let case = desk.state.db.case(case_id, &desk.actor.operator).await?;
    Ok(case.is_some_and(|(case, _)| case.call_id.as_deref() == Some(call.as_str())))
}

async fn render(
    mut desk: AtDesk,
    call: String,
    errors: FormErrors,
    closed: Option<CaseRecord>,
) -> Result<Response, AppError> {
    let (language, circuit) = (desk.context.language, desk.state.sistema_ts.circuit());
    // Where the form was refused, the address is that of the cases: the language switch is to lead back here.
    "/".clone_into(&mut desk.context.path);
    let page = Page::titled(t!("desk.title", locale = language.tag())).with_form(true);
    let page = if errors.is_empty() { page } else { page.refused(language) };
    Ok(page.render(desk.context, move || view! { <OpenPage call errors closed circuit language /> }).await)
}

#[component]
fn OpenPage(
    /// What stands in the field.
    call: String,
    /// What is wrong with it.
    errors: FormErrors,
    /// The case that was closed just now.
    closed: Option<CaseRecord>,
    /// Whether Sistema TS can be called.
    circuit: Circuit,
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
        <Silence service=Service::Verify circuit language />
        {closed.map(|closed| view! { <Notice kind=NoticeKind::Success><p>{closed}</p></Notice> })}
        <DeskColumns>
            <form id=FORM class="desk-form" method="post" action="/cases">
                <div class="desk-work">
                    <Field name="call" label=text("call_id") hint=text("call_id_hint") value=call
                        error=errors.of("call") maxlength=100 />
                </div>
                <div class="desk-action">
                    <Button>{text("open")}</Button>
                </div>
                <Script say=text("open_say").into_any() language>
                    <ScriptNote when=text("open_note_when") say=text("open_note_say") />
                </Script>
            </form>
        </DeskColumns>
    }
}
