//! The 150 seconds that an unlocked OTP lives, and the sentence for the caller in each phase of them.

use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use super::timer::{minutes_and_seconds, remaining};

/// How long an unlocked OTP lives, in milliseconds.
pub const OTP_LIFE: i64 = 150_000;
/// At the start the caller's app needs the screen open while the unlock arrives.
const ARRIVAL: i64 = 10_000;
/// At how many seconds left it is said how much is left.
const ANNOUNCED: [i64; 3] = [60, 30, 10];

/// The sentence of each phase.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct PhaseTexts {
    /// While the unlock arrives.
    pub hold: String,
    /// While the caller can go on.
    pub tap: String,
    /// When the time is over.
    pub expired: String,
}

impl PhaseTexts {
    /// The one of this moment, with `left` milliseconds to go.
    #[must_use]
    pub fn sentence(&self, left: i64) -> String {
        let sentence = if left <= 0 {
            &self.expired
        } else if left > OTP_LIFE - ARRIVAL {
            &self.hold
        } else {
            &self.tap
        };
        sentence.clone()
    }
}

/// What a screen reader hears of the time, at a few moments: `template` with the seconds in place of `{seconds}`.
fn announcement(left: i64, template: &str) -> String {
    let seconds = (left + 999) / 1000;
    let nearest = ANNOUNCED.into_iter().rev().find(|moment| left > 0 && seconds <= *moment);
    nearest.map_or_else(String::new, |moment| template.replace("{seconds}", &moment.to_string()))
}

/// Counts down from `left` milliseconds, which the server reckons from the service's own instant.
#[island]
pub fn Countdown(
    /// Milliseconds left when the page was made.
    left: i64,
    /// What stands before the time left.
    label: String,
    /// What stands before the end, where nothing counts.
    until_label: String,
    /// The end, as a time of day.
    until: String,
    /// What is announced, with `{seconds}`.
    announced: String,
) -> impl IntoView {
    let (left, _) = remaining(left);
    let is_counting = RwSignal::new(false);
    Effect::new(move |_| is_counting.set(true));
    let name = move || if is_counting.get() { label.clone() } else { until_label.clone() };
    let time = move || if is_counting.get() { minutes_and_seconds(left.get()) } else { until.clone() };
    let announcement = Memo::new(move |_| announcement(left.get(), &announced));
    view! {
        <div class="countdown" class:is-over=move || left.get() == 0>
            <p class="countdown-time" role="timer">
                <span class="countdown-label">{name}</span>
                " "
                <strong>{time}</strong>
            </p>
            <p class="visually-hidden" role="status">{move || announcement.get()}</p>
        </div>
    }
}

/// The sentence of the phase that an OTP with `left` milliseconds is in.
#[island]
pub fn PhaseSentence(
    /// Milliseconds left when the page was made.
    left: i64,
    /// The sentences.
    texts: PhaseTexts,
    /// What stands there until somebody counts: true for as long as the page may be looked at.
    lasting: String,
    /// Whether a screen reader hears it when it changes: one of those on the page.
    is_live: bool,
) -> impl IntoView {
    let (left, _) = remaining(left);
    let is_counting = RwSignal::new(false);
    Effect::new(move |_| is_counting.set(true));
    let sentence = Memo::new(move |_| if is_counting.get() { texts.sentence(left.get()) } else { lasting.clone() });
    let live = move || (is_live && is_counting.get()).then_some("polite");
    view! { <span aria-live=live>{move || sentence.get()}</span> }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_moment_has_its_sentence() {
        let text = |text: &str| text.to_owned();
        let texts = PhaseTexts { hold: text("hold"), tap: text("tap"), expired: text("expired") };
        for (left, said) in [(150_000, "hold"), (140_001, "hold"), (140_000, "tap"), (1, "tap"), (0, "expired")] {
            assert_eq!(texts.sentence(left), said, "{left}");
        }
    }

    #[test]
    fn the_time_left_is_announced_at_a_few_moments() {
        for (left, said) in
            [(150_000, ""), (60_001, ""), (60_000, "60"), (30_001, "60"), (29_500, "30"), (9_000, "10"), (0, "")]
        {
            assert_eq!(announcement(left, "{seconds}"), said, "{left}");
        }
    }
}
