//! How long the unlocked OTP still lives, reckoned from the service's own instant (seed 003, 3.3.2, Tab. 12), and the
//! sentence for the caller meanwhile.

use jiff::{SignedDuration, Timestamp};
use leptos::prelude::*;
use rust_i18n::t;

use super::{
    case_view::{CaseView, time_of_day},
    outcome::is_no,
};
use crate::{
    domain::case::{OutcomeClass, Service, Stage},
    islands::countdown::{Countdown, OTP_LIFE, PhaseSentence, PhaseTexts},
    storage::steps::Step,
};

/// When the OTP was unlocked: the service's instant, or ours where the browser did not get the answer.
fn unlocked_at(view: &CaseView) -> Option<Timestamp> {
    if view.stage != Stage::Unlocked {
        return None;
    }
    let is_done = |step: &&Step| step.service == Service::Unlock && step.class() == OutcomeClass::Done;
    let last = view.steps.iter().rev().find(is_done);
    // The instant that the browser carries may be that of an unlock before the last.
    let carried = view.data.unlocked_at.filter(|at| last.is_none_or(|last| *at >= last.started_at));
    carried.or_else(|| last.and_then(|step| step.end.as_ref()).map(|end| end.at))
}

/// Milliseconds left, from 0 to 150,000; none where no OTP is unlocked.
#[must_use]
pub fn left(view: &CaseView) -> Option<i64> {
    let at = unlocked_at(view)?;
    Some((at.as_millisecond() + OTP_LIFE - view.now.as_millisecond()).clamp(0, OTP_LIFE))
}

/// The countdown; without JavaScript the instant at which it ends.
#[component]
pub fn UnlockedUntil(
    /// The case.
    view: CaseView,
) -> impl IntoView {
    let (left, at) = (left(&view)?, unlocked_at(&view)?);
    let locale = view.language.tag();
    let (at, until) = (time_of_day(at), time_of_day(ends_at(at)));
    let text = t!("desk.countdown_until", locale = locale, at = at, until = until).into_owned();
    Some(view! {
        <div class="desk-strip desk-countdown">
            <Countdown left label=view.language.text("desk.countdown_label")
                until_label=view.language.text("desk.countdown_until_label") until
                announced=view.language.text("desk.countdown_left") />
            <p class="countdown-until">{text}</p>
        </div>
    })
}

/// The sentence for the caller at this moment, the same wherever it stands on the page: while an OTP lives, that of the
/// phase it is in, unless the last request went wrong; `is_live` for the one that a screen reader hears when it changes.
pub fn sentence(view: &CaseView, usual: &str, is_live: bool) -> AnyView {
    let is_trouble = view.outcome().is_some_and(|step| step.class() != OutcomeClass::Done);
    let Some(left) = left(view).filter(|_| !is_trouble) else { return view.say(usual).into_any() };
    let text = |key: &str| view.language.text(&format!("desk.countdown_{key}"));
    let texts = PhaseTexts { hold: text("hold"), tap: text("tap"), expired: text("expired") };
    let lasting = lasting(view, &texts, left);
    view! { <PhaseSentence left texts lasting is_live /> }.into_any()
}

/// That an OTP unlocked before lives on, although another one, or the same again, was refused by `step`.
pub fn still_unlocked(view: &CaseView, step: &Step) -> Option<String> {
    let until = unlocked_at(view).map(ends_at).filter(|until| *until > view.now)?;
    let is_no = step.service == Service::Unlock && is_no(step);
    let (locale, until) = (view.language.tag(), time_of_day(until));
    is_no.then(|| t!("desk.still_unlocked", locale = locale, until = until).into_owned())
}

/// What a page says that does not count by itself: the sentence of now, until when, and the one of afterwards.
fn lasting(view: &CaseView, texts: &PhaseTexts, left: i64) -> String {
    let now = texts.sentence(left);
    let Some(until) = unlocked_at(view).map(ends_at).filter(|_| now != texts.expired) else { return now };
    let key = if now == texts.hold { "desk.countdown_lasting_hold" } else { "desk.countdown_lasting_tap" };
    let (locale, until) = (view.language.tag(), time_of_day(until));
    let PhaseTexts { hold, tap, expired } = texts;
    t!(key, locale = locale, hold = hold, tap = tap, expired = expired, until = until).into_owned()
}

fn ends_at(unlocked_at: Timestamp) -> Timestamp {
    unlocked_at + SignedDuration::from_millis(OTP_LIFE)
}
