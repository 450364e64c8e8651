//! The requests of which nobody knows whether they were carried out, as far as the browser remembers them.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::sealed::LIFE;
use crate::{domain::service::OutcomeClass, storage::steps::Step};

/// How many are remembered.
const MOST: usize = 8;

/// One of them.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Unsettled {
    subject: String,
    submission: String,
    at: i64,
}

/// The oldest first. What they were about is the caller's, so nothing prints it.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct AllUnsettled(Vec<Unsettled>);

/// What is known of a request before it is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Judgement {
    /// Nothing speaks against it.
    Free,
    /// The last one was uncertain, but it was about something else.
    Another,
    /// One for the same may have been carried out.
    MayBeDone,
}

impl AllUnsettled {
    /// What a request that ended so leaves behind: an uncertain one is remembered, a yes settles what was open. A no
    /// settles nothing: it is also the answer to what was done already.
    pub fn note(&mut self, class: OutcomeClass, subject: &str, submission: &str, at: Timestamp) {
        match class {
            OutcomeClass::Uncertain => {
                self.settle(subject);
                let (subject, submission) = (subject.to_owned(), submission.to_owned());
                self.0.push(Unsettled { subject, submission, at: at.as_millisecond() });
                let too_many = self.0.len().saturating_sub(MOST);
                self.0.drain(..too_many);
            }
            OutcomeClass::NotSent | OutcomeClass::Refused => {}
            OutcomeClass::Done => self.settle(subject),
        }
    }

    /// Forgets what was open of `subject`: its outcome is known now.
    fn settle(&mut self, subject: &str) {
        self.0.retain(|unsettled| unsettled.subject != subject);
    }

    /// Whether a request about `subject` may have been carried out; not that of the form `submission`, which may come
    /// twice.
    #[must_use]
    pub fn holds(&self, subject: &str, submission: &str) -> bool {
        self.0.iter().any(|unsettled| unsettled.subject == subject && unsettled.submission != submission)
    }

    /// What is known of a request about `subject`, before the form `submission` is sent. Where the browser does not
    /// remember `last`, the operator's last one, if that was uncertain, nobody knows what it was about.
    #[must_use]
    pub fn judge(&self, subject: &str, submission: &str, last: Option<&Step>, now: Timestamp) -> Judgement {
        if self.holds(subject, submission) {
            return Judgement::MayBeDone;
        }
        let is_open = |step: &&Step| step.class() == OutcomeClass::Uncertain && !step.is_under_way(now);
        match last.filter(is_open).filter(|step| step.submission != submission) {
            None => Judgement::Free,
            Some(step) if self.0.iter().any(|unsettled| unsettled.submission == step.submission) => Judgement::Another,
            Some(_) => Judgement::MayBeDone,
        }
    }

    /// Without those that are older than a cookie may be.
    #[must_use]
    pub fn fresh(mut self, now: Timestamp) -> Self {
        self.0.retain(|unsettled| Timestamp::from_millisecond(unsettled.at).is_ok_and(|at| at + LIFE > now));
        self
    }
}
