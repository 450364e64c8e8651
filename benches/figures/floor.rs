//! The least that a page of Leptos can be: one heading, one form, one island.

#![allow(missing_docs, reason = "the macro of islands makes a struct without one")]

use leptos::{config::LeptosOptions, hydration::HydrationScripts, prelude::*};

/// Counts clicks.
#[island]
pub fn Counter() -> impl IntoView {
    let (count, set_count) = signal(0);
    view! { <button type="button" on:click=move |_| set_count.update(|count| *count += 1)>{count}</button> }
}

/// The page, rendered by the same call as the product's.
pub fn minimal_page() -> impl IntoView {
    let options = LeptosOptions::builder().output_name("minimal").build();
    view! {
        <!DOCTYPE html>
        <html lang="it">
            <head>
                <meta charset="utf-8" />
                <title>"Minimal"</title>
                <HydrationScripts options islands=true />
            </head>
            <body>
                <h1>"Minimal"</h1>
                <form method="post" action="/">
                    <label for="name">"Nome"</label>
                    <input id="name" name="name" />
                    <button>"Invia"</button>
                </form>
                <Counter />
            </body>
        </html>
    }
}
