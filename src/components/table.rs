//! Tables: a caption, a header that stays in sight, rows that lead to their detail, pages by key.

use leptos::{either::Either, prelude::*};
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

/// A table, or `empty` in its place where it has no row. On a narrow screen each row is a block of label and value,
/// unless it is compact.
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
    /// Whether it holds short names and numbers, which stand in rows on a narrow screen too.
    #[prop(optional)]
    is_compact: bool,
) -> impl IntoView {
    if rows.is_empty() {
        return view! { <p class="empty">{empty}</p> }.into_any();
    }
    let head = |column: &Column| {
        view! { <th scope="col" role="columnheader" class:is-numeric=column.is_numeric>{column.label.clone()}</th> }
    };
    view! {
        <table class="table" class:is-compact=is_compact role="table">
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
        let label = column.label.clone();
        // An empty class in each of ten thousand rows would weigh as much as what stands in them.
        if column.is_numeric {
            Either::Left(view! { <td role="cell" data-label=label class="is-numeric">{cell}</td> })
        } else {
            Either::Right(view! { <td role="cell" data-label=label>{cell}</td> })
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::components::html;

    fn table(cells: Vec<&'static str>) -> String {
        html(move || {
            let cells = cells.into_iter().map(IntoAny::into_any).collect::<Vec<_>>();
            let rows = if cells.is_empty() { vec![] } else { vec![Row { href: Some("/cases/1".to_owned()), cells }] };
            let columns = vec![Column::text("Caso"), Column::number("Durata")];
            view! { <DataTable caption="Casi" columns rows empty="Nessun caso." /> }.into_any()
        })
    }

    #[test]
    fn the_first_cell_leads_to_the_detail_and_each_cell_names_its_column() {
        let html = table(vec!["1", "02:41"]);
        assert_eq!(html.matches(r#"href="/cases/1""#).count(), 1, "{html}");
        assert!(html.contains(r#"data-label="Caso""#) && html.contains(r#"data-label="Durata""#), "{html}");
    }

    #[test]
    fn without_rows_the_reason_stands_in_the_tables_place() {
        let html = table(vec![]);
        assert!(html.contains("Nessun caso.") && !html.contains("<table"), "{html}");
    }
}
