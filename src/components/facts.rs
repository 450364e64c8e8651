//! What is known of something, each by its name.

use leptos::prelude::*;

/// Names and values.
#[component]
pub fn Facts(
    /// Each name with its value.
    facts: Vec<(String, String)>,
) -> impl IntoView {
    let fact = |(name, value): (String, String)| view! { <dt>{name}</dt> <dd>{value}</dd> };
    view! { <dl class="facts">{facts.into_iter().map(fact).collect_view()}</dl> }
}
