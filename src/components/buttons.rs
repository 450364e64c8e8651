//! Buttons and the links that look like them. A page has one filled button: its primary action.

use leptos::prelude::*;

/// How much a button asks for attention.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ButtonKind {
    /// The one action of the page: filled.
    #[default]
    Primary,
    /// Another way on: outlined.
    Secondary,
    /// Something that can't be undone: outlined, in the colour of warnings.
    Danger,
    /// As quiet as a link.
    Quiet,
}

impl ButtonKind {
    const fn class(self) -> &'static str {
        match self {
            Self::Primary => "button button-primary",
            Self::Secondary => "button button-secondary",
            Self::Danger => "button button-danger",
            Self::Quiet => "button button-quiet",
        }
    }
}

/// A button that submits the form around it.
#[component]
pub fn Button(
    /// How it looks.
    #[prop(optional)]
    kind: ButtonKind,
    /// Under which name its value is sent, where a form has several.
    #[prop(optional)]
    name: Option<&'static str>,
    /// What is sent under that name.
    #[prop(optional, into)]
    value: Option<String>,
    /// Where it posts to, instead of the form's own address.
    #[prop(optional, into)]
    formaction: Option<String>,
    /// Whether it brings a file, and the page stays.
    #[prop(optional)]
    is_file: bool,
    /// Its text.
    children: Children,
) -> impl IntoView {
    view! {
        <button type="submit" class=kind.class() name=name value=value formaction=formaction
            data-file=is_file.then_some("")>
            {children()}
        </button>
    }
}

/// A form that is nothing but a button: one act, without fields to fill in.
#[component]
pub fn PostButton(
    /// Where it posts to.
    #[prop(into)]
    action: String,
    /// How it looks.
    #[prop(optional)]
    kind: ButtonKind,
    /// What is sent along, by name.
    #[prop(optional)]
    hidden: Vec<(&'static str, String)>,
    /// Whether it brings a file, and the page stays.
    #[prop(optional)]
    is_file: bool,
    /// Its text.
    children: Children,
) -> impl IntoView {
    let hidden = hidden.into_iter().map(|(name, value)| view! { <input type="hidden" name=name value=value /> });
    view! {
        <form method="post" action=action class="post-button">
            {hidden.collect_view()}
            <Button kind is_file>{children()}</Button>
        </form>
    }
}

/// A link that looks like a button.
#[component]
pub fn LinkButton(
    /// Where it leads.
    #[prop(into)]
    href: String,
    /// How it looks.
    #[prop(default = ButtonKind::Secondary)]
    kind: ButtonKind,
    /// Its text.
    children: Children,
) -> impl IntoView {
    view! {
        <a class=kind.class() href=href>
            {children()}
        </a>
    }
}
