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

/// Invio codice OTP (A1–A4, C6, C7).
pub(in super::super) fn send_otp(scene: &mut Scene<'_>, request: &Request) -> Result<Fields, Refusal> {
    if let Party::Region(_) = scene.party {
        scene.declared(request)?;
        match request.get("cfOperatore") {
            Some(operator) if scene.register.operators.contains(operator) => {}
            Some(_) => return Err(NOT_AUTHORISED),
            None if scene.profile.otp_operator_required => return Err(MISSING),
            None => {}
        }
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
