//! The rules of the health authority's OTP, A1 to A5 (seed 003, 5).

use super::{
    super::{
        check::read_date,
        party::Party,
        soap::{Fields, Request},
    },
    MISSING, NOT_AUTHORISED, Refusal, Scene, check_onset, patient,
};
use crate::domain::code::Otp;

/// What the Immuni back end says, as the services pass it on (A4).
const TAKEN: &str = "204";
const MALFORMED: (&str, &str) = ("400", "SANDBOX: OTP formalmente errato");
const IN_USE: (&str, &str) = ("409", "SANDBOX: OTP già sbloccato o utilizzato");

/// C6, C7: of a region, whose operator it is.
fn check_operator(scene: &Scene<'_>, request: &Request) -> Result<(), Refusal> {
    let operator = request.get("cfOperatore");
    if operator.is_some_and(|operator| !scene.register.operators.contains(operator)) {
        return Err(NOT_AUTHORISED);
    }
    scene.declared(request)?;
    if operator.is_none() && scene.profile.otp_operator_required { Err(MISSING) } else { Ok(()) }
}

/// Invio codice OTP (A1–A4, C6, C7).
pub(in super::super) fn send_otp(scene: &mut Scene<'_>, request: &Request) -> Result<Fields, Refusal> {
    if let Party::Region(_) = scene.party {
        check_operator(scene, request)?;
    }
    if let Some(onset) = request.get("dataInizioSintomi") {
        check_onset(read_date(onset).ok_or(MISSING)?, scene.clock.today())?;
    }
    let patient = patient(request)?;
    let otp = request.get("codiceOtp").ok_or(MISSING)?;
    let stamp = scene.stamp();
    let said = |(esito, text): (&str, &str)| {
        Ok(vec![("dataOra", stamp.clone().into()), ("esito", esito.into()), ("descrizioneEsito", text.into())])
    };
    // The one thing that the back end is told is the OTP: the patient stays here (A3).
    let Ok(otp) = otp.parse::<Otp>() else { return said(MALFORMED) };
    if scene.immuni.unlock(&otp, scene.clock.now()).is_err() {
        return said(IN_USE);
    }
    scene.register.forget_person(patient);
    said((TAKEN, "Operazione eseguita correttamente"))
}
