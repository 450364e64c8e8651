//! The desk's frame: the bar of the case, three columns that never jump, a strip below them.
//!
//! Direct children of [`DeskColumns`], or of a `<form class="desk-form">` directly in it, are placed by their class:
//! `desk-steps` ([`super::steps::Steps`]), `desk-work` (what there is to do), `desk-script`
//! ([`super::script::Script`]), `desk-action` (the buttons) and `desk-strip` (countdown, outcome).
//!
//! They are written in the order of the work: fields, button, script, and only then what is beside the work, such as
//! the copy buttons, so that Tab goes from the heading to the first field. Where each is drawn is the style sheet's.

use leptos::prelude::*;

/// The page of a case: its bar, notices, columns, and what closes it, which is drawn in the bar and comes last.
#[component]
pub fn CaseFrame(
    /// What stands in it.
    children: Children,
    /// The button that closes the case, where there is one.
    closing: Option<AnyView>,
) -> impl IntoView {
    view! {
        <div class="case">
            {children()}
            {closing.map(|closing| view! { <div class="case-closing">{closing}</div> })}
        </div>
    }
}

/// The bar of a case: its heading and its facts.
#[component]
pub fn CaseBar(
    /// The page's [`super::heading::Heading`].
    heading: AnyView,
    /// What is known of the case, by name: call, opening instant.
    facts: Vec<(String, AnyView)>,
) -> impl IntoView {
    let fact = |(name, value): (String, AnyView)| {
        view! {
            <div>
                <dt>{name}</dt>
                <dd>{value}</dd>
            </div>
        }
    };
    view! {
        <div class="case-bar">
            {heading}
            <dl class="case-facts">{facts.into_iter().map(fact).collect_view()}</dl>
        </div>
    }
}

/// The three columns.
#[component]
pub fn DeskColumns(
    /// What stands in them.
    children: Children,
) -> impl IntoView {
    view! { <div class="desk">{children()}</div> }
}
