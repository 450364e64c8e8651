//! The client of a family of services: every call ends in one of four classes, is
//! counted, and is written into the log with its service, class, reason and duration, and nothing else.

use std::{
    sync::{
        Arc,
        atomic::{AtomicI64, AtomicU8, Ordering},
    },
    time::Duration,
};

use arc_swap::ArcSwap;
use jiff::{SignedDuration, Timestamp};
use reqwest::Url;
use tokio::time::{Instant, sleep};

use super::{
    breaker::{Breaker, Circuit},
    envelope::{Fields, write},
    gate::Gate,
    identity::{Files, WARNING},
    operation::Operation,
    outcome::Outcome,
    reasons::FailureReason,
    settings::{AuthenticationType, Settings},
    tally::Tally,
    transport::{BuildError, Link, NoReply},
    verdict::{No, Yes, judge},
};
use crate::{
    domain::{
        service::{OutcomeClass, Service},
        tally::Calls,
    },
    server::clock::Clock,
};

/// How long before Verifica is repeated after it was certainly not sent.
const BEFORE_REPEATING: Duration = Duration::from_millis(200);
/// How often the files of the identity are looked at for a renewal.
const LOOK_EVERY: SignedDuration = SignedDuration::from_secs(30);
/// How often the end of the certificate is warned about.
const WARN_EVERY: SignedDuration = SignedDuration::from_hours(24);

/// The way to one family of services; cheap to clone.
#[derive(Clone)]
pub struct Client(Arc<Inner>);

struct Inner {
    settings: Settings,
    clock: Clock,
    link: ArcSwap<Link>,
    /// Milliseconds since 1970.
    looked_at: AtomicI64,
    warned_at: AtomicI64,
    contact: AtomicU8,
    gate: Gate,
    breaker: Breaker,
    tally: Tally,
}

/// Whether the services answered when they were last called.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Contact {
    /// Not called since the start.
    Unknown,
    /// The last call was answered, with yes or no.
    Answering,
    /// The last call was not sent, or remained uncertain.
    Silent,
}

impl Client {
    /// Checks the settings, loads the identity; connects to nothing yet.
    pub(super) fn build(settings: &Settings, clock: Clock) -> Result<Self, BuildError> {
        settings.problems().into_iter().next().map_or(Ok(()), Err)?;
        let now = clock.now();
        let link = Link::build(settings, &Files::read(settings)?, now)?;
        let client = Self(Arc::new(Inner {
            gate: Gate::new(settings),
            breaker: Breaker::new(settings),
            tally: Tally::default(),
            settings: settings.clone(),
            clock,
            link: ArcSwap::from_pointee(link),
            looked_at: AtomicI64::new(now.as_millisecond()),
            warned_at: AtomicI64::new(i64::MIN),
            contact: AtomicU8::new(0),
        }));
        client.0.watch_expiry(now);
        Ok(client)
    }

    /// The section of the configuration that says whom it calls.
    pub fn section(&self) -> &'static str {
        self.0.settings.section
    }

    /// Whether calls are sent at all.
    pub fn circuit(&self) -> Circuit {
        self.0.breaker.circuit(self.0.clock.now())
    }

    /// The end of our certificate's validity; none where we show who we are by other means.
    pub fn expires_at(&self) -> Option<Timestamp> {
        self.0.link.load().expires_at
    }

    /// How operators are authenticated here.
    pub(super) fn authentication(&self) -> AuthenticationType {
        self.0.settings.authentication_type
    }

    /// Looks at the files of the identity now; true when they had changed and are in use from here on. Calls in flight
    /// end under the old identity. Every call looks by itself, twice a minute at most.
    ///
    /// # Errors
    /// What is wrong with the changed files; the identity in use then stays.
    pub fn reload(&self) -> Result<bool, BuildError> {
        self.0.reload()
    }

    /// The calls that were counted since the last time; they are then forgotten here.
    pub fn take_counts(&self) -> Vec<Calls> {
        self.0.tally.take()
    }

    /// Remembers counts that could not be written.
    pub fn put_counts_back(&self, calls: Vec<Calls>) {
        self.0.tally.put_back(calls);
    }

    /// Calls a service; what the yes says is read by `read`.
    pub(super) async fn call<T>(&self, call: Call<'_>, read: impl Fn(Yes) -> Result<T, No>) -> Outcome<T> {
        self.0.call(call, &read).await
    }

    /// Whether the services answered when they were last called.
    pub fn contact(&self) -> Contact {
        if !matches!(self.circuit(), Circuit::Closed) {
            return Contact::Silent;
        }
        match self.0.contact.load(Ordering::Relaxed) {
            0 => Contact::Unknown,
            1 => Contact::Answering,
            _ => Contact::Silent,
        }
    }
}

/// One call of one service.
pub(super) struct Call<'a> {
    service: Service,
    operation: &'a Operation,
    url: &'a Url,
    fields: Fields,
    may_repeat: bool,
}

impl<'a> Call<'a> {
    /// A call that is never repeated.
    pub const fn of(service: Service, operation: &'a Operation, url: &'a Url, fields: Fields) -> Self {
        Self { service, operation, url, fields, may_repeat: false }
    }

    /// The same, repeated once when it was certainly not sent: it changes nothing.
    pub fn repeatable(self) -> Self {
        Self { may_repeat: true, ..self }
    }
}

impl Inner {
    async fn call<T>(&self, call: Call<'_>, read: &impl Fn(Yes) -> Result<T, No>) -> Outcome<T> {
        let started = Instant::now();
        self.renew();
        let outcome = self.in_turn(&call, started + self.settings.deadline(), read).await;
        self.record(call.service, &outcome, started.elapsed());
        outcome
    }

    /// Waits for its turn, unless calls are held back, and is then sent.
    async fn in_turn<T>(&self, call: &Call<'_>, until: Instant, read: &impl Fn(Yes) -> Result<T, No>) -> Outcome<T> {
        let held_back = || Outcome::NotSent(FailureReason::CircuitOpen.into());
        if matches!(self.breaker.circuit(self.clock.now()), Circuit::Open { .. }) {
            return held_back();
        }
        let Some(_pass) = self.gate.pass().await else { return Outcome::NotSent(FailureReason::Busy.into()) };
        let Some(leave) = self.breaker.leave(self.clock.now()) else { return held_back() };
        let mut outcome = self.attempt(call, until, read).await;
        // Only what the network did may be gone in a moment.
        let may_repeat = call.may_repeat
            && matches!(&outcome, Outcome::NotSent(failure) if failure.reason != FailureReason::CertificateExpired);
        // With less time left it could not be told whether the second request left.
        let has_time = until - Instant::now() > self.settings.connect_timeout() + BEFORE_REPEATING;
        if may_repeat && has_time {
            sleep(BEFORE_REPEATING).await;
            outcome = self.attempt(call, until, read).await;
        }
        leave.ended(&outcome, self.clock.now());
        outcome
    }

    async fn attempt<T>(&self, call: &Call<'_>, until: Instant, read: &impl Fn(Yes) -> Result<T, No>) -> Outcome<T> {
        let link = self.link.load_full();
        if link.expires_at.is_some_and(|end| self.clock.now() > end) {
            return Outcome::NotSent(FailureReason::CertificateExpired.into());
        }
        let pincode = match &link.credentials {
            None => None,
            Some(credentials) => match credentials.sealer.seal() {
                None => return Outcome::unbuildable(),
                sealed => sealed,
            },
        };
        let Ok(envelope) = write(call.operation, pincode.as_deref(), &call.fields) else {
            return Outcome::unbuildable();
        };
        match link.post(call.url, call.operation.action, envelope, until).await {
            Err(NoReply::NotSent(reason)) => Outcome::NotSent(reason.into()),
            Err(NoReply::MayHaveLeft(reason)) => Outcome::Uncertain(reason.into()),
            Ok(reply) => {
                let verdict = judge(&reply, call.operation, &call.fields, self.clock.today());
                verdict.and_then(read).map_or_else(Into::into, Outcome::Done)
            }
        }
    }

    fn record<T>(&self, service: Service, outcome: &Outcome<T>, took: Duration) {
        let class = outcome.class();
        let is_answer = matches!(class, OutcomeClass::Done | OutcomeClass::Refused);
        // Who had no turn knows nothing new.
        if !matches!(outcome, Outcome::NotSent(failure) if failure.reason == FailureReason::Busy) {
            self.contact.store(if is_answer { 1 } else { 2 }, Ordering::Relaxed);
        }
        let took_ms = i64::try_from(took.as_millis()).unwrap_or(i64::MAX);
        self.tally.count(self.clock.now(), service, class, took_ms);
        let word = service.word();
        let counter = "centralino_upstream_requests_total";
        metrics::counter!(counter, "service" => word, "outcome" => class.word()).increment(1);
        let histogram = "centralino_upstream_request_duration_seconds";
        metrics::histogram!(histogram, "service" => word).record(took.as_secs_f64());
        tracing::debug!(
            service = word,
            class = class.word(),
            reason = outcome.word(),
            code = outcome.code(),
            took_ms,
            "Sistema TS was called"
        );
    }

    /// Takes over a renewed certificate, if it is time to look. One call looks, the others go on.
    fn renew(&self) {
        let now = self.clock.now();
        if !is_due(&self.looked_at, now, LOOK_EVERY) {
            return;
        }
        match self.reload() {
            Ok(true) => {
                let expires_at = self.link.load().expires_at.map(tracing::field::display);
                tracing::info!(section = self.settings.section, expires_at, "a renewed identity is in use");
            }
            Ok(false) => {}
            Err(error) => tracing::warn!(%error, "the changed identity can't be used, the one in use stays"),
        }
        self.watch_expiry(now);
    }

    fn reload(&self) -> Result<bool, BuildError> {
        let files = Files::read(&self.settings)?;
        if files.fingerprint() == self.link.load().fingerprint {
            return Ok(false);
        }
        self.link.store(Arc::new(Link::build(&self.settings, &files, self.clock.now())?));
        self.warned_at.store(i64::MIN, Ordering::Relaxed);
        self.breaker.close();
        Ok(true)
    }

    /// Warns, once a day, from 30 days before the end of the certificate.
    fn watch_expiry(&self, now: Timestamp) {
        let Some(expires_at) = self.link.load().expires_at else { return };
        if expires_at.duration_since(now) <= WARNING && is_due(&self.warned_at, now, WARN_EVERY) {
            tracing::warn!(section = self.settings.section, %expires_at, "the certificate for Sistema TS ends soon: ask for a new one");
        }
    }
}

/// Whether `every` has passed since `last`, which is then set to `now`; true for one of several callers at once.
fn is_due(last: &AtomicI64, now: Timestamp, every: SignedDuration) -> bool {
    let now = now.as_millisecond();
    let every = i64::try_from(every.as_millis()).unwrap_or(i64::MAX);
    let due = |last: i64| (now.saturating_sub(last) >= every).then_some(now);
    last.fetch_update(Ordering::Relaxed, Ordering::Relaxed, due).is_ok()
}
