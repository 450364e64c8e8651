//! The page of a case.

use axum::{
    extract::Path,
    response::{Redirect, Response},
};
use leptos::prelude::*;
use rust_i18n::t;

use super::{
    at_desk::AtDesk,
    case_view::{CaseView, LooseEnd, Question, Refused},
    countdown::{sentence, still_unlocked, unlocked_at},
    work::{Again, Work},
};
use crate::{
    components::{
        alert::{ErrorSummary, Notice, NoticeKind},
        buttons::{ButtonKind, PostButton},
        code::ReadBack,
        desk::{CaseBar, CaseFrame, DeskColumns},
        heading::Heading,
        holed::{Fill, Holed, hole, number_hole, with_shown},
        instant::{date_and_time, machine_time, time_of_day},
        steps::{Step as StepItem, StepState, Steps},
    },
    domain::{
        case::Stage,
        dates,
        service::{OutcomeClass, Service},
    },
    features::requests::{
        countdown::UnlockedUntil,
        outcome::{CopiedTransaction, Outcome},
        silence::Silence,
    },
    islands::{clocks::Elapsed, timer::running_time},
    server::{
        errors::AppError, host_cookie::with_cookies, language::Language, page::Page, retained::Retained,
        same_site::SameSitePath,
    },
    sistema_ts::breaker::Circuit,
    storage::steps::Step,
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
    let view = CaseView::load(&desk, id, refused, question).await?;
    let view = view.ok_or_else(|| AppError::NotTheirs(desk.actor.operator.clone()))?;
    let (language, circuit) = (desk.context.language, desk.state.sistema_ts.circuit());
    let page = Page::titled(t!("desk.heading", locale = language.tag(), id = view.record.id));
    let page = page.with_form(view.has_fields());
    let is_trouble = view.outcome().is_some_and(|step| step.class() != OutcomeClass::Done);
    let page = match view.errors.is_empty() {
        true if is_trouble => page.failed(language),
        true => page,
        false => page.refused(language),
    };
    let is_over = matches!(view.stage, Stage::Concluded | Stage::Closed);
    let tidied = if is_over { desk.tidied(Some(id))? } else { None };
    Ok(with_cookies(page.render(desk.context, move || view! { <CasePage view circuit /> }).await, tidied))
}

#[component]
fn CasePage(
    /// The case.
    view: CaseView,
    /// Whether Sistema TS can be called.
    circuit: Circuit,
) -> impl IntoView {
    let language = view.language;
    // Of a case that asks nothing more of it, it is no matter.
    let circuit = if view.has_fields() { circuit } else { Circuit::Closed };
    let card = |step: &Step, said| {
        let (step, answer, is_after_uncertain) = (step.clone(), view.data.last.clone(), view.is_after_uncertain(step));
        let still = still_unlocked(&view, &step);
        view! { <Outcome step answer said still is_after_uncertain language /> }
    };
    let (good, bad) = match view.outcome() {
        Some(step) if step.class() == OutcomeClass::Done => (Some(card(step, Some(sentence(&view, "", false)))), None),
        Some(step) => (None, Some(card(step, None))),
        None => (None, None),
    };
    let closing = closing(&view);
    view! {
        <ErrorSummary errors=view.errors.clone() language />
        {bad}
        <CaseFrame closing>
            <Bar view=&view />
            <Silence service=Service::Verify circuit language />
            <Notices view=view.clone() />
            <DeskColumns>
                {unlocked_at(&view).map(|at| view! { <UnlockedUntil at now=view.now language /> })}
                <Work view=view.clone() />
                <Again view=view.clone() />
                {good.map(|card| view! { <div class="desk-strip">{card}</div> })}
                <StepColumn view />
            </DeskColumns>
        </CaseFrame>
    }
}

/// What the operator has to know besides.
#[component]
fn Notices(
    /// The case.
    view: CaseView,
) -> impl IntoView {
    let language = view.language;
    let waiting = view.waiting.as_ref().map(|call| {
        let text = t!("desk.waiting", locale = language.tag(), id = call).into_owned();
        view! { <Notice><p>{text}</p></Notice> }
    });
    let loose = LooseEnd::of(&view.steps);
    view! {
        {waiting}
        {view.has_lost_data.then(|| view! { <LostData loose language /> })}
        {view.is_busy().then(|| view! { <Notice><p>{language.text("desk.busy")}</p></Notice> })}
    }
}

/// The data of the call are gone: what is to be done depends on how far it had come.
#[component]
fn LostData(
    /// How far.
    loose: LooseEnd,
    /// In which language.
    language: Language,
) -> impl IntoView {
    let is_only_verified = loose == LooseEnd::Verified;
    let title = if is_only_verified { "desk.data_lost_title" } else { "desk.data_lost_midway_title" };
    view! {
        <Notice kind=NoticeKind::Warning>
            <p>
                <strong>{language.text(title)}</strong>
            </p>
            <p>{language.text("desk.data_lost")}</p>
            {(!is_only_verified).then(|| view! { <p>{language.text(loose.text())}</p> })}
            {loose.can_be_confirmed_later().then(|| {
                view! {
                    <p>
                        <a href="/confirm">{language.text("confirm.title")}</a>
                    </p>
                }
            })}
            <p>{language.text("desk.data_lost_next")}</p>
        </Notice>
    }
}

/// What is known of the case.
#[component]
fn Bar<'a>(
    /// The case.
    view: &'a CaseView,
) -> impl IntoView + use<> {
    static KEPT: Holed<(Language, bool, bool)> = Holed::new();
    let record = &view.record;
    let (opened, shown) = (machine_time(record.opened_at), date_and_time(record.opened_at));
    let since = view.now.as_millisecond() - record.opened_at.as_millisecond();
    let running = running_time(since);
    let closed = record.closed_at.map(|at| (machine_time(at), time_of_day(at)));
    let (closed, closed_shown) = closed.as_ref().map_or(("", ""), |(at, shown)| (at.as_str(), shown.as_str()));
    let fills = [
        Fill::Text(&record.id),
        Fill::Text(record.call_id.as_deref().unwrap_or_default()),
        Fill::Text(&opened),
        Fill::Text(&shown),
        Fill::Number(since),
        Fill::Text(&running),
        Fill::Text(closed),
        Fill::Text(closed_shown),
    ];
    let (has_call, is_closed) = (record.call_id.is_some(), record.closed_at.is_some());
    KEPT.piece((view.language, has_call, is_closed), &fills, || bar(view.language, has_call, is_closed))
}

/// The bar, with holes for id, call, the instant of the opening as machines and as people read it, what has passed since,
/// as a number and as it is shown, and the instant of the closing.
fn bar(language: Language, has_call: bool, is_closed: bool) -> impl IntoView {
    let time = |at, shown| view! { <time datetime=hole(at)>{hole(shown)}</time> }.into_any();
    let mut facts = Vec::new();
    if has_call {
        facts.push((language.text("desk.fact_call"), hole(1).into_any()));
    }
    let elapsed = (!is_closed).then(|| {
        let elapsed = view! { <Elapsed since=number_hole(4) label=language.text("desk.fact_elapsed") /> };
        view! { " " {with_shown(elapsed, &running_time(number_hole(4)), 5)} }
    });
    let opened = view! { {time(2, 3)} {elapsed} }.into_any();
    facts.push((language.text("desk.fact_opened"), opened));
    if is_closed {
        facts.push((language.text("desk.fact_closed"), time(6, 7)));
    }
    let heading = t!("desk.heading", locale = language.tag(), id = hole(0)).into_owned();
    let heading = view! { <Heading>{heading}</Heading> }.into_any();
    view! { <CaseBar heading facts /> }
}

/// The button that closes the case, while that is not itself what there is to do.
fn closing(view: &CaseView) -> Option<AnyView> {
    let is_beside = matches!(view.stage, Stage::Opened | Stage::Verified | Stage::Unlocked);
    let (action, text) = (view.action("close"), view.language.text("desk.close"));
    (is_beside && view.question == Question::None).then(|| {
        view! {
            <PostButton action kind=ButtonKind::Secondary>
                {text}
            </PostButton>
        }
        .into_any()
    })
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
