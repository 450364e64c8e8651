//! Answers of the services, whatever comes: a yes is one only with all that it must have (`crate::fuzz`).

use jiff::civil::{Date, date};
use roxmltree::{Document, Node};

use super::{
    asl::SEND_OTP,
    call_center::{CARD, CONFIRM, CUN, TEST_ID, UNLOCK, VERIFY, confirmed, unlocked, verified},
    encoding::decode,
    envelope::Fields,
    exemptions::{CLOSE, closed},
    operation::{ESITO, ONSET, OTP, Operation, SAMPLED_ON, TRANSACTION},
    swabs::{CANCEL, LIST, REPORT, cancelled, listed, reported},
    transport::Reply,
    verdict::{No, Yes, judge},
};
use crate::domain::call::TransactionId;

const TODAY: Date = date(2021, 1, 11);
const STATUSES: [u16; 8] = [200, 200, 500, 400, 404, 302, 503, 204];
const TYPES: [Option<&str>; 8] = [
    Some("text/xml"),
    None,
    Some("text/xml; charset=UTF-8"),
    Some("text/xml;charset=ISO-8859-1"),
    Some("application/soap+xml; charset=\"utf-8\""),
    Some("text/html"),
    Some("text/xml; charset=utf-16"),
    Some(""),
];

/// What a service's yes leaves to be kept.
type Read = fn(Yes) -> Result<Option<TransactionId>, No>;

/// Operation, reader, the fields without which there is no yes, the values of `esito` that are one.
const SERVICES: [(&Operation, Read, &[&str], &[&str]); 8] = [
    (
        &VERIFY,
        |yes| {
            let verified = verified(yes)?;
            assert!(verified.sampled_on.expose() <= TODAY);
            Ok(Some(verified.transaction))
        },
        &[TRANSACTION, ESITO, TEST_ID, SAMPLED_ON],
        &["0000", "0001"],
    ),
    (&UNLOCK, |yes| Ok(Some(unlocked(yes)?.transaction)), &[TRANSACTION, ESITO], &["0000", "0001"]),
    (&CONFIRM, |yes| Ok(Some(confirmed(yes)?.transaction)), &[TRANSACTION, ESITO], &["0000", "0001"]),
    (&REPORT, |yes| reported(yes).map(|_| None), &[TRANSACTION, ESITO], &["0000", "0001"]),
    (&CANCEL, |yes| Ok(Some(cancelled(yes)?.transaction)), &[TRANSACTION, ESITO], &["0000", "0001"]),
    (&LIST, |yes| Ok(Some(listed(yes)?.transaction)), &[TRANSACTION, ESITO], &["0000", "0001"]),
    (&SEND_OTP, |yes| Ok(Some(unlocked(yes)?.transaction)), &[TRANSACTION, ESITO], &["204", "0000", "0001"]),
    (&CLOSE, |yes| Ok(Some(closed(&yes)).and(None)), &[ESITO], &["7499"]),
];

/// Service, status and content type, a byte each; then the body.
pub fn answers(data: &[u8]) {
    let [service, status, content_type, body @ ..] = data else { return };
    let at = |byte: &u8| usize::from(*byte) % 8;
    let (Some((operation, read, mandatory, done)), Some(status), Some(content_type)) =
        (SERVICES.get(at(service)), STATUSES.get(at(status)), TYPES.get(at(content_type)))
    else {
        return;
    };
    let said = Fields::new()
        .with(CARD, "47135715")
        .with(CUN, "CUN-H17KZ6247A")
        .with(OTP, "59Y5QWWF4Z")
        .with(ONSET, "2021-01-06")
        .knowing(TEST_ID, "8b0a5f44-7a3e-4f0e-9a2b-3c1d5e6f7a80");
    let reply = Reply { status: *status, content_type: content_type.map(str::to_owned), body: Ok(body.to_vec()) };
    let Ok(kept) = judge(&reply, operation, &said, TODAY).and_then(read) else { return };
    assert_eq!(*status, 200, "a yes of another status");
    if let Some(kept) = kept {
        repeats_nothing(kept.as_str());
    }
    let text = decode(body, *content_type).unwrap_or_default();
    assert!(Document::parse(&text).is_ok_and(|document| is_whole(&document, operation, mandatory, done)));
}

/// Nothing of the caller's is kept.
fn repeats_nothing(transaction: &str) {
    let bare: String = transaction.chars().filter(char::is_ascii_alphanumeric).collect();
    for said in ["47135715", "H17KZ6247A", "59Y5QWWF4Z", "20210106", "06012021", "8B0A5F447A3E4F0E9A2B3C1D5E6F7A80"] {
        assert!(!bare.to_ascii_uppercase().contains(said), "{said} would be kept");
    }
}

/// Whether the one answer in it has each field once, by the rules of XML alone.
fn is_whole(document: &Document<'_>, operation: &Operation, mandatory: &[&str], done: &[&str]) -> bool {
    let is_answer = |node: &Node<'_, '_>| node.has_tag_name((operation.answer_namespace, operation.answer));
    let mut answers = document.descendants().filter(is_answer);
    let (Some(answer), None) = (answers.next(), answers.next()) else { return false };
    let text = |name: &str| {
        let mut fields = answer.children().filter(|child| child.tag_name().name() == name);
        let (field, None) = (fields.next()?, fields.next()) else { return None };
        Some(field.children().filter_map(|child| child.text().filter(|_| child.is_text())).collect::<String>())
    };
    let has = |name: &&str| text(name).is_some_and(|text| !text.trim().is_empty());
    let esito = text(ESITO).unwrap_or_default();
    mandatory.iter().all(has) && done.iter().any(|word| esito.trim().starts_with(word))
}
