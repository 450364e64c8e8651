//! The page of a case.

use axum::{
    extract::Path,
    http::HeaderValue,
    response::{IntoResponse, Redirect, Response},
};
use leptos::prelude::*;
use rust_i18n::t;

use super::{
    at_desk::AtDesk,
    case_view::{CaseView, Question, Refused, date_and_time, machine_time, time_of_day},
    countdown::UnlockedUntil,
    outcome::{CopiedTransaction, Outcome},
    work::{Again, Work},
};
use crate::{
    components::{
        alert::{ErrorSummary, Notice, NoticeKind},
        buttons::{ButtonKind, PostButton},
        code::ReadBack,
        desk::{CaseBar, DeskColumns},
        heading::Heading,
        steps::{Step as StepItem, StepState, Steps},
    },
    domain::{
        case::{Service, Stage},
        dates,
    },
    server::{errors::AppError, page::Page, retained::Retained, same_site::SameSitePath},
};

/// `GET /cases/{id}`
pub async fn show(desk: AtDesk, Path(id): Path<String>, retained: Retained) -> Result<Response, AppError> {
    render(desk, &id, Refused::retained(&retained), Question::None).await
}

/// `GET /cases/{id}/cancel`: the second act.
pub async fn ask_cancel(desk: AtDesk, Path(id): Path<String>) -> Result<Response, AppError> {
    render(desk, &id, None, Question::Cancel).await
}

/// `GET /cases/{id}/close`: the second act.
pub async fn ask_close(desk: AtDesk, Path(id): Path<String>) -> Result<Response, AppError> {
    render(desk, &id, None, Question::Close).await
}

/// `GET` of an address that only takes forms: a reload after a refusal comes here.
pub async fn back_to_case(_: AtDesk, Path(id): Path<String>) -> Redirect {
    to_case(&id)
}

/// To the page of the case; for a path's segment that can be no id of a case, to the desk.
pub fn to_case(id: &str) -> Redirect {
    Redirect::to(SameSitePath::of_ours(&format!("/cases/{id}")).as_str())
}

/// The page, with a refused form or a question.
pub async fn render(
    desk: AtDesk,
    id: &str,
    refused: Option<Refused>,
    question: Question,
) -> Result<Response, AppError> {
    let view = CaseView::load(&desk, id, refused, question).await?.ok_or(AppError::NotFound)?;
    let language = desk.context.language;
    let page =
        Page::titled(t!("desk.heading", locale = language.tag(), id = view.record.id)).with_form(view.has_fields());
    let page = if view.errors.is_empty() { page } else { page.refused(language) };
    Ok(page.render(desk.context, move || view! { <CasePage view /> }).await)
}

/// Adds the cookie of an answer to a redirect.
#[must_use]
pub fn with_cookie(redirect: Redirect, cookie: Option<HeaderValue>) -> Response {
    let mut response = redirect.into_response();
    if let Some(cookie) = cookie {
        response.headers_mut().append(axum::http::header::SET_COOKIE, cookie);
    }
    response
}

#[component]
fn CasePage(
    /// The case.
    view: CaseView,
) -> impl IntoView {
    let language = view.language;
    let locale = language.tag();
    // After a refusal of the form the old outcome would only distract.
    let outcome = view.last_step().filter(|_| view.errors.is_empty() && view.question == Question::None).cloned();
    let answer = view.data.last.clone();
    view! {
        <ErrorSummary errors=view.errors.clone() language />
        <Bar view=view.clone() />
        {view.has_lost_data.then(|| {
            view! {
                <Notice kind=NoticeKind::Warning>
                    <p><strong>{t!("desk.data_lost_title", locale = locale)}</strong></p>
                    <p>{t!("desk.data_lost", locale = locale)}</p>
                </Notice>
            }
        })}
        {view.is_busy().then(|| view! { <Notice><p>{t!("desk.busy", locale = locale)}</p></Notice> })}
        <DeskColumns>
            <StepColumn view=view.clone() />
            <Work view=view.clone() />
            <UnlockedUntil view=view.clone() />
            <Again view=view.clone() />
            {outcome.map(|step| {
                view! {
                    <div class="desk-strip">
                        <Outcome step answer language />
                    </div>
                }
            })}
        </DeskColumns>
    }
}

/// What is known of the case, and the button that closes it.
#[component]
fn Bar(
    /// The case.
    view: CaseView,
) -> impl IntoView {
    let locale = view.language.tag();
    let time = |at, shown: String| view! { <time datetime=machine_time(at)>{shown}</time> }.into_any();
    let record = view.record;
    let mut facts = Vec::new();
    if let Some(call) = record.call_id {
        facts.push((t!("desk.fact_call", locale = locale).into_owned(), call.into_any()));
    }
    let opened = time(record.opened_at, date_and_time(record.opened_at));
    facts.push((t!("desk.fact_opened", locale = locale).into_owned(), opened));
    if let Some(at) = record.closed_at {
        facts.push((t!("desk.fact_closed", locale = locale).into_owned(), time(at, time_of_day(at))));
    }
    let heading = t!("desk.heading", locale = locale, id = record.id).into_owned();
    let heading = view! { <Heading>{heading}</Heading> }.into_any();
    let is_open = record.closed_at.is_none() && view.question == Question::None;
    view! {
        <CaseBar heading facts>
            {is_open.then(|| {
                let kind = if view.stage == Stage::Concluded { ButtonKind::Primary } else { ButtonKind::Secondary };
                view! {
                    <PostButton action=format!("/cases/{}/close", record.id) kind>
                        {t!("desk.close", locale = locale)}
                    </PostButton>
                }
            })}
        </CaseBar>
    }
}

/// Where each of the three steps stands.
fn states(view: &CaseView) -> [StepState; 3] {
    use StepState::{Current, Done, Ended, Pending, Uncertain};
    let trouble = |service| if view.asks_decision(service) { Uncertain } else { Current };
    match view.stage {
        Stage::Opened => [trouble(Service::Verify), Pending, Pending],
        Stage::Verified => [Done, trouble(Service::Unlock), Pending],
        Stage::Unlocked => [Done, Done, trouble(Service::Confirm)],
        Stage::Concluded => [Done, Done, Done],
        Stage::Closed => [Ended, Ended, Ended],
    }
}

/// The column on the left.
#[component]
fn StepColumn(
    /// The case.
    view: CaseView,
) -> impl IntoView {
    let language = view.language;
    let locale = language.tag();
    let [verify, unlock, conclude] = states(&view);
    let transactions = |place: &'static str, services: &[Service]| {
        let own = view.record.transactions.iter().filter(|transaction| services.contains(&transaction.service));
        own.map(|transaction| view! { <CopiedTransaction id=&transaction.id place language /> })
            .collect_view()
            .into_any()
    };
    let verify_transactions = transactions("verify", &[Service::Verify]);
    let unlock_transactions = transactions("unlock", &[Service::Unlock]);
    let conclude_transactions = transactions("conclude", &[Service::Confirm, Service::Cancel]);
    let verified = view.data.verified.clone().map(|verified| {
        let sampled = t!("desk.sampled", locale = locale, date = dates::display(verified.sampled_on)).into_owned();
        view! {
            <p class="step-fact">{t!("desk.verified_cun", locale = locale)}</p>
            <ReadBack symbols=*verified.cun.symbols() alphabet=view.alphabet language />
            <p class="step-fact">{sampled}</p>
        }
    });
    view! {
        <Steps language>
            <StepItem label=t!("desk.step_verify", locale = locale) state=verify language>
                {verify_transactions}
                {verified}
            </StepItem>
            <StepItem label=t!("desk.step_unlock", locale = locale) state=unlock language>
                {unlock_transactions}
            </StepItem>
            <StepItem label=t!("desk.step_conclude", locale = locale) state=conclude language>
                {conclude_transactions}
            </StepItem>
        </Steps>
    }
}
