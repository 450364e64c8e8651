//! Time in the browser, measured from when the page came alive: the clock of the desk's machine may be wrong, the
//! server says how much is left.

use std::time::Duration;

use leptos::prelude::*;
use web_sys::js_sys::Date;

/// Milliseconds left of `left`, looked at twice a second and never below zero; and how to begin anew.
pub fn remaining(left: i64) -> (ReadSignal<i64>, Restart) {
    let (remaining, set_remaining) = signal(left.max(0));
    let restart = Restart { remaining, set_remaining, end: RwSignal::new(None) };
    Effect::new(move |_| {
        restart.with(left);
        if let Ok(interval) = set_interval_with_handle(move || restart.look(), Duration::from_millis(500)) {
            on_cleanup(move || interval.clear());
        }
    });
    (remaining, restart)
}

/// How long the page has been alive, in seconds that are over.
pub fn passed() -> Passed {
    let passed = Passed(RwSignal::new(None));
    Effect::new(move |_| {
        let start = now();
        let look = move || {
            let seconds = whole((now() - start) / 1000.0).max(0);
            if passed.0.get_untracked() != Some(seconds) {
                passed.0.set(Some(seconds));
            }
        };
        look();
        if let Ok(interval) = set_interval_with_handle(look, Duration::from_millis(500)) {
            on_cleanup(move || interval.clear());
        }
    });
    passed
}

/// Seconds since the page came alive; none before that.
#[derive(Clone, Copy)]
pub struct Passed(RwSignal<Option<i64>>);

impl Passed {
    /// Whether nothing counts.
    pub fn is_still(self) -> bool {
        self.0.get().is_none()
    }

    /// Milliseconds.
    pub fn milliseconds(self) -> i64 {
        self.0.get().unwrap_or_default() * 1000
    }
}

/// Begins the time anew.
#[derive(Clone, Copy)]
pub struct Restart {
    remaining: ReadSignal<i64>,
    set_remaining: WriteSignal<i64>,
    end: RwSignal<Option<f64>>,
}

impl Restart {
    /// With `left` milliseconds.
    pub fn with(self, left: i64) {
        self.end.set(Some(now() + millis(left)));
        self.look();
    }

    /// Looks at the clock.
    pub(super) fn look(self) {
        if let Some(end) = self.end.get_untracked() {
            let left = whole(end - now()).max(0);
            if left != self.remaining.get_untracked() {
                self.set_remaining.set(left);
            }
        }
    }
}

/// Milliseconds since 1970 by the clock on this machine's wall, which goes on while the machine sleeps.
pub(super) fn now() -> f64 {
    Date::now()
}

#[expect(clippy::cast_precision_loss, reason = "a few hours of milliseconds are far below 2^53")]
const fn millis(left: i64) -> f64 {
    left as f64
}

#[expect(clippy::cast_possible_truncation, reason = "a few hours of milliseconds")]
const fn whole(left: f64) -> i64 {
    left as i64
}

/// mm:ss, the started second counted in full.
#[must_use]
pub fn minutes_and_seconds(left: i64) -> String {
    let seconds = (left.max(0) + 999) / 1000;
    format!("{:02}:{:02}", seconds / 60, seconds % 60)
}

/// mm:ss of what has passed, h:mm:ss from an hour on.
#[must_use]
pub fn running_time(passed: i64) -> String {
    let seconds = passed.max(0) / 1000;
    let (hours, minutes, seconds) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    if hours > 0 { format!("{hours}:{minutes:02}:{seconds:02}") } else { format!("{minutes:02}:{seconds:02}") }
}

/// hh:mm of so many milliseconds after midnight.
#[must_use]
pub fn hours_and_minutes(since_midnight: i64) -> String {
    let minutes = since_midnight.max(0) / 60_000;
    format!("{:02}:{:02}", minutes / 60 % 24, minutes % 60)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_started_second_counts_in_full() {
        assert_eq!(minutes_and_seconds(150_000), "02:30");
        assert_eq!(minutes_and_seconds(149_001), "02:30");
        assert_eq!(minutes_and_seconds(1), "00:01");
        assert_eq!(minutes_and_seconds(0), "00:00");
        assert_eq!(minutes_and_seconds(-5), "00:00");
    }

    #[test]
    fn what_has_passed_counts_seconds_that_are_over() {
        for (passed, shown) in [(-1, "00:00"), (999, "00:00"), (161_000, "02:41"), (3_599_999, "59:59")] {
            assert_eq!(running_time(passed), shown);
        }
        assert_eq!(running_time(3_661_000), "1:01:01");
    }

    #[test]
    fn a_day_begins_anew_at_midnight() {
        let evening = (23 * 60 + 59) * 60_000;
        assert_eq!(hours_and_minutes(evening), "23:59");
        assert_eq!(hours_and_minutes(evening + 60_000), "00:00");
    }
}
