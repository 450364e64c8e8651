//! The 150 seconds that an unlocked OTP lives, with the sentence for each phase.

use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use super::timer::{minutes_and_seconds, remaining};

/// How long an unlocked OTP lives, in milliseconds.
pub const OTP_LIFE: i64 = 150_000;
/// At the start the caller's app needs the screen open while the unlock arrives.
const ARRIVAL: i64 = 10_000;
/// At how many seconds left it is said how much is left.
const ANNOUNCED: [i64; 3] = [60, 30, 10];

/// The words of the countdown.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct CountdownTexts {
    /// What stands before the time left.
    pub label: String,
    /// The sentence while the unlock arrives.
    pub hold: String,
    /// The sentence while the caller can go on.
    pub tap: String,
    /// The sentence when the time is over.
    pub expired: String,
    /// What is announced, with `{seconds}`.
    pub left: String,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Phase {
    Hold,
    Tap,
    Expired,
}

const fn phase(left: i64) -> Phase {
    if left <= 0 {
        Phase::Expired
    } else if left > OTP_LIFE - ARRIVAL {
        Phase::Hold
    } else {
        Phase::Tap
    }
}

impl CountdownTexts {
    fn sentence(&self, phase: Phase) -> String {
        match phase {
            Phase::Hold => self.hold.clone(),
            Phase::Tap => self.tap.clone(),
            Phase::Expired => self.expired.clone(),
        }
    }

    /// What a screen reader hears: the sentence at a change of phase, the time left at a few moments.
    fn announcement(&self, left: i64) -> String {
        let seconds = (left + 999) / 1000;
        let nearest = ANNOUNCED.into_iter().rev().find(|moment| seconds <= *moment);
        match nearest {
            Some(moment) if left > 0 => self.left.replace("{seconds}", &moment.to_string()),
            _ => self.sentence(phase(left)),
        }
    }
}

/// Counts down from `left` milliseconds, which the server reckons from the service's own instant.
#[island]
pub fn Countdown(
    /// Milliseconds left when the page was made.
    left: i64,
    /// The words.
    texts: CountdownTexts,
) -> impl IntoView {
    let (left, _) = remaining(left);
    let phase = Memo::new(move |_| phase(left.get()));
    let texts = StoredValue::new(texts);
    let announcement = Memo::new(move |_| texts.with_value(|texts| texts.announcement(left.get())));
    view! {
        <div class="countdown" class:is-over=move || phase.get() == Phase::Expired>
            <p class="countdown-time" role="timer">
                <span class="countdown-label">{texts.with_value(|texts| texts.label.clone())}</span>
                " "
                <strong>{move || minutes_and_seconds(left.get())}</strong>
            </p>
            <p class="countdown-say">
                <q class="say">{move || texts.with_value(|texts| texts.sentence(phase.get()))}</q>
            </p>
            <p class="visually-hidden" role="status">{move || announcement.get()}</p>
        </div>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts() -> CountdownTexts {
        let text = |text: &str| text.to_owned();
        CountdownTexts {
            label: text("l"),
            hold: text("h"),
            tap: text("t"),
            expired: text("e"),
            left: text("{seconds}"),
        }
    }

    #[test]
    fn each_moment_has_its_sentence() {
        for (left, said) in [
            (150_000, "h"),
            (140_001, "h"),
            (140_000, "t"),
            (60_001, "t"),
            (60_000, "60"),
            (29_500, "30"),
            (9_000, "10"),
            (0, "e"),
        ] {
            assert_eq!(texts().announcement(left), said, "{left}");
        }
    }
}
