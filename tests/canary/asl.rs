//! The health authority's OTPs in every class, and what is typed into the wrong fields on the way (seed 003, 5.2).

use super::{
    call::{Callers, LOST, NO},
    search::Canary,
    visitor::Visitor,
};
use crate::support::call::Control;

/// Who is in no account.
const PATIENT: &str = "ZQXWKY91T58L736K";

/// An OTP that never reaches the service.
pub async fn not_sent(visitor: &mut Visitor, callers: &Callers) {
    let fields = [("otp", &*callers.otps[3]), ("onset", &*callers.onset()), ("patient", PATIENT)];
    visitor.step("asl", &fields).await.shows(200, "Codice OTP non inviato");
}

/// Every outcome of the desk; what must be nowhere afterwards, beside what the callers said.
pub async fn every_outcome(visitor: &mut Visitor, control: &Control, callers: &Callers) -> Vec<Canary> {
    let (onset, otp) = (callers.onset(), control.otp().await);
    let cun = callers.positive[0].cun.as_str();
    for (typed, day, patient) in [(PATIENT, &*otp, &*onset), (cun, &*onset, PATIENT), (&*otp, "31/02/2021", &*otp)] {
        let fields = [("otp", typed), ("onset", day), ("patient", patient)];
        visitor.step("asl", &fields).await.shows(422, "role=\"alert\"");
    }
    // An answer without an id of a test can't repeat it.
    let faults = NO.iter().chain(LOST).filter(|fault| **fault != "echoed_id");
    for (fault, otp) in faults.zip(callers.otps.iter().cycle()) {
        control.fault("asl_otp", fault).await;
        visitor.step("asl", &[("otp", otp), ("onset", &onset), ("patient", PATIENT)]).await.shows(200, otp);
    }
    visitor.step("asl", &[("otp", &otp), ("patient", PATIENT)]).await.shows(200, "Codice OTP inviato");
    visitor.step("asl", &[("otp", &otp), ("patient", PATIENT)]).await.shows(200, "già stato sbloccato o usato");
    vec![Canary::Text(PATIENT.to_owned()), Canary::code(&otp)]
}
