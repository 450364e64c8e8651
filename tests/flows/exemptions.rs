//! "Esenzioni": the form, the question, each code, the second decision, what is kept (seed 000).

use centralino::{
    domain::service::{OutcomeClass, Service},
    server::language::Language,
    sistema_ts::exemptions::{ClosureCode, NextStep},
};

use crate::support::{
    Answer, Engine, TestApp,
    counter::{Counter, borrowed, hidden_of},
    on_both_engines,
};

on_both_engines!(
    a_certification_is_closed_after_a_question,
    mistakes_are_told_all_at_once_and_what_was_typed_stays,
    every_code_has_its_meaning_and_its_next_step,
    what_is_no_fault_of_the_patients_leads_to_no_field,
    what_the_receipt_does_not_tell_is_said,
    an_uncertain_closure_asks_for_a_decision,
    one_form_sent_twice_is_one_request,
    what_was_typed_survives_the_language,
);

const ROSSI: [(&str, &str); 3] = [("exemption", "e01"), ("valid_from", "1/4/22"), ("patient", "rssmra80a01h501u")];
const VERDI: [(&str, &str); 3] = [("exemption", "E02"), ("valid_from", "01/04/2022"), ("patient", "VRDLGU75B02F205A")];

/// The desk on the day from which the demo certifications hold.
async fn desk(engine: Engine) -> TestApp {
    let app = TestApp::start(engine).await;
    app.wait_seconds(446 * 24 * 60 * 60);
    app
}

async fn a_certification_is_closed_after_a_question(engine: Engine) {
    let app = desk(engine).await;
    let mut counter = app.counter("/exemptions").await;
    counter.page().await.shows(200, "<h1").shows(200, "Esenzioni").shows(200, "Chiudi certificazione");
    let asked = counter.send(&ROSSI).await;
    asked.shows(200, "Chiudere la certificazione?").shows(200, "<dd>E01</dd>").shows(200, "<dd>01/04/2022</dd>");
    asked.shows(200, "<dd>RSSMRA80A01H501U</dd>").shows(200, "non si può tornare indietro");
    assert_eq!(app.received("exemption_close").await, 0, "nothing leaves before the second act");
    let fields = hidden_of(&asked.text);
    let changed = [&borrowed(&fields)[..], &[("back_to_form", "1")]].concat();
    counter.browser.post("/exemptions", &changed).await.shows(200, "value=\"1/4/22\"").shows(200, "value=\"e01\"");
    assert_eq!(app.received("exemption_close").await, 0);
    let closed = counter.send_surely(&ROSSI).await;
    closed.shows(200, "Certificazione chiusa").shows(200, "<dt>Data di aggiornamento</dt><dd>01/04/2022</dd>");
    closed.shows(200, "<dt>Fine validità prima della chiusura</dt><dd>31/03/2023</dd>");
    assert!(!closed.text.contains("RSSMRA80A01H501U"), "nothing of the patient stays on the page");
    assert_eq!(app.kept(Service::ExemptionClose).await, Some((OutcomeClass::Done, None)));
    app.wait_seconds(301);
    assert!(!counter.page().await.text.contains("Certificazione chiusa"), "it would be taken for the next one");
    let again = counter.send_surely(&ROSSI).await;
    again.shows(200, "Certificazione non chiusa").shows(200, "Codice 7470").shows(200, "value=\"rssmra80a01h501u\"");
}

async fn mistakes_are_told_all_at_once_and_what_was_typed_stays(engine: Engine) {
    let app = desk(engine).await;
    let mut counter = app.counter("/exemptions").await;
    let wrong = [("exemption", "E 02"), ("valid_from", "02/04/2023"), ("patient", "RSSMRA80A01H501X")];
    let refused = counter.send(&wrong).await;
    refused.shows(422, "Errore:").shows(422, "solo lettere e cifre").shows(422, "più di un anno nel futuro");
    refused.shows(422, "La lettera finale non corrisponde");
    for (name, value) in wrong {
        refused.shows(422, &format!("href=\"#{name}\"")).shows(422, &format!("value=\"{value}\""));
    }
    let empty = counter.send(&[("sure", "1")]).await;
    empty.shows(422, "Manca il codice dell'esenzione").shows(422, "Manca la data di inizio validità");
    empty.shows(422, "Manca il codice fiscale");
    counter.send(&[ROSSI[0], ROSSI[2], ("valid_from", "31/02/2022")]).await.shows(422, "non esiste nel calendario");
    assert_eq!(app.received("exemption_close").await, 0);
}

fn words(key: &str) -> String {
    Language::It.text(&format!("exemptions.{key}"))
}

async fn answered(app: &TestApp, counter: &mut Counter<'_>, code: ClosureCode) -> Answer {
    app.esito("exemption_close", &code.number().to_string()).await;
    counter.send_surely(&[&VERDI[..], &[("repeat", "1")]].concat()).await
}

async fn every_code_has_its_meaning_and_its_next_step(engine: Engine) {
    let app = desk(engine).await;
    let mut counter = app.counter("/exemptions").await;
    let codes = ClosureCode::ALL.iter().filter(|code| code.class() == OutcomeClass::Refused);
    for code in codes.chain([&ClosureCode::System, &ClosureCode::OtherSystem]) {
        let answer = answered(&app, &mut counter, *code).await;
        let title = match code.class() {
            OutcomeClass::Uncertain => "Esito della chiusura incerto",
            _ => "Certificazione non chiusa",
        };
        let meaning = format!("Codice {}: {}", code.number(), words(&format!("code.c{}", code.number())));
        answer.shows(200, title).shows(200, &meaning).shows(200, &words(&format!("next.{}", code.next().word())));
        answer.shows(200, VERDI[2].1);
    }
}

async fn what_is_no_fault_of_the_patients_leads_to_no_field(engine: Engine) {
    let app = desk(engine).await;
    let mut counter = app.counter("/exemptions").await;
    for code in ClosureCode::ALL.iter().filter(|code| code.class() == OutcomeClass::Refused) {
        let answer = answered(&app, &mut counter, *code).await;
        let fields: &[&str] = match code.number() {
            7461 => &["exemption"],
            7463 => &["patient"],
            7465 | 7466 => &["valid_from"],
            7467 | 7470 => &["exemption", "valid_from", "patient"],
            _ => &[],
        };
        for name in ["exemption", "valid_from", "patient"] {
            let leads = answer.text.contains(&format!("href=\"#{name}\""));
            assert_eq!(leads, fields.contains(&name), "{} and {name}", code.number());
        }
        let is_ours = matches!(code.next(), NextStep::Administrator | NextStep::Certificate);
        assert_eq!(answer.text.contains("C'è un problema nostro"), is_ours, "{}", code.number());
    }
}

async fn what_the_receipt_does_not_tell_is_said(engine: Engine) {
    let app = desk(engine).await;
    let mut counter = app.counter("/exemptions").await;
    // Answered without being carried out: the receipt has no days.
    let closed = answered(&app, &mut counter, ClosureCode::Done).await;
    closed.shows(200, "Certificazione chiusa");
    assert_eq!(closed.text.matches("<dd>Sistema TS non la indica").count(), 2, "{}", closed.text);
}

async fn an_uncertain_closure_asks_for_a_decision(engine: Engine) {
    let app = desk(engine).await;
    let mut counter = app.counter("/exemptions").await;
    app.fault("exemption_close", "reset_after_reading").await;
    let uncertain = counter.send_surely(&VERDI).await;
    uncertain.shows(200, "Esito della chiusura incerto").shows(200, "name=\"repeat\"");
    uncertain.shows(200, "controlli prima se la certificazione risulta chiusa").shows(200, VERDI[2].1);
    uncertain.shows(200, "Sistema TS non risponde");
    let other = counter.browser.get("/asl").await;
    other.shows(200, "Sistema TS: nessuna chiamata finora");
    let sent = app.received("exemption_close").await;
    counter.send_surely(&VERDI).await.shows(422, "può essere già riuscita").shows(422, VERDI[2].1);
    assert_eq!(app.received("exemption_close").await, sent, "nothing leaves before the decision");
    counter.send_surely(&ROSSI).await.shows(200, "Certificazione chiusa");
    let decided = [&VERDI[..], &[("repeat", "1")]].concat();
    counter.send(&decided).await.shows(200, "Chiudere la certificazione?").shows(200, "name=\"repeat\" value=\"1\"");
    let no = counter.send_surely(&decided).await;
    no.shows(200, "può essere già riuscita").shows(200, "Codice 7470").shows(200, "può essere già chiusa");
    counter.send_surely(&VERDI).await.shows(422, "può essere già riuscita");
}

async fn one_form_sent_twice_is_one_request(engine: Engine) {
    let app = desk(engine).await;
    let mut counter = app.counter("/exemptions").await;
    let (key, before) = (counter.key().await, app.received("exemption_close").await);
    let sure = [&VERDI[..], &[("sure", "1")]].concat();
    for _ in 0..2 {
        // The question is asked under the form's own key.
        let asked = counter.submit(&key, &VERDI).await;
        asked.shows(200, &format!("name=\"key\" value=\"{key}\""));
        assert_eq!(counter.submit(&key, &sure).await.location(), "/exemptions");
    }
    counter.page().await.shows(200, "Certificazione chiusa");
    assert_eq!(app.received("exemption_close").await, before + 1);
}

async fn what_was_typed_survives_the_language(engine: Engine) {
    let app = desk(engine).await;
    let mut counter = app.counter("/exemptions").await;
    let asked = counter.send(&VERDI).await;
    let fields = hidden_of(&asked.text);
    let fields = [&borrowed(&fields)[..], &[("language", "en")]].concat();
    let english = counter.browser.post("/language?back=/exemptions", &fields).await;
    english.shows(200, "Close certification").shows(200, VERDI[2].1);
    assert_eq!(app.received("exemption_close").await, 0);
}
