//! Says, before the caller is asked for anything, that Sistema TS does not answer.

use leptos::prelude::*;
use rust_i18n::t;

use crate::{
    components::{
        alert::{Notice, NoticeKind},
        instant::time_of_day,
    },
    server::language::Language,
    sistema_ts::breaker::Circuit,
};

/// That calls are held back, why, and when to try again; nothing while they are sent.
#[component]
pub fn Silence(
    /// Whether they are sent.
    circuit: Circuit,
    /// In which language.
    language: Language,
) -> impl IntoView {
    let locale = language.tag();
    let (words, why) = match circuit {
        Circuit::Closed => return None,
        Circuit::Open { until, why } => {
            (t!("desk.silence.open", locale = locale, time = time_of_day(until)).into_owned(), why)
        }
        Circuit::HalfOpen { why } => (language.text("desk.silence.half_open"), why),
    };
    let reason = language.text(&format!("desk.reason.{}", why.word()));
    let title = language.text("desk.silence.title");
    Some(view! {
        <Notice kind=NoticeKind::Warning>
            <p>
                <strong>{title}</strong>
                {format!(" {reason} {words}")}
            </p>
        </Notice>
    })
}
