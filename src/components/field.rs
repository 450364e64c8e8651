//! Fields of forms: label, hint, input and error, wired so that a screen reader reads all of them.

use leptos::prelude::*;

use super::icon::{Icon, Picture};

/// The ids that describe a field, for `aria-describedby`.
fn described_by(name: &str, has_hint: bool, has_error: bool) -> Option<String> {
    let ids = [(has_error, "error"), (has_hint, "hint")];
    let ids: Vec<_> = ids.iter().filter(|(there, _)| *there).map(|(_, part)| format!("{name}-{part}")).collect();
    (!ids.is_empty()).then(|| ids.join(" "))
}

/// The hint under a label.
#[component]
fn Hint(
    /// The field's name.
    name: &'static str,
    /// What it says.
    text: Option<String>,
) -> impl IntoView {
    text.map(|text| view! { <p class="field-hint" id=format!("{name}-hint")>{text}</p> })
}

/// What is wrong with a field.
#[component]
pub fn FieldError(
    /// The field's name: the id is this and `-error`.
    name: &'static str,
    /// What it says; nothing where nothing is wrong.
    error: Option<String>,
) -> impl IntoView {
    error.map(|error| {
        view! {
            <p class="field-error" id=format!("{name}-error")>
                <Picture icon=Icon::Cross />
                <span>{error}</span>
            </p>
        }
    })
}

/// A field of one line. Its `name` is its id too.
#[component]
pub fn Field(
    /// Under which name it is sent.
    name: &'static str,
    /// What it is called on the page.
    #[prop(into)]
    label: String,
    /// How to fill it in.
    #[prop(optional, into)]
    hint: Option<String>,
    /// What is wrong with it.
    #[prop(default = None)]
    error: Option<String>,
    /// What is in it.
    #[prop(optional, into)]
    value: String,
    /// `text`, `password`, `search` …
    #[prop(default = "text")]
    kind: &'static str,
    /// What the browser may fill in; nothing, unless it is the operator's own.
    #[prop(default = "off")]
    autocomplete: &'static str,
    /// Which keyboard a touch screen shows.
    #[prop(optional)]
    inputmode: Option<&'static str>,
    /// How many characters it takes at most.
    #[prop(optional)]
    maxlength: Option<u16>,
    /// Whether it is only as wide as a date or a short number.
    #[prop(optional)]
    is_short: bool,
    /// Which code that a caller dictates it takes: large, monospaced, in one field. An island may wrap it and look for
    /// `[data-code]`, which is this.
    #[prop(optional)]
    code: Option<&'static str>,
    /// What the browser offers while it is typed, by value and name.
    #[prop(optional)]
    suggestions: Vec<(String, String)>,
    /// What follows the input.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    let hint = hint.filter(|hint| !hint.is_empty());
    let described_by = described_by(name, hint.is_some(), error.is_some());
    let invalid = error.is_some().then_some("true");
    let list = (!suggestions.is_empty()).then(|| format!("{name}-list"));
    let option = |(value, name)| view! { <option value=value label=name></option> };
    let offered = list.clone().map(|id| {
        view! { <datalist id=id>{suggestions.into_iter().map(option).collect_view()}</datalist> }
    });
    view! {
        <div class="field" class:field-short=is_short class:field-code=code.is_some()>
            <label for=name>{label}</label>
            <Hint name text=hint />
            <input id=name name=name type=kind value=value data-code=code autocomplete=autocomplete
                autocapitalize=code.map(|_| "characters") inputmode=inputmode maxlength=maxlength spellcheck="false"
                list=list aria-describedby=described_by aria-invalid=invalid />
            {offered}
            <FieldError name error />
            {children.map(|children| children())}
        </div>
    }
}

/// A date as gg/mm/aaaa, typed as text: a date picker is slower than ten keys and reads no 1/4/21.
#[component]
pub fn DateField(
    /// Under which name it is sent.
    name: &'static str,
    /// What it is called on the page.
    #[prop(into)]
    label: String,
    /// How to fill it in.
    #[prop(optional, into)]
    hint: Option<String>,
    /// What is wrong with it.
    #[prop(default = None)]
    error: Option<String>,
    /// What is in it.
    #[prop(optional, into)]
    value: String,
) -> impl IntoView {
    let hint = hint.unwrap_or_default();
    view! { <Field name label hint error value inputmode="numeric" maxlength=16 is_short=true /> }
}

/// A file to be chosen. Its `name` is its id too.
#[component]
pub fn FileField(
    /// Under which name it is sent.
    name: &'static str,
    /// What it is called on the page.
    #[prop(into)]
    label: String,
    /// Which files.
    #[prop(into)]
    hint: String,
    /// Which files the browser offers.
    accept: &'static str,
    /// What is wrong with it.
    #[prop(default = None)]
    error: Option<String>,
) -> impl IntoView {
    let described_by = described_by(name, true, error.is_some());
    let invalid = error.is_some().then_some("true");
    view! {
        <div class="field">
            <label for=name>{label}</label>
            <Hint name text=Some(hint) />
            <input id=name name=name type="file" accept=accept aria-describedby=described_by aria-invalid=invalid />
            <FieldError name error />
        </div>
    }
}

/// A field of several lines. Its `name` is its id too.
#[component]
pub fn TextArea(
    /// Under which name it is sent.
    name: &'static str,
    /// What it is called on the page.
    #[prop(into)]
    label: String,
    /// How to fill it in.
    #[prop(into)]
    hint: String,
    /// What is in it.
    #[prop(into)]
    value: String,
    /// How many lines are in sight.
    rows: u8,
) -> impl IntoView {
    let described_by = described_by(name, true, false);
    view! {
        <div class="field">
            <label for=name>{label}</label>
            <Hint name text=Some(hint) />
            <textarea id=name name=name rows=rows autocomplete="off" spellcheck="false" aria-describedby=described_by>
                {value}
            </textarea>
        </div>
    }
}

/// A box to tick.
#[component]
pub fn Checkbox(
    /// Under which name it is sent, with the value `1`.
    name: &'static str,
    /// Its id, where two boxes of the same name stand on a page; else the name is.
    #[prop(optional)]
    id: Option<&'static str>,
    /// What it is called on the page.
    #[prop(into)]
    label: String,
    /// What is wrong with it.
    #[prop(default = None)]
    error: Option<String>,
    /// Whether it is ticked.
    #[prop(optional)]
    is_checked: bool,
    /// What ticking it means.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    let id = id.unwrap_or(name);
    let described_by = described_by(id, children.is_some(), error.is_some());
    view! {
        <div class="field field-check">
            <input id=id name=name type="checkbox" value="1" checked=is_checked aria-describedby=described_by
                aria-invalid=error.is_some().then_some("true") />
            <div>
                <label for=id>{label}</label>
                {children.map(|hint| view! { <p class="field-hint" id=format!("{id}-hint")>{hint()}</p> })}
                <FieldError name=id error />
            </div>
        </div>
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::components::html;

    fn cun(error: Option<String>) -> String {
        html(move || view! { <Field name="cun" label="CUN" code="cun" hint="come" value="\"><b>" error /> }.into_any())
    }

    #[test]
    fn a_wrong_field_says_so_and_keeps_what_was_typed() {
        let field = cun(Some("Manca un simbolo.".to_owned()));
        for part in [
            r#"<label for="cun">CUN</label>"#,
            r#"id="cun""#,
            r#"name="cun""#,
            r#"value="&quot;&gt;&lt;b&gt;""#,
            r#"autocomplete="off""#,
            r#"data-code="cun""#,
            r#"autocapitalize="characters""#,
            r#"aria-invalid="true""#,
            r#"aria-describedby="cun-error cun-hint""#,
            r#"id="cun-error""#,
            r#"id="cun-hint""#,
        ] {
            assert!(field.contains(part), "{part} in {field}");
        }
    }

    #[test]
    fn a_field_without_error_is_not_invalid() {
        let field = cun(None);
        assert!(!field.contains("aria-invalid") && !field.contains("cun-error"), "{field}");
        assert!(field.contains(r#"aria-describedby="cun-hint""#), "{field}");
    }

    #[test]
    fn the_error_is_read_before_the_hint() {
        assert_eq!(described_by("cun", true, true).as_deref(), Some("cun-error cun-hint"));
        assert_eq!(described_by("cun", true, false).as_deref(), Some("cun-hint"));
        assert_eq!(described_by("cun", false, false), None);
    }
}
