//! Tables: a caption, a header that stays in sight, rows that lead to their detail, pages by key.

use leptos::prelude::*;
use rust_i18n::t;

use crate::server::language::Language;

/// A column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column {
    /// Its header.
    pub label: String,
    /// Whether it holds numbers, which stand flush right.
    pub is_numeric: bool,
}

impl Column {
    /// A column of texts.
    pub fn text(label: impl Into<String>) -> Self {
        Self { label: label.into(), is_numeric: false }
    }

    /// A column of numbers.
    pub fn number(label: impl Into<String>) -> Self {
        Self { label: label.into(), is_numeric: true }
    }
}

/// A row: as many cells as there are columns.
#[derive(Debug)]
pub struct Row {
    /// Where the row leads; its first cell becomes the link.
    pub href: Option<String>,
    /// The cells.
    pub cells: Vec<AnyView>,
}

/// A table, or `empty` in its place where it has no row. On a narrow screen each row is a block of label and value.
#[component]
pub fn DataTable(
    /// What the table is about; read by screen readers, hidden from sight.
    #[prop(into)]
    caption: String,
    /// The columns.
    columns: Vec<Column>,
    /// The rows.
    rows: Vec<Row>,
    /// What is said where there is no row, and what to do about it.
    #[prop(into)]
    empty: String,
) -> impl IntoView {
    if rows.is_empty() {
        return view! { <p class="empty">{empty}</p> }.into_any();
    }
    let head = |column: &Column| {
        view! { <th scope="col" role="columnheader" class:is-numeric=column.is_numeric>{column.label.clone()}</th> }
    };
    view! {
        <table class="table" role="table">
            <caption class="visually-hidden">{caption}</caption>
            <thead role="rowgroup">
                <tr role="row">{columns.iter().map(head).collect_view()}</tr>
            </thead>
            <tbody role="rowgroup">{rows.into_iter().map(|row| body_row(&columns, row)).collect_view()}</tbody>
        </table>
    }
    .into_any()
}

fn body_row(columns: &[Column], row: Row) -> impl IntoView + use<> {
    let has_link = row.href.is_some();
    let mut href = row.href;
    let cells = columns.iter().zip(row.cells).map(|(column, cell)| {
        let cell = match href.take() {
            Some(href) => view! { <a class="row-link" href=href>{cell}</a> }.into_any(),
            None => cell,
        };
        view! {
            <td role="cell" data-label=column.label.clone() class:is-numeric=column.is_numeric>
                {cell}
            </td>
        }
    });
    view! { <tr role="row" class:has-link=has_link>{cells.collect_view()}</tr> }
}

/// Links to the pages before and after this one; a page is named by the key at which it begins.
#[component]
pub fn Pager(
    /// The address of the newest page, where this is not the newest.
    #[prop(optional_no_strip)]
    first: Option<String>,
    /// The address of the next, older page, where there is one.
    #[prop(optional_no_strip)]
    next: Option<String>,
    /// In which language its own words are.
    language: Language,
) -> impl IntoView {
    let locale = language.tag();
    (first.is_some() || next.is_some()).then(|| {
        view! {
            <nav class="pager" aria-label=t!("components.pages", locale = locale)>
                {first.map(|href| {
                    view! { <a class="button button-secondary" href=href>{t!("components.newest", locale = locale)}</a> }
                })}
                {next.map(|href| {
                    view! {
                        <a class="button button-secondary" rel="next" href=href>{t!("components.older", locale = locale)}</a>
                    }
                })}
            </nav>
        }
    })
}
