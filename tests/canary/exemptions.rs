//! Closures of certifications in every class, and what is typed into the wrong fields on the way (seed 000).

use centralino::domain::dates;
use jiff::civil::{Date, date};
use serde_json::json;

use super::{
    call::NO,
    search::Canary,
    visitor::{Visitor, new_key},
};
use crate::support::{Answer, call::Control};

/// Who is in no account.
const PATIENT: &str = "WKJQZX77B03F839M";
const CODE: &str = "EK7Q2ZW9";
const FROM: Date = date(2019, 5, 17);
const UNTIL: Date = date(2031, 8, 23);
/// Of a closure that was carried out, answers that can't be trusted.
const LOST: [&str; 3] = ["truncated", "unknown_esito", "reset_after_reading"];

async fn close(visitor: &mut Visitor) -> Answer {
    let from = dates::display(FROM);
    visitor.step("exemptions", &[("exemption", CODE), ("valid_from", &from), ("patient", PATIENT)]).await
}

/// A closure that never reaches the service.
pub async fn not_sent(visitor: &mut Visitor) {
    close(visitor).await.shows(200, "Chiusura non inviata");
}

/// Every outcome of the desk; the certification is closed in the end. What must be nowhere afterwards.
pub async fn every_outcome(visitor: &mut Visitor, control: &Control) -> Vec<Canary> {
    let one = json!({ "fiscal_code": PATIENT, "code": CODE, "valid_from": FROM, "valid_to": UNTIL });
    control.seed(json!({ "certifications": [one] })).await;
    let from = dates::display(FROM);
    for (code, day, patient) in [(PATIENT, &*from, CODE), (CODE, PATIENT, &*from), (&*from, CODE, PATIENT)] {
        let fields = [("exemption", code), ("valid_from", day), ("patient", patient)];
        visitor.step("exemptions", &fields).await.shows(422, "role=\"alert\"");
        let without_key = [&fields[..], &[("key", patient)]].concat();
        visitor.post("/exemptions", &without_key).await.shows(400, "");
    }
    for fault in NO {
        control.fault("exemption_close", fault).await;
        close(visitor).await.shows(200, PATIENT);
    }
    for esito in ["7450", "7470", "7485", "7466"] {
        control.esito("exemption_close", esito).await;
        close(visitor).await.shows(200, PATIENT);
    }
    let key = new_key();
    let question =
        [("key", key.as_str()), ("exemption", CODE), ("valid_from", &from), ("patient", PATIENT), ("repeat", "1")];
    visitor.post("/exemptions", &question).await.shows(200, "name=\"sure\"");
    close(visitor).await.shows(200, "Certificazione chiusa").shows(200, &dates::display(UNTIL));
    for fault in LOST {
        control.fault("exemption_close", fault).await;
        close(visitor).await.shows(200, PATIENT);
    }
    close(visitor).await.shows(200, "Codice 7470");
    let texts = [PATIENT, CODE, "CERTIFICAZIONE DA CHIUDERE NON TROVATA", "ELABORAZIONE CORRETTAMENTE"];
    texts.map(|text| Canary::Text(text.to_owned())).into_iter().chain([FROM, UNTIL].map(Canary::Day)).collect()
}
