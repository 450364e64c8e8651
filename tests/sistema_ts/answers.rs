//! What the services may say, and what each is taken for.

use centralino::{
    domain::call::TransactionId,
    sistema_ts::{call_center::Communication, outcome::Outcome, reasons::RefusalReason, upstream_text::UpstreamText},
};
use jiff::civil::date;

use super::rig::{CARD, CUN, OTP, Rig, summary, test_id};
use crate::support::upstream::xml::{
    TEST_ID, TRANSACTION, TYPES_NAMESPACE, VERIFIED_NAMESPACE, confirmed, envelope, unlocked, verified, yes,
};

const TRANSACTION_ID: &str = "2c9f1b5e-0d7a-4f5c-8f37-6e2b8f1d0a11";

/// What a Verifica answered with these fields comes to.
async fn verdict(fields: &str) -> (&'static str, &'static str) {
    summary(&Rig::saying(&verified(fields)).await.client.verify().await)
}

/// What a Verifica answered with this envelope comes to.
async fn verdict_on(envelope: &str) -> (&'static str, &'static str) {
    summary(&Rig::saying(envelope).await.client.verify().await)
}

#[tokio::test]
async fn the_samples_of_the_contracts_are_understood() {
    let verified = Rig::saying(include_str!("../../contracts/samples/verifica-res.xml")).await.client.verify().await;
    let Outcome::Done(verified) = verified else { panic!("done") };
    assert_eq!(verified.transaction.as_str(), TRANSACTION_ID);
    assert_eq!((verified.id, verified.sampled_on.expose()), (test_id(), date(2021, 1, 8)));
    assert!(verified.notes.is_empty());

    let unlocked = Rig::saying(include_str!("../../contracts/samples/sblocco-res.xml")).await.client.unlock().await;
    let Outcome::Done(unlocked) = unlocked else { panic!("done") };
    assert_eq!(unlocked.at, "2021-01-11T09:15:30.123Z".parse().ok());

    let refused = Rig::saying(include_str!("../../contracts/samples/verifica-ko.xml")).await.client.verify().await;
    let Outcome::Refused(refusal) = refused else { panic!("refused") };
    assert_eq!(refusal.reason, RefusalReason::Esito);
    assert_eq!(refusal.transaction.as_ref().map(TransactionId::as_str), Some("5b1f9c1e-3d0c-4b1e-8a55-1f1d2e3c4b5a"));
    assert_eq!(refusal.text.as_ref().map(UpstreamText::expose), Some("Richiesta non accolta"));
    let [error] = refusal.errors.as_slice() else { panic!("one error") };
    assert_eq!(error.expose(), "9020 SANDBOX: CUN non utilizzabile");
}

#[tokio::test]
async fn a_confirmation_needs_only_its_transaction() {
    for communication in [Communication::Confirm, Communication::Cancel] {
        let rig = Rig::saying(&confirmed(&format!("{TRANSACTION}<esito>0000</esito>"))).await;
        let Outcome::Done(done) = rig.client.confirm(communication).await else { panic!("done") };
        assert_eq!(done.transaction.as_str(), TRANSACTION_ID);
    }
}

#[tokio::test]
async fn a_yes_with_a_warning_is_done_and_the_warning_is_shown() {
    let fields = yes().replace("0000</esito>", "0001</esito><descrizioneEsito>Attenzione</descrizioneEsito>");
    let Outcome::Done(done) = Rig::saying(&verified(&fields)).await.client.verify().await else { panic!("done") };
    assert_eq!(done.notes.iter().map(UpstreamText::expose).collect::<Vec<_>>(), ["Attenzione"]);
}

#[tokio::test]
async fn a_yes_without_a_mandatory_field_is_refused() {
    let id = "<idVerificaTampone>8b0a5f44-7a3e-4f0e-9a2b-3c1d5e6f7a80</idVerificaTampone>";
    let day = "<dataPrelievo>2021-01-08</dataPrelievo>";
    for fields in [
        yes().replace(id, ""),
        yes().replace(day, ""),
        yes().replace(id, "<idVerificaTampone/>"),
        yes().replace("2021-01-08", "  "),
        yes().replace(id, "").replace(day, ""),
        yes().replace(id, r#"<idVerificaTampone xmlns:x="http://www.w3.org/2001/XMLSchema-instance" x:nil="true"/>"#),
    ] {
        let outcome = Rig::saying(&verified(&fields)).await.client.verify().await;
        assert_eq!(summary(&outcome), ("refused", "missing_field"), "{fields}");
        let Outcome::Refused(refusal) = outcome else { panic!("refused") };
        assert_eq!(
            refusal.transaction.as_ref().map(TransactionId::as_str),
            Some(TRANSACTION_ID),
            "is still registered"
        );
    }
}

#[tokio::test]
async fn a_yes_with_an_unreadable_field_is_uncertain() {
    for (from, to) in [
        ("2021-01-08", "08/01/2021"),
        ("2021-01-08", "2021-02-30"),
        ("2021-01-08", "2999-01-08"),
        ("8b0a5f44-7a3e-4f0e-9a2b-3c1d5e6f7a80", "8b0a5f44"),
        ("8b0a5f44-7a3e-4f0e-9a2b-3c1d5e6f7a80", "zb0a5f44-7a3e-4f0e-9a2b-3c1d5e6f7a80"),
    ] {
        assert_eq!(verdict(&yes().replace(from, to)).await, ("uncertain", "unreadable_field"), "{to}");
    }
}

#[tokio::test]
async fn a_yes_without_a_transaction_is_uncertain() {
    assert_eq!(verdict(&yes().replace(TRANSACTION, "")).await, ("uncertain", "missing_transaction"));
    let long = "x".repeat(65);
    for id in [long.as_str(), "CUN-H17KZ6247A", "due parole"] {
        assert_eq!(verdict(&yes().replace(TRANSACTION_ID, id)).await, ("uncertain", "unreadable_transaction"), "{id}");
    }
    let rig = Rig::saying(&confirmed("<esito>0000</esito>")).await;
    assert_eq!(summary(&rig.client.confirm(Communication::Confirm).await), ("uncertain", "missing_transaction"));
}

#[tokio::test]
async fn a_transaction_that_repeats_what_is_the_callers_is_none() {
    let untrusted = ("uncertain", "unreadable_transaction");
    let (id, code) = (TEST_ID.to_uppercase().replace('-', ":"), &CUN[4..]);
    let of_a_verification = [CARD.to_owned(), format!("tx-{}.{}", &CARD[..4], &CARD[4..]), format!("x{code}1"), id];
    for echo in &of_a_verification {
        assert_eq!(verdict(&yes().replace(TRANSACTION_ID, echo)).await, untrusted, "{echo}");
    }
    let refused = format!("<idTransazione>{CARD}</idTransazione><esito>9999</esito>");
    for (fields, reason) in [
        (refused, RefusalReason::Esito),
        (yes().replace(TRANSACTION_ID, CARD).replace("2021-01-08", ""), RefusalReason::MissingField),
    ] {
        let Outcome::Refused(refusal) = Rig::saying(&verified(&fields)).await.client.verify().await else {
            panic!("refused")
        };
        assert_eq!(
            (refusal.reason, refusal.transaction),
            (reason, None),
            "a no remains one, and nothing is kept of it"
        );
    }
    let rest = "<esito>0000</esito>";
    let of_the_test = format!("TX{code}01");
    for echo in [format!("x{}x", OTP.to_lowercase()), "20210106-1".to_owned(), TEST_ID.to_owned(), of_the_test] {
        let rig = Rig::saying(&unlocked(&format!("<idTransazione>{echo}</idTransazione>{rest}"))).await;
        assert_eq!(summary(&rig.client.unlock().await), untrusted, "{echo}");
    }
    for echo in [format!("a{code}"), TEST_ID.replace('-', "")] {
        let rig = Rig::saying(&confirmed(&format!("<idTransazione>{echo}</idTransazione>{rest}"))).await;
        assert_eq!(summary(&rig.client.confirm(Communication::Cancel).await), untrusted, "{echo}");
    }
}

#[tokio::test]
async fn a_no_needs_no_transaction() {
    assert_eq!(verdict("<esito>9999</esito>").await, ("refused", "esito"));
}

#[tokio::test]
async fn an_unknown_esito_is_uncertain_and_shown_verbatim() {
    for esito in ["1234", "0002", "OK", "0", "00000", "9020"] {
        let fields = yes().replace("0000</esito>", &format!("{esito}</esito><descrizioneEsito>Boh</descrizioneEsito>"));
        let outcome = Rig::saying(&verified(&fields)).await.client.verify().await;
        assert_eq!(summary(&outcome), ("uncertain", "unknown_esito"), "{esito}");
        let Outcome::Uncertain(failure) = outcome else { panic!("uncertain") };
        assert_eq!(failure.text.expect("a text").expose(), format!("{esito} Boh"));
    }
    assert_eq!(verdict(TRANSACTION).await, ("uncertain", "unknown_esito"), "none at all");
}

#[tokio::test]
async fn a_field_twice_is_uncertain_and_the_first_never_wins() {
    let twice = |field: &str| yes().replace(field, &format!("{field}{field}"));
    for fields in [
        twice("<esito>0000</esito>"),
        twice(TRANSACTION),
        twice("<dataPrelievo>2021-01-08</dataPrelievo>"),
        yes() + "<esito>9999</esito>",
        yes() + "<errori/><errori/>",
        yes()
            + &format!(
                r#"<errori><errore xmlns="{TYPES_NAMESPACE}"><codEsito>1</codEsito><codEsito>2</codEsito></errore></errori>"#
            ),
    ] {
        assert_eq!(verdict(&fields).await, ("uncertain", "duplicate_field"), "{fields}");
    }
    let answer = verified(&yes());
    let body =
        answer.split_once("<env:Body>").expect("a Body").1.split_once("</env:Body>").expect("a Body").0.to_owned();
    assert_eq!(verdict_on(&answer.replace(&body, &body.repeat(2))).await, ("uncertain", "duplicate_field"));
    let bodies = format!("<env:Body>{body}</env:Body>");
    assert_eq!(verdict_on(&answer.replace(&bodies, &bodies.repeat(2))).await, ("uncertain", "duplicate_field"));
}

#[tokio::test]
async fn a_foreign_namespace_is_uncertain() {
    let answer = verified(&yes());
    for wrong in [
        answer.replace(VERIFIED_NAMESPACE, "http://verificapositivitaricevuta.xsd.example.it"),
        answer.replace(&format!(" xmlns=\"{VERIFIED_NAMESPACE}\""), ""),
        answer.replace("<esito>", r#"<esito xmlns="">"#),
        answer.replace("<dataPrelievo>", r#"<dataPrelievo xmlns="urn:x">"#),
        answer.replace("http://schemas.xmlsoap.org/soap/envelope/", "http://www.w3.org/2003/05/soap-envelope"),
        // The fields of an error are of the shared types, not of the answer.
        verified(&(yes() + "<errori><errore><codEsito>9020</codEsito></errore></errori>")),
    ] {
        assert_eq!(verdict_on(&wrong).await, ("uncertain", "wrong_namespace"), "{wrong}");
    }
}

#[tokio::test]
async fn the_answer_of_another_service_is_uncertain() {
    let rig = Rig::saying(&verified(&yes())).await;
    assert_eq!(summary(&rig.client.unlock().await), ("uncertain", "wrong_operation"));
    assert_eq!(
        verdict_on(&unlocked(&format!("{TRANSACTION}<esito>0000</esito>"))).await,
        ("uncertain", "wrong_operation")
    );
    assert_eq!(verdict_on("<Altro/>").await, ("uncertain", "wrong_operation"), "no envelope");
    let echo = include_str!("../../contracts/samples/verifica-req.xml");
    assert_eq!(verdict_on(echo).await, ("uncertain", "wrong_operation"), "our own request");
}

#[tokio::test]
async fn malformed_answers_are_uncertain() {
    let answer = verified(&yes());
    let cut = &answer[..answer.len() - 20];
    for broken in [
        cut,
        &answer[..answer.len() / 2],
        "",
        "   ",
        "not XML",
        &answer.replace("<esito>", "<esito><b>").replace("</esito>", "</b></esito>"),
        &answer.replace("<esito>", "testo<esito>"),
        &answer.replace("0000", "&xxe;"),
        &format!("{answer}{answer}"),
        &envelope(""),
        &answer.replace("env:Body", "env:Corpo"),
    ] {
        assert_eq!(verdict_on(broken).await, ("uncertain", "malformed"), "{broken}");
    }
}

#[tokio::test]
async fn no_document_type_and_no_entity_is_read() {
    let answer = verified(&yes());
    let external =
        format!(r#"<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/hostname">]>{}"#, answer.replace("0000", "&x;"));
    assert_eq!(verdict_on(&external).await, ("uncertain", "malformed"));
    let laughs = format!(r#"<!DOCTYPE a [<!ENTITY a "0000"><!ENTITY b "&a;">]>{}"#, answer.replace("0000", "&b;"));
    assert_eq!(verdict_on(&laughs).await, ("uncertain", "malformed"));
    assert_eq!(verdict_on(&format!("<!DOCTYPE a>{answer}")).await, ("uncertain", "malformed"));
}

#[tokio::test]
async fn size_depth_and_number_of_elements_are_bounded() {
    let nested = |levels: usize| yes() + &"<x>".repeat(levels) + &"</x>".repeat(levels);
    assert_eq!(verdict(&nested(20)).await, ("done", "done"));
    assert_eq!(verdict(&nested(100)).await, ("uncertain", "malformed"));
    assert_eq!(verdict(&nested(15_000)).await, ("uncertain", "too_large"));
    assert_eq!(verdict(&(yes() + &"<x/>".repeat(11_000))).await, ("uncertain", "too_large"));
    assert_eq!(verdict(&(yes() + &" ".repeat(256 * 1024))).await, ("uncertain", "too_large"));
}

#[tokio::test]
async fn html_is_uncertain_whatever_its_status_says() {
    for content_type in ["text/html", "text/html; charset=UTF-8", "application/json", "text/plain"] {
        let rig = Rig::answering(200, content_type, verified(&yes())).await;
        assert_eq!(summary(&rig.client.verify().await), ("uncertain", "not_xml"), "{content_type}");
    }
    assert_eq!(verdict_on("<html><body>Manutenzione</body></html>").await, ("uncertain", "not_xml"));
}

#[tokio::test]
async fn the_instant_of_an_unlock_is_read_or_left_out() {
    let at = |text: &'static str| async move {
        let fields = format!("{TRANSACTION}<esito>0000</esito>{text}");
        let Outcome::Done(done) = Rig::saying(&unlocked(&fields)).await.client.unlock().await else { panic!("done") };
        done.at.map(|at| at.to_string())
    };
    assert_eq!(at("<dataOra>2021-01-11 10:15:30.123</dataOra>").await.as_deref(), Some("2021-01-11T09:15:30.123Z"));
    assert_eq!(at("<dataOra>2021-07-11T10:15:30.123</dataOra>").await.as_deref(), Some("2021-07-11T08:15:30.123Z"));
    assert_eq!(at("<dataOra>ieri</dataOra>").await, None);
    assert_eq!(at("").await, None);
}
