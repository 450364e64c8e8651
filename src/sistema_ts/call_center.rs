//! The services of the call center: the names of their elements, their requests and their answers (seed 003, 3.3).
//!
//! The names are a proposal (`contracts/`); when the official ones arrive, this file alone changes.

use jiff::civil;

use super::{
    answers::{Confirmed, SamplingDate, Unlocked, Verified},
    envelope::Fields,
    operation::{
        AT, AUTHENTICATION, ESITO, ESITO_TEXT, ONSET, OPERATOR, OTP, Operation, SAMPLED_ON, TRANSACTION, USUAL, date,
        instant,
    },
    reasons::{FailureReason, RefusalReason},
    settings::AuthenticationType,
    verdict::{No, Yes},
};
use crate::domain::{
    call::TestVerificationId,
    code::{Cun, Otp},
    fiscal_code::FiscalCode,
    health_card::HealthCardDigits,
    service::Service,
};

/// The last eight digits of the caller's card.
pub const CARD: &str = "numTesseraSanitaria";
/// The CUN.
pub const CUN: &str = "cun";
/// "ID Verifica Tampone".
pub const TEST_ID: &str = "idVerificaTampone";
const COMMUNICATION: &str = "idTipoComunicazione";

macro_rules! operation {
    ($name:literal, $namespace:literal, $fields:expr) => {
        Operation {
            name: $name,
            action: concat!("http://", $namespace, ".wsdl.immuni.sanita.finanze.it/", $name),
            request: concat!($name, "Richiesta"),
            request_namespace: concat!("http://", $namespace, "richiesta.xsd.immuni.sanita.finanze.it"),
            answer: concat!($name, "Ricevuta"),
            answer_namespace: concat!("http://", $namespace, "ricevuta.xsd.immuni.sanita.finanze.it"),
            answer_fields: $fields,
            path: concat!("/ImmuniCallCenterWEB/services/", $name),
            ..USUAL
        }
    };
}

/// Verifica positività (seed 003, 3.3.1, Tab. 9 and 10).
pub const VERIFY: Operation =
    operation!("VerificaPositivita", "verificapositivita", &[TRANSACTION, ESITO, ESITO_TEXT, TEST_ID, SAMPLED_ON]);
/// Sblocco codice Immuni (seed 003, 3.3.2, Tab. 11 and 12).
pub const UNLOCK: Operation =
    operation!("SbloccoCodiceImmuni", "sbloccocodiceimmuni", &[TRANSACTION, ESITO, ESITO_TEXT, AT]);
/// Conferma sblocco Immuni (seed 003, 3.3.3, Tab. 13 and 14).
pub const CONFIRM: Operation =
    operation!("ConfermaSbloccoImmuni", "confermasbloccoimmuni", &[TRANSACTION, ESITO, ESITO_TEXT]);

/// What Conferma sblocco tells the service ("ID Tipo Comunicazione", seed 003, 3.3.3, Tab. 13).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Communication {
    /// `C`: the caller's upload has happened; deletes the caller's data at the service for good.
    Confirm,
    /// `A`: the confirmation of the unlock is called off.
    Cancel,
}

impl Communication {
    /// As it travels.
    pub const fn to_wire(self) -> &'static str {
        match self {
            Self::Confirm => "C",
            Self::Cancel => "A",
        }
    }

    /// As it is kept and counted.
    pub const fn service(self) -> Service {
        match self {
            Self::Confirm => Service::Confirm,
            Self::Cancel => Service::Cancel,
        }
    }
}

/// The request of Verifica positività.
pub fn verify_fields(
    operator: &FiscalCode,
    authentication: AuthenticationType,
    card: &HealthCardDigits,
    cun: &Cun,
) -> Fields {
    Fields::new()
        .with(OPERATOR, operator.to_wire())
        .with_some(AUTHENTICATION, authentication.to_wire())
        .with(CARD, card.to_wire())
        .with(CUN, cun.to_wire())
}

/// The request of Sblocco codice Immuni. `onset` is the sampling date for a caller without symptoms.
pub fn unlock_fields(
    operator: &FiscalCode,
    authentication: AuthenticationType,
    otp: &Otp,
    onset: civil::Date,
    id: &TestVerificationId,
) -> Fields {
    Fields::new()
        .with(OTP, otp.to_wire())
        .with(ONSET, onset.to_string())
        .with(OPERATOR, operator.to_wire())
        .with_some(AUTHENTICATION, authentication.to_wire())
        .with(TEST_ID, id.to_wire())
}

/// The request of Conferma sblocco Immuni. `id` may be left out where it is not part of the caller's call.
pub fn confirm_fields(
    communication: Communication,
    operator: &FiscalCode,
    authentication: AuthenticationType,
    id: Option<&TestVerificationId>,
    cun: &Cun,
) -> Fields {
    Fields::new()
        .with(COMMUNICATION, communication.to_wire())
        .with(OPERATOR, operator.to_wire())
        .with_some(AUTHENTICATION, authentication.to_wire())
        .with_some(TEST_ID, id.map(TestVerificationId::to_wire))
        .with(CUN, cun.to_wire())
}

/// A yes of Verifica positività, if it has what the next step needs.
pub fn verified(yes: Yes) -> Result<Verified, No> {
    let (Some(id), Some(sampled_on)) = (yes.answer.get(TEST_ID), yes.answer.get(SAMPLED_ON)) else {
        return Err(yes.refused(RefusalReason::MissingField));
    };
    // A swab of tomorrow is none: its day would be sent as the onset of a caller without symptoms.
    let sampled_on = date(sampled_on).filter(|day| *day <= yes.today);
    let (Ok(id), Some(sampled_on)) = (id.parse(), sampled_on) else {
        return Err(FailureReason::UnreadableField.into());
    };
    let sampled_on = SamplingDate::new(sampled_on);
    Ok(Verified { id, sampled_on, transaction: yes.transaction()?, notes: yes.notes() })
}

/// A yes of Sblocco codice Immuni.
pub fn unlocked(yes: Yes) -> Result<Unlocked, No> {
    let at = yes.answer.get(AT).and_then(instant);
    Ok(Unlocked { transaction: yes.transaction()?, at, notes: yes.notes() })
}

/// A yes of Conferma sblocco Immuni.
pub fn confirmed(yes: Yes) -> Result<Confirmed, No> {
    Ok(Confirmed { transaction: yes.transaction()?, notes: yes.notes() })
}
