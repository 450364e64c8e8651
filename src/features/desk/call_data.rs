//! What a call needs between two of its steps, carried by the operator's browser in one sealed cookie.
//!
//! Nothing else holds it: no instance, no database (seed 003, 4.2). The cookie is bound to the operator, the login
//! session and the case, dies half an hour after it was sealed, and is cleared when the case is concluded.

use axum::http::{HeaderMap, HeaderValue};
use jiff::{SignedDuration, Timestamp, civil::Date};
use serde::{Deserialize, Serialize};

use crate::{
    domain::{call::TestVerificationId, code::Cun, operator::OperatorId},
    server::{
        errors::AppError,
        host_cookie,
        random::Random,
        sealing::{SealError, Sealer},
        secrets::Secrets,
    },
    storage::steps::{Step, StepEnd},
};

/// How long a sealed cookie can be opened.
const LIFE: SignedDuration = SignedDuration::from_mins(30);

/// How many uncertain confirmations are remembered.
const MOST_UNSETTLED: usize = 8;
/// The most bytes of a cookie's content: sealed, in base64 and with its name they fit into the 4096 that every browser
/// keeps.
const MOST_PLAIN: usize = 3000;

/// Which of the two cookies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Drawer {
    /// Of the open case.
    Case,
    /// Of the deferred confirmations, and of those in cases closed since.
    Deferred,
}

impl Drawer {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Case, Self::Deferred];

    const fn cookie(self) -> &'static str {
        match self {
            Self::Case => "__Host-case",
            Self::Deferred => "__Host-deferred",
        }
    }
}

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

/// What the last answer said beyond what is stored.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LastAnswer {
    /// The form that it answers.
    pub submission: String,
    /// The word of the reason.
    pub reason: String,
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

/// A confirmation, or cancellation, of which nobody knows whether it was carried out.
#[derive(Clone, PartialEq, Eq)]
pub struct Unsettled {
    /// Of which test.
    pub cun: Cun,
    /// By which form it was asked for.
    pub submission: String,
    /// When.
    pub at: Timestamp,
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
    /// The confirmations whose outcome is not known, the oldest first.
    pub unsettled: Vec<Unsettled>,
}

/// The form in which it is sealed; the only place where a caller's data is serialised.
#[derive(Serialize, Deserialize)]
struct Wire {
    until: i64,
    case_id: String,
    verified: Option<(String, String, Date, String)>,
    unlocked_at: Option<i64>,
    typed: Typed,
    last: Option<LastAnswer>,
    #[serde(default)]
    unsettled: Vec<(String, String, i64)>,
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

    /// Remembers a confirmation of which nobody knows whether it was carried out.
    pub fn remember(&mut self, unsettled: Unsettled) {
        self.settle(&unsettled.cun);
        self.unsettled.push(unsettled);
        let too_many = self.unsettled.len().saturating_sub(MOST_UNSETTLED);
        self.unsettled.drain(..too_many);
    }

    /// Forgets it: its outcome is known now.
    pub fn settle(&mut self, cun: &Cun) {
        self.unsettled.retain(|unsettled| unsettled.cun != *cun);
    }

    /// Whether a confirmation of this test may have been carried out; not by the form `submission`, which may come
    /// twice.
    #[must_use]
    pub fn is_unsettled(&self, cun: &Cun, submission: &str) -> bool {
        self.unsettled.iter().any(|unsettled| unsettled.cun == *cun && unsettled.submission != submission)
    }

    /// What is sealed, within the bounds of a cookie: the service's words go first, then what was typed at a length
    /// that no person types.
    fn into_plain(self, until: Timestamp) -> Result<Vec<u8>, SealError> {
        let mut wire = self.into_wire(until);
        let plain = |wire: &Wire| serde_json::to_vec(wire).map_err(|_| SealError);
        let mut bytes = plain(&wire)?;
        if bytes.len() > MOST_PLAIN {
            wire.last.iter_mut().for_each(|last| last.texts.clear());
            bytes = plain(&wire)?;
        }
        if bytes.len() > MOST_PLAIN {
            wire.typed = Typed::default();
            bytes = plain(&wire)?;
        }
        Ok(bytes)
    }

    fn into_wire(self, until: Timestamp) -> Wire {
        let unsettled = self.unsettled.into_iter();
        let unsettled = unsettled.map(|it| (it.cun.to_wire(), it.submission, it.at.as_millisecond())).collect();
        let verified =
            self.verified.map(|it| (it.cun.to_wire(), it.id.to_wire().to_owned(), it.sampled_on, it.submission));
        Wire {
            until: until.as_millisecond(),
            case_id: self.case_id,
            verified,
            unlocked_at: self.unlocked_at.map(Timestamp::as_millisecond),
            typed: self.typed,
            last: self.last,
            unsettled,
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
        let unsettled = wire.unsettled.into_iter().filter_map(|(cun, submission, at)| {
            let at = Timestamp::from_millisecond(at).ok().filter(|at| *at + LIFE > now)?;
            Some(Unsettled { cun: cun.parse().ok()?, submission, at })
        });
        let unsettled = unsettled.collect();
        Some(Self { case_id: wire.case_id, verified, unlocked_at, typed: wire.typed, last: wire.last, unsettled })
    }
}

/// Seals and opens the cookies of one operator's login session.
pub struct Sealed<'a> {
    secrets: &'a Secrets,
    random: &'a Random,
    operator: &'a OperatorId,
    token: &'a [u8],
}

impl<'a> Sealed<'a> {
    /// `token` is the login session's own.
    #[must_use]
    pub const fn new(secrets: &'a Secrets, random: &'a Random, operator: &'a OperatorId, token: &'a [u8]) -> Self {
        Self { secrets, random, operator, token }
    }

    fn sealer(&self, drawer: Drawer) -> Result<Sealer, SealError> {
        Sealer::new(self.secrets, drawer.cookie(), self.token)
    }

    /// The cookie that carries `data`.
    pub fn close(&self, drawer: Drawer, data: CallData, now: Timestamp) -> Result<HeaderValue, AppError> {
        let plain = data.into_plain(now + LIFE).map_err(AppError::internal)?;
        self.set_cookie(drawer, &plain)
    }

    fn set_cookie(&self, drawer: Drawer, plain: &[u8]) -> Result<HeaderValue, AppError> {
        let sealed = self.sealer(drawer).and_then(|key| key.seal(plain, &self.operator.0, self.random));
        host_cookie::set(drawer.cookie(), sealed.map_err(AppError::internal)?, None)
    }

    /// What the browser carries, if it is this session's and still alive.
    #[must_use]
    pub fn open(&self, drawer: Drawer, headers: &HeaderMap, now: Timestamp) -> Option<CallData> {
        let plain = self.open_raw(drawer, headers)?;
        CallData::from_wire(serde_json::from_slice(&plain).ok()?, now)
    }

    fn open_raw(&self, drawer: Drawer, headers: &HeaderMap) -> Option<Vec<u8>> {
        let value = host_cookie::value(drawer.cookie(), headers)?;
        self.sealer(drawer).ok()?.open(&value, &self.operator.0)
    }

    /// The cookies sealed anew under `new_token`, when the session's token changes: a call survives the PIN.
    pub fn carry_over(&self, headers: &HeaderMap, new_token: &[u8]) -> Result<Vec<HeaderValue>, AppError> {
        let renewed = Sealed::new(self.secrets, self.random, self.operator, new_token);
        let carry = |drawer| Some(renewed.set_cookie(drawer, &self.open_raw(drawer, headers)?));
        Drawer::ALL.into_iter().filter_map(carry).collect()
    }
}

/// Whether the browser carries anything in `drawer`, readable or not.
#[must_use]
pub fn is_carried(drawer: Drawer, headers: &HeaderMap) -> bool {
    host_cookie::value(drawer.cookie(), headers).is_some()
}

/// The cookie that clears `drawer`.
pub fn clear(drawer: Drawer) -> Result<HeaderValue, AppError> {
    host_cookie::clear(drawer.cookie())
}

#[cfg(test)]
#[path = "call_data_tests.rs"]
mod tests;
