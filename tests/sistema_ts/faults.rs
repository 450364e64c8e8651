//! Faults and statuses: which of them are a no, and which leave everything open.

use centralino::sistema_ts::{call_center::Communication, outcome::Outcome, reasons::RefusalReason};

use super::rig::{CUN, Rig, summary};
use crate::support::upstream::xml::{envelope, fault, verified, yes};

const XML: &str = "text/xml; charset=UTF-8";

async fn verdict(status: u16, body: &str) -> (&'static str, &'static str) {
    summary(&Rig::answering(status, XML, body).await.client.verify().await)
}

#[tokio::test]
async fn bad_credentials_are_refused_and_tried_once() {
    let rig = Rig::answering(500, XML, fault("env:Client", "Credenziali invalide")).await;
    let Outcome::Refused(refusal) = rig.client.verify().await else { panic!("refused") };
    assert_eq!(refusal.reason, RefusalReason::BadCredentials);
    assert_eq!(refusal.text.expect("a text").expose(), "Credenziali invalide");
    assert_eq!(rig.upstream.seen.requests().len(), 1, "accounts may lock");
}

#[tokio::test]
async fn a_rejection_by_policy_has_a_reason_of_its_own() {
    let text = "Rejected by policy. (from client)";
    assert_eq!(verdict(500, &fault("env:Client", text)).await, ("refused", "rejected_by_policy"));
    assert_eq!(verdict(500, &fault("env:Server", text)).await, ("refused", "rejected_by_policy"));
    assert_eq!(verdict(403, &fault("env:Client", text)).await, ("refused", "rejected_by_policy"));
    let answer = fault("env:Client", "Rejected by policy. (from server)");
    assert_eq!(verdict(500, &answer).await, ("uncertain", "service_fault"), "the service's answer was rejected");
}

#[tokio::test]
async fn a_fault_in_http_200_is_read_as_a_fault() {
    assert_eq!(verdict(200, &fault("env:Client", "Credenziali invalide")).await, ("refused", "bad_credentials"));
    assert_eq!(verdict(200, &fault("env:Client", "Messaggio errato")).await, ("refused", "fault"));
    assert_eq!(verdict(200, &fault("env:Server", "Errore")).await, ("uncertain", "service_fault"));
}

#[tokio::test]
async fn a_fault_that_names_what_was_sent_is_refused() {
    let complaint = format!("cvc-pattern-valid: Value '{CUN}' is not facet-valid with respect to pattern");
    assert_eq!(verdict(500, &fault("env:Client", &complaint)).await, ("refused", "fault"));
    assert_eq!(verdict(500, &fault("env:Server", &complaint)).await, ("refused", "fault"));
    let detail = format!(
        "<env:Fault><faultcode>env:Server</faultcode><faultstring>Errore</faultstring><detail><m>{complaint}</m></detail></env:Fault>"
    );
    let Outcome::Refused(refusal) = Rig::answering(500, XML, envelope(&detail)).await.client.verify().await else {
        panic!("refused")
    };
    assert!(refusal.text.expect("a text").expose().contains(CUN), "shown to the operator");
}

#[tokio::test]
async fn a_fault_of_the_services_own_is_uncertain() {
    for (code, text) in [
        ("env:Server", "Errore interno"),
        ("soap:Server", "cvc-complex-type.2.4.a: Invalid content was found starting with element 'esito'"),
        ("env:Server", &format!("Timeout durante la lavorazione di {CUN}")),
        ("env:Client", "Internal Error (from client)"),
        ("env:Client", "Internal Error"),
        ("env:Client", "Errore (from server)"),
        ("env:MustUnderstand", ""),
        ("", ""),
    ] {
        assert_eq!(verdict(500, &fault(code, text)).await, ("uncertain", "service_fault"), "{code} {text}");
    }
    let rig = Rig::answering(500, XML, fault("env:Server", "Errore")).await;
    assert_eq!(summary(&rig.client.unlock().await), ("uncertain", "service_fault"));
    assert_eq!(summary(&rig.client.confirm(Communication::Confirm).await), ("uncertain", "service_fault"));
}

#[tokio::test]
async fn a_server_error_without_a_fault_is_uncertain() {
    for status in [500, 502, 503, 504, 599] {
        assert_eq!(verdict(status, "<html>Bad gateway</html>").await, ("uncertain", "http_status"), "{status}");
        assert_eq!(verdict(status, "").await, ("uncertain", "http_status"), "{status}");
        assert_eq!(verdict(status, &verified(&yes())).await, ("uncertain", "http_status"), "a yes with {status}");
        assert_eq!(verdict(status, &verified("<esito>9999</esito>")).await, ("uncertain", "http_status"), "{status}");
    }
}

#[tokio::test]
async fn a_client_error_is_refused() {
    for status in [400, 401, 403, 404, 405, 407, 413, 415, 429] {
        for body in ["", "<html>Forbidden</html>", "{}"] {
            let Outcome::Refused(refusal) = Rig::answering(status, "text/html", body).await.client.verify().await
            else {
                panic!("{status}")
            };
            assert_eq!(refusal.reason, RefusalReason::HttpStatus(status));
        }
    }
    assert_eq!(verdict(401, &fault("env:Client", "Credenziali invalide")).await, ("refused", "bad_credentials"));
    let outcome = Rig::answering(400, XML, fault("env:Client", "Messaggio errato")).await.client.verify().await;
    let Outcome::Refused(refusal) = outcome else { panic!("refused") };
    assert_eq!(refusal.text.expect("a text").expose(), "Messaggio errato");
}

#[tokio::test]
async fn other_statuses_are_uncertain() {
    for status in [201, 202, 206, 300, 304] {
        assert_eq!(verdict(status, &verified(&yes())).await, ("uncertain", "http_status"), "{status}");
    }
}

#[tokio::test]
async fn two_of_a_part_of_a_fault_are_uncertain() {
    let twice = fault("env:Server", "x").replace("<faultcode>", "<faultcode>env:Client</faultcode><faultcode>");
    assert_eq!(verdict(200, &twice).await, ("uncertain", "duplicate_field"));
}
