//! `/swabs`: a result is reported (seed 003, 2.4.1).

use leptos::prelude::*;

use super::{
    contact,
    receipt::{NewCun, Receipt},
    site,
};
use crate::{
    components::{alert::FormErrors, choice::Choice, field::DateField},
    domain::{dates, fiscal_code::FiscalCode, reason::Reason, service::Service, swab::TestResult},
    features::requests::{
        act::{Act, Form, Shown},
        answer::Answered,
        at::At,
        fields::{patient_field, read_patient},
        memory::Typed,
        sealed::Drawer,
    },
    server::auth::Swabs,
    sistema_ts::{self, swabs::Report},
};

/// A result to be reported.
#[derive(Clone)]
pub struct ReportTest(Report);

impl Act for ReportTest {
    type Queue = Swabs;
    type Way = sistema_ts::Swabs;
    type Receipt = Receipt;

    const SERVICE: Service = Service::SwabReport;
    const DRAWER: Drawer = Drawer::Swabs;
    const PATH: &'static str = "/swabs";
    const TEXTS: &'static str = "swabs.report";
    const FIELDS: &'static [&'static str] =
        &[site::CODE, site::WORDS, "patient", "sampled_on", "result", contact::PHONE, contact::EMAIL];
    const NOTES: &'static [&'static str] = &["note_swab_cun", "note_swab_wrong"];
    const KEPT: &'static [&'static str] = &[site::CODE, site::WORDS];

    fn read(typed: &Typed, at: &At<Swabs>, errors: &mut FormErrors) -> Option<Self> {
        let language = at.context.language;
        let text = |key: &str| language.text(&format!("swabs.report.{key}"));
        let site = site::read(typed, &at.state, errors, language);
        let patient = read_patient(typed, errors, language);
        let sampled_on = dates::parse_sampling(typed.get("sampled_on"), at.state.clock.today());
        let sampled_on = sampled_on.map_err(|error| errors.add("sampled_on", text(error.key()))).ok();
        let result = TestResult::from_wire(typed.get("result"));
        if result.is_none() {
            errors.add("result", text("result_missing"));
        }
        let contact = contact::read(typed, errors, language);
        let (site, contact) = (site.ok()?, contact.ok()?);
        Some(Self(Report { site, patient: patient?, sampled_on: sampled_on?, result: result?, contact }))
    }

    /// The patient and the day: the same test, whatever else is said of it.
    fn subject(&self) -> String {
        format!("{} {}", self.0.patient.to_wire(), self.0.sampled_on)
    }

    /// The id of the transaction is the CUN: the patient's, and not kept.
    async fn send(&self, way: &sistema_ts::Swabs, _: &FiscalCode) -> Answered<Receipt> {
        let Report { patient, sampled_on, result, .. } = self.0.clone();
        Answered::of(way.report(&self.0).await, |reported| {
            let receipt = Receipt(Some(NewCun { cun: reported.cun, patient, sampled_on, result }));
            (None, reported.notes, receipt)
        })
    }

    fn absent(form: &Form) -> &'static [&'static str] {
        site::absent(&form.typed, &form.shown.state)
    }

    fn fields(form: &Form) -> AnyView {
        let Form { typed, errors, shown: Shown { language, state, .. } } = form;
        let language = *language;
        let text = |key: &str| language.text(&format!("swabs.report.{key}"));
        let label = |name: &str| language.text(&format!("desk.{name}"));
        let options = ["P", "N"].map(|value| (value, text(&format!("result_{value}")))).to_vec();
        view! {
            {site::fields(typed, errors, state, language)}
            {patient_field(form)}
            <DateField name="sampled_on" label=label("sampled_on") hint=text("sampled_on_hint")
                value=typed.get("sampled_on") error=errors.of("sampled_on") />
            <Choice name="result" label=label("result") options chosen=typed.get("result").to_owned()
                error=errors.of("result") />
            {contact::fields(typed, errors, language)}
        }
        .into_any()
    }

    fn receipt(receipt: Receipt, shown: &Shown) -> AnyView {
        receipt.0.map(|new| new.card(shown)).into_any()
    }

    fn sentence(receipt: &Receipt, shown: &Shown, _: bool) -> Option<AnyView> {
        let result = receipt.0.as_ref()?.result;
        Some(shown.language.text(&format!("swabs.report.say_{}", result.to_wire())).into_any())
    }
}
