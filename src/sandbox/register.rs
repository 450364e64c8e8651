//! What this Sistema TS knows, in memory alone: tests, patients, verifications, operators.
//!
//! As the original demands, who a CUN belongs to lies in a store of its own, and a confirmation deletes it from there
//! irreversibly (seed 003, 2.5). Neither an OTP nor a symptom date has a place here.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use jiff::{ToSpan as _, civil::Date};
use serde::Serialize;

use super::demo::{self, Scenario};
use crate::domain::fiscal_code::FiscalCode;

/// Days that a CUN lasts after the test was communicated, the last included (seed 003, 2.4.1.1, does not say whether).
const DAYS_OF_CUN: i64 = 14;

/// A test that was communicated.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Test {
    pub(super) scenario: Scenario,
    pub(super) is_positive: bool,
    pub(super) sampled_on: Date,
    pub(super) communicated_on: Date,
    /// Whether an unlock was confirmed.
    pub(super) is_used: bool,
    /// How many requests named it, by service.
    pub(super) calls: BTreeMap<&'static str, u32>,
}

/// An ID Verifica Tampone and what it stands for.
pub(super) struct Verification {
    pub(super) cun: String,
    /// The operator who obtained it; none if that is someone of another desk.
    pub(super) operator: Option<String>,
    pub(super) is_unlocked: bool,
}

/// Everything that is known.
#[derive(Default)]
pub(super) struct Register {
    pub(super) tests: BTreeMap<String, Test>,
    /// CUN → codice fiscale.
    patients: HashMap<String, String>,
    /// Codice fiscale → last eight digits of the card.
    cards: HashMap<String, String>,
    pub(super) verifications: HashMap<String, Verification>,
    pub(super) operators: BTreeSet<String>,
    /// How many patients there ever were: each gets a codice fiscale of its own.
    patients_ever: u32,
}

impl Register {
    /// With the demo callers and operators alone.
    pub(super) fn at_start(today: Date) -> Self {
        let mut register = Self::default();
        for caller in demo::callers() {
            register.add_caller(caller.scenario, caller.card, caller.cun, today);
        }
        register.operators.extend(demo::OPERATORS.iter().map(ToString::to_string));
        register
    }

    /// Adds the test that makes a scenario happen; an unknown caller has none.
    pub(super) fn add_caller(&mut self, scenario: Scenario, card: &str, cun: &str, today: Date) {
        if scenario == Scenario::Unknown {
            return;
        }
        let age = if scenario == Scenario::Expired { DAYS_OF_CUN + 1 } else { 2 };
        let communicated_on = today.saturating_sub(age.days());
        let test = Test {
            scenario,
            is_positive: scenario != Scenario::Negative,
            sampled_on: communicated_on.saturating_sub(1.day()),
            communicated_on,
            is_used: scenario == Scenario::Used,
            calls: BTreeMap::new(),
        };
        if !test.is_used {
            let patient = fiscal_code(self.patients_ever);
            self.patients_ever += 1;
            self.cards.insert(patient.clone(), card.to_owned());
            self.patients.insert(cun.to_owned(), patient);
        }
        self.tests.insert(cun.to_owned(), test);
    }

    /// Whether the card is the one of the patient of the CUN.
    pub(super) fn card_belongs(&self, cun: &str, card: &str) -> bool {
        self.patients.get(cun).and_then(|patient| self.cards.get(patient)).is_some_and(|known| known == card)
    }

    /// Deletes who the CUN belongs to, and every ID obtained with it.
    pub(super) fn forget_patient(&mut self, cun: &str) {
        if let Some(patient) = self.patients.remove(cun) {
            self.cards.remove(&patient);
        }
        self.release(cun);
    }

    /// Deletes every ID obtained with a CUN.
    pub(super) fn release(&mut self, cun: &str) {
        self.verifications.retain(|_, verification| verification.cun != cun);
    }

    /// How many CUNs belong to somebody known.
    pub(super) fn patients(&self) -> usize {
        self.patients.len()
    }

    /// Whether an ID obtained with the CUN was unlocked.
    pub(super) fn is_unlocked(&self, cun: &str) -> bool {
        self.verifications.values().any(|verification| verification.cun == cun && verification.is_unlocked)
    }

    /// Counts a request that named the CUN.
    pub(super) fn count(&mut self, cun: &str, service: &'static str) {
        if let Some(test) = self.tests.get_mut(cun) {
            *test.calls.entry(service).or_default() += 1;
        }
    }
}

impl Test {
    /// Whether the CUN is past its last day.
    pub(super) fn is_expired(&self, today: Date) -> bool {
        today > self.communicated_on.saturating_add(DAYS_OF_CUN.days())
    }
}

/// A fictitious codice fiscale, another one for each number up to 26⁴.
fn fiscal_code(number: u32) -> String {
    let letter = |place: u32| char::from_digit(number / 26_u32.pow(place) % 26 + 10, 36).unwrap_or('x');
    let surname: String = (0..4).map(letter).map(|letter| letter.to_ascii_uppercase()).collect();
    let body = format!("{surname}XX80A01H501");
    let with = |check: char| format!("{body}{check}").parse::<FiscalCode>();
    ('A'..='Z').find_map(|check| with(check).ok()).map_or(body, |code| code.to_wire().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn confirming_forgets_the_patient_and_leaves_the_others() {
        let today: Date = "2021-01-08".parse().expect("a day");
        let mut register = Register::at_start(today);
        let known = register.patients();
        let caller = demo::callers().first().expect("a caller");
        assert!(register.card_belongs(caller.cun, caller.card));
        register.forget_patient(caller.cun);
        assert!(!register.card_belongs(caller.cun, caller.card));
        assert_eq!(register.patients(), known - 1);
    }

    #[test]
    fn the_fourteenth_day_is_included() {
        let today: Date = "2021-01-08".parse().expect("a day");
        let register = Register::at_start(today);
        let test = register.tests.get("CUN-H17KZ6247A").expect("a test");
        let last = test.communicated_on.saturating_add(14.days());
        assert!(!test.is_expired(last));
        assert!(test.is_expired(last.tomorrow().expect("a day")));
    }
}
