//! Pieces of pages that more than one page uses, rendered on the server.
//!
//! They take plain props and know no storage. Texts that never change are theirs (`locales/components.*.toml`), all
//! others come as props. Where the focus goes after a page change is decided here: [`alert::ErrorSummary`] and
//! [`heading::Heading`] both carry `autofocus`, and a browser focuses the first that it finds, so a page puts the
//! summary above its heading and needs no script for either.

pub mod alert;
pub mod buttons;
pub mod card;
pub mod chart;
pub mod choice;
pub mod code;
pub mod desk;
pub mod facts;
pub mod field;
pub mod heading;
pub mod holed;
pub mod icon;
pub mod instant;
pub mod kept;
pub mod layout;
pub mod script;
pub mod select;
pub mod steps;
pub mod table;

/// What a piece becomes on the page.
#[cfg(test)]
fn html(view: impl FnOnce() -> leptos::prelude::AnyView) -> String {
    use leptos::prelude::RenderHtml;
    leptos::prelude::Owner::new().with(|| view().to_html())
}
