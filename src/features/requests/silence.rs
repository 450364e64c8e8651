//! Says, before anybody is asked for anything, that Sistema TS does not answer.

use leptos::prelude::*;
use rust_i18n::t;

use super::outcome::reason;
use crate::{
    components::{
        alert::{Notice, NoticeKind},
        instant::time_of_day,
    },
    domain::{operator::Queue, service::Service},
    server::language::Language,
    sistema_ts::breaker::Circuit,
};

/// That calls are held back, why, and when to try again; nothing while they are sent.
#[component]
pub fn Silence(
    /// What the page asks for.
    service: Service,
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
    let reason = reason(why.word(), service, language);
    let tell = match service {
        // Nobody is on the line.
        Service::SwabList => String::new(),
        service if service.queue() == Queue::Immuni => language.text("desk.silence.tell_caller"),
        _ => language.text("desk.silence.tell_patient"),
    };
    let title = language.text("desk.silence.title");
    Some(view! {
        <Notice kind=NoticeKind::Warning>
            <p>
                <strong>{title}</strong>
                {format!(" {reason} {words} {tell}").trim_end().to_owned()}
            </p>
        </Notice>
    })
}
