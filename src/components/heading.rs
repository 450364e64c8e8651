//! The heading of a page.

use leptos::prelude::*;

/// The page's one `h1`, focused when the page opens, so that a screen reader begins there and Tab goes on from it.
#[component]
pub fn Heading(
    /// Its text.
    children: Children,
) -> impl IntoView {
    view! { <h1 class="heading" tabindex="-1" autofocus>{children()}</h1> }
}
