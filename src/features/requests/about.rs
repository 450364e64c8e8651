//! What a no is about: who we are to the service, or what was typed, and into which fields.

use super::answer::LastAnswer;
use crate::{
    domain::service::{OutcomeClass, Service},
    sistema_ts::{
        error_codes::ErrorCode,
        exemptions::{ClosureCode, NextStep},
        reasons::RefusalReason,
    },
    storage::steps::Step,
};

/// The word of a code of the closure of exemptions.
const CLOSURE: &str = "closure";
/// The word of a refusal in the service's own form.
const ESITO: &str = RefusalReason::Esito.word();
/// What stands before the service may refuse a request too: it has not looked at any code. An error of the service's own
/// has the same word, but leaves the outcome open.
const HTTP_STATUS: &str = "http_status";
/// The words of the Immuni back end's refusals.
const OF_OTP: [&str; 2] = [RefusalReason::OtpMalformed.word(), RefusalReason::OtpConflict.word()];
/// Reasons that are the desk's own or the service's: the caller's codes have nothing to do with them.
const OURS: [&str; 5] =
    ["rejected_by_policy", "bad_credentials", "client_certificate", "certificate_expired", "missing_field"];

/// The code of the closure of exemptions that was answered.
pub fn closure(answer: Option<&LastAnswer>) -> Option<ClosureCode> {
    let code = answer.filter(|answer| answer.reason == CLOSURE)?.code?;
    ClosureCode::ALL.iter().copied().find(|known| known.number() == code)
}

/// The code of the error that was answered.
fn error(answer: Option<&LastAnswer>) -> Option<ErrorCode> {
    ErrorCode::of(answer.filter(|answer| answer.reason == ESITO)?.code?)
}

/// Whether a request was turned away for who we are, whatever it said.
pub fn is_ours(step: &Step, answer: Option<&LastAnswer>) -> bool {
    use ErrorCode::{ForeignSource, NoAuthentication, NotAuthorised, PincodeNotAllowed};
    let is_turned_away = |reason: &str| step.class() == OutcomeClass::Refused && reason == HTTP_STATUS;
    let is_for_others =
        closure(answer).is_some_and(|code| matches!(code.next(), NextStep::Administrator | NextStep::Certificate));
    let is_stranger = error(answer)
        .is_some_and(|code| matches!(code, NotAuthorised | NoAuthentication | ForeignSource | PincodeNotAllowed));
    is_for_others
        || is_stranger
        || answer.is_some_and(|answer| OURS.contains(&answer.reason.as_str()) || is_turned_away(&answer.reason))
}

/// The fields that a refusal is about, by name; all of the form's where the service does not say.
pub fn fields(service: Service, answer: Option<&LastAnswer>, is_deferred: bool) -> &'static [&'static str] {
    match service {
        Service::Verify => &["card", "cun"],
        Service::Unlock => &["otp", "onset"],
        Service::Confirm if is_deferred => &["cun"],
        Service::Confirm | Service::Cancel => &[],
        Service::SwabReport | Service::SwabCancel | Service::SwabList => of_swabs(service, error(answer)),
        Service::AslOtp => of_otp(answer),
        Service::ExemptionClose => of_closure(closure(answer)),
    }
}

fn of_swabs(service: Service, code: Option<ErrorCode>) -> &'static [&'static str] {
    match (code, service) {
        (Some(ErrorCode::NotOneStructure | ErrorCode::NotOneSite), _) => &["structure", "description"],
        (Some(ErrorCode::LongDescription), _) => &["description"],
        (Some(ErrorCode::Missing), Service::SwabReport) => &["patient", "sampled_on", "result"],
        (Some(ErrorCode::NotInList), Service::SwabReport) => &["result"],
        (Some(ErrorCode::TwoContacts), Service::SwabReport) => &["phone", "email"],
        (Some(ErrorCode::WrongDate), Service::SwabReport) => &["sampled_on"],
        (_, Service::SwabReport) => &["structure", "description", "patient", "sampled_on", "result"],
        (Some(ErrorCode::Missing | ErrorCode::NoSuchTest), Service::SwabCancel) => &["patient", "cun"],
        (Some(ErrorCode::Cancelled), Service::SwabCancel) => &["cun"],
        (_, Service::SwabCancel) => &["structure", "description", "patient", "cun"],
        (Some(ErrorCode::Missing | ErrorCode::WrongDate | ErrorCode::WrongInterval), Service::SwabList) => {
            &["from", "to"]
        }
        // Most are about who may list at all.
        _ => &[],
    }
}

fn of_otp(answer: Option<&LastAnswer>) -> &'static [&'static str] {
    match error(answer) {
        Some(ErrorCode::WrongDate) => &["onset"],
        _ if answer.is_some_and(|answer| OF_OTP.contains(&answer.reason.as_str())) => &["otp"],
        _ => &["otp", "onset", "patient"],
    }
}

fn of_closure(code: Option<ClosureCode>) -> &'static [&'static str] {
    match code {
        Some(ClosureCode::NoExemption) => &["exemption"],
        Some(ClosureCode::NoPatient) => &["patient"],
        Some(ClosureCode::NoDate | ClosureCode::WrongDate) => &["valid_from"],
        _ => &["exemption", "valid_from", "patient"],
    }
}
