//! The running application, handed to every handler.

use std::{fmt, ops::Deref, sync::Arc};

use tokio::sync::Semaphore;
use tokio_util::task::TaskTracker;

use super::{
    bounds::Bounds, clock::Clock, config::Config, geoip::Geoip, health::Readiness, random::Random, secrets::Secrets,
    upstream::Queues,
};
use crate::{
    domain::operator::Queue,
    features::{accounts::passwords::Passwords, requests::in_flight::InFlight},
    sandbox::Running,
    sistema_ts::{Asl, Exemptions, SistemaTs, Swabs, client::Client},
    storage::Db,
};

/// Shared by all requests; cheap to clone.
#[derive(Clone)]
pub struct AppState(Arc<Inner>);

/// What the application is made of.
pub struct Inner {
    /// The configuration, checked.
    pub config: Config,
    /// The time.
    pub clock: Clock,
    /// Randomness.
    pub random: Random,
    /// Out of which every key is derived.
    pub secrets: Secrets,
    /// Password hashing.
    pub passwords: Passwords,
    /// What is kept.
    pub db: Db,
    /// Where addresses are.
    pub geoip: Geoip,
    /// The client of Sistema TS.
    pub sistema_ts: SistemaTs,
    /// The clients of the other queues.
    pub queues: Queues,
    /// The simulated Sistema TS, where the desk runs against it.
    pub sandbox: Option<Running>,
    /// How many requests are answered.
    pub bounds: Bounds,
    /// The steps that are being carried out.
    pub in_flight: InFlight,
    /// Who counts a period, which may keep the database busy: one at a time.
    pub reports: Semaphore,
    /// Whether the database takes what is written, as last found out.
    pub readiness: Readiness,
    /// What must come to its end before the process does.
    pub tasks: TaskTracker,
}

impl AppState {
    /// Wraps the parts.
    #[must_use]
    pub fn new(inner: Inner) -> Self {
        Self(Arc::new(inner))
    }

    /// The clients of all queues.
    pub fn clients(&self) -> impl Iterator<Item = &Client> {
        Queue::ALL.iter().filter_map(|queue| self.client_of(*queue))
    }

    /// The client of a queue; none where it is not configured.
    #[must_use]
    pub fn client_of(&self, queue: Queue) -> Option<&Client> {
        let Queues { swabs, asl, exemptions } = &self.queues;
        match queue {
            Queue::Immuni => Some(self.sistema_ts.client()),
            Queue::Swabs => swabs.as_ref().map(Swabs::client),
            Queue::Asl => asl.as_ref().map(Asl::client),
            Queue::Exemptions => exemptions.as_ref().map(Exemptions::client),
        }
    }
}

impl Deref for AppState {
    type Target = Inner;

    fn deref(&self) -> &Inner {
        &self.0
    }
}

/// Holds secrets, so nothing is printed.
impl fmt::Debug for AppState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AppState(…)")
    }
}
