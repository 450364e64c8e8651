//! What surrounds every page.

use leptos::prelude::*;
use rust_i18n::t;

use crate::server::page::PageContext;

/// The skip link, the product's name, the navigation and who is signed in.
#[component]
pub fn Header(
    /// For which request.
    context: PageContext,
) -> impl IntoView {
    let locale = context.language.tag();
    view! {
        <a class="skip-link" href="#main">{t!("common.skip", locale = locale)}</a>
        <header class="site-header">"Centralino"</header>
    }
}

/// Language and version.
#[component]
pub fn Footer(
    /// For which request.
    context: PageContext,
) -> impl IntoView {
    let _ = context;
    view! { <footer class="site-footer">"Centralino " {env!("CARGO_PKG_VERSION")}</footer> }
}
