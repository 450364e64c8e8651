//! A request of a call, and what a yes to it changes.

use jiff::{Timestamp, civil::Date};

use crate::{
    domain::{
        call::TestVerificationId,
        code::{Cun, Otp},
        fiscal_code::FiscalCode,
        health_card::HealthCardDigits,
        service::Service,
    },
    features::requests::answer::Answered,
    sistema_ts::{SistemaTs, call_center::Communication},
};

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

/// What a yes changes.
pub enum Effect {
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
    pub async fn send(&self, sistema_ts: &SistemaTs, operator: &FiscalCode) -> Answered<Effect> {
        match self {
            Self::Verify { card, cun } => Answered::of(sistema_ts.verify(operator, card, cun).await, |verified| {
                let effect =
                    Effect::Verified { cun: cun.clone(), id: verified.id, sampled_on: verified.sampled_on.expose() };
                (Some(verified.transaction), verified.notes, effect)
            }),
            Self::Unlock { otp, onset, id, cun } => {
                Answered::of(sistema_ts.unlock(operator, otp, *onset, id, cun).await, |unlocked| {
                    (Some(unlocked.transaction), unlocked.notes, Effect::Unlocked { at: unlocked.at })
                })
            }
            Self::Conclude { communication, id, cun } => {
                Answered::of(sistema_ts.confirm(*communication, operator, id.as_ref(), cun).await, |confirmed| {
                    (Some(confirmed.transaction), confirmed.notes, Effect::Concluded)
                })
            }
        }
    }
}
