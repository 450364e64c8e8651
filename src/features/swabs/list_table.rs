//! The tests of a list, in groups of which the first is open: a browser lays out no closed one, so that ten thousand
//! tests are as quick as two hundred. They open and close without JavaScript and by keyboard, and a recent browser
//! searches in the closed ones too. None closes another: what is read would jump away.

use leptos::prelude::*;
use rust_i18n::t;

use super::site;
use crate::{
    components::{
        instant::date_and_time,
        table::{Column, DataTable, Row},
    },
    domain::{dates, swab::TestResult},
    server::{language::Language, state::AppState},
    sistema_ts::answers::ListedTest,
};

/// How many tests a group has.
pub const GROUP: usize = 200;

/// The columns, by the keys of their names.
pub const COLUMNS: [&str; 6] = ["sampled", "communicated", "site", "result", "kind", "cun"];

/// The groups of `tests`, the newest first, each rendered when it is asked for.
pub fn groups(
    tests: Vec<ListedTest>,
    state: AppState,
    language: Language,
) -> impl Iterator<Item = String> + Send + 'static {
    (0..tests.len()).step_by(GROUP).map(move |start| {
        let end = tests.len().min(start + GROUP);
        let group = tests.get(start..end).unwrap_or_default();
        Owner::new().with(|| html(group, (start, tests.len()), &state, language))
    })
}

/// A group by itself is the whole list: there is nothing to open.
fn html(group: &[ListedTest], (start, all): (usize, usize), state: &AppState, language: Language) -> String {
    let locale = language.tag();
    let (first, last) = (start + 1, start + group.len());
    let caption = t!("swab_list.caption", locale = locale, first = first, last = last).into_owned();
    let columns = COLUMNS.map(|key| Column::text(language.text(&format!("swab_list.{key}")))).to_vec();
    let rows = group.iter().map(|test| row(test, state, language)).collect();
    let table = view! { <DataTable caption columns rows empty="" /> };
    if all <= GROUP {
        return table.into_view().to_html();
    }
    let at = |test: Option<&ListedTest>| test.map(|test| date_and_time(test.inserted_at)).unwrap_or_default();
    let (from, to) = (at(group.last()), at(group.first()));
    let summary = t!("swab_list.group", locale = locale, first = first, last = last, from = from, to = to);
    let is_first = start == 0;
    view! {
        <details class="group" open=is_first>
            <summary>{summary}</summary>
            {table}
        </details>
    }
    .into_view()
    .to_html()
}

fn row(test: &ListedTest, state: &AppState, language: Language) -> Row {
    let result = result(test.result, language);
    let result = match test.result {
        TestResult::Positive => view! { <strong>{result}</strong> }.into_any(),
        TestResult::Negative => result.into_any(),
    };
    // A code that can't be right is not shown: nobody hands it on.
    let cun = match &test.cun {
        Some(cun) => view! { <code>{cun.to_wire()}</code> }.into_any(),
        None => view! { <span class="swab-list-wrong">{language.text("swab_list.wrong_cun")}</span> }.into_any(),
    };
    let [sampled, communicated, site, kind] = texts(test, state, language).map(IntoAny::into_any);
    Row { href: None, cells: vec![sampled, communicated, site, result, kind, cun] }
}

/// What a test says of itself besides its result and its CUN: the day of the swab, when it was communicated, where it
/// was taken, its type.
pub fn texts(test: &ListedTest, state: &AppState, language: Language) -> [String; 4] {
    let site = site::shown(test.site.as_ref(), state);
    let kind = if test.kind == "M" { language.text("swab_list.molecular") } else { test.kind.clone() };
    [dates::display(test.sampled_on.expose()), date_and_time(test.inserted_at), site, kind]
}

/// The word of a result.
pub fn result(result: TestResult, language: Language) -> String {
    language.text(match result {
        TestResult::Positive => "swab_list.positive",
        TestResult::Negative => "swab_list.negative",
    })
}
