//! Calls of Sistema TS counted by the minute, with how long they took: numbers alone, nothing of a call.

use super::service::{OutcomeClass, Service};

/// Calls of one service in one minute that ended alike and took about as long.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Calls {
    /// When the minute began, milliseconds since 1970.
    pub minute: i64,
    /// Which service.
    pub service: Service,
    /// How they ended.
    pub class: OutcomeClass,
    /// How many milliseconds they took at most: one of the bounds, see [`up_to`].
    pub up_to: i64,
    /// How many.
    pub number: i64,
}

/// What is longer than the last bound stands as this.
const LONGER: i64 = 60_000;
/// Bounds of durations, in milliseconds: no two further apart than half as much again, but for the shortest.
const BOUNDS: [i64; 22] = [
    10, 20, 30, 50, 75, 100, 150, 200, 300, 400, 500, 750, 1000, 1500, 2000, 3000, 4000, 5000, 7500, 10_000, 15_000,
    25_000,
];

/// The bound under which a duration counts. Milliseconds.
#[must_use]
pub fn up_to(took: i64) -> i64 {
    BOUNDS.into_iter().find(|bound| took <= *bound).unwrap_or(LONGER)
}

/// The minute of an instant. Milliseconds since 1970.
#[must_use]
pub const fn minute_of(at: i64) -> i64 {
    at - at.rem_euclid(60_000)
}

/// The bound that `percent` of these calls did not exceed, by the nearest rank; none without a call.
#[must_use]
pub fn percentile(calls: &[Calls], percent: i64) -> Option<i64> {
    let mut bounds: Vec<_> = calls.iter().map(|calls| (calls.up_to, calls.number)).collect();
    bounds.sort_unstable();
    let among: i64 = bounds.iter().map(|(_, number)| number).sum();
    let mut rank = 0;
    let reaches = |(_, number): &(i64, i64)| {
        rank += number;
        rank * 100 >= among * percent
    };
    bounds.into_iter().filter(|(_, number)| *number > 0).find(reaches).map(|(bound, _)| bound)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn calls(took: i64, number: i64) -> Calls {
        Calls { minute: 0, service: Service::Verify, class: OutcomeClass::Done, up_to: up_to(took), number }
    }

    #[test]
    fn a_duration_counts_under_the_next_bound() {
        assert_eq!([0, 10, 11, 120, 25_000, 25_001].map(up_to), [10, 10, 20, 150, 25_000, LONGER]);
        assert_eq!((minute_of(119_999), minute_of(120_000)), (60_000, 120_000));
    }

    #[test]
    fn percentiles_are_bounds_that_were_kept() {
        assert_eq!(percentile(&[], 50), None);
        let some = [calls(1, 90), calls(280, 6), calls(14_000, 4)];
        assert_eq!(
            [50, 90, 91, 95, 96, 97, 100].map(|percent| percentile(&some, percent)),
            [Some(10), Some(10), Some(300), Some(300), Some(300), Some(15_000), Some(15_000),]
        );
        assert_eq!(percentile(&[calls(1, 0), calls(120, 1)], 50), Some(150));
    }
}
