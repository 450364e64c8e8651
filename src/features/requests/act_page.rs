//! The page of a desk of one act: what is shown, what is submitted.

use axum::response::{Redirect, Response};
use jiff::SignedDuration;
use leptos::prelude::*;

use super::{
    act::{Act, ActErrand, Form, Shown, Way, subject_of},
    answer::LastAnswer,
    at::{At, record_late},
    errand::Submitted,
    fields::{Decision, Notes, decision_id, one_time_key},
    memory::{Memory, Typed},
    outcome::{Outcome, is_no, say},
    question,
    silence::Silence,
    submit::submit,
    unrecorded::Back,
    unsettled::Judgement,
};
use crate::{
    components::{
        alert::{ErrorSummary, FormErrors, Notice, NoticeKind},
        buttons::Button,
        desk::DeskColumns,
        heading::Heading,
        script::Script,
    },
    domain::service::OutcomeClass,
    server::{
        errors::AppError,
        form::Posted,
        host_cookie::with_cookies,
        language::Language,
        page::{FORM, Page},
        retained::Retained,
    },
    sistema_ts::breaker::Circuit,
    storage::steps::Step,
};

/// For how long an outcome that is known is shown, and no receipt with it: then it would be taken for that of the next.
const SHOWN_FOR: SignedDuration = SignedDuration::from_mins(5);

/// The last request, as it is shown.
struct Told<A: Act> {
    step: Step,
    answer: LastAnswer,
    receipt: Option<A::Receipt>,
    /// Whether it came to nothing, and an earlier one about the same may have been carried out.
    is_after_uncertain: bool,
}

/// What the page shows.
struct Model<A: Act> {
    form: Form,
    key: String,
    told: Option<Told<A>>,
    /// How calls stand; none where the service is not configured.
    circuit: Option<Circuit>,
}

/// `GET` of the page.
pub async fn show<A: Act>(at: At<A::Queue>, retained: Retained) -> Result<Response, AppError> {
    let memory = remembered::<A>(&at).await;
    let told = told_of::<A>(&at, &memory).await?;
    let kept = Typed::of(A::FIELDS, |name| retained.get(name));
    let carried = if told.is_some() { memory.typed } else { memory.typed.only(A::KEPT) };
    let typed = if kept.is_empty() { carried } else { kept };
    render::<A>(at, typed, told, FormErrors::default()).await
}

/// `POST` of the page.
pub async fn send<A: Act>(
    at: At<A::Queue>,
    Posted(fields): Posted<Vec<(String, String)>>,
) -> Result<Response, AppError> {
    let value = |name: &str| fields.iter().find(|(field, _)| field == name).map(|(_, value)| value.clone());
    let page_key = value("key").unwrap_or_default();
    let key = one_time_key(&page_key, A::SERVICE)?;
    let (typed, is_decided) = (Typed::of(A::FIELDS, value), value("repeat").is_some());
    let (language, mut errors) = (at.context.language, FormErrors::default());
    if value(question::BACK).is_some() {
        return render::<A>(at, typed, None, errors).await;
    }
    let act = A::read(&typed, &at, &mut errors);
    let Some(act) = act.filter(|_| errors.is_empty() && A::Way::of(&at.state).is_some()) else {
        return render::<A>(at, typed, None, errors).await;
    };
    let memory = remembered::<A>(&at).await;
    let last = at.state.db.last_request(&at.actor.operator, A::SERVICE).await?;
    let judgement = memory.unsettled.judge(&subject_of(&act), &key, last.as_ref(), at.now);
    if judgement == Judgement::MayBeDone && !is_decided && !A::SERVICE.only_asks() {
        return ask::<A>(at, typed).await;
    }
    if A::ASKS_FIRST && value(question::SURE).is_none() {
        return question::page(at, act, page_key, typed, is_decided).await;
    }
    let repeats_knowingly = is_decided || judgement == Judgement::Another;
    let errand = ActErrand { key, act, typed: typed.clone(), repeats_knowingly, memory };
    match submit(&at.state, &at.actor, errand).await? {
        Submitted::Answered(cookie) => Ok(with_cookies(Redirect::to(A::PATH), cookie)),
        Submitted::Unrecorded(told) => {
            let back = Back { href: A::PATH.to_owned(), text: "desk.unrecorded_back_to_desk" };
            Ok(told.page(at.context, back, false).await)
        }
        Submitted::NeedsDecision => ask::<A>(at, typed).await,
        Submitted::NoCase | Submitted::OutOfOrder | Submitted::Busy => {
            errors.add("main", language.text("desk.busy_desk"));
            render::<A>(at, typed, None, errors).await
        }
    }
}

/// The page that asks for the second decision.
async fn ask<A: Act>(at: At<A::Queue>, typed: Typed) -> Result<Response, AppError> {
    let mut errors = FormErrors::default();
    errors.add(decision_id(A::SERVICE), at.context.language.text("desk.repeat_error"));
    render::<A>(at, typed, None, errors).await
}

/// What the browser carries; the end of a request that the database did not take is written now.
async fn remembered<A: Act>(at: &At<A::Queue>) -> Memory<A::Receipt> {
    let memory: Memory<A::Receipt> = at.sealed().open(A::DRAWER, &at.headers, at.now).unwrap_or_default();
    if let Some(last) = &memory.last {
        record_late(&at.state.db, last.service, &last.answer).await;
    }
    memory
}

/// The last request of this page, as far as the browser carries it, while it is news or open.
async fn told_of<A: Act>(at: &At<A::Queue>, memory: &Memory<A::Receipt>) -> Result<Option<Told<A>>, AppError> {
    let Some(last) = memory.last.clone().filter(|last| last.service == A::SERVICE) else { return Ok(None) };
    let Some(mut step) = at.state.db.asked(A::SERVICE, &last.answer.submission).await? else { return Ok(None) };
    let mut answer = last.answer;
    answer.complete(&mut step);
    let is_news = at.now.duration_since(step.started_at) < SHOWN_FOR;
    let is_after_uncertain = is_no(&step) && memory.unsettled.holds(&last.subject, "");
    let is_shown = step.class() == OutcomeClass::Uncertain || is_after_uncertain || is_news;
    Ok(is_shown.then_some(Told { step, answer, receipt: last.receipt, is_after_uncertain }))
}

async fn render<A: Act>(
    at: At<A::Queue>,
    typed: Typed,
    told: Option<Told<A>>,
    errors: FormErrors,
) -> Result<Response, AppError> {
    let (key, language) = (at.new_key()?, at.context.language);
    let page = Page::titled(language.text(&format!("{}.title", A::TEXTS))).with_form(true);
    let is_trouble = told.as_ref().is_some_and(|told| told.step.class() != OutcomeClass::Done);
    let page = match errors.is_empty() {
        true if is_trouble => page.failed(language),
        true => page,
        false => page.refused(language),
    };
    let shown = Shown::to(&at);
    let circuit = A::Way::of(&at.state).map(Way::circuit);
    let model = Model::<A> { form: Form { typed, errors, shown }, key, told, circuit };
    Ok(page.render(at.context, move || act_view(model)).await)
}

fn act_view<A: Act>(model: Model<A>) -> AnyView {
    let Model { form, key, told, circuit } = model;
    let language = form.shown.language;
    let text = move |key: &str| language.text(&format!("{}.{key}", A::TEXTS));
    let Some(circuit) = circuit else {
        return view! {
            <Heading>{text("title")}</Heading>
            <Notice kind=NoticeKind::Warning>
                <p>{language.text("desk.not_configured")}</p>
            </Notice>
        }
        .into_any();
    };
    let class = told.as_ref().map(|told| told.step.class());
    let is_open = class == Some(OutcomeClass::Uncertain) || told.as_ref().is_some_and(|told| told.is_after_uncertain);
    let is_asked = form.errors.of(decision_id(A::SERVICE)).is_some();
    let is_needed = (is_asked || is_open) && !A::SERVICE.only_asks();
    let said = sentence(told.as_ref(), &form.shown, true).unwrap_or_else(|| text("say").into_any());
    let card = told.map(|told| card(told, &form));
    let decision = view! { <Decision is_needed service=A::SERVICE errors=form.errors.clone() language /> }.into_any();
    let notes = view! { <Notes of=A::NOTES language /> }.into_any();
    let (good, bad) = if class == Some(OutcomeClass::Done) { (card, None) } else { (None, card) };
    let errors = form.errors.clone();
    view! {
        <ErrorSummary errors language />
        {bad}
        <Heading>{text("title")}</Heading>
        <Silence service=A::SERVICE circuit language />
        <DeskColumns>
            <form id=FORM class="desk-form" method="post" action=A::PATH>
                <input type="hidden" name="key" value=key />
                <div class="desk-work">
                    <p>{text("what")}</p>
                    {A::fields(&form)}
                    {decision}
                </div>
                <div class="desk-action">
                    <p class="field-hint">{text("before")}</p>
                    <Button>{text("send")}</Button>
                </div>
                <Script say=said language>
                    {notes}
                </Script>
            </form>
            {good.map(|card| view! { <div class="desk-strip">{card}</div> })}
        </DeskColumns>
    }
    .into_any()
}

/// The sentence for the caller that follows the last request.
fn sentence<A: Act>(told: Option<&Told<A>>, shown: &Shown, is_live: bool) -> Option<AnyView> {
    let told = told?;
    let own = told.receipt.as_ref().and_then(|receipt| A::sentence(receipt, shown, is_live));
    let usual = || say(&told.step, Some(&told.answer), told.is_after_uncertain, shown.language).into_any();
    Some(own.unwrap_or_else(usual))
}

/// The card of the last request, and what its yes brought.
fn card<A: Act>(told: Told<A>, form: &Form) -> AnyView {
    let (shown, absent) = (&form.shown, A::absent(form));
    let said = sentence(Some(&told), shown, false);
    let Told { step, answer, receipt, is_after_uncertain } = told;
    let language: Language = shown.language;
    let brought = receipt.as_ref().and_then(|receipt| A::brought(receipt, shown));
    view! {
        <Outcome step answer=Some(answer) brought said is_after_uncertain absent language />
        {receipt.map(|receipt| A::receipt(receipt, shown))}
    }
    .into_any()
}
