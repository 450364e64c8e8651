//! A button that copies a text of the page; without JavaScript there is none.

use leptos::prelude::*;

/// The picture on such a button.
pub(super) const ICON: &str = r#"<svg class="icon" viewBox="0 0 16 16" aria-hidden="true" focusable="false"><path d="M5.5 5.5h8v8h-8zM10.5 5.5v-3h-8v8h3"></path></svg>"#;

/// Copies the text of the element whose id is `target`.
#[island]
pub fn CopyButton(
    /// The id of the element.
    target: String,
    /// What the button is called.
    label: String,
    /// What is said once it has copied.
    done: String,
) -> impl IntoView {
    let (is_alive, set_alive) = signal(false);
    let (copied, set_copied) = signal(false);
    Effect::new(move |_| set_alive.set(true));
    let copy = move |_| {
        if let Some(text) = document().get_element_by_id(&target).and_then(|element| element.text_content()) {
            let _ = window().navigator().clipboard().write_text(&text);
            set_copied.set(true);
        }
    };
    view! {
        <button type="button" class="copy" hidden=move || !is_alive.get() aria-label=label.clone() title=label on:click=copy>
            <svg class="icon" viewBox="0 0 16 16" aria-hidden="true" focusable="false">
                <path d="M5.5 5.5h8v8h-8zM10.5 5.5v-3h-8v8h3" />
            </svg>
        </button>
        <span class="copied" role="status">{move || copied.get().then(|| done.clone())}</span>
    }
}
