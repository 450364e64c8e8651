//! A request to Sistema TS and what the desk needs to know of its answer, the same for every service.

use jiff::{Timestamp, civil::Date};

use crate::{
    domain::{
        call::{TestVerificationId, TransactionId},
        case::{OutcomeClass, Service},
        code::{Cun, Otp},
        fiscal_code::FiscalCode,
        health_card::HealthCardDigits,
    },
    sistema_ts::{
        SistemaTs,
        call_center::Communication,
        outcome::{Outcome, UpstreamText},
    },
};

/// How many bytes of the service's texts the sealed cookie takes: a browser keeps 4096 in all.
const MOST_TEXT: usize = 1200;

/// What to send.
#[derive(Clone)]
pub enum Request {
    /// Verifica positività.
    Verify {
        /// The end of the card's number.
        card: HealthCardDigits,
        /// The test.
        cun: Cun,
    },
    /// Sblocco codice.
    Unlock {
        /// The app's code.
        otp: Otp,
        /// The onset of the symptoms, or the day of the swab.
        onset: Date,
        /// The verification.
        id: TestVerificationId,
        /// The test that was verified.
        cun: Cun,
    },
    /// Conferma sblocco, confirmed or cancelled.
    Conclude {
        /// Which of the two.
        communication: Communication,
        /// The verification; none outside the call.
        id: Option<TestVerificationId>,
        /// The test.
        cun: Cun,
    },
}

/// What the desk needs to know of an answer.
pub struct Answered {
    /// Its class.
    pub class: OutcomeClass,
    /// The word of its reason: says nothing of the caller.
    pub reason: &'static str,
    /// The service's transaction.
    pub transaction: Option<TransactionId>,
    /// The service's texts, for the operator's eyes.
    pub texts: Vec<String>,
    /// What it changes for the call.
    pub effect: Effect,
}

/// What a yes changes.
pub enum Effect {
    /// Nothing: it was not a yes.
    Nothing,
    /// The test is positive.
    Verified {
        /// Its code.
        cun: Cun,
        /// The verification.
        id: TestVerificationId,
        /// The day of the swab.
        sampled_on: Date,
    },
    /// The OTP is unlocked.
    Unlocked {
        /// The service's instant.
        at: Option<Timestamp>,
    },
    /// The unlock is confirmed or cancelled.
    Concluded,
}

impl Request {
    /// Which service it is for.
    #[must_use]
    pub const fn service(&self) -> Service {
        match self {
            Self::Verify { .. } => Service::Verify,
            Self::Unlock { .. } => Service::Unlock,
            Self::Conclude { communication: Communication::Confirm, .. } => Service::Confirm,
            Self::Conclude { communication: Communication::Cancel, .. } => Service::Cancel,
        }
    }

    /// Calls the service.
    pub async fn send(&self, sistema_ts: &SistemaTs, operator: &FiscalCode) -> Answered {
        match self {
            Self::Verify { card, cun } => summarise(sistema_ts.verify(operator, card, cun).await, |verified| {
                let effect =
                    Effect::Verified { cun: cun.clone(), id: verified.id, sampled_on: verified.sampled_on.expose() };
                (verified.transaction, verified.notes, effect)
            }),
            Self::Unlock { otp, onset, id, cun } => {
                summarise(sistema_ts.unlock(operator, otp, *onset, id, cun).await, |unlocked| {
                    (unlocked.transaction, unlocked.notes, Effect::Unlocked { at: unlocked.at })
                })
            }
            Self::Conclude { communication, id, cun } => {
                summarise(sistema_ts.confirm(*communication, operator, id.as_ref(), cun).await, |confirmed| {
                    (confirmed.transaction, confirmed.notes, Effect::Concluded)
                })
            }
        }
    }
}

fn summarise<T>(outcome: Outcome<T>, done: impl FnOnce(T) -> (TransactionId, Vec<UpstreamText>, Effect)) -> Answered {
    let (class, reason) = (outcome.class(), outcome.word());
    let (transaction, texts, effect) = match outcome {
        Outcome::NotSent(failure) | Outcome::Uncertain(failure) => {
            (None, failure.text.into_iter().collect(), Effect::Nothing)
        }
        Outcome::Refused(refusal) => {
            let texts = refusal.text.into_iter().chain(refusal.errors).collect();
            (refusal.transaction, texts, Effect::Nothing)
        }
        Outcome::Done(value) => {
            let (transaction, notes, effect) = done(value);
            (Some(transaction), notes, effect)
        }
    };
    Answered { class, reason, transaction, texts: bounded(&texts), effect }
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
