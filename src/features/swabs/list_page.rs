//! The page of the list.

use axum::response::Response;
use jiff::civil::Date;
use leptos::prelude::*;
use rust_i18n::t;

use super::{
    list::{EXPORT, PATH},
    list_form::Days,
    list_table::GROUP,
    site,
};
use crate::{
    components::{
        alert::{ErrorSummary, FormErrors, Notice, NoticeKind},
        buttons::{Button, ButtonKind},
        heading::Heading,
    },
    domain::{
        dates,
        service::{OutcomeClass, Service},
        swab::TestResult,
    },
    features::requests::{act::Way, answer::LastAnswer, at::At, memory::Typed, outcome::Outcome, silence::Silence},
    islands::copy_cells::CopyCells,
    server::{
        auth::Swabs,
        language::Language,
        page::{FORM, Page, parts_here},
        state::AppState,
    },
    sistema_ts::{self, answers::ListedTest},
    storage::steps::Step,
};

/// The id of the element in which the tests stand.
const LIST: &str = "swab-list";

/// What is shown.
pub struct Shown {
    /// What stands in the form.
    pub typed: Typed,
    /// What is wrong with it.
    pub errors: FormErrors,
    /// What the service answered, if it was asked.
    pub told: Option<(Step, LastAnswer)>,
    /// Of which days.
    pub days: Option<(Date, Date)>,
    /// How many tests there are, where there is a list.
    pub counts: Option<Counts>,
}

impl Shown {
    /// The form alone.
    pub const fn form(typed: Typed, errors: FormErrors) -> Self {
        Self { typed, errors, told: None, days: None, counts: None }
    }
}

/// How many tests a list has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Counts {
    all: usize,
    positive: usize,
    wrong: usize,
}

impl Counts {
    /// Of these tests.
    pub fn of(tests: &[ListedTest]) -> Self {
        let count = |is: fn(&&ListedTest) -> bool| tests.iter().filter(is).count();
        let positive = count(|test| test.result == TestResult::Positive);
        Self { all: tests.len(), positive, wrong: count(|test| test.cun.is_none()) }
    }
}

/// Renders the page, with `groups` of tests in it: 422 where what was typed is wrong.
pub async fn render(at: At<Swabs>, shown: Shown, groups: impl Iterator<Item = String> + Send + 'static) -> Response {
    let language = at.context.language;
    let page = Page::titled(language.text("swab_list.title")).with_form(true);
    let is_trouble = shown.told.as_ref().is_some_and(|(step, _)| step.class() != OutcomeClass::Done);
    let page = match shown.errors.is_empty() {
        true if is_trouble => page.failed(language),
        true => page,
        false => page.refused(language),
    };
    let state = at.state;
    page.render_in_parts(at.context, move || list_view(shown, &state, language), groups).await
}

fn list_view(shown: Shown, state: &AppState, language: Language) -> AnyView {
    let text = move |key: &str| language.text(&format!("swab_list.{key}"));
    let Some(circuit) = sistema_ts::Swabs::of(state).map(Way::circuit) else {
        return view! {
            <Heading>{text("title")}</Heading>
            <Notice kind=NoticeKind::Warning>
                <p>{language.text("desk.not_configured")}</p>
            </Notice>
        }
        .into_any();
    };
    let Shown { typed, errors, told, days, counts } = shown;
    let site = site::fields(&typed.clone().only(&[site::CODE, site::WORDS]), &errors, state, language);
    let class = told.as_ref().map(|(step, _)| step.class());
    let absent = site::absent(&typed, state);
    let card = told.map(|(step, answer)| view! { <Outcome step answer=Some(answer) absent language /> });
    let (good, bad) = if class == Some(OutcomeClass::Done) { (card, None) } else { (None, card) };
    let list = counts.zip(days).map(|(counts, days)| view! { <List counts days language /> });
    view! {
        <ErrorSummary errors=errors.clone() language />
        {bad}
        <Heading>{text("title")}</Heading>
        <Silence service=Service::SwabList circuit language />
        <p class="swab-list-what">{text("what")}</p>
        <form id=FORM class="filters swab-list-filters" method="post" action=PATH>
            {site}
            <Days typed errors language>
                <Button>{text("show")}</Button>
                <Button kind=ButtonKind::Secondary formaction=EXPORT is_file=true>{text("export")}</Button>
            </Days>
        </form>
        {good}
        {list}
    }
    .into_any()
}

/// The tests of these days.
#[component]
fn List(
    /// How many there are.
    counts: Counts,
    /// The first and the last day.
    days: (Date, Date),
    /// In which language.
    language: Language,
) -> impl IntoView {
    let text = move |key: &str| language.text(&format!("swab_list.{key}"));
    let (from, to) = (dates::display(days.0), dates::display(days.1));
    let title = if from == to {
        t!("swab_list.of_day", locale = language.tag(), day = from)
    } else {
        t!("swab_list.of_days", locale = language.tag(), from = from, to = to)
    };
    let content = if counts.all == 0 {
        view! { <p class="empty">{text("empty")}</p> }.into_any()
    } else {
        let hint = (counts.all > GROUP).then(|| {
            let words = t!("swab_list.groups", locale = language.tag(), most = GROUP).into_owned();
            view! { <p class="field-hint">{words}</p> }
        });
        view! {
            <Figures counts language />
            {hint}
            <CopyCells target=LIST.to_owned() label=text("copy") done=language.text("desk.copied") />
            <div id=LIST class="swab-list">{parts_here()}</div>
        }
        .into_any()
    };
    view! {
        <section aria-labelledby="swab-list-title">
            <h2 id="swab-list-title">{title}</h2>
            {content}
        </section>
    }
}

/// How many.
#[component]
fn Figures(
    /// How many there are.
    counts: Counts,
    /// In which language.
    language: Language,
) -> impl IntoView {
    let Counts { all, positive, wrong } = counts;
    let figures = [("all", all), ("all_positive", positive), ("all_negative", all - positive), ("all_wrong", wrong)];
    let figure = |(key, number): (&str, usize)| {
        let is_bad = key == "all_wrong" && number > 0;
        view! {
            <div>
                <dt>{language.text(&format!("swab_list.{key}"))}</dt>
                <dd class=is_bad.then_some("is-bad")>{number}</dd>
            </div>
        }
    };
    view! { <dl class="figures swab-list-figures">{figures.map(figure).collect_view()}</dl> }
}
