//! What the browser carries between two pages of a desk without cases.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize, de::DeserializeOwned};

use super::{
    answer::LastAnswer,
    sealed::{Content, within_bounds},
    unsettled::AllUnsettled,
};
use crate::{
    domain::service::{OutcomeClass, Service},
    server::sealing::SealError,
};

/// What was typed, by the fields' names. It is the caller's, so nothing prints it.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Typed(BTreeMap<String, String>);

impl Typed {
    /// The fields of these names.
    #[must_use]
    pub fn of(names: &[&str], value: impl Fn(&str) -> Option<String>) -> Self {
        Self(names.iter().filter_map(|name| Some(((*name).to_owned(), value(name)?))).collect())
    }

    /// What stands in a field; nothing in one that was not sent.
    #[must_use]
    pub fn get(&self, name: &str) -> &str {
        self.0.get(name).map_or("", String::as_str)
    }

    /// Of these fields alone.
    #[must_use]
    pub fn only(mut self, names: &[&str]) -> Self {
        self.0.retain(|name, _| names.contains(&name.as_str()));
        self
    }

    /// The fields, by name.
    pub fn fields(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// Whether nothing was typed at all.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.values().all(String::is_empty)
    }
}

/// The last request of a desk.
#[derive(Clone, Serialize, Deserialize)]
pub struct Last<R> {
    /// Of which service.
    pub service: Service,
    /// What it was about.
    pub subject: String,
    /// How it was answered.
    pub answer: LastAnswer,
    /// What the yes brought.
    pub receipt: Option<R>,
}

/// The content of the cookie.
#[derive(Clone, Serialize, Deserialize)]
pub struct Memory<R> {
    until: i64,
    /// What was typed last and not accepted.
    pub typed: Typed,
    /// The last request.
    pub last: Option<Last<R>>,
    /// Those whose outcome is not known.
    pub unsettled: AllUnsettled,
}

impl<R> Default for Memory<R> {
    fn default() -> Self {
        Self { until: 0, typed: Typed::default(), last: None, unsettled: AllUnsettled::default() }
    }
}

impl<R> Memory<R> {
    /// After a request: what was typed stays only while it may be corrected, but for the fields `kept`.
    pub fn note(&mut self, class: OutcomeClass, last: Last<R>, (typed, kept): (Typed, &[&str]), at: Timestamp) {
        self.unsettled.note(class, &last.subject, &last.answer.submission, at);
        self.typed = if class == OutcomeClass::Done { typed.only(kept) } else { typed };
        self.last = Some(last);
    }
}

impl<R: Serialize + DeserializeOwned> Content for Memory<R> {
    /// The service's words go first, then what was typed at a length that no person types.
    fn into_plain(self, until: Timestamp) -> Result<Vec<u8>, SealError> {
        let wire = Self { until: until.as_millisecond(), ..self };
        let without_texts = |wire: &mut Self| wire.last.iter_mut().for_each(|last| last.answer.texts.clear());
        within_bounds(wire, &[without_texts, |wire| wire.typed = Typed::default()])
    }

    fn from_plain(plain: &[u8], now: Timestamp) -> Option<Self> {
        let memory: Self = serde_json::from_slice(plain).ok()?;
        let unsettled = memory.unsettled.fresh(now);
        (memory.until > now.as_millisecond()).then_some(Self { unsettled, ..memory })
    }
}
