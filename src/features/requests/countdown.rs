//! How long an unlocked OTP still lives, reckoned from the service's own instant (seed 003, 3.3.2, Tab. 12; 5.1), and the
//! sentence for the caller meanwhile.

use jiff::{SignedDuration, Timestamp};
use leptos::prelude::*;
use rust_i18n::t;

use crate::{
    components::instant::time_of_day,
    islands::countdown::{Countdown, OTP_LIFE, PhaseSentence, PhaseTexts},
    server::language::Language,
};

/// Milliseconds left, from 0 to 150,000.
#[must_use]
pub fn left(unlocked_at: Timestamp, now: Timestamp) -> i64 {
    (unlocked_at.as_millisecond() + OTP_LIFE - now.as_millisecond()).clamp(0, OTP_LIFE)
}

/// When the OTP dies.
#[must_use]
pub fn ends_at(unlocked_at: Timestamp) -> Timestamp {
    unlocked_at + SignedDuration::from_millis(OTP_LIFE)
}

/// The countdown; without JavaScript the instant at which it ends.
#[component]
pub fn UnlockedUntil(
    /// When the OTP was unlocked.
    at: Timestamp,
    /// Now.
    now: Timestamp,
    /// In which language.
    language: Language,
) -> impl IntoView {
    let left = left(at, now);
    let (at, until) = (time_of_day(at), time_of_day(ends_at(at)));
    let text = t!("desk.countdown_until", locale = language.tag(), at = at, until = until).into_owned();
    view! {
        <div class="desk-strip desk-countdown">
            <Countdown left label=language.text("desk.countdown_label")
                until_label=language.text("desk.countdown_until_label") until
                announced=language.text("desk.countdown_left") />
            <p class="countdown-until">{text}</p>
        </div>
    }
}

/// The sentence of the phase in which an OTP unlocked at `at` is; `is_live` for the one that a screen reader hears when
/// it changes.
pub fn phase_sentence(at: Timestamp, now: Timestamp, is_live: bool, language: Language) -> AnyView {
    let text = |key: &str| language.text(&format!("desk.countdown_{key}"));
    let texts = PhaseTexts { hold: text("hold"), tap: text("tap"), expired: text("expired") };
    let left = left(at, now);
    let lasting = lasting(at, &texts, left, language);
    view! { <PhaseSentence left texts lasting is_live /> }.into_any()
}

/// What a page says that does not count by itself: the sentence of now, until when, and the one of afterwards.
fn lasting(at: Timestamp, texts: &PhaseTexts, left: i64, language: Language) -> String {
    let now = texts.sentence(left);
    if now == texts.expired {
        return now;
    }
    let key = if now == texts.hold { "desk.countdown_lasting_hold" } else { "desk.countdown_lasting_tap" };
    let (locale, until) = (language.tag(), time_of_day(ends_at(at)));
    let PhaseTexts { hold, tap, expired } = texts;
    t!(key, locale = locale, hold = hold, tap = tap, expired = expired, until = until).into_owned()
}
