//! How a call of Sistema TS ends: one of four classes (`reasons` has why, `answers` what a yes brings).

use super::{
    error_codes::ErrorCode,
    reasons::{FailureReason, RefusalReason},
    upstream_text::UpstreamText,
};
use crate::domain::{call::TransactionId, service::OutcomeClass};

/// How a call ended. What may follow: after `NotSent` it is safe to repeat, after `Refused` to correct and repeat,
/// after `Uncertain` only a person decides, after `Done` comes the next step.
#[must_use]
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome<T> {
    /// It is certain that the request never reached the service.
    NotSent(Failure),
    /// The service said no.
    Refused(Refusal),
    /// The request left, or may have left, and no trustworthy answer came.
    Uncertain(Failure),
    /// The service said yes, with every mandatory field.
    Done(T),
}

impl<T> Outcome<T> {
    /// Of a request that can't be made: there is no way to the service, or what it would hold does not fit together.
    pub fn unbuildable() -> Self {
        Self::NotSent(FailureReason::Unbuildable.into())
    }

    /// The class alone, as kept in the register and counted in the metrics.
    pub const fn class(&self) -> OutcomeClass {
        match self {
            Self::NotSent(_) => OutcomeClass::NotSent,
            Self::Refused(_) => OutcomeClass::Refused,
            Self::Uncertain(_) => OutcomeClass::Uncertain,
            Self::Done(_) => OutcomeClass::Done,
        }
    }

    /// The stable word of the reason, for logs and keys of texts; `done` where there is none.
    pub const fn word(&self) -> &'static str {
        match self {
            Self::NotSent(failure) | Self::Uncertain(failure) => failure.reason.word(),
            Self::Refused(refusal) => refusal.reason.word(),
            Self::Done(_) => "done",
        }
    }

    /// The number that stands behind the reason: a status of HTTP, a code of the closure of exemptions, a known code of
    /// an error.
    pub const fn code(&self) -> Option<u16> {
        match self {
            Self::NotSent(Failure { reason, .. }) | Self::Uncertain(Failure { reason, .. }) => match reason {
                FailureReason::HttpStatus(status) => Some(*status),
                FailureReason::Closure(code) => Some(code.number()),
                _ => None,
            },
            Self::Refused(Refusal { reason, code, .. }) => match (reason, code) {
                (RefusalReason::HttpStatus(status), _) => Some(*status),
                (RefusalReason::Closure(code), _) => Some(code.number()),
                (RefusalReason::Esito, Some(code)) => Some(code.number()),
                _ => None,
            },
            Self::Done(_) => None,
        }
    }
}

/// No answer, or none to be trusted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// What happened.
    pub reason: FailureReason,
    /// What the service wrote, where it wrote something readable.
    pub text: Option<UpstreamText>,
}

impl From<FailureReason> for Failure {
    fn from(reason: FailureReason) -> Self {
        Self { reason, text: None }
    }
}

/// The service's no.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// In what form it said no.
    pub reason: RefusalReason,
    /// The id of the transaction, where a readable one came.
    pub transaction: Option<TransactionId>,
    /// The first code of its errors that is known.
    pub code: Option<ErrorCode>,
    /// `errori`, in the order of the answer, each with its code and its words.
    pub errors: Vec<UpstreamText>,
    /// `descrizioneEsito`, or the text of the fault.
    pub text: Option<UpstreamText>,
}

impl From<RefusalReason> for Refusal {
    fn from(reason: RefusalReason) -> Self {
        Self { reason, transaction: None, code: None, errors: Vec::new(), text: None }
    }
}
