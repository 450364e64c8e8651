//! The one act of this desk.

use jiff::{Timestamp, civil::Date};
use leptos::prelude::*;

use crate::{
    components::{alert::FormErrors, field::DateField},
    domain::{code::Otp, dates, fiscal_code::FiscalCode, service::Service},
    features::requests::{
        act::{Act, Form, Shown},
        answer::Answered,
        at::At,
        countdown::{UnlockedUntil, phase_sentence},
        errand::When,
        fields::{DictatedField, patient_field, read, read_patient},
        memory::Typed,
        sealed::Drawer,
    },
    islands::code_feedback::CodeKind,
    server::auth::Asl,
    sistema_ts,
};

/// An OTP to be sent.
#[derive(Clone)]
pub struct SendOtp {
    otp: Otp,
    /// None where the patient has no symptoms, or does not say.
    onset: Option<Date>,
    patient: FiscalCode,
}

impl Act for SendOtp {
    type Queue = Asl;
    type Way = sistema_ts::Asl;
    /// When the OTP was unlocked; none while the service's own instant has not been judged.
    type Receipt = Option<Timestamp>;

    const SERVICE: Service = Service::AslOtp;
    const DRAWER: Drawer = Drawer::Asl;
    const PATH: &'static str = "/asl";
    const TEXTS: &'static str = "asl";
    const FIELDS: &'static [&'static str] = &["otp", "onset", "patient"];
    const NOTES: &'static [&'static str] = &["note_otp", "note_tapped"];

    fn read(typed: &Typed, at: &At<Asl>, errors: &mut FormErrors) -> Option<Self> {
        let language = at.context.language;
        let otp = read(typed.get("otp").parse::<Otp>(), "otp", errors, language);
        let today = at.state.clock.today();
        let onset = match typed.get("onset").trim() {
            "" => Some(None),
            typed => read(dates::parse_onset(typed, today), "onset", errors, language).map(Some),
        };
        let patient = read_patient(typed, errors, language);
        Some(Self { otp: otp?, onset: onset?, patient: patient? })
    }

    /// The patient: whichever OTP is sent for them, it may be the second.
    fn subject(&self) -> String {
        self.patient.to_wire().to_owned()
    }

    async fn send(&self, way: &sistema_ts::Asl, operator: &FiscalCode) -> Answered<Option<Timestamp>> {
        let outcome = way.send_otp(operator, &self.otp, self.onset, &self.patient).await;
        Answered::of(outcome, |unlocked| (Some(unlocked.transaction), unlocked.notes, unlocked.at))
    }

    fn received(receipt: Option<Timestamp>, when: When) -> Option<Timestamp> {
        Some(when.clamp(receipt))
    }

    fn fields(form: &Form) -> AnyView {
        let Form { typed, errors, shown: Shown { alphabet, language, .. } } = form;
        let (alphabet, language) = (*alphabet, *language);
        let text = |key: &str| language.text(&format!("asl.{key}"));
        let value = |name: &str| typed.get(name).to_owned();
        view! {
            <DictatedField kind=CodeKind::Otp value=value("otp") errors=errors.clone() alphabet language />
            <DateField name="onset" label=language.text("desk.onset") hint=text("onset_hint") value=value("onset")
                error=errors.of("onset") />
            {patient_field(form)}
        }
        .into_any()
    }

    fn receipt(receipt: Option<Timestamp>, shown: &Shown) -> AnyView {
        let (now, language) = (shown.now, shown.language);
        receipt.map(|at| view! { <UnlockedUntil at now language /> }).into_any()
    }

    fn sentence(receipt: &Option<Timestamp>, shown: &Shown, is_live: bool) -> Option<AnyView> {
        receipt.map(|at| phase_sentence(at, shown.now, is_live, shown.language))
    }
}
