//! A file of people, tests and certifications, taken over at once: all of it, or nothing and the reason.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{Timestamp, civil::Date};
use serde::{Deserialize, Serialize};

use super::{
    certifications::{Certification, User},
    codes,
    house::State,
    register::{Register, Reporter, Test},
    rules::TOO_MANY_LISTERS,
};
use crate::{
    domain::{
        code::{CUN_PREFIX, Cun},
        exemption::ExemptionCode,
        fiscal_code::FiscalCode,
        health_card::HealthCardDigits,
        swab::{Site, StructureId, TestResult},
    },
    server::{
        clock::rome,
        random::{NoRandomness, Random},
    },
};

/// Whose region a seeded test is where the file does not say.
const USUAL_REGION: &str = "190";

/// What a file may hold; every part may be left out.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Seed {
    people: Vec<Person>,
    /// Operators authorised beforehand.
    operators: Vec<String>,
    listers: Vec<Lister>,
    tests: Vec<SeededTest>,
    users: BTreeMap<String, User>,
    certifications: Vec<Certification>,
}

/// Someone and the last eight digits of the card.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Person {
    fiscal_code: String,
    card: String,
}

/// An operator enabled to list the tests of a region.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Lister {
    region: String,
    fiscal_code: String,
}

/// A test as if it had been reported.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct SeededTest {
    /// None: one is drawn.
    cun: Option<String>,
    fiscal_code: String,
    /// P or N.
    result: String,
    sampled_on: Date,
    /// None: now.
    communicated_on: Option<Date>,
    structure: Option<String>,
    description: Option<String>,
    /// The region or structure that reported it; none: region 190.
    reporter: Option<String>,
}

/// What became of a file.
#[derive(Debug, Serialize)]
pub(super) struct Seeded {
    /// The tests, in the order of the file.
    tests: Vec<SeededCode>,
}

/// What the patient of a seeded test says.
#[derive(Debug, Serialize)]
struct SeededCode {
    cun: String,
    card: String,
}

/// Why a file is refused.
#[derive(Debug)]
pub(super) enum SeedError {
    /// A value that can't be, or rule that it breaks.
    Wrong(String),
    NoRandomness,
}

impl From<NoRandomness> for SeedError {
    fn from(_: NoRandomness) -> Self {
        Self::NoRandomness
    }
}

/// What is wrong with the `index`th of a list.
fn wrong(list: &str, index: usize, what: &str) -> SeedError {
    SeedError::Wrong(format!("{list}[{index}]: {what}"))
}

fn fiscal_code(list: &str, index: usize, text: &str) -> Result<String, SeedError> {
    let code = text.parse::<FiscalCode>().map_err(|_| wrong(list, index, "not a codice fiscale"))?;
    Ok(code.to_wire().to_owned())
}

impl Seed {
    /// Takes all of it over.
    pub(super) fn apply(self, state: &mut State, now: Timestamp, random: &Random) -> Result<Seeded, SeedError> {
        let mut cards = BTreeMap::new();
        for (index, person) in self.people.iter().enumerate() {
            let card: HealthCardDigits =
                person.card.parse().map_err(|_| wrong("people", index, "the card is not eight digits"))?;
            cards.insert(fiscal_code("people", index, &person.fiscal_code)?, card.to_wire().to_owned());
        }
        let operators = self.operators.iter().enumerate();
        let operators: BTreeSet<String> =
            operators.map(|(index, code)| fiscal_code("operators", index, code)).collect::<Result<_, _>>()?;
        let listers = self.listers(&state.register)?;
        self.check_certifications()?;
        let tests = self.tests(&state.register, now, random)?;
        // From here on nothing can be refused.
        let register = &mut state.register;
        register.cards.extend(cards);
        register.operators.extend(operators);
        register.listers.extend(listers);
        state.certifications.users.extend(self.users);
        state.certifications.certifications.extend(self.certifications);
        let mut seeded = Vec::new();
        for (cun, patient, test, card) in tests {
            let card = register.cards.entry(patient.clone()).or_insert(card).clone();
            register.add_test(&cun, patient, test);
            seeded.push(SeededCode { cun, card });
        }
        Ok(Seeded { tests: seeded })
    }

    /// The whole lists of the regions that the file names (T13).
    fn listers(&self, register: &Register) -> Result<BTreeMap<String, BTreeSet<String>>, SeedError> {
        let mut trial = Register::default();
        trial.listers.clone_from(&register.listers);
        for (index, lister) in self.listers.iter().enumerate() {
            let operator = fiscal_code("listers", index, &lister.fiscal_code)?;
            let enabled = trial.enable_lister(&lister.region, &operator);
            enabled.map_err(|_| {
                wrong("listers", index, &format!("{}: {}", TOO_MANY_LISTERS.code, TOO_MANY_LISTERS.text))
            })?;
        }
        Ok(trial.listers)
    }

    fn check_certifications(&self) -> Result<(), SeedError> {
        for (index, certification) in self.certifications.iter().enumerate() {
            fiscal_code("certifications", index, &certification.fiscal_code)?;
            let is_code = certification.code.parse::<ExemptionCode>().is_ok();
            if !is_code || certification.valid_from > certification.valid_to {
                return Err(wrong("certifications", index, "not a code, or a last day before the first"));
            }
        }
        Ok(())
    }

    /// Each with its CUN, its patient, and the card of a patient who has none yet.
    fn tests(
        &self,
        register: &Register,
        now: Timestamp,
        random: &Random,
    ) -> Result<Vec<(String, String, Test, String)>, SeedError> {
        let mut taken = BTreeSet::new();
        let mut tests = Vec::new();
        for (index, seeded) in self.tests.iter().enumerate() {
            let patient = fiscal_code("tests", index, &seeded.fiscal_code)?;
            let cun = match &seeded.cun {
                Some(cun) => cun.parse::<Cun>().map_err(|_| wrong("tests", index, "not a CUN"))?.to_wire(),
                None => format!("{CUN_PREFIX}{}", codes::code(random)?),
            };
            if register.tests.contains_key(&cun) || !taken.insert(cun.clone()) {
                return Err(wrong("tests", index, "the CUN is another test's"));
            }
            let test = seeded.test(now).map_err(|what| wrong("tests", index, what))?;
            tests.push((cun, patient, test, codes::card(random)?));
        }
        Ok(tests)
    }
}

impl SeededTest {
    fn test(&self, now: Timestamp) -> Result<Test, &'static str> {
        let structure = |text: &str| text.parse::<StructureId>().map_err(|_| "not a structure, such as 190-201-123456");
        let site = match (&self.structure, &self.description) {
            (Some(_), Some(_)) => return Err("structure and description exclude each other"),
            (Some(id), None) => Some(Site::Known(structure(id)?)),
            (None, Some(text)) => Some(Site::Described(text.parse().map_err(|_| "not a description")?)),
            (None, None) => None,
        };
        let reporter = match self.reporter.as_deref() {
            Some(id) if id.contains('-') => Reporter::Structure(structure(id)?),
            region => Reporter::Region(region.unwrap_or(USUAL_REGION).to_owned()),
        };
        let communicated_at = match self.communicated_on {
            None => now,
            Some(day) => day.at(12, 0, 0, 0).to_zoned(rome()).map_err(|_| "not a day")?.timestamp(),
        };
        Ok(Test {
            scenario: None,
            is_positive: TestResult::from_wire(&self.result).ok_or("the result is P or N")? == TestResult::Positive,
            sampled_on: self.sampled_on,
            communicated_at,
            reporter: Some(reporter),
            site,
            contact: None,
            is_used: false,
            is_cancelled: false,
            calls: BTreeMap::new(),
        })
    }
}
