//! The least that a page of Leptos can be: one heading, one form, one island, in the shell and with the router of
//! Leptos's own axum starter.

#![allow(missing_docs, reason = "the macro of islands makes a struct without one")]

use leptos::{config::LeptosOptions, hydration::HydrationScripts, prelude::*};
use leptos_meta::{MetaTags, Title, provide_meta_context};
use leptos_router::{
    SsrMode,
    components::{Route, Router, Routes},
    path,
};

/// Counts clicks.
#[island]
pub fn Counter() -> impl IntoView {
    let (count, set_count) = signal(0);
    view! { <button type="button" on:click=move |_| set_count.update(|count| *count += 1)>{count}</button> }
}

/// The shell, as Leptos's own axum starter has it.
pub fn shell(options: LeptosOptions) -> impl IntoView {
    view! {
        <!DOCTYPE html>
        <html lang="it">
            <head>
                <meta charset="utf-8" />
                <HydrationScripts options islands=true />
                <MetaTags />
            </head>
            <body>
                <App />
            </body>
        </html>
    }
}

/// The table of one page, rendered as the desk's are: in one piece.
#[component]
pub fn App() -> impl IntoView {
    provide_meta_context();
    view! {
        <Title text="Minimal" />
        <Router>
            <Routes fallback=|| "Not found">
                <Route path=path!("/") view=Page ssr=SsrMode::Async />
            </Routes>
        </Router>
    }
}

#[component]
fn Page() -> impl IntoView {
    view! {
        <h1>"Minimal"</h1>
        <form method="post" action="/">
            <label for="name">"Nome"</label>
            <input id="name" name="name" />
            <button>"Invia"</button>
        </form>
        <Counter />
    }
}
