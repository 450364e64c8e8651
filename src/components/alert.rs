//! What went wrong with a form, and notices.

use std::fmt;

use leptos::prelude::*;
use rust_i18n::t;

use super::icon::{Icon, Picture};
use crate::server::language::Language;

/// What is wrong with a form, field by field, in the order of the page.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct FormErrors(Vec<(&'static str, String)>);

/// A message may hold a symbol that the caller dictated: only the names of the fields are printed.
impl fmt::Debug for FormErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.0.iter().map(|(field, _)| field)).finish()
    }
}

impl FormErrors {
    /// Says what is wrong with `field`, the name under which it is posted.
    pub fn add(&mut self, field: &'static str, message: impl Into<String>) {
        self.0.push((field, message.into()));
    }

    /// What is wrong with `field`, for the prop of the same name of its component.
    #[must_use]
    pub fn of(&self, field: &str) -> Option<String> {
        self.0.iter().find(|(name, _)| *name == field).map(|(_, message)| message.clone())
    }

    /// Whether nothing is wrong.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// The list of what is wrong, each entry leading to its field; nothing where nothing is. Stands above the heading,
/// so that it gets the focus.
#[component]
pub fn ErrorSummary(
    /// What is wrong.
    errors: FormErrors,
    /// In which language its own words are.
    language: Language,
) -> impl IntoView {
    let entry = |(field, message): (&'static str, String)| {
        view! {
            <li>
                <a href=format!("#{field}")>{message}</a>
            </li>
        }
    };
    (!errors.is_empty()).then(|| {
        view! {
            <div class="notice notice-danger error-summary" role="alert" tabindex="-1" autofocus>
                <Picture icon=Icon::Cross />
                <div class="notice-body">
                    <h2>{t!("components.error_summary", locale = language.tag())}</h2>
                    <ul>{errors.0.into_iter().map(entry).collect_view()}</ul>
                </div>
            </div>
        }
    })
}

/// How a notice is meant.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum NoticeKind {
    /// Worth knowing.
    #[default]
    Info,
    /// It went well.
    Success,
    /// It needs attention.
    Warning,
    /// It went wrong.
    Danger,
}

impl NoticeKind {
    const fn class(self) -> &'static str {
        match self {
            Self::Info => "notice notice-info",
            Self::Success => "notice notice-success",
            Self::Warning => "notice notice-warning",
            Self::Danger => "notice notice-danger",
        }
    }

    const fn icon(self) -> Icon {
        match self {
            Self::Info => Icon::Info,
            Self::Success => Icon::Check,
            Self::Warning => Icon::Warning,
            Self::Danger => Icon::Cross,
        }
    }

    const fn role(self) -> &'static str {
        match self {
            Self::Info | Self::Success => "status",
            Self::Warning | Self::Danger => "alert",
        }
    }
}

/// A few words that are not the fault of a field: the session was locked, another device signed in, and so on.
#[component]
pub fn Notice(
    /// How it is meant; warnings and failures interrupt a screen reader.
    #[prop(optional)]
    kind: NoticeKind,
    /// What it says.
    children: Children,
) -> impl IntoView {
    view! {
        <div class=kind.class() role=kind.role()>
            <Picture icon=kind.icon() />
            <div class="notice-body">{children()}</div>
        </div>
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::components::html;

    #[test]
    fn each_error_leads_to_its_field_and_without_one_there_is_no_summary() {
        let mut errors = FormErrors::default();
        let summary = |errors: FormErrors| html(|| view! { <ErrorSummary errors language=Language::It /> }.into_any());
        assert!(!summary(errors.clone()).contains("alert"));
        errors.add("card", "Mancano due cifre.");
        let html = summary(errors);
        assert!(html.contains(r##"<a href="#card">Mancano due cifre.</a>"##), "{html}");
        assert!(html.contains(r#"role="alert""#) && html.contains("autofocus"), "{html}");
    }

    #[test]
    fn an_error_is_found_by_its_field_and_never_printed() {
        let mut errors = FormErrors::default();
        assert!(errors.is_empty());
        errors.add("cun", "CANARY");
        assert_eq!(errors.of("cun").as_deref(), Some("CANARY"));
        assert_eq!(errors.of("otp"), None);
        assert_eq!(format!("{errors:?}"), r#"["cun"]"#);
    }
}
