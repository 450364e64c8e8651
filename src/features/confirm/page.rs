//! The page of the deferred confirmation, and its form.

use axum::response::{Redirect, Response};
use jiff::SignedDuration;
use leptos::prelude::*;
use serde::Deserialize;

use crate::{
    components::{
        alert::{ErrorSummary, FormErrors},
        buttons::Button,
        desk::DeskColumns,
        heading::Heading,
        script::Script,
    },
    domain::{
        code::Cun,
        service::{OutcomeClass, Service},
        spelling::Alphabet,
    },
    features::{
        desk::{
            at_desk::AtDesk,
            call_data::{CallData, Typed},
            request::Request,
            submission::Submission,
        },
        requests::{
            answer::LastAnswer,
            errand::Submitted,
            fields::{Decision, DictatedField, decision_id, one_time_key, read},
            outcome::{Outcome, is_no, say},
            sealed::Drawer,
            silence::Silence,
            submit::submit,
            unrecorded::Back,
            unsettled::Judgement,
        },
    },
    islands::code_feedback::CodeKind,
    server::{
        errors::AppError,
        form::Posted,
        host_cookie::with_cookies,
        language::Language,
        page::{FORM, Page},
        retained::Retained,
    },
    sistema_ts::{breaker::Circuit, call_center::Communication},
    storage::steps::{Step, open_question},
};

/// For how long an outcome that is known is shown.
const SHOWN_FOR: SignedDuration = SignedDuration::from_mins(5);

/// What the page shows.
struct Model {
    cun: String,
    errors: FormErrors,
    key: String,
    last: Option<(Step, LastAnswer)>,
    /// Whether that one came to nothing, and an earlier one of the same test may have been carried out.
    is_after_uncertain: bool,
    alphabet: Alphabet,
    circuit: Circuit,
    language: Language,
}

/// `GET /confirm`
pub async fn show(desk: AtDesk, retained: Retained) -> Result<Response, AppError> {
    let last = last_of(&desk).await?;
    let typed = desk.open(Drawer::Deferred).filter(|_| last.is_some()).map(|data| data.typed.cun);
    let cun = retained.get("cun").or(typed).unwrap_or_default();
    render(desk, cun, last, FormErrors::default()).await
}

/// The form.
#[derive(Deserialize)]
pub struct ConfirmForm {
    /// The one-time key.
    key: String,
    /// The test.
    cun: String,
    /// The second decision.
    #[serde(default)]
    repeat: Option<String>,
}

/// `POST /confirm`
pub async fn confirm(desk: AtDesk, Posted(form): Posted<ConfirmForm>) -> Result<Response, AppError> {
    let key = one_time_key(&form.key, Service::Confirm)?;
    let language = desk.context.language;
    let mut errors = FormErrors::default();
    let Some(cun) = read(form.cun.parse::<Cun>(), "cun", &mut errors, language) else {
        return render(desk, form.cun, None, errors).await;
    };
    let unsettled = desk.open(Drawer::Deferred).map(|data| data.unsettled).unwrap_or_default();
    let data = CallData { unsettled, ..CallData::of_case(&desk.state.random.uuid_v7(desk.now)?) };
    let judgement = judge(&desk, &data, &key, &cun).await?;
    if judgement == Judgement::MayBeDone && form.repeat.is_none() {
        return ask(desk, form.cun).await;
    }
    let submission = Submission {
        key,
        request: Request::Conclude { communication: Communication::Confirm, id: None, cun },
        typed: Typed { cun: form.cun.clone(), ..Typed::default() },
        repeats_knowingly: form.repeat.is_some() || judgement == Judgement::Another,
        data,
        drawer: Drawer::Deferred,
    };
    match submit(&desk.state, &desk.actor, submission).await? {
        Submitted::Answered(cookie) => Ok(with_cookies(Redirect::to("/confirm"), cookie)),
        Submitted::Unrecorded(told) => {
            let back = Back { href: "/confirm".to_owned(), text: "desk.unrecorded_back" };
            Ok(told.page(desk.context, back, true).await)
        }
        Submitted::NeedsDecision => ask(desk, form.cun).await,
        Submitted::NoCase | Submitted::OutOfOrder | Submitted::Busy => {
            errors.add("main", language.text("desk.busy"));
            render(desk, form.cun, None, errors).await
        }
    }
}

/// What the browser remembers of this CUN: from here, from the open case and from cases closed since. Where it does not
/// remember the last uncertain one, which test that was of is known nowhere, and the operator is asked.
async fn judge(desk: &AtDesk, data: &CallData, key: &str, cun: &Cun) -> Result<Judgement, AppError> {
    if is_uncertain_in_case(desk, cun).await? {
        return Ok(Judgement::MayBeDone);
    }
    let last = desk.state.db.last_deferred(&desk.actor.operator).await?;
    Ok(data.unsettled.judge(&cun.to_wire(), key, last.as_ref(), desk.now))
}

/// Whether the open case has a confirmation of this CUN, or a cancellation, whose outcome is not known.
async fn is_uncertain_in_case(desk: &AtDesk, cun: &Cun) -> Result<bool, AppError> {
    let Some(data) = desk.open(Drawer::Case) else { return Ok(false) };
    if data.verified.is_none_or(|verified| verified.cun != *cun) {
        return Ok(false);
    }
    let Some((_, steps)) = desk.state.db.case(&data.case_id, &desk.actor.operator).await? else { return Ok(false) };
    Ok(open_question(&steps, Service::Confirm).is_some())
}

/// The page that asks for the second decision.
async fn ask(desk: AtDesk, cun: String) -> Result<Response, AppError> {
    let mut errors = FormErrors::default();
    errors.add(decision_id(Service::Confirm), desk.context.language.text("confirm.repeat_error"));
    render(desk, cun, None, errors).await
}

/// The last deferred confirmation of this login session, as far as the browser carries it: what is settled is shown
/// for a while only, or it would be taken for the outcome of the next one.
async fn last_of(desk: &AtDesk) -> Result<Option<(Step, LastAnswer)>, AppError> {
    let Some(mut answer) = desk.open(Drawer::Deferred).and_then(|data| data.last) else { return Ok(None) };
    let Some(mut step) = desk.state.db.step(&answer.submission).await? else { return Ok(None) };
    answer.complete(&mut step);
    let is_news = desk.now.duration_since(step.started_at) < SHOWN_FOR;
    Ok((step.class() == OutcomeClass::Uncertain || is_news).then_some((step, answer)))
}

async fn render(
    desk: AtDesk,
    cun: String,
    last: Option<(Step, LastAnswer)>,
    errors: FormErrors,
) -> Result<Response, AppError> {
    let (key, language) = (desk.new_key()?, desk.context.language);
    let page = Page::titled(language.text("confirm.title")).with_form(true);
    let is_trouble = last.as_ref().is_some_and(|(step, _)| step.class() != OutcomeClass::Done);
    let page = match errors.is_empty() {
        true if is_trouble => page.failed(language),
        true => page,
        false => page.refused(language),
    };
    let alphabet = desk.state.config.desk.alphabet_in(language);
    let is_open = |data: CallData| cun.parse::<Cun>().is_ok_and(|cun| data.unsettled.holds(&cun.to_wire(), ""));
    let came_to_nothing = last.as_ref().is_some_and(|(step, _)| is_no(step));
    let is_after_uncertain = came_to_nothing && desk.open(Drawer::Deferred).is_some_and(is_open);
    let circuit = desk.state.sistema_ts.circuit();
    let model = Model { cun, errors, key, last, is_after_uncertain, alphabet, circuit, language };
    Ok(page.render(desk.context, move || view! { <ConfirmPage model /> }).await)
}

#[component]
fn ConfirmPage(
    /// What is shown.
    model: Model,
) -> impl IntoView {
    let Model { cun, errors, key, last, is_after_uncertain, alphabet, circuit, language } = model;
    let class = last.as_ref().map(|(step, _)| step.class());
    let is_asked = errors.of(decision_id(Service::Confirm)).is_some();
    let is_needed = is_asked || is_after_uncertain || class == Some(OutcomeClass::Uncertain);
    let usual = || language.text("confirm.say");
    let words = |(step, answer): &(Step, LastAnswer)| say(step, Some(answer), is_after_uncertain, language);
    let said = last.as_ref().map_or_else(usual, words).into_any();
    let card = last.map(|(step, answer)| {
        view! { <Outcome step answer=Some(answer) is_after_uncertain is_deferred=true language /> }
    });
    let (good, bad) = if class == Some(OutcomeClass::Done) { (card, None) } else { (None, card) };
    let summary = errors.clone();
    view! {
        <ErrorSummary errors=summary language />
        {bad}
        <Heading>{language.text("confirm.title")}</Heading>
        <Silence service=Service::Confirm circuit language />
        <DeskColumns>
            <form id=FORM class="desk-form" method="post" action="/confirm">
                <input type="hidden" name="key" value=key />
                <div class="desk-work">
                    <p>{language.text("confirm.what")}</p>
                    <DictatedField kind=CodeKind::Cun value=cun errors=errors.clone() alphabet language />
                    <Decision is_needed service=Service::Confirm errors language />
                </div>
                <div class="desk-action">
                    <p class="field-hint">{language.text("confirm.for_ever")}</p>
                    <Button>{language.text("desk.confirm")}</Button>
                </div>
                <Script say=said language />
            </form>
            {good.map(|card| view! { <div class="desk-strip">{card}</div> })}
        </DeskColumns>
    }
}
