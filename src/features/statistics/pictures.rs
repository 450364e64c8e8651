//! The pictures of a period, each with the table of its numbers beside it.

use leptos::prelude::*;

use super::report::{Line, Report};
use crate::{
    components::{
        chart::{Bars, Columns, Lines, Plot, Series, Unit, duration},
        table::{Column, DataTable, Row},
    },
    server::language::Language,
    storage::statistics::{Counts, Grouping},
};

/// How many names a picture has at most; the table has all.
const MOST_NAMES: usize = 20;
/// What stands in a table where there is no number.
const NONE: &str = "–";

type Value = fn(&Counts) -> Option<i64>;

/// What is counted of the services' answers: the key of its name, and the number.
const ANSWERS: [(&str, Value); 4] = [
    ("verified", |counts| Some(counts.verified)),
    ("unlocked", |counts| Some(counts.unlocked)),
    ("confirmed", |counts| Some(counts.confirmed)),
    ("cancelled", |counts| Some(counts.cancelled)),
];
const OPENED: [(&str, Value); 1] = [("opened", |counts| Some(counts.opened))];
const DURATIONS: [(&str, Value); 2] = [("median", |counts| counts.median), ("p95", |counts| counts.p95)];

fn plot(id: &'static str, lines: &[Line], values: &[(&'static str, Value)], unit: Unit, language: Language) -> Plot {
    let text = |key: &str| language.text(&format!("statistics.{key}"));
    let series = |(key, value): &(&str, Value)| Series {
        name: text(key),
        values: lines.iter().map(|line| value(&line.counts)).collect(),
    };
    Plot {
        id,
        title: text(&format!("picture_{id}")),
        labels: lines.iter().map(|line| line.short.clone()).collect(),
        series: values.iter().map(series).collect(),
        unit,
    }
}

/// The lines with the most cases, for a picture of names.
fn busiest(lines: &[Line]) -> Vec<Line> {
    let mut lines = lines.to_vec();
    lines.sort_by_key(|line| std::cmp::Reverse(line.counts.opened));
    lines.truncate(MOST_NAMES);
    lines
}

/// Cases and answers: the pictures, and their table.
#[component]
pub fn Cases(
    /// What is shown.
    report: Report,
    /// In which language.
    language: Language,
) -> impl IntoView {
    let text = move |key: &str| language.text(&format!("statistics.{key}"));
    let pictures = if report.is_of_time() {
        let opened = plot("opened", &report.lines, &OPENED, Unit::Count, language);
        let answers = plot("answers", &report.lines, &ANSWERS, Unit::Count, language);
        view! { <Columns plot=opened language /><Lines plot=answers language /> }.into_any()
    } else {
        let opened = plot("opened", &busiest(&report.lines), &OPENED, Unit::Count, language);
        view! { <Bars plot=opened language /> }.into_any()
    };
    let numbers = |counts: &Counts| {
        [counts.opened, counts.verified, counts.unlocked, counts.confirmed, counts.cancelled, counts.deferred]
            .map(|number| number.to_string())
            .to_vec()
    };
    let names = ["opened_short", "verified", "unlocked", "confirmed", "cancelled", "deferred"];
    let table = table(&report, "cases", &names, numbers, language);
    view! {
        <section class="statistics-part" aria-labelledby="cases-title">
            <h2 id="cases-title">{text("cases")}</h2>
            <p>{text("cases_meaning")}</p>
            <div class="statistics-pair">
                <div>{pictures}</div>
                {table}
            </div>
        </section>
    }
}

/// How long cases took: the picture, and its table.
#[component]
pub fn Durations(
    /// What is shown.
    report: Report,
    /// In which language.
    language: Language,
) -> impl IntoView {
    let text = move |key: &str| language.text(&format!("statistics.{key}"));
    let picture = if report.is_of_time() {
        let plot = plot("durations", &report.lines, &DURATIONS, Unit::Seconds, language);
        view! { <Lines plot language /> }.into_any()
    } else {
        let plot = plot("durations_by_name", &busiest(&report.lines), &DURATIONS, Unit::Seconds, language);
        view! { <Bars plot language /> }.into_any()
    };
    let numbers = |counts: &Counts| {
        let show = |seconds: Option<i64>| seconds.map_or_else(|| NONE.to_owned(), duration);
        vec![counts.closed.to_string(), show(counts.median), show(counts.p95)]
    };
    let table = table(&report, "durations", &["closed", "median", "p95"], numbers, language);
    view! {
        <section class="statistics-part" aria-labelledby="durations-title">
            <h2 id="durations-title">{text("durations")}</h2>
            <p>{text("durations_meaning")}</p>
            <div class="statistics-pair">
                <div>{picture}</div>
                {table}
            </div>
        </section>
    }
}

/// The table of a picture; its last row is the whole period.
fn table(
    report: &Report,
    caption: &str,
    names: &[&str],
    numbers: fn(&Counts) -> Vec<String>,
    language: Language,
) -> impl IntoView + use<> {
    let text = |key: &str| language.text(&format!("statistics.{key}"));
    let by = report.asked.by;
    let first = Column::text(text(&format!("by_{}", by.word())));
    let columns = std::iter::once(first).chain(names.iter().map(|name| Column::number(text(name)))).collect();
    let row = |(label, username, counts): (String, Option<String>, &Counts)| {
        let name = view! { {label}{username.map(|username| view! { " "<small>{username}</small> })} }.into_any();
        let cells = std::iter::once(name).chain(numbers(counts).into_iter().map(IntoAny::into_any)).collect();
        Row { href: None, cells }
    };
    let username = |line: &Line| line.username.clone().filter(|_| by == Grouping::Operator);
    let lines = report.lines.iter().map(|line| (line.label.clone(), username(line), &line.counts));
    let total = (text("total"), None, &report.total);
    let rows = lines.chain([total]).map(row).collect();
    view! {
        <div class="statistics-table">
            <DataTable caption=text(caption) columns rows empty=String::new() is_compact=true />
        </div>
    }
}
