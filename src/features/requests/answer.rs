//! What a desk needs to know of an answer, the same for every service.

use serde::{Deserialize, Serialize};

use crate::{
    domain::{call::TransactionId, service::OutcomeClass},
    sistema_ts::{outcome::Outcome, upstream_text::UpstreamText},
    storage::steps::{Step, StepEnd},
};

/// How many bytes of the service's texts the sealed cookie takes: a browser keeps 4096 in all.
const MOST_TEXT: usize = 1200;

/// What a desk needs to know of an answer.
pub struct Answered<E> {
    /// Its class.
    pub class: OutcomeClass,
    /// The word of its reason: says nothing of the caller.
    pub reason: &'static str,
    /// The number behind the reason: a status of HTTP, a code of the closure of exemptions.
    pub code: Option<u16>,
    /// The service's transaction, where it may be kept.
    pub transaction: Option<TransactionId>,
    /// The service's texts, for the operator's eyes.
    pub texts: Vec<String>,
    /// What it changes; none where it was not a yes.
    pub effect: Option<E>,
}

impl<E> Answered<E> {
    /// Of a service to which there is no way.
    #[must_use]
    pub fn without_way() -> Self {
        Self::of(Outcome::<E>::unbuildable(), |effect| (None, Vec::new(), effect))
    }

    /// Of an outcome; `done` takes from a yes the transaction that may be kept, its texts and what it changes.
    pub fn of<T>(outcome: Outcome<T>, done: impl FnOnce(T) -> (Option<TransactionId>, Vec<UpstreamText>, E)) -> Self {
        let (class, reason, code) = (outcome.class(), outcome.word(), outcome.code());
        let (transaction, texts, effect) = match outcome {
            Outcome::NotSent(failure) | Outcome::Uncertain(failure) => (None, failure.text.into_iter().collect(), None),
            Outcome::Refused(refusal) => {
                let texts = refusal.text.into_iter().chain(refusal.errors).collect();
                (refusal.transaction, texts, None)
            }
            Outcome::Done(value) => {
                let (transaction, notes, effect) = done(value);
                (transaction, notes, Some(effect))
            }
        };
        Self { class, reason, code, transaction, texts: bounded(&texts), effect }
    }
}

/// The texts as far as the cookie has room for them.
fn bounded(texts: &[UpstreamText]) -> Vec<String> {
    let mut left = MOST_TEXT;
    let mut kept = Vec::new();
    for text in texts.iter().map(UpstreamText::expose).filter(|text| !text.is_empty()) {
        let end = text.floor_char_boundary(left);
        let (start, _) = text.split_at(end);
        if start.is_empty() {
            break;
        }
        left -= start.len();
        kept.push(start.to_owned());
    }
    kept
}

/// What the last answer said beyond what is stored.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LastAnswer {
    /// The form that it answers.
    pub submission: String,
    /// The word of the reason.
    pub reason: String,
    /// The number behind it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<u16>,
    /// The service's own texts: shown, never logged.
    pub texts: Vec<String>,
    /// How the request ended, while the database has not taken it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unrecorded: Option<StepEnd>,
}

impl LastAnswer {
    /// Gives `step`, if it is the one answered, the end that the database lacks. From here on `unrecorded` says whether
    /// it does.
    pub fn complete(&mut self, step: &mut Step) {
        if step.submission == self.submission && step.end.is_none() {
            step.end.clone_from(&self.unrecorded);
        } else {
            self.unrecorded = None;
        }
    }
}
