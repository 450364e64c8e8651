//! What was seen of the desk: how long each step took, what went wrong, what it cost.

use std::{collections::BTreeMap, time::Duration};

use parking_lot::Mutex;

use crate::{Outcome, numbers::quantile};

/// What an operator waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Step {
    /// Password and PIN, to the desk.
    SignIn,
    /// A case is opened.
    Open,
    /// Verifica positività.
    Verify,
    /// Sblocco codice.
    Unlock,
    /// Conferma sblocco.
    Confirm,
    /// The case is closed.
    Close,
    /// The page after each of them.
    Page,
}

impl Step {
    /// Those of a call, in its order, and the pages between them.
    pub const OF_A_CALL: [Self; 6] = [Self::Open, Self::Verify, Self::Unlock, Self::Confirm, Self::Close, Self::Page];

    /// As it is told.
    pub const fn word(self) -> &'static str {
        match self {
            Self::SignIn => "sign-in",
            Self::Open => "open",
            Self::Verify => "verify",
            Self::Unlock => "unlock",
            Self::Confirm => "confirm",
            Self::Close => "close",
            Self::Page => "page after a step",
        }
    }

    /// Whether it calls a service, so that the floor of a verification is its own.
    pub const fn calls(self) -> bool {
        matches!(self, Self::Verify | Self::Unlock | Self::Confirm)
    }
}

/// Median and 99th percentile, in milliseconds.
#[derive(Clone, Copy)]
pub struct Taken {
    /// Half took no longer.
    pub median: f64,
    /// One in a hundred took longer.
    pub worst: f64,
}

impl Taken {
    /// Of so many seconds each.
    pub fn of(seconds: &[f64]) -> Self {
        Self { median: quantile(seconds, 0.5) * 1e3, worst: quantile(seconds, 0.99) * 1e3 }
    }
}

/// Times and errors, while they come.
#[derive(Default)]
pub struct Tally {
    times: Mutex<BTreeMap<Step, Vec<f64>>>,
    errors: Mutex<Vec<String>>,
}

impl Tally {
    /// How long a step took.
    pub fn took(&self, step: Step, took: Duration) {
        self.times.lock().entry(step).or_default().push(took.as_secs_f64());
    }

    /// What went wrong, if anything did. Whether it went well.
    pub fn note(&self, done: Outcome<()>) -> bool {
        let error = done.err();
        let is_well = error.is_none();
        self.errors.lock().extend(error.map(|error| error.to_string()));
        is_well
    }

    /// Of one kind.
    pub fn taken(&self, step: Step) -> Taken {
        Taken::of(self.times.lock().get(&step).map_or(&[], Vec::as_slice))
    }

    /// How many of one kind.
    pub fn count(&self, step: Step) -> usize {
        self.times.lock().get(&step).map_or(0, Vec::len)
    }

    /// How many requests that is in all.
    pub fn requests(&self) -> usize {
        self.times.lock().values().map(Vec::len).sum()
    }

    /// What went wrong.
    pub fn errors(&self) -> Vec<String> {
        self.errors.lock().clone()
    }
}

/// Work that is over.
pub struct Worked {
    /// What was seen.
    pub tally: Tally,
    /// How long it took.
    pub took: Duration,
    /// Processor time of the desk, in seconds.
    pub cpu: f64,
    /// Its resident memory after each minute, and at the end, in MB.
    pub memory: Vec<f64>,
    /// The floor of a verification, measured in between; nothing where it was not.
    pub floor: Vec<f64>,
}

impl Worked {
    /// Processor time of the desk for a request, in milliseconds.
    #[expect(clippy::cast_precision_loss, reason = "thousands")]
    pub fn cpu_per_request(&self) -> f64 {
        self.cpu * 1e3 / self.tally.requests() as f64
    }

    /// So many of a kind each second.
    #[expect(clippy::cast_precision_loss, reason = "thousands")]
    pub fn per_second(&self, count: usize) -> f64 {
        count as f64 / self.took.as_secs_f64()
    }

    /// For who waits.
    pub fn told(&self) -> String {
        let memory: Vec<_> = self.memory.iter().map(|memory| format!("{memory:.1}")).collect();
        format!(
            "{} requests, {} calls closed, {} errors in {} s; {:.3} ms CPU each; MB: {}",
            self.tally.requests(),
            self.tally.count(Step::Close),
            self.tally.errors().len(),
            self.took.as_secs(),
            self.cpu_per_request(),
            memory.join(" "),
        )
    }
}
