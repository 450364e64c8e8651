//! The rules of the swab services, T1 to T14 (seed 003, 2.4).

use std::collections::BTreeMap;

use super::{
    super::{
        check::read_date,
        codes::{card, code},
        party::Party,
        register::{Register, Reporter, Test},
        soap::{Fields, Request, Value},
    },
    CANCELLED, LONG_DESCRIPTION, MISSING, NO_SUCH_TEST, NOT_A_LISTER, NOT_IN_LIST, NOT_ONE_SITE, NOT_ONE_STRUCTURE,
    Refusal, Scene, TWO_CONTACTS, WRONG_DATE, WRONG_INTERVAL, patient, stamp,
};
use crate::{
    domain::{
        code::CUN_PREFIX,
        swab::{Contact, Site, StructureId, TestResult, TextError},
    },
    server::random::NoRandomness,
};

/// The one type of test (T5).
const MOLECULAR: &str = "M";

impl Scene<'_> {
    /// Who reports; a region declares how its operators are authenticated (C7).
    fn reporter(&self, request: &Request) -> Result<Reporter, Refusal> {
        match self.party {
            Party::Structure(account) => Ok(Reporter::Structure(account.structure.clone())),
            Party::Region(region) => {
                self.declared(request)?;
                Ok(Reporter::Region((*region).to_owned()))
            }
            Party::CallCenter | Party::Body { .. } => Err(super::NOT_AUTHORISED),
        }
    }

    /// T7: a CUN that no test has had.
    fn new_cun(&self) -> Result<String, NoRandomness> {
        loop {
            let cun = format!("{CUN_PREFIX}{}", code(self.random)?);
            if !self.register.tests.contains_key(&cun) {
                return Ok(cun);
            }
        }
    }
}

/// T1, T2, T3; an empty element is none.
fn site(reporter: &Reporter, request: &Request) -> Result<Site, Refusal> {
    let part = |name| request.get(name);
    let id = match (part("codRegione"), part("codAsl"), part("codSsa")) {
        (Some(region), Some(authority), Some(facility)) => Some(format!("{region}-{authority}-{facility}")),
        _ => None,
    };
    let description = part("descrizioneStruttura").filter(|text| !text.is_empty());
    let known = |id: String| id.parse::<StructureId>().map(Site::Known).map_err(|_| MISSING);
    match (reporter, id, description) {
        (Reporter::Structure(_) | Reporter::Region(_), Some(id), None) => known(id),
        (Reporter::Structure(_), ..) => Err(NOT_ONE_STRUCTURE),
        (Reporter::Region(_), None, Some(text)) => text.parse().map(Site::Described).map_err(|error| match error {
            TextError::TooLong { .. } => LONG_DESCRIPTION,
            TextError::Empty | TextError::Form => MISSING,
        }),
        (Reporter::Region(_), ..) => Err(NOT_ONE_SITE),
    }
}

/// T5.
fn check_type(request: &Request) -> Result<(), Refusal> {
    if request.get("tipologiaTest") == Some(MOLECULAR) { Ok(()) } else { Err(NOT_IN_LIST) }
}

/// T6; an empty element is none.
fn contact(request: &Request) -> Result<Option<Contact>, Refusal> {
    let value = |name| request.get(name).filter(|text| !text.is_empty()).map(str::to_owned);
    match (value("numeroCellulare"), value("contattoEmail")) {
        (Some(_), Some(_)) => Err(TWO_CONTACTS),
        (phone, email) => Ok(phone.map(Contact::Phone).or(email.map(Contact::Email))),
    }
}

/// Invio esecuzione test (T1–T9).
pub(in super::super) fn report(scene: &mut Scene<'_>, request: &Request) -> Result<Fields, Refusal> {
    let reporter = scene.reporter(request)?;
    let site = site(&reporter, request)?;
    let patient = patient(request)?;
    let sampled_on = request.get("dataPrelievo").and_then(read_date).ok_or(MISSING)?;
    check_type(request)?;
    let result = request.get("esitoTest").and_then(TestResult::from_wire).ok_or(NOT_IN_LIST)?;
    let contact = contact(request)?;
    if sampled_on > scene.clock.today() {
        return Err(WRONG_DATE);
    }
    let cun = scene.new_cun()?;
    if !scene.register.cards.contains_key(patient) {
        let card = card(scene.random)?;
        scene.register.cards.insert(patient.to_owned(), card);
    }
    let test = Test {
        scenario: None,
        is_positive: result == TestResult::Positive,
        sampled_on,
        communicated_at: scene.clock.now(),
        reporter: Some(reporter),
        site: Some(site),
        contact,
        is_used: false,
        is_cancelled: false,
        calls: BTreeMap::new(),
    };
    scene.register.add_test(&cun, patient.to_owned(), test);
    Ok(vec![("idTransazione", cun.into()), ("dataOra", scene.stamp().into())])
}

/// Annullamento esecuzione test (T1–T3, T5, T10, T11).
pub(in super::super) fn cancel(scene: &mut Scene<'_>, request: &Request) -> Result<Fields, Refusal> {
    let reporter = scene.reporter(request)?;
    site(&reporter, request)?;
    let patient = patient(request)?;
    let cun = request.get("idTransazione").ok_or(MISSING)?.to_owned();
    check_type(request)?;
    let is_of = scene.register.is_of(&cun, patient);
    let theirs = |test: &&mut Test| is_of && test.reporter.as_ref() == Some(&reporter);
    let test = scene.register.tests.get_mut(&cun).filter(theirs).ok_or(NO_SUCH_TEST)?;
    if test.is_cancelled {
        return Err(CANCELLED);
    }
    test.is_cancelled = true;
    scene.register.release(&cun);
    Ok(vec![("dataOra", scene.stamp().into())])
}

/// Elenco test effettuati (T1–T3, T5, T12, T14): the reporter's own tests of the site, by day of communication.
pub(in super::super) fn list(scene: &mut Scene<'_>, request: &Request) -> Result<Fields, Refusal> {
    let reporter = scene.reporter(request)?;
    let operator = request.get("identificativoUtente").ok_or(MISSING)?;
    if !scene.register.is_lister(reporter.region(), operator) {
        return Err(NOT_A_LISTER);
    }
    let site = site(&reporter, request)?;
    let day = |name| request.get(name).and_then(read_date).ok_or(MISSING);
    let (first, last) = (day("dataInizio")?, day("dataFine")?);
    check_type(request)?;
    if first > last {
        return Err(WRONG_INTERVAL);
    }
    let is_listed = |test: &Test| {
        let is_theirs = test.reporter.as_ref() == Some(&reporter) && test.site.as_ref() == Some(&site);
        is_theirs && !test.is_cancelled && (first..=last).contains(&test.communicated_on())
    };
    let listed = listed(scene.register, is_listed);
    Ok(vec![("dataOra", scene.stamp().into()), ("listaTest", Value::Fields(listed))])
}

/// The tests in the order of their communication, without whose they are and how these can be reached.
fn listed(register: &Register, is_listed: impl Fn(&Test) -> bool) -> Fields {
    let mut tests: Vec<_> = register.tests.iter().filter(|(_, test)| is_listed(test)).collect();
    tests.sort_by_key(|(_, test)| test.communicated_at);
    tests.into_iter().map(|(cun, test)| ("test", Value::Fields(listing(cun, test)))).collect()
}

fn listing(cun: &str, test: &Test) -> Fields {
    let mut fields = Fields::new();
    match &test.site {
        Some(Site::Known(id)) => fields.push((
            "identificativoStruttura",
            Value::Fields(vec![
                ("codRegione", id.region().into()),
                ("codAsl", id.authority().into()),
                ("codSsa", id.facility().into()),
            ]),
        )),
        Some(Site::Described(words)) => fields.push(("descrizioneStruttura", words.as_str().into())),
        None => {}
    }
    let result = if test.is_positive { TestResult::Positive } else { TestResult::Negative };
    fields.extend([
        ("dataPrelievo", test.sampled_on.to_string().into()),
        ("identificativoTest", cun.into()),
        ("dataInserimento", stamp(test.communicated_at).into()),
        ("esitoTest", result.to_wire().into()),
        ("tipologiaTest", MOLECULAR.into()),
    ]);
    fields
}
