//! One client, one upstream, one caller.

use centralino::{
    domain::{
        call::TestVerificationId,
        code::{Cun, Otp},
        fiscal_code::FiscalCode,
        health_card::HealthCardDigits,
    },
    server::clock::Clock,
    sistema_ts::{
        SistemaTs,
        answers::{Confirmed, Unlocked, Verified},
        call_center::Communication,
        outcome::Outcome,
        settings::Settings,
    },
};
use jiff::civil::{Date, date};

use crate::support::upstream::{Act, Upstream, http, pki::Pki, xml::TEST_ID};

pub const OPERATOR: &str = "RSSMRA80A01H501U";
pub const CARD: &str = "73510264";
pub const CUN: &str = "CUN-H17KZ6247A";
pub const OTP: &str = "59Y5QWWF4Z";
pub const ONSET: Date = date(2021, 1, 6);

pub struct Rig {
    pub pki: Pki,
    pub upstream: Upstream,
    pub client: Client,
}

/// The client with a caller's words at hand.
#[derive(Clone)]
pub struct Client(pub SistemaTs);

impl Rig {
    /// An upstream that acts as `script` says, and a client that trusts it.
    pub async fn new(script: impl Fn(usize) -> Act + Send + Sync + 'static) -> Self {
        Self::with(|_| {}, script).await
    }

    /// The same with other settings.
    pub async fn with(
        change: impl FnOnce(&mut Settings),
        script: impl Fn(usize) -> Act + Send + Sync + 'static,
    ) -> Self {
        let pki = Pki::new();
        let upstream = Upstream::tls(pki.server(), script).await;
        let mut settings = pki.settings(upstream.address.port());
        change(&mut settings);
        let client = Client::new(&settings);
        Self { pki, upstream, client }
    }

    /// An upstream that gives this answer to everything.
    pub async fn answering(status: u16, content_type: &str, body: impl AsRef<[u8]>) -> Self {
        let bytes = http(status, content_type, body);
        Self::new(move |_| Act::Send(bytes.clone())).await
    }

    /// The same, status 200, as usual.
    pub async fn saying(envelope: &str) -> Self {
        Self::answering(200, "text/xml; charset=UTF-8", envelope).await
    }
}

impl Client {
    pub fn new(settings: &Settings) -> Self {
        Self(SistemaTs::build(settings, Clock::system()).expect("a client"))
    }

    pub async fn verify(&self) -> Outcome<Verified> {
        let card: HealthCardDigits = CARD.parse().expect("digits");
        self.0.verify(&operator(), &card, &cun()).await
    }

    pub async fn unlock(&self) -> Outcome<Unlocked> {
        let otp: Otp = OTP.parse().expect("an OTP");
        self.0.unlock(&operator(), &otp, ONSET, &test_id(), &cun()).await
    }

    pub async fn confirm(&self, communication: Communication) -> Outcome<Confirmed> {
        self.0.confirm(communication, &operator(), Some(&test_id()), &cun()).await
    }
}

pub fn operator() -> FiscalCode {
    OPERATOR.parse().expect("a codice fiscale")
}

pub fn cun() -> Cun {
    CUN.parse().expect("a CUN")
}

pub fn test_id() -> TestVerificationId {
    TEST_ID.parse().expect("an id")
}

/// What a call came to, in two words.
pub fn summary<T>(outcome: &Outcome<T>) -> (&'static str, &'static str) {
    (outcome.class().word(), outcome.word())
}
