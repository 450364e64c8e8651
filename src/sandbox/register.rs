//! What this Sistema TS knows of tests, in memory alone: tests, patients, cards, verifications, operators.
//!
//! As the original demands, who a CUN belongs to lies in a store of its own, and a confirmation or the health
//! authority's OTP deletes it from there irreversibly (seed 003, 2.5, 5.1). Neither an OTP nor a symptom date has a place
//! here.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use jiff::{Timestamp, ToSpan as _, civil::Date};
use serde::{Serialize, ser::SerializeStruct as _};

use super::demo::{self, Scenario};
use crate::{
    domain::{
        fiscal_code::FiscalCode,
        swab::{Contact, Site, StructureId},
    },
    server::clock::rome,
};

/// Days that a CUN lasts after the test was communicated, the last included (seed 003, 2.4.1.1, does not say whether).
const DAYS_OF_CUN: i64 = 14;
/// How many operators of a region may be enabled to list tests (seed 003, 2.4.3).
const MOST_LISTERS: usize = 3;

/// A test that was communicated.
#[derive(Clone, Debug)]
pub(super) struct Test {
    /// What happens to its callers; none for a test that came by the services or by a file.
    pub(super) scenario: Option<Scenario>,
    pub(super) is_positive: bool,
    pub(super) sampled_on: Date,
    pub(super) communicated_at: Timestamp,
    /// Who communicated it; none: nobody who calls here.
    pub(super) reporter: Option<Reporter>,
    pub(super) site: Option<Site>,
    pub(super) contact: Option<Contact>,
    /// Whether an unlock was confirmed.
    pub(super) is_used: bool,
    pub(super) is_cancelled: bool,
    /// How many requests named it, by service.
    pub(super) calls: BTreeMap<&'static str, u32>,
}

/// Who communicated a test, and so may cancel and list it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Reporter {
    Region(String),
    Structure(StructureId),
}

impl Reporter {
    /// The region, or that of the structure.
    pub(super) fn region(&self) -> &str {
        match self {
            Self::Region(region) => region,
            Self::Structure(structure) => structure.region(),
        }
    }
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
    /// Codice fiscale → last eight digits of the card: who is under the health service's care, tested or not.
    pub(super) cards: BTreeMap<String, String>,
    pub(super) verifications: HashMap<String, Verification>,
    pub(super) operators: BTreeSet<String>,
    /// Region → operators enabled to the profile "Elenco Tamponi Molecolari".
    pub(super) listers: BTreeMap<String, BTreeSet<String>>,
    /// How many patients were made up: each gets a codice fiscale of its own.
    patients_ever: u32,
}

/// The region has as many operators as it may have (T13).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct TooManyListers;

impl Register {
    /// With the demo callers, people and operators alone.
    pub(super) fn at_start(now: Timestamp) -> Self {
        let mut register = Self::default();
        for caller in demo::callers() {
            register.add_caller(caller.scenario, caller.card, caller.cun, now);
        }
        register.operators.extend(demo::OPERATORS.iter().map(ToString::to_string));
        register.cards.extend(demo::PEOPLE.iter().map(|(person, card)| ((*person).to_owned(), (*card).to_owned())));
        for (region, operator) in demo::LISTERS {
            // As many as may be.
            let _ = register.enable_lister(region, operator);
        }
        register
    }

    /// Adds the test that makes a scenario happen; an unknown caller has none.
    pub(super) fn add_caller(&mut self, scenario: Scenario, card: &str, cun: &str, now: Timestamp) {
        if scenario == Scenario::Unknown {
            return;
        }
        let age = if scenario == Scenario::Expired { DAYS_OF_CUN + 1 } else { 2 };
        let today = now.to_zoned(rome());
        let communicated = today.saturating_sub(age.days());
        let test = Test {
            scenario: Some(scenario),
            is_positive: scenario != Scenario::Negative,
            sampled_on: communicated.date().saturating_sub(1.day()),
            communicated_at: communicated.timestamp(),
            reporter: None,
            site: None,
            contact: None,
            is_used: scenario == Scenario::Used,
            is_cancelled: false,
            calls: BTreeMap::new(),
        };
        if test.is_used {
            self.tests.insert(cun.to_owned(), test);
        } else {
            let patient = fiscal_code(self.patients_ever);
            self.patients_ever += 1;
            self.cards.insert(patient.clone(), card.to_owned());
            self.add_test(cun, patient, test);
        }
    }

    /// Keeps a test, and apart from it whose it is.
    pub(super) fn add_test(&mut self, cun: &str, patient: String, test: Test) {
        self.patients.insert(cun.to_owned(), patient);
        self.tests.insert(cun.to_owned(), test);
    }

    /// Whether the card is the one of the patient of the CUN.
    pub(super) fn card_belongs(&self, cun: &str, card: &str) -> bool {
        self.patients.get(cun).and_then(|patient| self.cards.get(patient)).is_some_and(|known| known == card)
    }

    /// Whether the CUN is the patient's.
    pub(super) fn is_of(&self, cun: &str, patient: &str) -> bool {
        self.patients.get(cun).is_some_and(|known| known == patient)
    }

    /// Deletes who the CUN belongs to, and every ID obtained with it.
    pub(super) fn forget_patient(&mut self, cun: &str) {
        self.patients.remove(cun);
        self.release(cun);
    }

    /// Deletes every CUN's link to a person (A2); none is no error.
    pub(super) fn forget_person(&mut self, patient: &str) {
        let theirs: Vec<_> =
            self.patients.iter().filter(|(_, known)| *known == patient).map(|(cun, _)| cun.clone()).collect();
        for cun in &theirs {
            self.forget_patient(cun);
        }
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

    /// Enables an operator to list a region's tests.
    pub(super) fn enable_lister(&mut self, region: &str, operator: &str) -> Result<(), TooManyListers> {
        let enabled = self.listers.entry(region.to_owned()).or_default();
        if enabled.len() >= MOST_LISTERS && !enabled.contains(operator) {
            return Err(TooManyListers);
        }
        enabled.insert(operator.to_owned());
        Ok(())
    }

    /// Whether an operator may list a region's tests (T12).
    pub(super) fn is_lister(&self, region: &str, operator: &str) -> bool {
        self.listers.get(region).is_some_and(|enabled| enabled.contains(operator))
    }
}

impl Test {
    /// The day on which it was communicated.
    pub(super) fn communicated_on(&self) -> Date {
        self.communicated_at.to_zoned(rome()).date()
    }

    /// Whether the CUN is past its last day.
    pub(super) fn is_expired(&self, today: Date) -> bool {
        today > self.communicated_on().saturating_add(DAYS_OF_CUN.days())
    }
}

impl Serialize for Test {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let reporter = self.reporter.as_ref().map(|reporter| match reporter {
            Reporter::Region(region) => region.clone(),
            Reporter::Structure(structure) => structure.to_string(),
        });
        let mut shown = serializer.serialize_struct("Test", 10)?;
        shown.serialize_field("scenario", &self.scenario)?;
        shown.serialize_field("is_positive", &self.is_positive)?;
        shown.serialize_field("sampled_on", &self.sampled_on)?;
        shown.serialize_field("communicated_on", &self.communicated_on())?;
        shown.serialize_field("reporter", &reporter)?;
        shown.serialize_field("site", &self.site.as_ref().map(site_text))?;
        shown.serialize_field("has_contact", &self.contact.is_some())?;
        shown.serialize_field("is_used", &self.is_used)?;
        shown.serialize_field("is_cancelled", &self.is_cancelled)?;
        shown.serialize_field("calls", &self.calls)?;
        shown.end()
    }
}

/// A site as it is listed.
fn site_text(site: &Site) -> String {
    match site {
        Site::Known(structure) => structure.to_string(),
        Site::Described(description) => description.as_str().to_owned(),
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

    fn now() -> Timestamp {
        "2021-01-08T12:00:00Z".parse().expect("an instant")
    }

    #[test]
    fn confirming_forgets_the_patient_and_leaves_the_others() {
        let mut register = Register::at_start(now());
        let known = register.patients();
        let caller = demo::callers().first().expect("a caller");
        assert!(register.card_belongs(caller.cun, caller.card));
        register.forget_patient(caller.cun);
        assert!(!register.card_belongs(caller.cun, caller.card));
        assert_eq!(register.patients(), known - 1);
    }

    #[test]
    fn the_fourteenth_day_is_included() {
        let register = Register::at_start(now());
        let test = register.tests.get("CUN-H17KZ6247A").expect("a test");
        let last = test.communicated_on().saturating_add(14.days());
        assert!(!test.is_expired(last));
        assert!(test.is_expired(last.tomorrow().expect("a day")));
    }

    #[test]
    fn a_fourth_operator_of_a_region_is_not_enabled() {
        let mut register = Register::default();
        for operator in ["A", "B", "C", "C"] {
            assert_eq!(register.enable_lister("190", operator), Ok(()));
        }
        assert_eq!(register.enable_lister("190", "D"), Err(TooManyListers));
        assert_eq!(register.enable_lister("030", "D"), Ok(()));
    }
}
