//! The one act of this desk.

use jiff::civil::Date;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use crate::{
    components::{
        alert::FormErrors,
        facts::Facts,
        field::{DateField, Field},
    },
    domain::{
        dates::display,
        exemption::{ExemptionCode, parse_first_day},
        fiscal_code::FiscalCode,
        service::Service,
    },
    features::requests::{
        act::{Act, Form, Shown},
        answer::Answered,
        at::At,
        fields::{patient_field, read, read_patient},
        memory::Typed,
        sealed::Drawer,
    },
    server::auth::Exemptions,
    sistema_ts,
};

/// A certification to be closed.
#[derive(Clone)]
pub struct CloseCertification {
    code: ExemptionCode,
    from: Date,
    patient: FiscalCode,
}

/// What the service says of a certification that it has closed (seed 000, 2.4).
#[derive(Clone, Serialize, Deserialize)]
pub struct Closed {
    /// "Data aggiornamento"; none where it is absent or can't be read.
    updated_on: Option<Date>,
    /// The end of its validity before it was closed; likewise.
    old_end: Option<Date>,
}

impl Act for CloseCertification {
    type Queue = Exemptions;
    type Way = sistema_ts::Exemptions;
    type Receipt = Closed;

    const SERVICE: Service = Service::ExemptionClose;
    const DRAWER: Drawer = Drawer::Exemptions;
    const PATH: &'static str = "/exemptions";
    const TEXTS: &'static str = "exemptions";
    const FIELDS: &'static [&'static str] = &["exemption", "valid_from", "patient"];
    const ASKS_FIRST: bool = true;
    const NOTES: &'static [&'static str] = &["note_certification", "note_unsure"];

    fn read(typed: &Typed, at: &At<Exemptions>, errors: &mut FormErrors) -> Option<Self> {
        let language = at.context.language;
        let code = read(typed.get("exemption").parse::<ExemptionCode>(), "exemption", errors, language);
        let from = parse_first_day(typed.get("valid_from"), at.state.clock.today());
        let from = read(from, "valid_from", errors, language);
        let patient = read_patient(typed, errors, language);
        Some(Self { code: code?, from: from?, patient: patient? })
    }

    /// The certification: what identifies it is all that is sent.
    fn subject(&self) -> String {
        format!("{} {} {}", self.code.to_wire(), self.from, self.patient.to_wire())
    }

    async fn send(&self, way: &sistema_ts::Exemptions, operator: &FiscalCode) -> Answered<Closed> {
        let outcome = way.close(operator, &self.code, self.from, &self.patient).await;
        Answered::of(outcome, |closed| {
            (None, closed.notes, Closed { updated_on: closed.updated_on, old_end: closed.old_end })
        })
    }

    fn fields(form: &Form) -> AnyView {
        let Form { typed, errors, shown } = form;
        let text = |key: &str| shown.language.text(&format!("desk.{key}"));
        let value = |name: &str| typed.get(name).to_owned();
        view! {
            <Field name="exemption" label=text("exemption") hint=text("exemption_hint") value=value("exemption")
                error=errors.of("exemption") maxlength=20 is_short=true />
            <DateField name="valid_from" label=text("valid_from") hint=text("valid_from_hint") value=value("valid_from")
                error=errors.of("valid_from") />
            {patient_field(form)}
        }
        .into_any()
    }

    fn question(&self, shown: &Shown) -> AnyView {
        let facts = [
            ("exemption", self.code.to_wire().to_owned()),
            ("valid_from", display(self.from)),
            ("patient", self.patient.to_wire().to_owned()),
        ];
        let facts = facts.map(|(key, value)| (shown.language.text(&format!("desk.{key}")), value)).to_vec();
        view! { <Facts facts /> }.into_any()
    }

    fn brought(closed: &Closed, shown: &Shown) -> Option<AnyView> {
        let text = |key: &str| shown.language.text(&format!("exemptions.{key}"));
        let told = |day: Option<Date>| day.map_or_else(|| text("not_told"), display);
        let days = [("updated_on", closed.updated_on), ("old_end", closed.old_end)];
        let facts = days.map(|(key, day)| (text(key), told(day))).to_vec();
        Some(view! { <Facts facts /> }.into_any())
    }
}
