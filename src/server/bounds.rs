//! How many requests somebody may make in a minute (ASVS 5.0, 2.4.1): an operator, an address, and of the sign-ins, each
//! of which costs a hash, an address. Far more than work makes, far less than a program can.
//!
//! Each instance counts by itself: what is protected are its own threads and its share of the database. What must hold
//! across instances, how often a secret can be guessed, is counted in the database (`storage::attempts`).

use std::{hash::Hash, num::NonZeroU32};

use axum::{
    Extension,
    extract::{Request, State},
    http::{Method, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter, clock::Clock as _};
use ipnet::IpNet;

use super::{
    config::Limits,
    health,
    source::{client_of, network},
    state::AppState,
};
use crate::domain::operator::OperatorId;

/// The paths at which a password is hashed, without a session.
const HASHING: [&str; 2] = ["/login", "/activate/"];

/// How many entries a minute the register has of an operator who is turned away, for each reason.
const MOST_ENTRIES: u32 = 5;

/// The buckets of an instance.
pub struct Bounds {
    operators: Bucket<String>,
    addresses: Bucket<IpNet>,
    sign_ins: Bucket<IpNet>,
    entries: Bucket<(String, &'static str)>,
}

/// More requests than the bound: another one may be made after so many seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TooMany {
    /// Rounded up.
    pub seconds: u64,
}

/// The page is made by `error_pages`.
impl IntoResponse for TooMany {
    fn into_response(self) -> Response {
        let after = [(header::RETRY_AFTER, self.seconds.to_string())];
        (StatusCode::TOO_MANY_REQUESTS, after, Extension(self)).into_response()
    }
}

impl Bounds {
    /// As they are configured.
    #[must_use]
    pub fn new(limits: &Limits) -> Self {
        Self {
            operators: Bucket::new(limits.requests_per_operator),
            addresses: Bucket::new(limits.requests_per_address),
            sign_ins: Bucket::new(limits.sign_ins_per_address),
            entries: Bucket::new(MOST_ENTRIES),
        }
    }

    /// Counts a request of an operator.
    pub fn operator(&self, operator: &OperatorId) -> Result<(), TooMany> {
        self.operators.take(&operator.0)
    }

    /// Whether one more entry may be written of an operator who was turned away for a reason.
    pub fn may_be_entered(&self, operator: &str, reason: &'static str) -> bool {
        self.entries.take(&(operator.to_owned(), reason)).is_ok()
    }

    /// Forgets who has made none for a while.
    pub fn forget(&self) {
        self.operators.forget();
        self.addresses.forget();
        self.sign_ins.forget();
        self.entries.forget();
    }
}

/// A bucket a key, filled up evenly; none where nothing is bounded.
struct Bucket<K: Clone + Hash + Eq>(Option<DefaultKeyedRateLimiter<K>>);

impl<K: Clone + Hash + Eq> Bucket<K> {
    fn new(a_minute: u32) -> Self {
        Self(NonZeroU32::new(a_minute).map(|most| RateLimiter::keyed(Quota::per_minute(most))))
    }

    fn take(&self, key: &K) -> Result<(), TooMany> {
        let Some(limiter) = &self.0 else { return Ok(()) };
        limiter.check_key(key).map_err(|until| {
            let wait = until.wait_time_from(limiter.clock().now());
            TooMany { seconds: wait.as_secs() + 1 }
        })
    }

    fn forget(&self) {
        if let Some(limiter) = &self.0 {
            limiter.retain_recent();
        }
    }
}

/// Counts a request at the address that it comes from, by the word of trusted proxies alone. This machine's own requests,
/// probes and files of the site are not counted.
pub async fn layer(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let path = request.uri().path();
    let is_free = path.starts_with("/v-") || health::ROUTES.contains(&path);
    let client = client_of(request.extensions(), request.headers(), &state.config.server);
    let address = client.filter(|client| !is_free && !client.is_loopback()).and_then(network);
    if let Some(address) = address {
        let hashes = request.method() == Method::POST && HASHING.iter().any(|hashing| path.starts_with(hashing));
        let mut taken = state.bounds.addresses.take(&address);
        if hashes {
            taken = taken.and(state.bounds.sign_ins.take(&address));
        }
        if let Err(too_many) = taken {
            return too_many.into_response();
        }
    }
    next.run(request).await
}
