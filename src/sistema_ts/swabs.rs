//! The services of swab tests: the names of their elements, their requests and their answers (seed 003, 2.4), by a
//! region or by a structure.
//!
//! The names are a proposal (`contracts/`); when the official ones arrive, this file alone changes.

use std::{fmt, sync::Arc};

use jiff::civil::Date;
use reqwest::Url;

use super::{
    answers::{Listed, ListedTest, ReportCancelled, Reported, SamplingDate},
    client::{Call, Client},
    envelope::{Answer, Fields},
    operation::{
        AT, AUTHENTICATION, ESITO, ESITO_TEXT, List, Operation, PATIENT, SAMPLED_ON, TRANSACTION, TransactionField,
        USUAL, date, instant,
    },
    outcome::Outcome,
    queues::SwabSettings,
    reasons::FailureReason,
    settings::{AuthenticationType, Settings},
    transport::BuildError,
    verdict::{No, Yes},
};
use crate::{
    domain::{
        code::Cun,
        fiscal_code::FiscalCode,
        service::Service,
        swab::{Contact as PatientContact, NamedStructure, Site, StructureId, TestResult},
    },
    server::clock::Clock,
};

const STRUCTURE: &str = "identificativoStruttura";
const REGION: &str = "codRegione";
const AUTHORITY: &str = "codAsl";
const FACILITY: &str = "codSsa";
const DESCRIPTION: &str = "descrizioneStruttura";
const KIND: &str = "tipologiaTest";
const RESULT: &str = "esitoTest";
/// The patient's mobile telephone number.
pub const PHONE: &str = "numeroCellulare";
/// The patient's address of electronic mail.
pub const EMAIL: &str = "contattoEmail";
const FIRST: &str = "dataInizio";
const LAST: &str = "dataFine";
const LISTER: &str = "identificativoUtente";
/// The CUN of a test in a list.
pub const TEST_CUN: &str = "identificativoTest";
const INSERTED_AT: &str = "dataInserimento";
/// The one type of test: molecular.
const MOLECULAR: &str = "M";
/// The most nodes of a list: three dozen a test, ten thousand tests and more.
const MOST_NODES: u32 = 1_000_000;

macro_rules! operation {
    ($name:literal, $namespace:literal, { $($more:tt)* }) => {
        Operation {
            name: $name,
            action: concat!("http://", $namespace, ".wsdl.tamponi.sanita.finanze.it/", $name),
            request: concat!($name, "Richiesta"),
            request_namespace: "http://tamponirichiesta.xsd.tamponi.sanita.finanze.it",
            answer: concat!($name, "Ricevuta"),
            answer_namespace: "http://tamponiricevuta.xsd.tamponi.sanita.finanze.it",
            path: concat!("/TamponiWEB/services/", $name),
            $($more)*
            ..USUAL
        }
    };
}

/// Invio esecuzione test (seed 003, 2.4.1, Tab. 2 and 3).
pub const REPORT: Operation =
    operation!("InvioEsecuzioneTest", "invioesecuzionetest", { transaction: TransactionField::Cun, });
/// Annullamento esecuzione test (seed 003, 2.4.2, Tab. 4 and 5).
pub const CANCEL: Operation = operation!("AnnullamentoEsecuzioneTest", "annullamentoesecuzionetest", {});
/// Elenco test effettuati (seed 003, 2.4.3, Tab. 6 and 7).
pub const LIST: Operation = operation!("ElencoTest", "elencotest", {
    answer_fields: &[TRANSACTION, AT, ESITO, ESITO_TEXT],
    most_nodes: MOST_NODES,
    list: Some(List {
        name: "listaTest",
        item: "test",
        fields: &[DESCRIPTION, SAMPLED_ON, TEST_CUN, INSERTED_AT, RESULT, KIND],
        group: STRUCTURE,
        group_fields: &[REGION, AUTHORITY, FACILITY],
    }),
});

/// A result to report.
#[derive(Clone, Debug)]
pub struct Report {
    /// Where the swab was taken; none where we are the structure that took it.
    pub site: Option<Site>,
    /// The patient.
    pub patient: FiscalCode,
    /// The day of the swab.
    pub sampled_on: Date,
    /// What came of it.
    pub result: TestResult,
    /// How the patient can be reached, if at all.
    pub contact: Option<PatientContact>,
}

/// The way to the services of swab tests; cheap to clone.
#[derive(Clone)]
pub struct Swabs {
    client: Client,
    /// Report, cancel, list.
    urls: Arc<[Url; 3]>,
    authentication: AuthenticationType,
    structure: Option<StructureId>,
    structures: Arc<[NamedStructure]>,
}

/// Nothing of a patient, but no use in printing either.
impl fmt::Debug for Swabs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Swabs(…)")
    }
}

impl Swabs {
    /// Checks the settings, loads the identity; connects to nothing yet.
    pub fn build(own: &SwabSettings, common: &Settings, clock: Clock) -> Result<Self, BuildError> {
        let settings = Settings { most_answer_bytes: own.most_answer_bytes()?, ..own.over(common)? };
        let url = |key, path: &Option<String>, operation| settings.url_at(key, path.as_deref(), operation);
        let urls = [
            url("report_path", &own.report_path, &REPORT)?,
            url("cancel_path", &own.cancel_path, &CANCEL)?,
            url("list_path", &own.list_path, &LIST)?,
        ];
        let structure = own.structure()?;
        let authentication = settings.authentication_type;
        let structures = own.structures.clone().into();
        let (client, urls) = (Client::build(&settings, clock)?, Arc::new(urls));
        Ok(Self { client, urls, authentication, structure, structures })
    }

    /// The structure that we are; none where we are a region, and each call says where the swab was taken.
    pub const fn structure(&self) -> Option<&StructureId> {
        self.structure.as_ref()
    }

    /// Those that the configuration names.
    pub fn structures(&self) -> &[NamedStructure] {
        &self.structures
    }

    /// Invio esecuzione test. Never repeated.
    pub async fn report(&self, report: &Report) -> Outcome<Reported> {
        let Some(fields) = self.caller(report.site.as_ref()) else { return Outcome::unbuildable() };
        let (phone, email) = match &report.contact {
            Some(PatientContact::Phone(phone)) => (Some(phone.as_str()), None),
            Some(PatientContact::Email(email)) => (None, Some(email.as_str())),
            None => (None, None),
        };
        let fields = fields
            .with(PATIENT, report.patient.to_wire())
            .with(SAMPLED_ON, report.sampled_on.to_string())
            .with(KIND, MOLECULAR)
            .with(RESULT, report.result.to_wire())
            .with_some(PHONE, phone)
            .with_some(EMAIL, email);
        let [url, ..] = &*self.urls;
        self.client.call(Call::of(Service::SwabReport, &REPORT, url, fields), reported).await
    }

    /// Annullamento esecuzione test: of the test with this CUN. Never repeated.
    pub async fn cancel(&self, site: Option<&Site>, patient: &FiscalCode, cun: &Cun) -> Outcome<ReportCancelled> {
        let Some(fields) = self.caller(site) else { return Outcome::unbuildable() };
        let fields = fields.with(PATIENT, patient.to_wire()).with(TRANSACTION, cun.to_wire()).with(KIND, MOLECULAR);
        let [_, url, _] = &*self.urls;
        self.client.call(Call::of(Service::SwabCancel, &CANCEL, url, fields), cancelled).await
    }

    /// Elenco test effettuati, from the first to the last day. `operator` must be enabled to the profile "Elenco Tamponi
    /// Molecolari". Never repeated.
    pub async fn list(
        &self,
        site: Option<&Site>,
        (first, last): (Date, Date),
        operator: &FiscalCode,
    ) -> Outcome<Listed> {
        let Some(fields) = self.caller(site) else { return Outcome::unbuildable() };
        let fields = fields
            .with(FIRST, first.to_string())
            .with(LAST, last.to_string())
            .with(KIND, MOLECULAR)
            .with(LISTER, operator.to_wire());
        let [.., url] = &*self.urls;
        self.client.call(Call::of(Service::SwabList, &LIST, url, fields), listed).await
    }

    /// The way itself.
    pub const fn client(&self) -> &Client {
        &self.client
    }

    /// Who calls and for which structure (Tab. 2, 4 and 6): a structure for itself alone, a region for any, by code or in
    /// words; none where that does not fit together.
    fn caller(&self, site: Option<&Site>) -> Option<Fields> {
        let known = |fields: Fields, id: &StructureId| {
            fields.with_parts(
                STRUCTURE,
                vec![
                    (REGION, id.region().to_owned()),
                    (AUTHORITY, id.authority().to_owned()),
                    (FACILITY, id.facility().to_owned()),
                ],
            )
        };
        let declared = || Fields::new().with_some(AUTHENTICATION, self.authentication.to_wire());
        match (&self.structure, site) {
            (Some(structure), None) => Some(known(Fields::new(), structure)),
            (None, Some(Site::Known(id))) => Some(known(declared(), id)),
            (None, Some(Site::Described(text))) => Some(declared().with(DESCRIPTION, text.as_str())),
            _ => None,
        }
    }
}

/// The CUN, exactly as it travels; none where its form or check symbol is wrong.
fn cun(text: &str) -> Option<Cun> {
    text.parse::<Cun>().ok().filter(|cun| cun.to_wire() == text)
}

pub(super) fn reported(yes: Yes) -> Result<Reported, No> {
    let text = yes.answer.get(TRANSACTION).ok_or(FailureReason::MissingTransaction)?;
    let cun = cun(text).ok_or(FailureReason::WrongCun)?;
    Ok(Reported { cun, at: yes.answer.get(AT).and_then(instant), notes: yes.notes() })
}

pub(super) fn cancelled(yes: Yes) -> Result<ReportCancelled, No> {
    let at = yes.answer.get(AT).and_then(instant);
    Ok(ReportCancelled { transaction: yes.transaction()?, at, notes: yes.notes() })
}

/// No list is an empty one.
pub(super) fn listed(yes: Yes) -> Result<Listed, No> {
    let items = yes.answer.items.iter().flatten();
    let tests = items.map(|item| test(item).ok_or(FailureReason::UnreadableField)).collect::<Result<_, _>>()?;
    let at = yes.answer.get(AT).and_then(instant);
    Ok(Listed { transaction: yes.transaction()?, at, tests, notes: yes.notes() })
}

fn test(item: &Answer) -> Option<ListedTest> {
    let id = [REGION, AUTHORITY, FACILITY].map(|part| item.get(part));
    let site = match (id, item.get(DESCRIPTION)) {
        ([Some(region), Some(authority), Some(facility)], _) => {
            Some(Site::Known(format!("{region}-{authority}-{facility}").parse().ok()?))
        }
        (_, Some(text)) => Some(Site::Described(text.parse().ok()?)),
        _ => None,
    };
    Some(ListedTest {
        site,
        sampled_on: SamplingDate::new(date(item.get(SAMPLED_ON)?)?),
        cun: cun(item.get(TEST_CUN)?),
        inserted_at: instant(item.get(INSERTED_AT)?)?,
        result: TestResult::from_wire(item.get(RESULT)?)?,
        kind: item.get(KIND)?.to_owned(),
    })
}
