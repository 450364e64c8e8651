//! "OTP da ASL": the form, each outcome, the second decision, what is kept (seed 003, 5.1 and 5.2).

use centralino::domain::service::{OutcomeClass, Service};

use crate::support::{Engine, TestApp, on_both_engines};

on_both_engines!(
    an_otp_is_sent_and_lives_for_a_while,
    mistakes_are_told_all_at_once_and_what_was_typed_stays,
    an_otp_that_was_used_is_explained,
    an_uncertain_outcome_of_a_patient_asks_for_a_decision,
    without_the_browsers_memory_every_patient_is_asked_about,
    the_last_request_is_the_last_one_whatever_the_clock_says,
    one_form_sent_twice_is_one_request,
);

const ROSSI: &str = "RSSMRA80A01H501U";
const VERDI: &str = "VRDLGU75B02F205A";

async fn an_otp_is_sent_and_lives_for_a_while(engine: Engine) {
    let app = TestApp::start(engine).await;
    let mut counter = app.counter("/asl").await;
    counter.page().await.shows(200, "<h1").shows(200, "OTP da ASL").shows(200, "Invia OTP");
    let sent = counter.send(&[("otp", &app.otp().await), ("onset", ""), ("patient", ROSSI)]).await;
    sent.shows(200, "Codice OTP inviato").shows(200, "Tenga aperta la schermata").shows(200, "vale fino alle");
    assert!(!sent.text.contains(ROSSI), "nothing of the patient stays on the page");
    let (class, transaction) = app.kept(Service::AslOtp).await.expect("it is kept");
    assert!(class == OutcomeClass::Done && transaction.is_some());
    app.wait_seconds(301);
    let later = counter.page().await;
    assert!(!later.text.contains("Codice OTP inviato"), "it would be taken for the next one");
    let onset = counter.send(&[("otp", &app.otp().await), ("onset", "8/1/21"), ("patient", VERDI)]).await;
    onset.shows(200, "Codice OTP inviato");
}

async fn mistakes_are_told_all_at_once_and_what_was_typed_stays(engine: Engine) {
    let app = TestApp::start(engine).await;
    let mut counter = app.counter("/asl").await;
    let refused =
        counter.send(&[("otp", "59Y5QWWF4A"), ("onset", "31/02/2021"), ("patient", "RSSMRA80A01H501X")]).await;
    refused.shows(422, "Errore:").shows(422, "href=\"#otp\"").shows(422, "href=\"#onset\"");
    refused.shows(422, "href=\"#patient\"").shows(422, "value=\"59Y5QWWF4A\"").shows(422, "value=\"31/02/2021\"");
    refused.shows(422, "La lettera finale non corrisponde");
    counter.send(&[("otp", "CUN-LZ44EL8YF3"), ("patient", ROSSI)]).await.shows(422, "CUN");
    counter.send(&[]).await.shows(422, "Manca il codice fiscale");
    assert_eq!(app.received("asl_otp").await, 0);
}

async fn an_otp_that_was_used_is_explained(engine: Engine) {
    let app = TestApp::start(engine).await;
    let mut counter = app.counter("/asl").await;
    let otp = app.otp().await;
    counter.send(&[("otp", &otp), ("patient", ROSSI)]).await.shows(200, "Codice OTP inviato");
    let refused = counter.send(&[("otp", &otp), ("patient", VERDI)]).await;
    refused.shows(200, "Codice OTP non accettato").shows(200, "già stato sbloccato o usato").shows(200, "Errore:");
    refused.shows(200, &format!("value=\"{otp}\"")).shows(200, VERDI);
}

async fn an_uncertain_outcome_of_a_patient_asks_for_a_decision(engine: Engine) {
    let app = TestApp::start(engine).await;
    let mut counter = app.counter("/asl").await;
    app.fault("asl_otp", "reset_after_reading").await;
    let rossi = [("otp", &*app.otp().await), ("patient", ROSSI)];
    counter.send(&rossi).await.shows(200, "Esito dell'invio incerto").shows(200, "name=\"repeat\"").shows(200, ROSSI);
    let (sent, verdi) = (app.received("asl_otp").await, [("otp", &*app.otp().await), ("patient", VERDI)]);
    counter.send(&rossi).await.shows(422, "può essere già riuscita").shows(422, ROSSI);
    assert_eq!(app.received("asl_otp").await, sent, "nothing leaves before the decision");
    counter.send(&verdi).await.shows(200, "Codice OTP inviato");
    let fresh = app.otp().await;
    let another = [("otp", fresh.as_str()), ("patient", ROSSI)];
    counter.send(&another).await.shows(422, "può essere già riuscita");
    counter.send(&[&another[..], &[("repeat", "1")]].concat()).await.shows(200, "Codice OTP inviato");
    counter.send(&[("otp", &app.otp().await), ("patient", ROSSI)]).await.shows(200, "Codice OTP inviato");
}

async fn without_the_browsers_memory_every_patient_is_asked_about(engine: Engine) {
    let app = TestApp::start(engine).await;
    let mut counter = app.counter("/asl").await;
    app.fault("asl_otp", "reset_after_reading").await;
    counter.send(&[("otp", &app.otp().await), ("patient", ROSSI)]).await.shows(200, "Esito dell'invio incerto");
    app.wait_seconds(30);
    counter.browser = app.signed_in(&app.person("g.neri").await).await;
    let verdi = [("otp", &*app.otp().await), ("patient", VERDI)];
    counter.send(&verdi).await.shows(422, "può essere già riuscita");
    counter.send(&[&verdi[..], &[("repeat", "1")]].concat()).await.shows(200, "Codice OTP inviato");
}

async fn the_last_request_is_the_last_one_whatever_the_clock_says(engine: Engine) {
    let app = TestApp::start(engine).await;
    let mut counter = app.counter("/asl").await;
    counter.send(&[("otp", &app.otp().await), ("patient", ROSSI)]).await.shows(200, "Codice OTP inviato");
    app.wait_seconds(-600);
    app.fault("asl_otp", "reset_after_reading").await;
    counter.send(&[("otp", &app.otp().await), ("patient", ROSSI)]).await.shows(200, "Esito dell'invio incerto");
    assert_eq!(app.kept(Service::AslOtp).await.map(|(class, _)| class), Some(OutcomeClass::Uncertain));
}

async fn one_form_sent_twice_is_one_request(engine: Engine) {
    let app = TestApp::start(engine).await;
    let mut counter = app.counter("/asl").await;
    let (key, otp, before) = (counter.key().await, app.otp().await, app.received("asl_otp").await);
    for _ in 0..2 {
        assert_eq!(counter.submit(&key, &[("otp", &otp), ("patient", ROSSI)]).await.location(), "/asl");
    }
    counter.page().await.shows(200, "Codice OTP inviato");
    assert_eq!(app.received("asl_otp").await, before + 1);
}
