//! The list of accounts: what is asked of it.
//!
//! Filters are words of ours and stand in the address. What is typed to be searched for, people's names, does not: it is
//! posted, and the list is the answer, page by page.

use axum::{
    extract::Query,
    response::{IntoResponse, Redirect, Response},
};
use form_urlencoded::Serializer;
use serde::Deserialize;
use uuid::Uuid;

use super::{
    at_office::AtOffice,
    list_page::{self, Shown},
};
use crate::{
    components::alert::FormErrors,
    server::{errors::AppError, form::Posted, language::Language, retained::Retained},
    storage::operators::list::{OperatorsPage, Wanted},
};

/// Rows of a page.
const ROWS: u32 = 25;
/// The page of the list.
pub const PATH: &str = "/operators";

/// What is asked for.
#[derive(Clone, Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    /// Words of a name, a user name or a codice fiscale; never in an address.
    pub q: String,
    /// The word of a role.
    pub role: String,
    /// The word of a queue.
    pub queue: String,
    /// The word of a status.
    pub status: String,
    /// The id after which the page begins.
    pub after: String,
}

impl Asked {
    /// What was asked for before the language was switched.
    fn retained(retained: &Retained) -> Option<Self> {
        let field = |name| retained.get(name).unwrap_or_default();
        let [q, role, queue, status] = ["q", "role", "queue", "status"].map(field);
        (!retained.is_empty()).then_some(Self { q, role, queue, status, after: String::new() })
    }

    /// Name and value of the filters that are set.
    pub fn filters(&self) -> Vec<(&'static str, String)> {
        let filters = [("role", &self.role), ("queue", &self.queue), ("status", &self.status)];
        let set = filters.into_iter().filter(|(_, word)| !word.is_empty());
        set.map(|(name, word)| (name, word.clone())).collect()
    }

    /// The address of the filters, from the page after an id on.
    pub fn address(&self, after: Option<&str>) -> String {
        let after = after.map(|after| ("after", after.to_owned()));
        let query = Serializer::new(String::new()).extend_pairs(self.filters().into_iter().chain(after)).finish();
        if query.is_empty() { PATH.to_owned() } else { format!("{PATH}?{query}") }
    }

    /// Whether words are searched for.
    pub fn is_search(&self) -> bool {
        !self.q.trim().is_empty()
    }

    /// An address can be written by anyone: only what can be a key is looked for or shown.
    fn after(&self) -> Option<String> {
        Uuid::parse_str(&self.after).ok().map(|after| after.to_string())
    }

    /// The accounts asked for, or what is wrong.
    pub fn wanted(&self, language: Language) -> Result<Wanted, FormErrors> {
        let mut errors = FormErrors::default();
        let role = word(&self.role, "role", language, &mut errors);
        let queue = word(&self.queue, "queue", language, &mut errors);
        let status = word(&self.status, "status", language, &mut errors);
        if errors.is_empty() { Ok(Wanted { text: self.q.clone(), role, queue, status }) } else { Err(errors) }
    }
}

fn word<T: std::str::FromStr>(
    word: &str,
    name: &'static str,
    language: Language,
    errors: &mut FormErrors,
) -> Option<T> {
    if word.is_empty() {
        return None;
    }
    word.parse().map_err(|_| errors.add(name, language.text("operators.no_such_word"))).ok()
}

/// `GET /operators`
pub async fn show(at: AtOffice, retained: Retained, Query(asked): Query<Asked>) -> Result<Response, AppError> {
    let asked = Asked::retained(&retained).unwrap_or(Asked { q: String::new(), ..asked });
    find(at, asked).await
}

/// `POST /operators`: without words to search for, the address of the filters.
pub async fn search(at: AtOffice, Posted(asked): Posted<Asked>) -> Result<Response, AppError> {
    if !asked.is_search() && asked.wanted(at.context.language).is_ok() {
        return Ok(Redirect::to(&asked.address(None)).into_response());
    }
    find(at, asked).await
}

async fn find(at: AtOffice, asked: Asked) -> Result<Response, AppError> {
    let after = asked.after();
    let nobody = OperatorsPage { operators: Vec::new(), next: None };
    let (found, errors) = match asked.wanted(at.context.language) {
        Ok(wanted) => (at.state.db.operators(&wanted, after.as_deref(), ROWS).await?, FormErrors::default()),
        Err(errors) => (nobody, errors),
    };
    Ok(list_page::render(at.context, Shown { asked, found, is_later: after.is_some(), errors }).await)
}
