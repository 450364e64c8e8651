//! Counts calls in memory until somebody takes the numbers away: no call waits for them to be written.

use std::collections::HashMap;

use jiff::Timestamp;
use parking_lot::Mutex;

use crate::domain::{
    service::{OutcomeClass, Service},
    tally::{Calls, minute_of, up_to},
};

/// How many different numbers are kept at most, should nobody take them: some hours of a bad day.
const MOST: usize = 50_000;

type Key = (i64, Service, OutcomeClass, i64);

/// The numbers that nobody has taken yet.
#[derive(Debug, Default)]
pub(super) struct Tally(Mutex<HashMap<Key, i64>>);

impl Tally {
    /// One more call.
    pub(super) fn count(&self, at: Timestamp, service: Service, class: OutcomeClass, took_ms: i64) {
        self.add((minute_of(at.as_millisecond()), service, class, up_to(took_ms)), 1);
    }

    fn add(&self, key: Key, number: i64) {
        let mut numbers = self.0.lock();
        if numbers.len() < MOST || numbers.contains_key(&key) {
            *numbers.entry(key).or_default() += number;
        }
    }

    /// All of them, which begin anew at nought.
    pub(super) fn take(&self) -> Vec<Calls> {
        let numbers = std::mem::take(&mut *self.0.lock());
        let calls = |((minute, service, class, up_to), number)| Calls { minute, service, class, up_to, number };
        numbers.into_iter().map(calls).collect()
    }

    /// Puts back what could not be written.
    pub(super) fn put_back(&self, calls: Vec<Calls>) {
        for Calls { minute, service, class, up_to, number } in calls {
            self.add((minute, service, class, up_to), number);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_taken_is_gone_and_what_is_put_back_is_there_again() {
        let tally = Tally::default();
        let at = |second| Timestamp::from_second(second).unwrap();
        for second in [0, 59, 60] {
            tally.count(at(second), Service::Verify, OutcomeClass::Done, 7);
        }
        let numbers = |calls: &[Calls]| {
            let mut numbers: Vec<_> = calls.iter().map(|calls| (calls.minute, calls.up_to, calls.number)).collect();
            numbers.sort_unstable();
            numbers
        };
        let taken = tally.take();
        assert_eq!(numbers(&taken), [(0, 10, 2), (60_000, 10, 1)]);
        assert!(tally.take().is_empty());
        tally.count(at(61), Service::Verify, OutcomeClass::Done, 9);
        tally.put_back(taken);
        assert_eq!(numbers(&tally.take()), [(0, 10, 2), (60_000, 10, 2)]);
    }
}
