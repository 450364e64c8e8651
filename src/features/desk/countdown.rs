//! The OTP that was unlocked in a case, and the sentence for the caller while it lives.

use jiff::Timestamp;
use leptos::prelude::*;
use rust_i18n::t;

use super::case_view::CaseView;
use crate::{
    components::instant::time_of_day,
    domain::{
        case::Stage,
        service::{OutcomeClass, Service},
    },
    features::requests::{
        countdown::{ends_at, left, phase_sentence},
        outcome::is_no,
    },
    storage::steps::Step,
};

/// When the OTP was unlocked: the service's instant, or ours where the browser did not get the answer.
#[must_use]
pub fn unlocked_at(view: &CaseView) -> Option<Timestamp> {
    if view.stage != Stage::Unlocked {
        return None;
    }
    let is_done = |step: &&Step| step.service == Service::Unlock && step.class() == OutcomeClass::Done;
    let last = view.steps.iter().rev().find(is_done);
    // The instant that the browser carries may be that of an unlock before the last.
    let carried = view.data.unlocked_at.filter(|at| last.is_none_or(|last| *at >= last.started_at));
    carried.or_else(|| last.and_then(|step| step.end.as_ref()).map(|end| end.at))
}

/// Whether an OTP was unlocked that is dead by now.
#[must_use]
pub fn has_died(view: &CaseView) -> bool {
    unlocked_at(view).is_some_and(|at| left(at, view.now) == 0)
}

/// The sentence for the caller at this moment, the same wherever it stands on the page: while an OTP lives, that of the
/// phase it is in, unless the last request went wrong; `is_live` for the one that a screen reader hears when it changes.
pub fn sentence(view: &CaseView, usual: &str, is_live: bool) -> AnyView {
    let is_trouble = view.outcome().is_some_and(|step| step.class() != OutcomeClass::Done);
    match unlocked_at(view).filter(|_| !is_trouble) {
        Some(at) => phase_sentence(at, view.now, is_live, view.language),
        None => view.say(usual).into_any(),
    }
}

/// That an OTP unlocked before lives on, although another one, or the same again, was refused by `step`.
pub fn still_unlocked(view: &CaseView, step: &Step) -> Option<String> {
    let until = unlocked_at(view).map(ends_at).filter(|until| *until > view.now)?;
    let is_no = step.service == Service::Unlock && is_no(step);
    let (locale, until) = (view.language.tag(), time_of_day(until));
    is_no.then(|| t!("desk.still_unlocked", locale = locale, until = until).into_owned())
}
