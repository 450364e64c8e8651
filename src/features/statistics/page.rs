//! The page of a period.

use axum::response::Response;
use jiff::civil::Date;
use leptos::prelude::*;

use super::{
    period::{Asked, Typed},
    pictures::{Cases, Durations},
    queues::OtherDesks,
    report::Report,
};
use crate::{
    components::{
        alert::{ErrorSummary, FormErrors, Notice},
        buttons::{Button, ButtonKind, PostButton},
        chart::duration,
        field::DateField,
        heading::Heading,
        select::Select,
    },
    domain::dates,
    islands::print_button::PrintButton,
    server::{
        language::Language,
        page::{FORM, Page, PageContext},
    },
    storage::statistics::{Counts, Grouping, MOST_ROWS},
};

/// The parts of "Andamento": their address, and the key of their name.
const PARTS: [(&str, &str); 2] = [("/statistics", "period"), ("/statistics/live", "live")];
/// What can be asked for at once: how many days up to today, and the key of its name.
const PRESETS: [(i32, &str); 3] = [(1, "today"), (7, "week"), (30, "month")];

/// What is shown.
#[derive(Clone, Debug)]
pub struct Shown {
    /// What stands in the form.
    pub typed: Typed,
    /// The period, counted; none where what was typed is wrong.
    pub report: Option<Report>,
    /// What is wrong with it.
    pub errors: FormErrors,
    /// The day of today.
    pub today: Date,
}

/// Renders the page: 422 where what was typed is wrong.
pub async fn render(context: PageContext, shown: Shown) -> Response {
    let language = context.language;
    let page = Page::titled(language.text("statistics.title"));
    let page = if shown.errors.is_empty() { page } else { page.refused(language) };
    page.with_form(true).render(context, move || view! { <StatisticsView shown language /> }).await
}

#[component]
fn StatisticsView(
    /// What is shown.
    shown: Shown,
    /// In which language.
    language: Language,
) -> impl IntoView {
    let Shown { typed, report, errors, today } = shown;
    let text = move |key: &str| language.text(&format!("statistics.{key}"));
    let asked = report.as_ref().map(|report| report.asked);
    view! {
        <ErrorSummary errors=errors.clone() language />
        <Heading>{text("title")}</Heading>
        <Parts current="/statistics" language />
        <Filters typed errors language />
        <Presets asked=asked.unwrap_or(Asked::day(today)) today language />
        {report.map(|report| view! { <Counted report language /> })}
    }
}

/// The way from one part of "Andamento" to the other.
#[component]
pub fn Parts(
    /// The address of the one that is shown.
    current: &'static str,
    /// In which language.
    language: Language,
) -> impl IntoView {
    let link = |(href, key): (&'static str, &str)| {
        let current = (href == current).then_some("page");
        view! {
            <li>
                <a href=href aria-current=current>{language.text(&format!("statistics.{key}"))}</a>
            </li>
        }
    };
    view! {
        <nav class="register-tabs" aria-label=language.text("statistics.title")>
            <ul>{PARTS.map(link).collect_view()}</ul>
        </nav>
    }
}

/// What may be asked for.
#[component]
fn Filters(
    /// What stands in the form.
    typed: Typed,
    /// What is wrong with it.
    errors: FormErrors,
    /// In which language.
    language: Language,
) -> impl IntoView {
    let text = move |key: &str| language.text(&format!("statistics.{key}"));
    let italian = |typed: &str| dates::parse(typed).map_or_else(|_| typed.to_owned(), dates::display);
    let choices = Grouping::ALL.iter().map(|by| (by.word().to_owned(), text(&format!("grouping_{}", by.word()))));
    view! {
        <form id=FORM class="filters register-filters" method="post" action="/statistics">
            <DateField name="from" label=text("from") value=italian(&typed.from) error=errors.of("from") />
            <DateField name="to" label=text("to") value=italian(&typed.to) error=errors.of("to") />
            <Select name="by" label=text("by") choices=choices.collect() value=typed.by error=errors.of("by") />
            <Button>{text("show")}</Button>
        </form>
    }
}

/// The periods that are asked for most.
#[component]
fn Presets(
    /// What is shown.
    asked: Asked,
    /// The day of today.
    today: Date,
    /// In which language.
    language: Language,
) -> impl IntoView {
    let link = |(days, key): (i32, &str)| {
        let preset = asked.last(days, today);
        let current = (preset == asked).then_some("true");
        view! {
            <li>
                <a href=preset.address() aria-current=current>{language.text(&format!("statistics.{key}"))}</a>
            </li>
        }
    };
    view! {
        <nav class="statistics-presets" aria-label=language.text("statistics.presets")>
            <ul>{PRESETS.map(link).collect_view()}</ul>
        </nav>
    }
}

/// The period, counted.
#[component]
fn Counted(
    /// What is shown.
    report: Report,
    /// In which language.
    language: Language,
) -> impl IntoView {
    let text = move |key: &str| language.text(&format!("statistics.{key}"));
    let Asked { from, to, .. } = report.asked;
    let days = (from != to).then(|| format!(" – {}", dates::display(to)));
    let heading = view! { <p class="statistics-days">{dates::display(from)}{days}</p> };
    if report.is_empty() {
        return view! {
            {heading}
            <p class="empty">{text("nothing")}</p>
        }
        .into_any();
    }
    let too_many = report.has_more.then(|| {
        let words = rust_i18n::t!("statistics.too_many", locale = language.tag(), most = MOST_ROWS).into_owned();
        view! { <Notice><p>{words}</p></Notice> }
    });
    let hidden = report.asked.pairs();
    view! {
        {heading}
        <Figures counts=report.total.clone() language />
        {too_many}
        <Cases report=report.clone() language />
        <Durations report=report.clone() language />
        <OtherDesks requests=report.requests language />
        <div class="register-export statistics-export">
            <PostButton action="/statistics/export" kind=ButtonKind::Secondary hidden is_file=true>{text("export")}</PostButton>
            <PrintButton label=text("print") />
            <p class="field-hint">{text("sources")}</p>
        </div>
    }
    .into_any()
}

/// The whole period at a glance.
#[component]
fn Figures(
    /// What is counted.
    counts: Counts,
    /// In which language.
    language: Language,
) -> impl IntoView {
    let time = |seconds: Option<i64>| seconds.map_or_else(|| "–".to_owned(), duration);
    let figures = [
        ("opened", counts.opened.to_string()),
        ("verified_long", counts.verified.to_string()),
        ("unlocked_long", counts.unlocked.to_string()),
        ("confirmed_long", counts.confirmed.to_string()),
        ("cancelled_long", counts.cancelled.to_string()),
        ("deferred_long", counts.deferred.to_string()),
        ("median_long", time(counts.median)),
        ("p95_long", time(counts.p95)),
    ];
    let figure = |(key, number): (&str, String)| {
        view! {
            <div>
                <dt>{language.text(&format!("statistics.{key}"))}</dt>
                <dd>{number}</dd>
            </div>
        }
    };
    view! { <dl class="figures">{figures.map(figure).collect_view()}</dl> }
}
