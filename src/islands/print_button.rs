//! A button that prints the page; without JavaScript there is none, and the browser's own menu does it.

use leptos::prelude::*;

/// Prints the page.
#[island]
pub fn PrintButton(
    /// What the button is called.
    label: String,
) -> impl IntoView {
    let (is_alive, set_alive) = signal(false);
    Effect::new(move |_| set_alive.set(true));
    let print = move |_| {
        let _ = window().print();
    };
    view! {
        <button type="button" class="button button-secondary" hidden=move || !is_alive.get() on:click=print>{label}</button>
    }
}
