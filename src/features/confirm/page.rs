//! The page of the deferred confirmation, and its form.

use axum::{
    http::{HeaderValue, header},
    response::{IntoResponse, Redirect, Response},
};
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
        case::{OutcomeClass, Service},
        code::Cun,
        spelling::Alphabet,
    },
    features::desk::{
        answer::Request,
        at_desk::AtDesk,
        call_data::{CallData, Drawer, LastAnswer, Typed},
        fields::{Decision, DictatedField},
        outcome::Outcome,
        post::{one_time_key, read},
        service::{Submission, Submitted, submit},
    },
    islands::code_feedback::CodeKind,
    server::{
        errors::AppError,
        form::Posted,
        language::Language,
        page::{FORM, Page},
        retained::Retained,
    },
    sistema_ts::call_center::Communication,
    storage::steps::Step,
};

/// What the page shows.
struct Model {
    cun: String,
    errors: FormErrors,
    key: String,
    last: Option<(Step, LastAnswer)>,
    alphabet: Alphabet,
    language: Language,
}

/// `GET /confirm`
pub async fn show(desk: AtDesk, retained: Retained) -> Result<Response, AppError> {
    let cun = desk.open(Drawer::Deferred).map(|data| data.typed.cun).unwrap_or_default();
    let cun = retained.get("cun").unwrap_or(cun);
    let last = last_of(&desk).await?;
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
    if asks_decision(&desk, &key, &cun).await? && form.repeat.is_none() {
        errors.add("repeat", language.text("desk.repeat_error"));
        let last = last_of(&desk).await?;
        return render(desk, form.cun, last, errors).await;
    }
    let case_id = desk.state.random.uuid_v7(desk.now)?;
    let submission = Submission {
        key,
        request: Request::Conclude { communication: Communication::Confirm, id: None, cun },
        typed: Typed { cun: form.cun.clone(), ..Typed::default() },
        repeats_knowingly: form.repeat.is_some(),
        data: CallData::of_case(&case_id),
        drawer: Drawer::Deferred,
    };
    match submit(&desk.state, &desk.actor, submission).await? {
        Submitted::Answered(cookie) => Ok(to_page(cookie)),
        Submitted::Unrecorded(told) => Ok(told.page(desk.context, "/confirm".to_owned(), true).await),
        Submitted::NoCase | Submitted::OutOfOrder | Submitted::Busy | Submitted::NeedsDecision => {
            errors.add("main", language.text("desk.busy"));
            render(desk, form.cun, None, errors).await
        }
    }
}

fn to_page(cookie: Option<HeaderValue>) -> Response {
    let mut response = Redirect::to("/confirm").into_response();
    if let Some(cookie) = cookie {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    response
}

/// The last deferred confirmation of this login session, as far as the browser carries it.
async fn last_of(desk: &AtDesk) -> Result<Option<(Step, LastAnswer)>, AppError> {
    let Some(mut answer) = desk.open(Drawer::Deferred).and_then(|data| data.last) else { return Ok(None) };
    let Some(mut step) = desk.state.db.step(&answer.submission).await? else { return Ok(None) };
    answer.complete(&mut step);
    Ok(Some((step, answer)))
}

/// Whether the same CUN was sent before with an uncertain outcome, by another form than this.
async fn asks_decision(desk: &AtDesk, key: &str, cun: &Cun) -> Result<bool, AppError> {
    let typed_before = desk.open(Drawer::Deferred).map(|data| data.typed.cun).unwrap_or_default();
    let is_same = typed_before.parse::<Cun>().is_ok_and(|before| before == *cun);
    let last = last_of(desk).await?;
    let is_uncertain =
        |(step, _): &(Step, LastAnswer)| step.class() == OutcomeClass::Uncertain && step.submission != key;
    Ok(is_same && last.as_ref().is_some_and(is_uncertain))
}

async fn render(
    desk: AtDesk,
    cun: String,
    last: Option<(Step, LastAnswer)>,
    errors: FormErrors,
) -> Result<Response, AppError> {
    let (key, language) = (desk.new_key()?, desk.context.language);
    let page = Page::titled(language.text("confirm.title")).with_form(true);
    let page = if errors.is_empty() { page } else { page.refused(language) };
    let alphabet = desk.state.config.desk.alphabet_in(language);
    let model = Model { cun, errors, key, last, alphabet, language };
    Ok(page.render(desk.context, move || view! { <ConfirmPage model /> }).await)
}

#[component]
fn ConfirmPage(
    /// What is shown.
    model: Model,
) -> impl IntoView {
    let Model { cun, errors, key, last, alphabet, language } = model;
    let is_needed = last.as_ref().is_some_and(|(step, _)| step.class() == OutcomeClass::Uncertain);
    let outcome = last.filter(|_| errors.is_empty()).map(|(step, answer)| {
        view! {
            <div class="desk-strip">
                <Outcome step answer=Some(answer) is_deferred=true language />
            </div>
        }
    });
    let summary = errors.clone();
    view! {
        <ErrorSummary errors=summary language />
        <Heading>{language.text("confirm.title")}</Heading>
        <DeskColumns>
            <form id=FORM class="desk-form" method="post" action="/confirm">
                <input type="hidden" name="key" value=key />
                <div class="desk-work">
                    <p>{language.text("confirm.what")}</p>
                    <DictatedField kind=CodeKind::Cun value=cun errors=errors.clone() alphabet language />
                    <Decision is_needed errors language />
                </div>
                <Script say=language.text("confirm.say") language />
                <div class="desk-action">
                    <p class="field-hint">{language.text("confirm.for_ever")}</p>
                    <Button>{language.text("desk.confirm")}</Button>
                </div>
            </form>
            {outcome}
        </DeskColumns>
    }
}
