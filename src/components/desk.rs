//! The desk's frame: the bar of the case, three columns that never jump, a strip below them.
//!
//! Direct children of [`DeskColumns`], or of a `<form class="desk-form">` directly in it, are placed by their class:
//! `desk-steps` ([`super::steps::Steps`]), `desk-work` (what there is to do), `desk-script`
//! ([`super::script::Script`]), `desk-action` (the buttons) and `desk-strip` (countdown, outcome). In this order they
//! are read, and stacked on a narrow screen: the script is above the button, whose effect it announces.

use leptos::prelude::*;

/// The bar of a case: its facts, and the button that closes it.
#[component]
pub fn CaseBar(
    /// The page's [`super::heading::Heading`].
    heading: AnyView,
    /// What is known of the case, by name: call, opening instant.
    facts: Vec<(String, AnyView)>,
    /// The button that closes the case.
    #[prop(optional)]
    children: Option<Children>,
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
            {children.map(|children| view! { <div class="case-actions">{children()}</div> })}
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
