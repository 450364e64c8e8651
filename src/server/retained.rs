//! What was typed in a page that is shown again in the other language.

use std::{convert::Infallible, fmt};

use axum::{extract::FromRequestParts, http::request::Parts};

/// Fields that are never shown again: what an operator alone knows.
const SECRET: [&str; 3] = ["password", "again", "pin"];

/// The fields of a page's form, by name; none unless the language is being switched. May hold a caller's data: nothing
/// prints it.
#[derive(Clone, Default)]
pub struct Retained(Vec<(String, String)>);

impl fmt::Debug for Retained {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Retained(…)")
    }
}

impl Retained {
    /// Keeps what can be shown again of these fields.
    #[must_use]
    pub fn of(fields: Vec<(String, String)>) -> Self {
        let is_shown = |(name, value): &(String, String)| !value.is_empty() && !SECRET.contains(&name.as_str());
        Self(fields.into_iter().filter(is_shown).collect())
    }

    /// What was typed in a field; none if nothing was.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<String> {
        self.0.iter().find(|(field, _)| field == name).map(|(_, value)| value.clone())
    }

    /// All of them, by name.
    #[must_use]
    pub fn fields(&self) -> &[(String, String)] {
        &self.0
    }

    /// Whether nothing is retained.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Retained {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Infallible> {
        Ok(parts.extensions.get::<Self>().cloned().unwrap_or_default())
    }
}
