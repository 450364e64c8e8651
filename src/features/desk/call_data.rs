//! What a call needs between two of its steps, carried by the operator's browser in a sealed cookie of its case, and
//! cleared when the case is concluded (seed 003, 4.2).

use jiff::{Timestamp, civil::Date};
use serde::{Deserialize, Serialize};

use crate::{
    domain::{call::TestVerificationId, code::Cun},
    features::requests::{
        answer::LastAnswer,
        sealed::{Content, within_bounds},
        unsettled::AllUnsettled,
    },
    server::sealing::SealError,
};

/// What was typed and may have to be corrected.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Typed {
    /// Last digits of the health card.
    pub card: String,
    /// CUN.
    pub cun: String,
    /// OTP.
    pub otp: String,
    /// Onset of the symptoms.
    pub onset: String,
    /// Whether "Asintomatico" was ticked.
    pub asymptomatic: bool,
}

/// What a positive verification returned.
#[derive(Clone, PartialEq, Eq)]
pub struct Verification {
    /// The CUN that was verified.
    pub cun: Cun,
    /// The id for the next steps.
    pub id: TestVerificationId,
    /// When the swab was taken.
    pub sampled_on: Date,
    /// The form that it answers: a cookie of an earlier verification counts no more.
    pub submission: String,
}

/// The content of the cookie.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct CallData {
    /// Of which case.
    pub case_id: String,
    /// What was verified.
    pub verified: Option<Verification>,
    /// The service's instant of the unlock.
    pub unlocked_at: Option<Timestamp>,
    /// What was typed last and not accepted.
    pub typed: Typed,
    /// The last answer.
    pub last: Option<LastAnswer>,
    /// The confirmations, by CUN, whose outcome is not known.
    pub unsettled: AllUnsettled,
}

/// The form in which it is sealed.
#[derive(Serialize, Deserialize)]
struct Wire {
    until: i64,
    case_id: String,
    verified: Option<(String, String, Date, String)>,
    unlocked_at: Option<i64>,
    typed: Typed,
    last: Option<LastAnswer>,
    #[serde(default)]
    unsettled: AllUnsettled,
}

impl CallData {
    /// The data of a case of which nothing is known yet.
    #[must_use]
    pub fn of_case(case_id: &str) -> Self {
        Self { case_id: case_id.to_owned(), ..Self::default() }
    }

    /// What is left of a call that is over: an outcome that is not recorded yet, without the service's texts.
    #[must_use]
    pub fn of_what_is_over(self) -> Self {
        let last = self.last.filter(|answer| answer.unrecorded.is_some());
        let last = last.map(|answer| LastAnswer { texts: Vec::new(), ..answer });
        Self { last, ..Self::of_case(&self.case_id) }
    }

    fn into_wire(self, until: Timestamp) -> Wire {
        let verified =
            self.verified.map(|it| (it.cun.to_wire(), it.id.to_wire().to_owned(), it.sampled_on, it.submission));
        Wire {
            until: until.as_millisecond(),
            case_id: self.case_id,
            verified,
            unlocked_at: self.unlocked_at.map(Timestamp::as_millisecond),
            typed: self.typed,
            last: self.last,
            unsettled: self.unsettled,
        }
    }

    fn from_wire(wire: Wire, now: Timestamp) -> Option<Self> {
        if wire.until <= now.as_millisecond() {
            return None;
        }
        let verified = match wire.verified {
            Some((cun, id, sampled_on, submission)) => {
                Some(Verification { cun: cun.parse().ok()?, id: id.parse().ok()?, sampled_on, submission })
            }
            None => None,
        };
        let unlocked_at = wire.unlocked_at.map(Timestamp::from_millisecond).transpose().ok()?;
        let unsettled = wire.unsettled.fresh(now);
        Some(Self { case_id: wire.case_id, verified, unlocked_at, typed: wire.typed, last: wire.last, unsettled })
    }
}

impl Content for CallData {
    /// The service's words go first, then what was typed at a length that no person types.
    fn into_plain(self, until: Timestamp) -> Result<Vec<u8>, SealError> {
        let without_texts = |wire: &mut Wire| wire.last.iter_mut().for_each(|last| last.texts.clear());
        within_bounds(self.into_wire(until), &[without_texts, |wire| wire.typed = Typed::default()])
    }

    fn from_plain(plain: &[u8], now: Timestamp) -> Option<Self> {
        Self::from_wire(serde_json::from_slice(plain).ok()?, now)
    }
}

#[cfg(test)]
#[path = "call_data_tests.rs"]
mod tests;
