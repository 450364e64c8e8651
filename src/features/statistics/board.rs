//! What is shown of the moment: who and what is at work, how Sistema TS answers, whether it can be called.

use jiff::{SignedDuration, Timestamp};
use leptos::prelude::*;

use crate::{
    components::{
        chart::duration,
        icon::{Icon, Picture},
        instant::{date_and_time, time_of_day},
        table::{Column, DataTable, Row},
    },
    domain::{
        operator::Queue,
        service::{OutcomeClass, Service},
        tally::{Calls, minute_of, percentile},
    },
    server::{errors::AppError, language::Language, state::AppState},
    sistema_ts::{breaker::Circuit, identity::WARNING},
    storage::statistics::AtWork,
};

/// How far back answers are counted.
const ANSWERS_OF: SignedDuration = SignedDuration::from_hours(1);

/// The moment.
#[derive(Clone, Debug)]
pub struct Board {
    /// When.
    pub at: Timestamp,
    /// Who and what is at work.
    pub at_work: AtWork,
    /// The calls of the last hour, of all instances.
    pub calls: Vec<Calls>,
    /// Whether this instance sends calls.
    pub circuit: Circuit,
    /// The end of our certificate's validity.
    pub expires_at: Timestamp,
}

impl Board {
    /// Looks at all of it.
    pub async fn look(state: &AppState) -> Result<Self, AppError> {
        let at = state.clock.now();
        let (session, now) = (&state.config.session, at.as_millisecond());
        let seen = now - i64::from(session.idle) * 1000;
        let at_work = state.db.at_work(seen, now - i64::from(session.absolute) * 1000).await?;
        let since = minute_of((at - ANSWERS_OF).as_millisecond());
        let calls = state.db.calls_since(since).await?;
        let (circuit, expires_at) = (state.sistema_ts.circuit(), state.sistema_ts.expires_at());
        Ok(Self { at, at_work, calls, circuit, expires_at })
    }
}

/// A state in words, beside its picture.
#[component]
fn State(
    /// The picture.
    icon: Icon,
    /// The words.
    words: String,
) -> impl IntoView {
    let is_bad = icon != Icon::Check;
    view! {
        <dd class="is-words" class:is-bad=is_bad>
            <Picture icon />
            <span>{words}</span>
        </dd>
    }
}

/// The board, which is replaced as a whole when it is refreshed.
#[component]
pub fn BoardView(
    /// The moment.
    board: Board,
    /// In which language.
    language: Language,
) -> impl IntoView {
    let text = move |key: &str| language.text(&format!("statistics.{key}"));
    let at = time_of_day(board.at);
    let updated = rust_i18n::t!("statistics.updated", locale = language.tag(), time = at).into_owned();
    let oldest = board.at_work.oldest_case.and_then(|at| Timestamp::from_millisecond(at).ok());
    let oldest = oldest.map_or_else(|| "–".to_owned(), |opened| duration(board.at.duration_since(opened).as_secs()));
    view! {
        <p class="statistics-updated">{updated}</p>
        <dl class="figures">
            <div><dt>{text("open_cases")}</dt><dd>{board.at_work.open_cases}</dd></div>
            <div><dt>{text("oldest_case")}</dt><dd>{oldest}</dd></div>
            <div><dt>{text("operators")}</dt><dd>{board.at_work.operators}</dd></div>
            <div><dt>{text("circuit")}</dt><CircuitState circuit=board.circuit language /></div>
            <div><dt>{text("certificate")}</dt><CertificateState board=board.clone() language /></div>
        </dl>
        <section class="statistics-part" aria-labelledby="answers-title">
            <h2 id="answers-title">{text("answers")}</h2>
            <p>{text("answers_meaning")}</p>
            <Answers calls=board.calls language />
        </section>
    }
}

/// Whether calls are sent.
#[component]
fn CircuitState(
    /// How the circuit stands.
    circuit: Circuit,
    /// In which language.
    language: Language,
) -> impl IntoView {
    let (icon, until) = match circuit {
        Circuit::Closed => (Icon::Check, String::new()),
        Circuit::Open { until, .. } => (Icon::Cross, time_of_day(until)),
        Circuit::HalfOpen { .. } => (Icon::Warning, String::new()),
    };
    let key = format!("statistics.circuit_{}", circuit.state().word());
    let words = rust_i18n::t!(&key, locale = language.tag(), time = until).into_owned();
    view! { <State icon words /> }
}

/// Until when our certificate is good.
#[component]
fn CertificateState(
    /// The moment.
    board: Board,
    /// In which language.
    language: Language,
) -> impl IntoView {
    let left = board.expires_at.duration_since(board.at);
    let (icon, key) = match left {
        left if left <= SignedDuration::ZERO => (Icon::Cross, "certificate_over"),
        left if left <= WARNING => (Icon::Warning, "certificate_soon"),
        _ => (Icon::Check, "certificate_good"),
    };
    let (until, days) = (date_and_time(board.expires_at), left.as_hours() / 24);
    let key = format!("statistics.{key}");
    let words = rust_i18n::t!(&key, locale = language.tag(), until = until, days = days).into_owned();
    view! { <State icon words /> }
}

/// The answers of the last hour, a service a row.
#[component]
fn Answers(
    /// The calls.
    calls: Vec<Calls>,
    /// In which language.
    language: Language,
) -> impl IntoView {
    let text = move |key: &str| language.text(&format!("statistics.{key}"));
    let classes = [OutcomeClass::Done, OutcomeClass::Refused, OutcomeClass::Uncertain, OutcomeClass::NotSent];
    let heads = classes.map(|class| Column::number(text(&format!("class_{}", class.word()))));
    let times = ["median", "p95"].map(|key| Column::number(text(key)));
    let columns = std::iter::once(Column::text(text("service"))).chain(heads).chain(times).collect();
    let row = |service: &Service| {
        let of_service: Vec<_> = calls.iter().filter(|calls| calls.service == *service).cloned().collect();
        let number = |class| of_service.iter().filter(|calls| calls.class == class).map(|calls| calls.number).sum();
        let numbers = classes.map(|class| {
            let sum: i64 = number(class);
            sum.to_string()
        });
        // What was not sent took no time of the service's.
        let sent: Vec<_> = of_service.iter().filter(|calls| calls.class != OutcomeClass::NotSent).cloned().collect();
        let times = [50, 95].map(|percent| percentile(&sent, percent).map_or_else(|| "–".to_owned(), in_time));
        let name = text(&format!("service_{}", service.word()));
        let cells = std::iter::once(name).chain(numbers).chain(times).map(IntoAny::into_any).collect();
        Row { href: None, cells }
    };
    let is_shown =
        |service: &&Service| service.queue() == Queue::Immuni || calls.iter().any(|calls| calls.service == **service);
    let rows = Service::ALL.iter().filter(is_shown).map(row).collect();
    view! { <DataTable caption=text("answers") columns rows empty=String::new() /> }
}

/// A bound of durations in words.
fn in_time(milliseconds: i64) -> String {
    if milliseconds < 1000 {
        format!("≤ {milliseconds} ms")
    } else {
        format!("≤ {},{} s", milliseconds / 1000, milliseconds % 1000 / 100).replace(",0 s", " s")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bounds_are_told_in_the_unit_that_fits() {
        assert_eq!([10, 750, 1000, 1500, 25_000].map(in_time), ["≤ 10 ms", "≤ 750 ms", "≤ 1 s", "≤ 1,5 s", "≤ 25 s"]);
    }
}
