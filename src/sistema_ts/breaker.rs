//! The circuit breaker: after some technical failures in a row no call is sent for a while, so that nobody waits for
//! an answer that will not come, and the services get up in peace.
//!
//! It looks at what the network did and at nothing else. A refusal is an answer, and so is a message that can't be
//! trusted: both close the circuit. A call that it holds back has certainly not been sent; one that was sent keeps the
//! class that it ended in.

use std::{collections::VecDeque, fmt};

use jiff::{SignedDuration, Timestamp};
use parking_lot::Mutex;

use super::{outcome::Outcome, reasons::FailureReason, settings::Settings};
use crate::domain::operator::words;

/// Within which time the failures in a row must lie.
const WITHIN: SignedDuration = SignedDuration::from_secs(30);

/// How the circuit stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Circuit {
    /// Calls are sent.
    Closed,
    /// Calls are held back.
    Open {
        /// Until when.
        until: Timestamp,
        /// How the last of them failed.
        why: FailureReason,
    },
    /// The next call is sent and shows whether the services answer; others are held back until it has ended.
    HalfOpen {
        /// How the last call failed.
        why: FailureReason,
    },
}

words! {
    /// The words for it.
    CircuitState {
        /// Calls are sent.
        Closed = "closed",
        /// Calls are held back.
        Open = "open",
        /// One call is tried.
        HalfOpen = "half_open",
    }
}

impl Circuit {
    /// Its word.
    #[must_use]
    pub const fn state(self) -> CircuitState {
        match self {
            Self::Closed => CircuitState::Closed,
            Self::Open { .. } => CircuitState::Open,
            Self::HalfOpen { .. } => CircuitState::HalfOpen,
        }
    }
}

enum State {
    /// When the last calls failed, none having been answered since.
    Closed(VecDeque<Timestamp>),
    Open {
        until: Timestamp,
        why: FailureReason,
    },
    Probing {
        why: FailureReason,
    },
}

/// What a call tells of the network.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Sign {
    /// Something was answered.
    Answer,
    /// The network, or a gateway for the service, failed.
    Failure(FailureReason),
    /// Nothing was tried.
    Nothing,
}

fn sign_of<T>(outcome: &Outcome<T>) -> Sign {
    use FailureReason as Why;
    let reason = match outcome {
        Outcome::Done(_) | Outcome::Refused(_) => return Sign::Answer,
        Outcome::NotSent(failure) | Outcome::Uncertain(failure) => failure.reason,
    };
    match reason {
        Why::Dns
        | Why::Connect
        | Why::ConnectTimeout
        | Why::ProxyRefused
        | Why::Tls
        | Why::ServerCertificate
        | Why::ClientCertificate
        | Why::Timeout
        | Why::Reset
        // A fault of the service has a reason of its own: this is what a gateway says.
        | Why::HttpStatus(500..) => Sign::Failure(reason),
        Why::CertificateExpired | Why::Unbuildable | Why::CircuitOpen | Why::Busy => Sign::Nothing,
        Why::HttpStatus(_)
        | Why::NotXml
        | Why::Encoding
        | Why::Malformed
        | Why::TooLarge
        | Why::WrongOperation
        | Why::WrongNamespace
        | Why::DuplicateField
        | Why::UnknownEsito
        | Why::MissingTransaction
        | Why::UnreadableTransaction
        | Why::UnreadableField
        | Why::ServiceFault
        | Why::WrongCun
        | Why::Closure(_) => Sign::Answer,
    }
}

/// The breaker of one way to the services.
pub(super) struct Breaker {
    /// How many failures in a row open it; 0 never does.
    most: usize,
    /// For how long.
    pause: SignedDuration,
    /// The section of the configuration that says whom it holds back from.
    section: &'static str,
    state: Mutex<State>,
}

/// Leave to send one call. Dropped without an end, a call that was tried makes room for another.
pub(super) struct Leave<'a> {
    breaker: &'a Breaker,
    since: Timestamp,
    is_probe: bool,
}

impl fmt::Debug for Breaker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Breaker(…)")
    }
}

impl Breaker {
    pub(super) fn new(settings: &Settings) -> Self {
        let pause = SignedDuration::from_secs(i64::from(settings.breaker_seconds));
        let most = usize::try_from(settings.breaker_failures).unwrap_or(usize::MAX);
        Self { most, pause, section: settings.section, state: Mutex::new(State::Closed(VecDeque::new())) }
    }

    /// How it stands.
    pub(super) fn circuit(&self, now: Timestamp) -> Circuit {
        match *self.state.lock() {
            State::Closed(_) => Circuit::Closed,
            State::Open { until, why } if now < until => Circuit::Open { until, why },
            State::Open { why, .. } | State::Probing { why } => Circuit::HalfOpen { why },
        }
    }

    /// Leave to send a call; none while calls are held back.
    pub(super) fn leave(&self, now: Timestamp) -> Option<Leave<'_>> {
        let mut state = self.state.lock();
        let is_probe = match *state {
            State::Closed(_) => false,
            State::Open { until, why } if now >= until => {
                *state = State::Probing { why };
                true
            }
            State::Open { .. } | State::Probing { .. } => return None,
        };
        Some(Leave { breaker: self, since: now, is_probe })
    }

    /// Begins anew: something that may have been the reason has changed.
    pub(super) fn close(&self) {
        let before = std::mem::replace(&mut *self.state.lock(), State::Closed(VecDeque::new()));
        if !matches!(before, State::Closed(_)) {
            tracing::info!(section = self.section, "Sistema TS is called again");
        }
    }

    fn open(&self, state: &mut State, why: FailureReason, now: Timestamp) {
        let until = now.saturating_add(self.pause).unwrap_or(now);
        if matches!(state, State::Closed(_)) {
            metrics::counter!("centralino_upstream_circuit_opened_total", "section" => self.section).increment(1);
            tracing::warn!(section = self.section, reason = why.word(), %until, "Sistema TS does not answer: no call is sent for a while");
        }
        *state = State::Open { until, why };
    }

    fn failed(&self, why: FailureReason, is_probe: bool, now: Timestamp) {
        let mut state = self.state.lock();
        let is_enough = match &mut *state {
            State::Closed(failures) => {
                failures.push_back(now);
                failures.retain(|at| now.duration_since(*at) <= WITHIN);
                self.most > 0 && failures.len() >= self.most
            }
            // What was sent before, and fails only now, says nothing new.
            State::Open { .. } => false,
            State::Probing { .. } => is_probe,
        };
        if is_enough {
            self.open(&mut state, why, now);
        }
    }

    /// A call that was to show whether the services answer was not tried.
    fn give_back(&self, since: Timestamp) {
        let mut state = self.state.lock();
        if let State::Probing { why } = *state {
            *state = State::Open { until: since, why };
        }
    }
}

impl Leave<'_> {
    /// The call has ended.
    pub(super) fn ended<T>(mut self, outcome: &Outcome<T>, now: Timestamp) {
        match sign_of(outcome) {
            Sign::Answer => self.breaker.close(),
            Sign::Failure(why) => self.breaker.failed(why, self.is_probe, now),
            Sign::Nothing => return,
        }
        self.is_probe = false;
    }
}

impl Drop for Leave<'_> {
    fn drop(&mut self) {
        if self.is_probe {
            self.breaker.give_back(self.since);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sistema_ts::{
        outcome::{Failure, Refusal},
        reasons::RefusalReason,
    };

    const RESET: FailureReason = FailureReason::Reset;

    fn breaker(failures: u32) -> Breaker {
        Breaker::new(&Settings { breaker_failures: failures, breaker_seconds: 10, ..Settings::default() })
    }

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_second(1_610_269_200 + seconds).unwrap()
    }

    fn uncertain(reason: FailureReason) -> Outcome<()> {
        Outcome::Uncertain(Failure::from(reason))
    }

    /// A call that is sent and ends like this; false where it is held back.
    fn call(breaker: &Breaker, outcome: &Outcome<()>, seconds: i64) -> bool {
        let leave = breaker.leave(at(seconds));
        leave.map(|leave| leave.ended(outcome, at(seconds))).is_some()
    }

    #[test]
    fn it_opens_after_failures_in_a_row_and_closes_with_an_answer() {
        let breaker = breaker(3);
        for second in 0..2 {
            assert!(call(&breaker, &uncertain(RESET), second));
        }
        assert_eq!(breaker.circuit(at(1)), Circuit::Closed);
        assert!(call(&breaker, &uncertain(FailureReason::Timeout), 2));
        let open = Circuit::Open { until: at(12), why: FailureReason::Timeout };
        assert_eq!(breaker.circuit(at(11)), open);
        assert!(!call(&breaker, &Outcome::Done(()), 11), "held back");
        assert_eq!(breaker.circuit(at(12)), Circuit::HalfOpen { why: FailureReason::Timeout });
        assert!(call(&breaker, &uncertain(RESET), 12), "one is tried");
        assert_eq!(breaker.circuit(at(12)), Circuit::Open { until: at(22), why: RESET });
        let probe = breaker.leave(at(22)).unwrap();
        assert!(breaker.leave(at(23)).is_none(), "one at a time");
        probe.ended(&Outcome::Done(()), at(24));
        assert_eq!(breaker.circuit(at(24)), Circuit::Closed);
        assert!(call(&breaker, &uncertain(RESET), 24) && call(&breaker, &uncertain(RESET), 25));
        assert_eq!(breaker.circuit(at(25)), Circuit::Closed, "it counts anew");
    }

    #[test]
    fn an_answer_of_any_kind_begins_the_row_anew() {
        let no = Outcome::Refused(Refusal::from(RefusalReason::Esito));
        let odd =
            [FailureReason::Malformed, FailureReason::ServiceFault, FailureReason::HttpStatus(302)].map(uncertain);
        for answer in [Outcome::Done(()), no].iter().chain(&odd) {
            let breaker = breaker(2);
            for second in 0..6 {
                let outcome = if second % 2 == 0 { &uncertain(RESET) } else { answer };
                assert!(call(&breaker, outcome, second), "{answer:?}");
            }
            assert_eq!(breaker.circuit(at(6)), Circuit::Closed, "{answer:?}");
        }
        let breaker = breaker(1);
        assert!(call(&breaker, &uncertain(FailureReason::HttpStatus(503)), 0));
        assert!(matches!(breaker.circuit(at(1)), Circuit::Open { .. }));
    }

    #[test]
    fn failures_far_apart_and_calls_that_were_not_tried_do_not_count() {
        let breaker = breaker(2);
        for second in [0, 31, 62, 93] {
            assert!(call(&breaker, &uncertain(RESET), second));
            assert!(call(&breaker, &Outcome::NotSent(FailureReason::CertificateExpired.into()), second));
        }
        assert_eq!(breaker.circuit(at(93)), Circuit::Closed);
        assert!(call(&breaker, &uncertain(RESET), 123));
        assert!(matches!(breaker.circuit(at(123)), Circuit::Open { .. }), "30 s after the last one");
    }

    #[test]
    fn it_can_be_switched_off() {
        let breaker = breaker(0);
        assert!((0..100).all(|_| call(&breaker, &uncertain(RESET), 0)));
    }

    #[test]
    fn a_try_that_is_dropped_or_came_to_nothing_makes_room_for_another() {
        let breaker = breaker(1);
        assert!(call(&breaker, &uncertain(RESET), 0));
        drop(breaker.leave(at(10)).unwrap());
        let expired = Outcome::NotSent(FailureReason::CertificateExpired.into());
        assert!(call(&breaker, &expired, 11) && call(&breaker, &expired, 11));
        assert!(matches!(breaker.circuit(at(11)), Circuit::HalfOpen { .. }));
    }

    #[test]
    fn what_was_sent_before_it_opened_changes_little_afterwards() {
        let breaker = breaker(1);
        let (late_no, late_yes) = (breaker.leave(at(0)).unwrap(), breaker.leave(at(0)).unwrap());
        assert!(call(&breaker, &uncertain(RESET), 1));
        late_no.ended(&uncertain(RESET), at(5));
        assert_eq!(breaker.circuit(at(5)), Circuit::Open { until: at(11), why: RESET }, "no longer than it was");
        late_yes.ended(&Outcome::Done(()), at(6));
        assert_eq!(breaker.circuit(at(6)), Circuit::Closed, "an answer is an answer");
    }
}
