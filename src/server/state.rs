//! The running application, handed to every handler.

use std::{fmt, ops::Deref, sync::Arc};

use super::{clock::Clock, config::Config, random::Random, secrets::Secrets};
use crate::{features::accounts::passwords::Passwords, storage::Db};

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
}

impl AppState {
    /// Wraps the parts.
    #[must_use]
    pub fn new(inner: Inner) -> Self {
        Self(Arc::new(inner))
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
