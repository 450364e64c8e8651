//! In which language a page is shown: the visitor's choice, else Italian. The browser's languages don't count: the
//! desk, its procedures and its callers are Italian, whatever the workstation was installed in.

use std::convert::Infallible;

use axum::{extract::FromRequestParts, http::request::Parts};

use super::host_cookie::find;

/// The cookie that holds the visitor's choice.
pub const COOKIE: &str = "__Host-lingua";

/// A language of the desk.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
pub enum Language {
    /// Italian.
    #[default]
    It,
    /// English.
    En,
}

impl Language {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::It, Self::En];

    /// The tag, as in `lang="it"` and in the names of the text files.
    #[must_use]
    pub const fn tag(self) -> &'static str {
        match self {
            Self::It => "it",
            Self::En => "en",
        }
    }

    /// What it calls itself.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::It => "Italiano",
            Self::En => "English",
        }
    }

    /// The language of a tag, if it is one of the desk's.
    #[must_use]
    pub fn from_tag(tag: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|language| language.tag() == tag)
    }

    /// The text of a key that is put together at run time; `t!` checks nothing more.
    #[must_use]
    pub fn text(self, key: &str) -> String {
        rust_i18n::t!(key, locale = self.tag()).into_owned()
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Language {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Infallible> {
        Ok(find(COOKIE, &parts.headers).and_then(Self::from_tag).unwrap_or_default())
    }
}
