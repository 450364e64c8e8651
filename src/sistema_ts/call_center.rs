//! The services of the call center: the names of their elements, their requests and their answers (seed 003, 3.3).
//!
//! The names are a proposal (`contracts/`); when the official ones arrive, this file alone changes.

use jiff::{Timestamp, civil};

use super::{
    envelope::Fields,
    outcome::{Confirmed, FailureReason, RefusalReason, SamplingDate, Unlocked, Verified},
    settings::AuthenticationType,
    verdict::{No, Yes},
};
use crate::{
    domain::{
        call::TestVerificationId,
        case::Service,
        code::{Cun, Otp},
        fiscal_code::FiscalCode,
        health_card::HealthCardDigits,
    },
    server::clock::rome,
};

/// The namespace of the types that the services share; the fields of an `errore` are of it.
pub const TYPES_NAMESPACE: &str = "http://tipodati.xsd.immuni.sanita.finanze.it";
/// The list of errors in every answer, its items, and their fields.
pub const ERRORS: &str = "errori";
/// See [`ERRORS`].
pub const ERROR_ITEM: &str = "errore";
/// See [`ERRORS`].
pub const ERROR_FIELDS: &[&str] = &[ERROR_KIND, ERROR_CODE, ERROR_TEXT];
/// How grave an error is.
pub const ERROR_KIND: &str = "tipoErrore";
/// The four digits of an error.
pub const ERROR_CODE: &str = "codEsito";
/// An error in words.
pub const ERROR_TEXT: &str = "descrEsito";
/// "Identificativo transazione", in every answer.
pub const TRANSACTION: &str = "idTransazione";
/// "Esito", in every answer.
pub const ESITO: &str = "esito";
/// "Descrizione esito".
pub const ESITO_TEXT: &str = "descrizioneEsito";

const AUTHENTICATION: &str = "tipoAutenticazione";
const OPERATOR: &str = "cfOperatore";
const CARD: &str = "numTesseraSanitaria";
const CUN: &str = "cun";
const OTP: &str = "codiceOtp";
const ONSET: &str = "dataInizioSintomi";
const TEST_ID: &str = "idVerificaTampone";
const SAMPLED_ON: &str = "dataPrelievo";
const AT: &str = "dataOra";
const COMMUNICATION: &str = "idTipoComunicazione";

/// The fields that are the caller's, sent or returned: codes.
pub const CALLERS_CODES: &[&str] = &[CARD, CUN, OTP, TEST_ID];
/// The fields that are the caller's, sent or returned: days.
pub const CALLERS_DAYS: &[&str] = &[ONSET, SAMPLED_ON];

/// What one service is called on the wire.
#[derive(Debug)]
pub struct Operation {
    /// The operation, and the end of its usual path.
    pub name: &'static str,
    /// The value of the `SOAPAction` header, without its quotes.
    pub action: &'static str,
    /// The element of the request.
    pub request: &'static str,
    /// The namespace of the request and its fields.
    pub request_namespace: &'static str,
    /// The element of the answer.
    pub answer: &'static str,
    /// The namespace of the answer and its fields.
    pub answer_namespace: &'static str,
    /// The fields of the answer that are read, [`ERRORS`] apart.
    pub answer_fields: &'static [&'static str],
}

impl Operation {
    /// Where the service lies when the configuration does not say.
    pub fn usual_path(&self) -> String {
        format!("/ImmuniCallCenterWEB/services/{}", self.name)
    }
}

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

fn declare(fields: &mut Fields, authentication: AuthenticationType) {
    fields.extend(authentication.to_wire().map(|word| (AUTHENTICATION, word.to_owned())));
}

/// The request of Verifica positività.
pub fn verify_fields(
    operator: &FiscalCode,
    authentication: AuthenticationType,
    card: &HealthCardDigits,
    cun: &Cun,
) -> Fields {
    let mut fields = vec![(OPERATOR, operator.to_wire().to_owned())];
    declare(&mut fields, authentication);
    fields.extend([(CARD, card.to_wire().to_owned()), (CUN, cun.to_wire())]);
    fields
}

/// The request of Sblocco codice Immuni. `onset` is the sampling date for a caller without symptoms.
pub fn unlock_fields(
    operator: &FiscalCode,
    authentication: AuthenticationType,
    otp: &Otp,
    onset: civil::Date,
    id: &TestVerificationId,
) -> Fields {
    let mut fields = vec![(OTP, otp.to_wire()), (ONSET, onset.to_string()), (OPERATOR, operator.to_wire().to_owned())];
    declare(&mut fields, authentication);
    fields.push((TEST_ID, id.to_wire().to_owned()));
    fields
}

/// The CUN of a test that the service knows by its verification, as one of the fields that it may repeat.
pub fn known_cun(cun: &Cun) -> (&'static str, String) {
    (CUN, cun.to_wire())
}

/// The request of Conferma sblocco Immuni. `id` may be left out where it is not part of the caller's call.
pub fn confirm_fields(
    communication: Communication,
    operator: &FiscalCode,
    authentication: AuthenticationType,
    id: Option<&TestVerificationId>,
    cun: &Cun,
) -> Fields {
    let mut fields =
        vec![(COMMUNICATION, communication.to_wire().to_owned()), (OPERATOR, operator.to_wire().to_owned())];
    declare(&mut fields, authentication);
    fields.extend(id.map(|id| (TEST_ID, id.to_wire().to_owned())));
    fields.push((CUN, cun.to_wire()));
    fields
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

/// `xs:date`: aaaa-mm-gg, a time zone allowed and of no effect on the day.
fn date(text: &str) -> Option<civil::Date> {
    let (day, zone) = text.split_at_checked(10)?;
    let is_zone = |zone: &str| {
        let digits = zone.strip_prefix(['+', '-']).unwrap_or_default();
        let is_time = |(index, byte): (usize, u8)| if index == 2 { byte == b':' } else { byte.is_ascii_digit() };
        zone == "Z" || (digits.len() == 5 && digits.bytes().enumerate().all(is_time))
    };
    if !zone.is_empty() && !is_zone(zone) {
        return None;
    }
    day.parse().ok().filter(|parsed: &civil::Date| parsed.to_string() == day)
}

/// `aaaa-mm-ggThh:mm:ss.SSS±hh:mm`; a blank instead of `T` and no fraction are allowed; no zone is Europe/Rome.
fn instant(text: &str) -> Option<Timestamp> {
    let local = || text.parse::<civil::DateTime>().ok()?.to_zoned(rome()).ok().map(|zoned| zoned.timestamp());
    // A day alone would be read as its midnight.
    (text.len() >= "2021-01-11T10:15:30".len()).then(|| text.parse().ok().or_else(local)).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_read_strictly() {
        let day = Some(civil::date(2021, 1, 8));
        for text in ["2021-01-08", "2021-01-08Z", "2021-01-08+01:00"] {
            assert_eq!(date(text), day, "{text}");
        }
        for text in ["08/01/2021", "20210108", "2021-1-8", "2021-02-30", "2021-01-08T10:00:00", "2021-01-08 ", "è", ""]
        {
            assert_eq!(date(text), None, "{text}");
        }
    }

    #[test]
    fn instants_without_a_zone_are_of_rome() {
        let wanted: Timestamp = "2021-01-11T09:15:30.123Z".parse().expect("an instant");
        for text in [
            "2021-01-11T10:15:30.123+01:00",
            "2021-01-11T10:15:30.123",
            "2021-01-11 10:15:30.123",
            "2021-01-11 10:15:30.123+01:00",
            "2021-01-11T09:15:30.123Z",
        ] {
            assert_eq!(instant(text), Some(wanted), "{text}");
        }
        assert_eq!(instant("2021-07-11T10:15:30"), "2021-07-11T08:15:30Z".parse().ok(), "summer time, no fraction");
        assert_eq!(instant("11/01/2021 10:15:30"), None);
        assert_eq!(instant("2021-01-11"), None);
    }
}
