//! A1–A5.

use centralino::domain::service::{OutcomeClass, Service};
use serde_json::json;

use super::{OTP, REPORT, ROSSI, VERDI, access, keeps, leads, send, with};
use crate::support::{Engine, TestApp, counter::cun_on, on_both_engines};

on_both_engines!(
    what_immuni_says_is_passed_on,
    the_patients_cuns_are_forgotten_and_none_is_no_error,
    who_is_not_authorised_is_told_so,
);

async fn what_immuni_says_is_passed_on(engine: Engine) {
    let app = TestApp::start(engine).await;
    let mut counter = app.counter("/asl").await;
    let otp = app.otp().await;
    let fresh = [("otp", &*otp)];
    for (rule, others, given, title, said, fields, class) in [
        (
            "A1: without a day",
            vec![("onset", "")],
            None,
            "Codice OTP inviato",
            "due minuti e mezzo",
            &[][..],
            OutcomeClass::Done,
        ),
        ("A1: with a day", fresh.to_vec(), None, "Codice OTP inviato", "vale fino alle", &[], OutcomeClass::Done),
        (
            "A4: 409",
            fresh.to_vec(),
            None,
            "Codice OTP non accettato",
            "già stato sbloccato o usato",
            &["otp"],
            OutcomeClass::Refused,
        ),
        (
            "A4: 400",
            vec![],
            Some("400"),
            "Codice OTP non accettato",
            "non riconosce l'OTP come ben formato",
            &["otp"],
            OutcomeClass::Refused,
        ),
        (
            "A4: another",
            vec![],
            Some("503"),
            "Esito dell'invio incerto",
            "un esito che non è previsto",
            &["repeat"],
            OutcomeClass::Uncertain,
        ),
    ] {
        if let Some(esito) = given {
            app.esito("asl_otp", esito).await;
        }
        let typed = with(OTP, &others);
        let answer = send(&mut counter, "/asl", &typed).await;
        answer.shows(200, title).shows(200, said);
        assert_eq!(leads(&answer), fields, "{rule}");
        if class == OutcomeClass::Done {
            assert!(!answer.text.contains(ROSSI), "{rule}");
        } else {
            keeps(&answer, &typed);
        }
        let (kept, transaction) = app.kept(Service::AslOtp).await.expect("a request");
        assert_eq!(kept, class, "{rule}");
        assert!(transaction.is_none_or(|id| !id.contains(&otp)), "{rule}");
    }
    let noted = access(&app, "asl_otp").await;
    assert_eq!((&noted["operator"], &noted["party"]), (&json!(ROSSI), &json!("regione 190")), "A5: {noted}");
    for never in [&*otp, OTP[0].1, "2021-01-06", "cfAssistito"] {
        assert!(!noted.to_string().contains(never), "A5: {noted}");
    }
}

async fn the_patients_cuns_are_forgotten_and_none_is_no_error(engine: Engine) {
    let app = TestApp::start(engine).await;
    let mut counter = app.counter("/swabs").await;
    let mut cuns = Vec::new();
    for (patient, day) in [(VERDI, "07/01/2021"), (VERDI, "08/01/2021"), (ROSSI, "08/01/2021")] {
        let typed = with(REPORT, &[("patient", patient), ("sampled_on", day)]);
        cuns.push(cun_on(&send(&mut counter, "/swabs", &typed).await));
    }
    for _ in 0..2 {
        let otp = app.otp().await;
        let typed = with(OTP, &[("otp", &*otp), ("patient", VERDI)]);
        send(&mut counter, "/asl", &typed).await.shows(200, "Codice OTP inviato");
    }
    let mut call = app.call(&app.operator("m.bianchi").await).await;
    let people = app.sandbox("/state").await["people"].clone();
    for (patient, cun, told) in [
        (VERDI, &cuns[0], "Verifica non accettata"),
        (VERDI, &cuns[1], "Verifica non accettata"),
        (ROSSI, &cuns[2], "Positività verificata"),
    ] {
        let card = people[patient].as_str().expect("a card");
        call.step("verify", &[("card", card), ("cun", cun)]).await.shows(200, told);
    }
}

async fn who_is_not_authorised_is_told_so(engine: Engine) {
    let app = TestApp::start(engine).await;
    let mut stranger = app.counter_as("/asl", "a.estranea", "RSSMRA80A41H501Y").await;
    let refused = send(&mut stranger, "/asl", OTP).await;
    refused.shows(200, "9001 SANDBOX: operatore non abilitato").shows(200, "un problema nostro, non dei suoi codici");
    assert!(leads(&refused).is_empty() && !refused.text.contains("mi legga quello che l'app mostra adesso"));
    keeps(&refused, OTP);
}
