//! What a service is called on the wire, what the services have in common, and how the values of answers are read.
//!
//! The names of each family stand in its own file: `call_center`, `swabs`, `asl`, `exemptions`.

use jiff::{Timestamp, civil};

use super::{
    call_center, exemptions,
    reasons::{FailureReason, RefusalReason},
    swabs,
};
use crate::server::clock::rome;

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
/// "Identificativo transazione", in every answer but that of a closure.
pub const TRANSACTION: &str = "idTransazione";
/// "Esito", in every answer.
pub const ESITO: &str = "esito";
/// "Descrizione esito".
pub const ESITO_TEXT: &str = "descrizioneEsito";
/// "Data-ora".
pub const AT: &str = "dataOra";
/// How operators are authenticated.
pub const AUTHENTICATION: &str = "tipoAutenticazione";
/// The operator's codice fiscale.
pub const OPERATOR: &str = "cfOperatore";
/// The OTP.
pub const OTP: &str = "codiceOtp";
/// The day on which symptoms began.
pub const ONSET: &str = "dataInizioSintomi";
/// The patient's codice fiscale.
pub const PATIENT: &str = "cfAssistito";
/// The day of the swab.
pub const SAMPLED_ON: &str = "dataPrelievo";
/// The pincode of a structure, encrypted: the first child of each of its requests.
pub const PIN_CODE: &str = "pinCode";

/// The fields that are the caller's or a patient's, sent or returned: codes. The id of a transaction is one where it is
/// sent: it is the CUN of a report to cancel.
pub const CALLERS_CODES: &[&str] = &[
    call_center::CARD,
    call_center::CUN,
    OTP,
    call_center::TEST_ID,
    PATIENT,
    TRANSACTION,
    swabs::TEST_CUN,
    swabs::PHONE,
    swabs::EMAIL,
    exemptions::PATIENT,
];
/// The same: days.
pub const CALLERS_DAYS: &[&str] = &[ONSET, SAMPLED_ON, exemptions::VALID_FROM];

/// What one service is called on the wire, and how its answer is read.
#[derive(Debug)]
pub struct Operation {
    /// The operation.
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
    /// The fields of the answer that are read, [`ERRORS`] and the list apart.
    pub answer_fields: &'static [&'static str],
    /// Where the service lies when the configuration does not say.
    pub path: &'static str,
    /// The list in the answer, where it has one.
    pub list: Option<List>,
    /// The field that puts the outcome into words.
    pub esito_text: &'static str,
    /// What an outcome means.
    pub meaning: fn(&str) -> Meaning,
    /// What the id of the transaction is.
    pub transaction: TransactionField,
    /// Whether the fields of the answer are known by their local names alone.
    pub by_local_name: bool,
    /// The most nodes of an answer.
    pub most_nodes: u32,
}

/// A list of items in an answer.
#[derive(Clone, Copy, Debug)]
pub struct List {
    /// The list.
    pub name: &'static str,
    /// Each of its items.
    pub item: &'static str,
    /// The fields of an item that are read.
    pub fields: &'static [&'static str],
    /// A field whose own fields, of the shared types, are read as if they were the item's.
    pub group: &'static str,
    /// Those fields.
    pub group_fields: &'static [&'static str],
}

/// What an outcome means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Meaning {
    /// Done.
    Done,
    /// Done, and something is to be known.
    DoneWithWarning,
    /// A no.
    Refused(RefusalReason),
    /// Neither a yes nor a no that can be trusted.
    Uncertain(FailureReason),
}

/// What the field of the transaction's id is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TransactionField {
    /// An id, to be kept.
    Id,
    /// In a yes the CUN of the test, which is the patient's and not to be kept (seed 003, Tab. 3); in a no an id.
    Cun,
    /// The answer has none.
    Absent,
}

/// More nodes than this are in no answer without a list; the widest of the contracts has a few dozen.
const MOST_NODES: u32 = 10_000;

/// What most services have in common; the names are to be filled in.
pub const USUAL: Operation = Operation {
    name: "",
    action: "",
    request: "",
    request_namespace: "",
    answer: "",
    answer_namespace: "",
    answer_fields: &[TRANSACTION, ESITO, ESITO_TEXT, AT],
    path: "",
    list: None,
    esito_text: ESITO_TEXT,
    meaning: usual_meaning,
    transaction: TransactionField::Id,
    by_local_name: false,
    most_nodes: MOST_NODES,
};

/// The four digits of the call center's and the swabs' outcomes.
pub fn usual_meaning(esito: &str) -> Meaning {
    match esito {
        "0000" => Meaning::Done,
        "0001" => Meaning::DoneWithWarning,
        "9999" => Meaning::Refused(RefusalReason::Esito),
        _ => Meaning::Uncertain(FailureReason::UnknownEsito),
    }
}

/// `xs:date`: aaaa-mm-gg, a time zone allowed and of no effect on the day.
pub fn date(text: &str) -> Option<civil::Date> {
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
pub fn instant(text: &str) -> Option<Timestamp> {
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
