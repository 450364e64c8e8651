//! One of a few, all in sight.

use leptos::prelude::*;

use super::field::FieldError;

/// Radio buttons under a legend. The first has the group's `name` as its id, so that an error leads to it.
#[component]
pub fn Choice(
    /// Under which name the chosen value is sent.
    name: &'static str,
    /// What the group is called.
    #[prop(into)]
    label: String,
    /// The values, each with what it is called.
    options: Vec<(&'static str, String)>,
    /// The chosen value; where it is none of them, none is chosen.
    chosen: String,
    /// What is wrong with it.
    #[prop(default = None)]
    error: Option<String>,
) -> impl IntoView {
    let described_by = error.is_some().then(|| format!("{name}-error"));
    let invalid = error.is_some().then_some("true");
    let option = |(index, (value, label)): (usize, (&'static str, String))| {
        let id = if index == 0 { name.to_owned() } else { format!("{name}-{value}") };
        view! {
            <div class="field-check">
                <input id=id.clone() name=name type="radio" value=value checked=chosen == value />
                <label for=id>{label}</label>
            </div>
        }
    };
    view! {
        <fieldset class="field field-choice" role="radiogroup" aria-describedby=described_by aria-invalid=invalid>
            <legend>{label}</legend>
            {options.into_iter().enumerate().map(option).collect_view()}
            <FieldError name error />
        </fieldset>
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::components::html;

    fn choice(chosen: &str, error: Option<String>) -> String {
        let chosen = chosen.to_owned();
        html(move || {
            let options = vec![("P", "Positivo".to_owned()), ("N", "Negativo".to_owned())];
            view! { <Choice name="result" label="Esito" options chosen error /> }.into_any()
        })
    }

    #[test]
    fn none_is_chosen_unless_one_was() {
        assert!(!choice("", None).contains("checked"));
        let html = choice("N", None);
        assert!(html.contains(r#"id="result-N""#) && html.matches("checked").count() == 1, "{html}");
    }

    #[test]
    fn an_error_leads_to_the_first_and_is_read_with_the_group() {
        let html = choice("", Some("Scelga.".to_owned()));
        for part in [r#"id="result""#, r#"aria-invalid="true""#, r#"aria-describedby="result-error""#, "Scelga."] {
            assert!(html.contains(part), "{part} in {html}");
        }
    }
}
