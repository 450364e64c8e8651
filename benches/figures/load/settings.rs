//! How much is asked of the desk; all of it can be shortened in the environment, to try the program itself.

use std::time::Duration;

use crate::bulk::number;

/// What the environment says, and what is usual.
pub struct Settings {
    /// `LOAD_OPERATORS`.
    pub operators: usize,
    /// `LOAD_MINUTES`: how long all of them work.
    minutes: i64,
    /// `LOAD_CALL_SECONDS`: from one call of an operator to the next.
    pub call: Duration,
    /// `LOAD_FAST_CALLS`: how many calls are taken as fast as it goes.
    pub fast_calls: usize,
    /// `LOAD_AT_ONCE`: by how many operators at once.
    pub at_once: usize,
    /// `LOAD_ENTRIES`: of the registers, in the second database. 0: there is none.
    pub entries: i64,
    /// `LOAD_CASES`: of a year, in the second database.
    pub cases: i64,
    /// Whether there is a second database.
    pub is_full_too: bool,
}

/// Of which part.
#[derive(Clone, Copy)]
pub enum Minutes {
    /// While a part of the operators works.
    Some,
    /// While all of them do.
    All,
}

const OPERATORS: i64 = 1_000;
const MINUTES: i64 = 10;
/// Three minutes for a call, and a breath: five calls begin each second.
const CALL_SECONDS: i64 = 200;
const FAST_CALLS: i64 = 5_000;
const AT_ONCE: i64 = 64;
const ENTRIES: i64 = 10_000_000;
const CASES: i64 = 2_000_000;
const OF_THE_SECOND: [&str; 2] = ["LOAD_ENTRIES", "LOAD_CASES"];
const VARIABLES: [(&str, i64); 7] = [
    ("LOAD_OPERATORS", OPERATORS),
    ("LOAD_MINUTES", MINUTES),
    ("LOAD_CALL_SECONDS", CALL_SECONDS),
    ("LOAD_FAST_CALLS", FAST_CALLS),
    ("LOAD_AT_ONCE", AT_ONCE),
    ("LOAD_ENTRIES", ENTRIES),
    ("LOAD_CASES", CASES),
];

impl Settings {
    /// Reads them.
    pub fn read() -> Self {
        let [operators, minutes, call, fast_calls, at_once, entries, cases] =
            VARIABLES.map(|(name, usual)| number(name, usual).max(0));
        let count = |number: i64| usize::try_from(number).unwrap_or_default().max(1);
        Self {
            operators: count(operators).max(4),
            minutes,
            call: Duration::from_secs(call.max(1).unsigned_abs()),
            fast_calls: count(fast_calls),
            at_once: count(at_once),
            entries,
            cases,
            is_full_too: entries > 0,
        }
    }

    /// Whether nothing is shortened; the second database may be left out, as the rows then show.
    pub fn is_whole() -> bool {
        let is_usual = |(name, usual): &(&str, i64)| number(name, *usual) == *usual;
        VARIABLES.iter().filter(|(name, _)| !OF_THE_SECOND.contains(name)).all(is_usual)
    }

    /// How long a part takes. A fifth of the time is enough to see what a request costs.
    pub fn minutes(&self, minutes: Minutes) -> Duration {
        let all = Duration::from_mins(self.minutes.unsigned_abs());
        match minutes {
            Minutes::Some => all / 5,
            Minutes::All => all,
        }
    }

    /// For the document.
    pub fn told(&self) -> String {
        let Self { operators, minutes, fast_calls, .. } = self;
        let call = self.call.as_secs();
        format!(
            "{operators} operators, each a call every {call} s, for {minutes} minutes; then {fast_calls} calls as fast as \
             it goes."
        )
    }
}
