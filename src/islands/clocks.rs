//! Clocks that go on while a page is open: how long the call takes, what time it is. Where nothing counts (without
//! JavaScript) they are not shown: a clock that stands still is wrong.

use leptos::prelude::*;

use super::timer::{hours_and_minutes, passed, running_time};

/// How long something has been going on.
#[island]
pub fn Elapsed(
    /// For how many milliseconds it was when the page was made.
    since: i64,
    /// What stands before it, for who does not see the picture.
    label: String,
) -> impl IntoView {
    let passed = passed();
    view! {
        <span class="elapsed" hidden=move || passed.is_still()>
            <svg class="icon" viewBox="0 0 16 16" aria-hidden="true" focusable="false">
                <path d="M8 14.5a6 6 0 1 1 0-12 6 6 0 0 1 0 12zM8 5.5v3.2l2 1.3M6 1h4" />
            </svg>
            <span class="visually-hidden">{label}</span>
            " "
            <span>{move || running_time(since + passed.milliseconds())}</span>
        </span>
    }
}

/// What time it is.
#[island]
pub fn TimeOfDay(
    /// Milliseconds since midnight in Rome when the page was made.
    now: i64,
    /// What stands before it, for who does not see where it stands.
    label: String,
) -> impl IntoView {
    let passed = passed();
    view! {
        <span class="site-clock" hidden=move || passed.is_still()>
            <span class="visually-hidden">{label}</span>
            " "
            <span>{move || hours_and_minutes(now + passed.milliseconds())}</span>
        </span>
    }
}
