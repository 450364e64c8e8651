//! How many calls of one way to the services are in flight at once, and the queue before them.
//!
//! The queue is fair: who came first is sent first, whatever service is called, and one who stops waiting leaves the
//! queue. Each way has a gate of its own, so that a family of services that is slow holds up no other; an operator has one
//! request at a time in a case, so that nobody fills the queue alone. A call that has waited too long has certainly not
//! been sent.

use std::{fmt, time::Duration};

use tokio::{
    sync::{Semaphore, SemaphorePermit},
    time::{Instant, timeout},
};

use super::settings::Settings;

const IN_FLIGHT: &str = "centralino_upstream_in_flight";
const WAITING: &str = "centralino_upstream_waiting";
const WAITED: &str = "centralino_upstream_wait_duration_seconds";

/// The gate of one way.
pub(super) struct Gate {
    section: &'static str,
    free: Semaphore,
    patience: Duration,
}

/// Leave to be in flight; it ends with this value.
pub(super) struct Pass<'a> {
    _place: SemaphorePermit<'a>,
    _counted: Counted,
}

impl fmt::Debug for Gate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Gate(…)")
    }
}

impl Gate {
    pub(super) fn new(settings: &Settings) -> Self {
        let free = Semaphore::new(settings.most_in_flight.min(Semaphore::MAX_PERMITS));
        Self { section: settings.section, free, patience: settings.queue_patience() }
    }

    /// Waits for a place; none if there was none in time.
    pub(super) async fn pass(&self) -> Option<Pass<'_>> {
        let (since, waiting) = (Instant::now(), Counted::one(WAITING, self.section));
        let place = timeout(self.patience, self.free.acquire()).await;
        drop(waiting);
        metrics::histogram!(WAITED, "section" => self.section).record(since.elapsed().as_secs_f64());
        Some(Pass { _place: place.ok()?.ok()?, _counted: Counted::one(IN_FLIGHT, self.section) })
    }
}

/// One more of what a figure tells, for as long as it lasts.
struct Counted {
    figure: &'static str,
    section: &'static str,
}

impl Counted {
    fn one(figure: &'static str, section: &'static str) -> Self {
        metrics::gauge!(figure, "section" => section).increment(1);
        Self { figure, section }
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        metrics::gauge!(self.figure, "section" => self.section).decrement(1);
    }
}
