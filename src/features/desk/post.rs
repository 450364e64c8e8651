//! What is submitted from the page of a case. Who may is in the signatures; the order of the steps is the service's.

use axum::{
    extract::Path,
    http::HeaderValue,
    response::{Redirect, Response},
};
use jiff::civil::Date;
use serde::Deserialize;

use super::{
    at_desk::AtDesk,
    call_data::{CallData, Typed},
    case_page::{render, to_case},
    case_view::{CaseView, Question, Refused, is_unsettled},
    note,
    request::Request,
    submission::Submission,
};
use crate::{
    components::alert::FormErrors,
    domain::{
        code::{Cun, Otp},
        dates,
        health_card::HealthCardDigits,
        service::{OutcomeClass, Service},
    },
    features::requests::{
        errand::Submitted,
        fields::{decision_id, one_time_key, read},
        sealed::{Drawer, Sealed, clear},
        submit::submit,
        unrecorded::Back,
    },
    server::{
        errors::AppError,
        form::Posted,
        host_cookie::with_cookies,
        language::Language,
        turned_away::{TurnedAway, Why},
    },
    sistema_ts::call_center::Communication,
    storage::steps::open_question,
};

/// The fields of every form of a case.
#[derive(Deserialize)]
pub struct StepForm {
    /// The one-time key.
    key: String,
    /// The second decision.
    #[serde(default)]
    repeat: Option<String>,
    /// The second act.
    #[serde(default)]
    sure: Option<String>,
    /// What was typed.
    #[serde(flatten)]
    fields: Fields,
}

/// What is typed; what a form does not have stays empty.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Fields {
    card: String,
    cun: String,
    otp: String,
    onset: String,
    asymptomatic: Option<String>,
}

impl Fields {
    fn into_typed(self) -> Typed {
        let Self { card, cun, otp, onset, asymptomatic } = self;
        Typed { card, cun, otp, onset, asymptomatic: asymptomatic.is_some() }
    }
}

/// `POST /cases/{id}/verify`
pub async fn verify(
    desk: AtDesk,
    Path(id): Path<String>,
    Posted(form): Posted<StepForm>,
) -> Result<Response, AppError> {
    run(desk, &id, Service::Verify, form, |typed, _, errors, language| {
        let card = read(typed.card.parse::<HealthCardDigits>(), "card", errors, language);
        let cun = read(typed.cun.parse::<Cun>(), "cun", errors, language);
        Some(Request::Verify { card: card?, cun: cun? })
    })
    .await
}

/// `POST /cases/{id}/unlock`
pub async fn unlock(
    desk: AtDesk,
    Path(id): Path<String>,
    Posted(form): Posted<StepForm>,
) -> Result<Response, AppError> {
    let today = desk.state.clock.today();
    run(desk, &id, Service::Unlock, form, |typed, data, errors, language| {
        let verified = data.verified.as_ref();
        let otp = read(typed.otp.parse::<Otp>(), "otp", errors, language);
        let onset = if typed.asymptomatic {
            sampling_day(typed, verified.map(|verified| verified.sampled_on), errors, language)
        } else {
            read(dates::parse_onset(&typed.onset, today), "onset", errors, language)
        };
        let verified = verified?;
        Some(Request::Unlock { otp: otp?, onset: onset?, id: verified.id.clone(), cun: verified.cun.clone() })
    })
    .await
}

/// The day of the swab, for a caller without symptoms; a day typed beside the tick must be the same.
fn sampling_day(typed: &Typed, sampled: Option<Date>, errors: &mut FormErrors, language: Language) -> Option<Date> {
    let day = typed.onset.trim();
    let is_same = day.is_empty() || dates::parse(day).ok() == sampled;
    if !is_same {
        errors.add("onset", language.text("desk.onset_both"));
    }
    sampled.filter(|_| is_same)
}

/// `POST /cases/{id}/confirm`
pub async fn confirm(
    desk: AtDesk,
    Path(id): Path<String>,
    Posted(form): Posted<StepForm>,
) -> Result<Response, AppError> {
    conclude(desk, &id, Service::Confirm, Communication::Confirm, form).await
}

/// `POST /cases/{id}/cancel`: asks first, acts when the form is sure.
pub async fn cancel(
    desk: AtDesk,
    Path(id): Path<String>,
    Posted(form): Posted<StepForm>,
) -> Result<Response, AppError> {
    if form.sure.is_none() {
        return render(desk, &id, None, Question::Cancel).await;
    }
    conclude(desk, &id, Service::Cancel, Communication::Cancel, form).await
}

async fn conclude(
    desk: AtDesk,
    id: &str,
    service: Service,
    communication: Communication,
    form: StepForm,
) -> Result<Response, AppError> {
    run(desk, id, service, form, |_, data, _, _| {
        let verified = data.verified.as_ref()?;
        Some(Request::Conclude { communication, id: Some(verified.id.clone()), cun: verified.cun.clone() })
    })
    .await
}

/// Reads the form, carries the step out, and shows what became of it.
async fn run(
    desk: AtDesk,
    id: &str,
    service: Service,
    form: StepForm,
    read: impl FnOnce(&Typed, &CallData, &mut FormErrors, Language) -> Option<Request>,
) -> Result<Response, AppError> {
    let language = desk.context.language;
    let StepForm { key, repeat, fields, .. } = form;
    let key = one_time_key(&key, service)?;
    let data = desk.call_data(id).unwrap_or_else(|| CallData::of_case(id));
    let typed = fields.into_typed();
    let mut errors = FormErrors::default();
    let request = read(&typed, &data, &mut errors, language);
    let refuse = |errors, typed| Some(Refused { errors, typed, service: Some(service) });
    let question = if service == Service::Cancel { Question::Cancel } else { Question::None };
    if !errors.is_empty() {
        return render(desk, id, refuse(errors, typed), question).await;
    }
    // Without what the verification returned the step is out of order.
    let Some(request) = request else {
        errors.add("main", language.text("desk.out_of_order"));
        let away = TurnedAway::operator(&desk.actor.operator, Why::Order);
        return Ok(away.mark(render(desk, id, refuse(errors, typed), Question::None).await?));
    };
    let is_decided = repeat.is_some() || !matches!(request, Request::Conclude { .. }) || !is_unsettled(&desk, &data);
    if !is_decided {
        errors.add(decision_id(service), language.text("desk.repeat_error"));
        return render(desk, id, refuse(errors, typed), question).await;
    }
    let submission = Submission {
        key,
        request,
        typed: typed.clone(),
        repeats_knowingly: repeat.is_some(),
        data,
        drawer: Drawer::Case,
    };
    let problem = match submit(&desk.state, &desk.actor, submission).await? {
        Submitted::Answered(cookie) => return Ok(with_cookies(to_case(id), cookie)),
        Submitted::NoCase => ("main", "no_case"),
        Submitted::Unrecorded(told) => {
            return Ok(told.page(desk.context, Back { href: format!("/cases/{id}"), text: "desk.back" }, false).await);
        }
        Submitted::OutOfOrder => ("main", "out_of_order"),
        Submitted::Busy => ("main", "busy"),
        Submitted::NeedsDecision => (decision_id(service), "repeat_error"),
    };
    errors.add(problem.0, language.text(&format!("desk.{}", problem.1)));
    let away = (problem.1 == "out_of_order").then(|| TurnedAway::operator(&desk.actor.operator, Why::Order));
    let page = render(desk, id, refuse(errors, typed), question).await?;
    Ok(match away {
        Some(away) => away.mark(page),
        None => page,
    })
}

/// The form that closes a case.
#[derive(Deserialize)]
pub struct CloseForm {
    /// The second act.
    #[serde(default)]
    sure: Option<String>,
}

/// `POST /cases/{id}/close`: asks first, unless the unlock is confirmed or cancelled.
pub async fn close(
    desk: AtDesk,
    Path(id): Path<String>,
    Posted(form): Posted<CloseForm>,
) -> Result<Response, AppError> {
    let view = CaseView::load(&desk, &id, None, Question::Close).await?;
    let view = view.ok_or_else(|| AppError::NotTheirs(desk.actor.operator.clone()))?;
    if form.sure.is_none() && view.question == Question::Close {
        return render(desk, &id, None, Question::Close).await;
    }
    if !desk.state.db.close_case(&id, &desk.actor.operator, desk.now).await? {
        let mut errors = FormErrors::default();
        errors.add("main", desk.context.language.text("desk.busy"));
        return render(desk, &id, Some(Refused { errors, ..Refused::default() }), Question::None).await;
    }
    // A page left open in another tab may close a case while the browser carries the data of a newer one.
    let is_of_another = desk.open(Drawer::Case).is_some_and(|data| data.case_id != id);
    let cleared = if is_of_another { None } else { Some(clear(Drawer::Case)?) };
    let cookies = [cleared, remembered(&desk, &view)?, Some(note::say_closed(&id)?)];
    Ok(with_cookies(Redirect::to("/"), cookies.into_iter().flatten()))
}

/// What the deferred confirmation must know of a case that is closed while its confirmation is uncertain. What else the
/// browser carried of deferred ones would live longer than its half hour, so it goes.
fn remembered(desk: &AtDesk, view: &CaseView) -> Result<Option<HeaderValue>, AppError> {
    let last = open_question(&view.steps, Service::Confirm);
    let (Some(last), Some(verified)) = (last, &view.data.verified) else { return Ok(None) };
    let unsettled = desk.open(Drawer::Deferred).map(|data| data.unsettled).unwrap_or_default();
    let mut data = CallData { unsettled, ..CallData::default() };
    let at = last.end.as_ref().map_or(last.started_at, |end| end.at);
    data.unsettled.note(OutcomeClass::Uncertain, &verified.cun.to_wire(), &last.submission, at);
    let sealed = Sealed::new(&desk.state.secrets, &desk.state.random, &desk.actor.operator, &desk.actor.token);
    sealed.close(Drawer::Deferred, data, desk.now).map(Some)
}
