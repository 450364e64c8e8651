//! Where the time comes from. Everything that depends on it takes a [`Clock`] or a [`Timestamp`].

use std::sync::{
    Arc, LazyLock,
    atomic::{AtomicI64, Ordering},
};

use jiff::{SignedDuration, Timestamp, civil::Date, tz::TimeZone};

/// The system's clock, or one that tests turn.
#[derive(Clone, Debug, Default)]
pub struct Clock {
    /// Milliseconds since 1970 of a turned clock; none for the system's.
    turned: Option<Arc<AtomicI64>>,
}

impl Clock {
    /// The system's clock.
    #[must_use]
    pub fn system() -> Self {
        Self::default()
    }

    /// A clock that stands at `start` until it is turned.
    #[must_use]
    pub fn standing_at(start: Timestamp) -> Self {
        Self { turned: Some(Arc::new(AtomicI64::new(start.as_millisecond()))) }
    }

    /// Turns a standing clock; the system's clock stays as it is.
    pub fn advance(&self, by: SignedDuration) {
        if let Some(turned) = &self.turned {
            turned.fetch_add(i64::try_from(by.as_millis()).unwrap_or(i64::MAX), Ordering::SeqCst);
        }
    }

    /// Now.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        #[expect(clippy::disallowed_methods, reason = "the one place that reads the system's clock")]
        self.turned.as_ref().map_or_else(Timestamp::now, |turned| {
            Timestamp::from_millisecond(turned.load(Ordering::SeqCst)).unwrap_or(Timestamp::UNIX_EPOCH)
        })
    }

    /// Now, in milliseconds since 1970, as stored.
    #[must_use]
    pub fn now_ms(&self) -> i64 {
        self.now().as_millisecond()
    }

    /// Today in Europe/Rome.
    #[must_use]
    pub fn today(&self) -> Date {
        self.now().to_zoned(rome()).date()
    }
}

/// Looked up once: a page shows several times.
static ROME: LazyLock<TimeZone> = LazyLock::new(|| TimeZone::get("Europe/Rome").unwrap_or(TimeZone::UTC));

/// The time zone of the service and of every time shown.
#[must_use]
pub fn rome() -> TimeZone {
    ROME.clone()
}
