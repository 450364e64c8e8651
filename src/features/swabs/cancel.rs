//! `/swabs/cancel`: a report is cancelled (seed 003, 2.4.2).

use leptos::prelude::*;

use super::{receipt::Receipt, site};
use crate::{
    components::{alert::FormErrors, code::ReadBack, facts::Facts},
    domain::{code::Cun, fiscal_code::FiscalCode, service::Service, swab::Site},
    features::requests::{
        act::{Act, Form, Shown},
        answer::Answered,
        at::At,
        fields::{DictatedField, patient_field, read, read_patient},
        memory::Typed,
        sealed::Drawer,
    },
    islands::code_feedback::CodeKind,
    server::auth::Swabs,
    sistema_ts,
};

/// A report to be cancelled.
#[derive(Clone)]
pub struct CancelReport {
    site: Option<Site>,
    patient: FiscalCode,
    cun: Cun,
}

impl Act for CancelReport {
    type Queue = Swabs;
    type Way = sistema_ts::Swabs;
    type Receipt = Receipt;

    const SERVICE: Service = Service::SwabCancel;
    const DRAWER: Drawer = Drawer::Swabs;
    const PATH: &'static str = "/swabs/cancel";
    const TEXTS: &'static str = "swabs.cancel";
    const FIELDS: &'static [&'static str] = &[site::CODE, site::WORDS, "patient", "cun"];
    const NOTES: &'static [&'static str] = &["note_cancel_cun"];
    const KEPT: &'static [&'static str] = &[site::CODE, site::WORDS];
    const ASKS_FIRST: bool = true;

    fn read(typed: &Typed, at: &At<Swabs>, errors: &mut FormErrors) -> Option<Self> {
        let language = at.context.language;
        let site = site::read(typed, &at.state, errors, language);
        let patient = read_patient(typed, errors, language);
        let cun = read(typed.get("cun").parse::<Cun>(), "cun", errors, language);
        Some(Self { site: site.ok()?, patient: patient?, cun: cun? })
    }

    fn subject(&self) -> String {
        self.cun.to_wire()
    }

    async fn send(&self, way: &sistema_ts::Swabs, _: &FiscalCode) -> Answered<Receipt> {
        let outcome = way.cancel(self.site.as_ref(), &self.patient, &self.cun).await;
        Answered::of(outcome, |cancelled| (Some(cancelled.transaction), cancelled.notes, Receipt::default()))
    }

    fn absent(form: &Form) -> &'static [&'static str] {
        site::absent(&form.typed, &form.shown.state)
    }

    fn fields(form: &Form) -> AnyView {
        let Form { typed, errors, shown: Shown { alphabet, language, state, .. } } = form;
        let (alphabet, language) = (*alphabet, *language);
        view! {
            {site::fields(typed, errors, state, language)}
            {patient_field(form)}
            <DictatedField kind=CodeKind::Cun value=typed.get("cun").to_owned() errors=errors.clone() alphabet language />
        }
        .into_any()
    }

    fn question(&self, shown: &Shown) -> AnyView {
        let (alphabet, language) = (shown.alphabet, shown.language);
        let facts = vec![
            (language.text("swabs.site.own"), site::shown(self.site.as_ref(), &shown.state)),
            (language.text("desk.patient"), self.patient.to_wire().to_owned()),
            (language.text("desk.cun"), self.cun.to_wire()),
        ];
        view! {
            <Facts facts />
            <ReadBack symbols=*self.cun.symbols() alphabet language />
        }
        .into_any()
    }
}
