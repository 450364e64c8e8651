//! What a call needs between two of its steps, carried by the operator's browser in one sealed cookie.
//!
//! Nothing else holds it: no instance, no database (seed 003, 4.2). The cookie is bound to the operator, the login
//! session and the case, dies half an hour after it was sealed, and is cleared when the case is concluded.

use axum::http::{HeaderMap, HeaderValue, header};
use cookie::{Cookie, SameSite};
use jiff::{SignedDuration, Timestamp, civil::Date};
use serde::{Deserialize, Serialize};

use crate::{
    domain::{call::TestVerificationId, code::Cun, operator::OperatorId},
    server::{
        random::Random,
        sealing::{SealError, Sealer},
        secrets::Secrets,
    },
    storage::steps::{Step, StepEnd},
};

/// How long a sealed cookie can be opened.
const LIFE: SignedDuration = SignedDuration::from_mins(30);

/// Which of the two cookies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Drawer {
    /// Of the open case.
    Case,
    /// Of the last deferred confirmation.
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
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
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
        Some(Self { case_id: wire.case_id, verified, unlocked_at, typed: wire.typed, last: wire.last })
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
    pub fn close(&self, drawer: Drawer, data: CallData, now: Timestamp) -> Result<HeaderValue, SealError> {
        let plain = serde_json::to_vec(&data.into_wire(now + LIFE)).map_err(|_| SealError)?;
        let value = self.sealer(drawer)?.seal(&plain, &self.operator.0, self.random)?;
        set_cookie(drawer, value)
    }

    /// What the browser carries, if it is this session's and still alive.
    #[must_use]
    pub fn open(&self, drawer: Drawer, headers: &HeaderMap, now: Timestamp) -> Option<CallData> {
        let plain = self.open_raw(drawer, headers)?;
        CallData::from_wire(serde_json::from_slice(&plain).ok()?, now)
    }

    fn open_raw(&self, drawer: Drawer, headers: &HeaderMap) -> Option<Vec<u8>> {
        let value = cookie_value(drawer, headers)?;
        self.sealer(drawer).ok()?.open(&value, &self.operator.0)
    }

    /// The cookies sealed anew under `new_token`, when the session's token changes: a call survives the PIN.
    pub fn carry_over(&self, headers: &HeaderMap, new_token: &[u8]) -> Result<Vec<HeaderValue>, SealError> {
        let renewed = Sealed::new(self.secrets, self.random, self.operator, new_token);
        let carry = |drawer: Drawer| {
            let plain = self.open_raw(drawer, headers)?;
            let sealed = renewed.sealer(drawer).and_then(|key| key.seal(&plain, &self.operator.0, self.random));
            Some(sealed.and_then(|value| set_cookie(drawer, value)))
        };
        Drawer::ALL.into_iter().filter_map(carry).collect()
    }
}

/// The cookie that clears `drawer`.
pub fn clear(drawer: Drawer) -> Result<HeaderValue, SealError> {
    let cookie = Cookie::build((drawer.cookie(), "")).path("/").secure(true).http_only(true);
    let cookie = cookie.same_site(SameSite::Lax).max_age(time::Duration::ZERO);
    HeaderValue::from_str(&cookie.to_string()).map_err(|_| SealError)
}

fn set_cookie(drawer: Drawer, value: String) -> Result<HeaderValue, SealError> {
    let cookie = Cookie::build((drawer.cookie(), value)).path("/").secure(true).http_only(true);
    HeaderValue::from_str(&cookie.same_site(SameSite::Lax).to_string()).map_err(|_| SealError)
}

fn cookie_value(drawer: Drawer, headers: &HeaderMap) -> Option<String> {
    let cookies = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    cookies
        .flat_map(|cookies| Cookie::split_parse(cookies).flatten())
        .find(|cookie| cookie.name() == drawer.cookie())
        .map(|cookie| cookie.value().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    const START: Timestamp = Timestamp::UNIX_EPOCH;

    fn headers(set: &HeaderValue) -> HeaderMap {
        let pair = set.to_str().expect("text").split(';').next().expect("a pair").to_owned();
        HeaderMap::from_iter([(header::COOKIE, HeaderValue::from_str(&pair).expect("a header"))])
    }

    fn data() -> CallData {
        let verified = Verification {
            cun: "CUN-H17KZ6247A".parse().expect("a CUN"),
            id: "8b0a5f44-7a3e-4f0e-9a2b-3c1d5e6f7a80".parse().expect("an id"),
            sampled_on: jiff::civil::date(2021, 1, 8),
            submission: "form".to_owned(),
        };
        CallData { verified: Some(verified), ..CallData::of_case("case") }
    }

    #[test]
    fn it_lives_half_an_hour_and_only_for_its_session() {
        let (secrets, random, operator) = (Secrets::from_bytes(&[7; 32]), Random::system(), OperatorId("o".into()));
        let sealed = Sealed::new(&secrets, &random, &operator, b"one");
        let carried = headers(&sealed.close(Drawer::Case, data(), START).expect("sealed"));
        let opened = |sealed: &Sealed, now| sealed.open(Drawer::Case, &carried, now).is_some();
        assert!(sealed.open(Drawer::Case, &carried, START) == Some(data()));
        assert!(opened(&sealed, START + SignedDuration::from_secs(1799)));
        assert!(!opened(&sealed, START + LIFE));
        assert!(!opened(&Sealed::new(&secrets, &random, &operator, b"two"), START));
        assert!(!opened(&Sealed::new(&secrets, &random, &OperatorId("p".into()), b"one"), START));
        assert!(sealed.open(Drawer::Deferred, &carried, START).is_none());
    }

    #[test]
    fn it_follows_the_session_to_a_new_token() {
        let (secrets, random, operator) = (Secrets::from_bytes(&[7; 32]), Random::system(), OperatorId("o".into()));
        let old = Sealed::new(&secrets, &random, &operator, b"one");
        let carried = headers(&old.close(Drawer::Case, data(), START).expect("sealed"));
        let renewed = old.carry_over(&carried, b"two").expect("sealed");
        let new = Sealed::new(&secrets, &random, &operator, b"two");
        assert!(new.open(Drawer::Case, &headers(&renewed[0]), START) == Some(data()));
        assert!(old.open(Drawer::Case, &headers(&renewed[0]), START).is_none());
    }
}
