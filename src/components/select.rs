//! A field with a list of choices.

use leptos::prelude::*;

use super::field::FieldError;

/// A list of choices. Its `name` is its id too.
#[component]
pub fn Select(
    /// Under which name the choice is sent.
    name: &'static str,
    /// What it is called on the page.
    #[prop(into)]
    label: String,
    /// What is sent, and what stands in the list.
    choices: Vec<(String, String)>,
    /// What is chosen, by what is sent.
    #[prop(into)]
    value: String,
    /// What is wrong with it.
    #[prop(default = None)]
    error: Option<String>,
) -> impl IntoView {
    let described_by = error.is_some().then(|| format!("{name}-error"));
    let invalid = error.is_some().then_some("true");
    let choice = |(sent, text): (String, String)| {
        let is_chosen = sent == value;
        view! { <option value=sent selected=is_chosen>{text}</option> }
    };
    view! {
        <div class="field">
            <label for=name>{label}</label>
            <select id=name name=name autocomplete="off" aria-describedby=described_by aria-invalid=invalid>
                {choices.into_iter().map(choice).collect_view()}
            </select>
            <FieldError name error />
        </div>
    }
}
