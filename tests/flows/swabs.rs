//! "Tamponi": a result is reported and its CUN handed on, a report is cancelled; each outcome, each rule of the form, the
//! second decision, what is kept (seed 003, 2.3 to 2.5; T1 to T6 and T10).

use centralino::{
    domain::service::{OutcomeClass, Service},
    sistema_ts::queues::{Mode, SwabSettings},
};

use crate::support::{
    Answer, Engine, TestApp,
    counter::{Counter, cun_on},
    on_both_engines,
};

on_both_engines!(
    a_result_is_reported_and_its_cun_handed_on,
    a_cun_is_not_taken_for_that_of_the_next_patient,
    all_mistakes_are_told_at_once,
    the_structure_is_given_one_way,
    a_contact_is_given_one_way_at_most,
    a_refusal_keeps_what_was_typed,
    an_uncertain_report_asks_for_a_decision_for_the_same_patient_and_day,
    a_wrong_cun_is_not_handed_on,
    what_was_not_sent_can_be_repeated_at_once,
    one_form_sent_twice_is_one_report,
    a_structure_reports_for_itself_alone,
    known_structures_are_offered,
    a_report_is_cancelled_after_a_second_act,
    a_cancellation_that_is_refused_or_uncertain_is_told,
    the_call_center_unlocks_with_a_cun_of_this_desk,
);

const ROSSI: &str = "RSSMRA80A01H501U";
const VERDI: &str = "VRDLGU75B02F205A";
const DESCRIBED: (&str, &str) = ("description", "Drive-in Area Nord");

/// A report as it is typed, for a patient.
const fn report(patient: &str) -> [(&str, &str); 4] {
    [DESCRIBED, ("patient", patient), ("sampled_on", "8/1/21"), ("result", "P")]
}

/// Cancels, both acts.
async fn cancel(counter: &mut Counter<'_>, patient: &str, cun: &str) -> Answer {
    counter.path = "/swabs/cancel";
    counter.send(&[DESCRIBED, ("patient", patient), ("cun", cun), ("sure", "1")]).await
}

async fn a_result_is_reported_and_its_cun_handed_on(engine: Engine) {
    let app = TestApp::start(engine).await;
    let mut counter = app.counter("/swabs").await;
    counter.page().await.shows(200, "Tamponi").shows(200, "Invia esito").shows(200, "Codice struttura");
    let sent = counter.send(&report(ROSSI)).await;
    sent.shows(200, "Esito registrato").shows(200, "CUN del tampone di RSSMRA80A01H501U");
    sent.shows(200, "Prelievo del 08/01/2021, esito: Positivo.").shows(200, "Il suo CUN è questo, lo scriva");
    sent.shows(200, "class=\"readback\"").shows(200, "Copia il CUN");
    let cun = cun_on(&sent);
    let test = &app.sandbox("/state").await["tests"][&cun];
    assert_eq!(test["sampled_on"], "2021-01-08", "{cun}: {test}");
    assert_eq!(app.kept(Service::SwabReport).await, Some((OutcomeClass::Done, None)), "a CUN is not kept");
    let negative = [DESCRIBED, ("patient", VERDI), ("sampled_on", "08/01/2021"), ("result", "N")];
    let sent = counter.send(&negative).await;
    sent.shows(200, "esito: Negativo.").shows(200, "nell'app Immuni non le serve");
}

async fn a_cun_is_not_taken_for_that_of_the_next_patient(engine: Engine) {
    let app = TestApp::start(engine).await;
    let mut counter = app.counter("/swabs").await;
    let first = counter.send(&report(ROSSI)).await;
    let cun = cun_on(&first);
    assert!(!first.text.contains(&format!("value=\"{ROSSI}\"")), "the form is empty for the next one");
    first.shows(200, "value=\"Drive-in Area Nord\"");
    let refused = counter.send(&[DESCRIBED, ("patient", VERDI)]).await;
    refused.shows(422, "Manca la data del prelievo");
    assert!(!refused.text.contains("new-cun"), "beside another patient's form no CUN stands");
    let second = counter.send(&report(VERDI)).await;
    second.shows(200, "CUN del tampone di VRDLGU75B02F205A");
    assert_ne!(cun_on(&second), cun);
    assert!(!second.text.contains(ROSSI));
    app.wait_seconds(301);
    let later = counter.page().await;
    assert!(!later.text.contains("new-cun") && !later.text.contains(VERDI));
    later.shows(200, "value=\"Drive-in Area Nord\"");
}

async fn all_mistakes_are_told_at_once(engine: Engine) {
    let app = TestApp::start(engine).await;
    let mut counter = app.counter("/swabs").await;
    let nothing = counter.send(&[]).await;
    for field in ["structure", "description", "patient", "sampled_on", "result"] {
        nothing.shows(422, &format!("href=\"#{field}\""));
    }
    nothing.shows(422, "<title>Errore:").shows(422, "Manca l'esito: scelga");
    let wrong = [
        ("structure", "190-201"),
        ("patient", "RSSMRA80A01H501X"),
        ("sampled_on", "11/01/2021"),
        ("result", "forse"),
        ("email", "nome"),
    ];
    let refused = counter.send(&wrong).await;
    refused.shows(422, "per esempio 190-201-123456").shows(422, "La lettera finale non corrisponde");
    refused.shows(422, "La data è nel futuro: il prelievo").shows(422, "scelga Positivo o Negativo");
    refused
        .shows(422, "per esempio nome@esempio.it")
        .shows(422, "value=\"190-201\"")
        .shows(422, "value=\"11/01/2021\"");
    for (day, words) in
        [("31/02/2021", "non esiste"), ("08/01/2020", "ricontrolli l&#x27;anno"), ("ieri", "non si legge")]
    {
        let fields = [DESCRIBED, ("patient", ROSSI), ("sampled_on", day), ("result", "P")];
        let page = counter.send(&fields).await;
        assert!(page.text.replace('\'', "&#x27;").contains(words), "{day}: {}", page.text);
        page.shows(422, &format!("value=\"{day}\""));
    }
    assert_eq!(app.received("swab_report").await, 0);
}

async fn the_structure_is_given_one_way(engine: Engine) {
    let app = TestApp::start(engine).await;
    let mut counter = app.counter("/swabs").await;
    let [_, rest @ ..] = report(ROSSI);
    let with = |site: &[(&'static str, &'static str)]| [site, &rest].concat();
    for (site, words) in [
        (&[][..], "scriva il codice oppure la descrizione"),
        (&[("structure", "190-201-123456"), DESCRIBED], "lasci il codice oppure la descrizione"),
    ] {
        let refused = counter.send(&with(site)).await;
        refused.shows(422, "id=\"structure-error\"").shows(422, "id=\"description-error\"");
        assert_eq!(refused.text.matches(words).count(), 4, "told at both, and in the summary: {}", refused.text);
    }
    counter.send(&with(&[("structure", "190 201 123456")])).await.shows(200, "Esito registrato");
    let (long, accents) = ("à".repeat(257), "e\u{301}".repeat(256));
    let described = |words: &str| {
        [("description", words.to_owned())].into_iter().chain(rest.map(|(name, value)| (name, value.to_owned())))
    };
    let fields: Vec<_> = described(&long).collect();
    let fields: Vec<_> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
    counter.send(&fields).await.shows(422, "La descrizione ha 257 caratteri");
    let fields: Vec<_> = described(&accents).collect();
    let fields: Vec<_> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let fields = [&fields[..], &[("repeat", "1")]].concat();
    counter.send(&fields).await.shows(200, "Esito registrato");
}

async fn a_contact_is_given_one_way_at_most(engine: Engine) {
    let app = TestApp::start(engine).await;
    let mut counter = app.counter("/swabs").await;
    let with = |contacts: &[(&'static str, &'static str)], patient| [&report(patient)[..], contacts].concat();
    let both = counter.send(&with(&[("phone", "333 0000000"), ("email", "a@esempio.it")], ROSSI)).await;
    both.shows(422, "id=\"phone-error\"").shows(422, "id=\"email-error\"").shows(422, "value=\"333 0000000\"");
    counter.send(&with(&[("phone", "casa")], ROSSI)).await.shows(422, "Il numero non si legge");
    assert_eq!(app.received("swab_report").await, 0);
    for (contact, patient) in [(("phone", "+39 333 0000000"), ROSSI), (("email", "a@esempio.it"), VERDI)] {
        counter.send(&with(&[contact], patient)).await.shows(200, "Esito registrato");
    }
    let tests = app.sandbox("/state").await["tests"].to_string();
    assert_eq!(tests.matches("\"has_contact\":true").count(), 2, "{tests}");
}

async fn a_refusal_keeps_what_was_typed(engine: Engine) {
    let app = TestApp::start(engine).await;
    let mut counter = app.counter("/swabs").await;
    app.fault("swab_report", "refused").await;
    let refused = counter.send(&report(ROSSI)).await;
    refused.shows(200, "Esito non accettato").shows(200, "Errore:").shows(200, "href=\"#sampled_on\"");
    refused.shows(200, &format!("value=\"{ROSSI}\"")).shows(200, "value=\"8/1/21\"");
    assert!(refused.text.contains("checked"), "the result too: {}", refused.text);
    assert!(!refused.text.contains("new-cun"));
    app.fault("swab_report", "rejected_by_policy").await;
    counter.send(&report(ROSSI)).await.shows(200, "per un motivo che non riguarda i dati");
}

async fn an_uncertain_report_asks_for_a_decision_for_the_same_patient_and_day(engine: Engine) {
    let app = TestApp::start(engine).await;
    let mut counter = app.counter("/swabs").await;
    app.fault("swab_report", "reset_after_reading").await;
    let uncertain = counter.send(&report(ROSSI)).await;
    uncertain.shows(200, "Esito dell'invio incerto").shows(200, "nell'elenco dei test inviati");
    uncertain.shows(200, "name=\"repeat\"").shows(200, ROSSI);
    assert_eq!(app.kept(Service::SwabReport).await, Some((OutcomeClass::Uncertain, None)));
    let negative = [DESCRIBED, ("patient", ROSSI), ("sampled_on", "08/01/2021"), ("result", "N")];
    counter.send(&negative).await.shows(422, "può essere già riuscita").shows(422, ROSSI);
    assert_eq!(app.received("swab_report").await, 1, "nothing leaves before the decision");
    let another_day = [DESCRIBED, ("patient", ROSSI), ("sampled_on", "9/1/21"), ("result", "P")];
    counter.send(&another_day).await.shows(200, "Esito registrato");
    counter.send(&report(VERDI)).await.shows(200, "Esito registrato");
    counter.send(&report(ROSSI)).await.shows(422, "può essere già riuscita");
    counter.send(&[&report(ROSSI)[..], &[("repeat", "1")]].concat()).await.shows(200, "Esito registrato");
}

async fn a_wrong_cun_is_not_handed_on(engine: Engine) {
    let app = TestApp::start(engine).await;
    let mut counter = app.counter("/swabs").await;
    app.fault("swab_report", "wrong_cun").await;
    let flagged = counter.send(&report(ROSSI)).await;
    flagged.shows(200, "Esito dell'invio incerto").shows(200, "non lo comunichi a nessuno");
    flagged.shows(200, "nell'elenco").shows(200, "Annulla esito").shows(200, "name=\"repeat\"");
    assert!(!flagged.text.contains("new-cun") && !flagged.text.contains("CUN-"), "{}", flagged.text);
    assert_eq!(app.kept(Service::SwabReport).await, Some((OutcomeClass::Uncertain, None)));
}

async fn what_was_not_sent_can_be_repeated_at_once(engine: Engine) {
    let app = TestApp::start_with(engine, |config| {
        let folder = config.sandbox_folder();
        config.swabs = Some(SwabSettings {
            // Nothing listens on this port.
            base_url: Some("https://localhost:1".into()),
            ca_file: Some(folder.join("ca.pem")),
            certificate_file: Some(folder.join("region.pem")),
            key_file: Some(folder.join("region.key")),
            ..SwabSettings::default()
        });
    })
    .await;
    let mut counter = app.counter("/swabs").await;
    for _ in 0..2 {
        counter.send(&report(ROSSI)).await.shows(200, "Esito non inviato").shows(200, ROSSI);
    }
    cancel(&mut counter, ROSSI, "CUN-H17KZ6247A").await.shows(200, "Annullamento non inviato").shows(200, ROSSI);
}

async fn one_form_sent_twice_is_one_report(engine: Engine) {
    let app = TestApp::start(engine).await;
    let mut counter = app.counter("/swabs").await;
    let key = counter.key().await;
    for _ in 0..2 {
        assert_eq!(counter.submit(&key, &report(ROSSI)).await.location(), "/swabs");
    }
    let cun = cun_on(&counter.page().await);
    assert_eq!((cun_on(&counter.page().await), app.received("swab_report").await), (cun, 1));
}

async fn a_structure_reports_for_itself_alone(engine: Engine) {
    let app = TestApp::start_with(engine, |config| {
        let structures = vec!["190-201-123456 Ospedale Civile".parse().expect("a structure")];
        config.swabs = Some(SwabSettings { mode: Mode::Structure, structures, ..SwabSettings::default() });
    })
    .await;
    let mut counter = app.counter("/swabs").await;
    let page = counter.page().await;
    page.shows(200, "190-201-123456 Ospedale Civile");
    assert!(!page.text.contains("Codice struttura") && !page.text.contains("Descrizione struttura"));
    // Whatever else a form says, it is the configured one.
    let crafted = [&[("structure", "030-301-65432")], &report(ROSSI)[..]].concat();
    let sent = counter.send(&crafted).await;
    sent.shows(200, "Esito registrato");
    let test = app.sandbox("/state").await["tests"][cun_on(&sent)].to_string();
    assert!(test.contains("123456") && !test.contains("65432"), "{test}");
    let own = [("patient", ROSSI), ("cun", &*cun_on(&sent)), ("sure", "1")];
    counter.path = "/swabs/cancel";
    counter.send(&own).await.shows(200, "Esito annullato");
}

async fn known_structures_are_offered(engine: Engine) {
    let known = |names: &'static [&str]| {
        move |config: &mut centralino::server::config::Config| {
            let structures = names.iter().map(|name| name.parse().expect("a structure")).collect();
            config.swabs = Some(SwabSettings { structures, ..SwabSettings::default() });
        }
    };
    let app = TestApp::start_with(engine, known(&["190-201-123456 Ospedale Civile", "190-201-654321"])).await;
    let page = app.counter("/swabs").await.page().await;
    page.shows(200, "<datalist").shows(200, "label=\"Ospedale Civile\"").shows(200, "value=\"190-201-654321\"");
    let app = TestApp::start_with(engine, known(&["190-201-123456 Ospedale Civile"])).await;
    let mut counter = app.counter("/swabs").await;
    let field = |page: &Answer| page.text.split("id=\"structure\"").nth(1).map(|it| it[..200].to_owned());
    assert!(field(&counter.page().await).is_some_and(|field| field.contains("value=\"190-201-123456\"")));
    let emptied = counter.send(&[("structure", ""), ("patient", ROSSI)]).await;
    assert!(field(&emptied).is_some_and(|field| !field.contains("value=\"190-201-123456\"")), "as it was left");
}

async fn a_report_is_cancelled_after_a_second_act(engine: Engine) {
    let app = TestApp::start(engine).await;
    let mut counter = app.counter("/swabs").await;
    let cun = cun_on(&counter.send(&report(ROSSI)).await);
    counter.path = "/swabs/cancel";
    counter.page().await.shows(200, "Annulla esito").shows(200, "value=\"Drive-in Area Nord\"");
    let fields = [DESCRIBED, ("patient", ROSSI), ("cun", &*cun)];
    let asked = counter.send(&fields).await;
    asked.shows(200, "Annullare l'esito?").shows(200, "Non si può tornare indietro").shows(200, ROSSI);
    asked.shows(200, &cun).shows(200, "Drive-in Area Nord").shows(200, "class=\"readback\"");
    assert_eq!(app.received("swab_cancel").await, 0, "nothing leaves before the second act");
    let back = counter.send(&[&fields[..], &[("sure", "1"), ("back_to_form", "1")]].concat()).await;
    back.shows(200, &format!("value=\"{ROSSI}\"")).shows(200, &format!("value=\"{cun}\""));
    assert_eq!(app.received("swab_cancel").await, 0);
    let done = cancel(&mut counter, ROSSI, &cun).await;
    done.shows(200, "Esito annullato").shows(200, "Copia l'identificativo della transazione");
    assert!(!done.text.contains(&cun) && !done.text.contains(ROSSI), "nothing of the patient stays");
    done.shows(200, "value=\"Drive-in Area Nord\"");
    let (class, transaction) = app.kept(Service::SwabCancel).await.expect("a request");
    let transaction = transaction.expect("its own transaction is kept");
    assert!(class == OutcomeClass::Done && done.text.contains(&transaction) && !transaction.contains(&cun[4..]));
    assert_eq!(app.sandbox("/state").await["tests"][&cun]["is_cancelled"], true);
    let mut call = app.call(&app.operator("m.bianchi").await).await;
    let card = app.sandbox("/state").await["people"][ROSSI].as_str().expect("a card").to_owned();
    call.step("verify", &[("card", &card), ("cun", &cun)]).await.shows(200, "Verifica non accettata");
}

async fn a_cancellation_that_is_refused_or_uncertain_is_told(engine: Engine) {
    let app = TestApp::start(engine).await;
    let mut counter = app.counter("/swabs").await;
    let cun = cun_on(&counter.send(&report(ROSSI)).await);
    counter.path = "/swabs/cancel";
    let wrong = counter.send(&[("patient", ""), ("cun", "CUN-H17KZ6247L")]).await;
    for field in ["structure", "description", "patient", "cun"] {
        wrong.shows(422, &format!("href=\"#{field}\""));
    }
    let refused = cancel(&mut counter, VERDI, &cun).await;
    refused.shows(200, "Annullamento non accettato").shows(200, VERDI).shows(200, "href=\"#cun\"");
    app.fault("swab_cancel", "reset_after_reading").await;
    let uncertain = cancel(&mut counter, ROSSI, &cun).await;
    uncertain.shows(200, "Esito dell'annullamento incerto").shows(200, "name=\"repeat\"");
    cancel(&mut counter, ROSSI, &cun).await.shows(422, "può essere già riuscita");
    let decided = [DESCRIBED, ("patient", ROSSI), ("cun", &*cun), ("repeat", "1")];
    counter.send(&decided).await.shows(200, "Annullare l'esito?").shows(200, "name=\"repeat\"");
    let again = counter.send(&[&decided[..], &[("sure", "1")]].concat()).await;
    // It was carried out the first time: what the no leaves open is told.
    again.shows(200, "Annullamento non accettato").shows(200, "una richiesta precedente è rimasta senza risposta");
}

async fn the_call_center_unlocks_with_a_cun_of_this_desk(engine: Engine) {
    let app = TestApp::start(engine).await;
    let mut counter = app.counter("/swabs").await;
    let cun = cun_on(&counter.send(&report(VERDI)).await);
    let card = app.sandbox("/state").await["people"][VERDI].as_str().expect("a card").to_owned();
    let mut call = app.call(&app.operator("m.bianchi").await).await;
    call.step("verify", &[("card", &card), ("cun", &cun)]).await.shows(200, "Prelievo del 08/01/2021");
    call.unlock(&app.otp().await).await.shows(200, "Codice sbloccato");
    call.step("confirm", &[]).await.shows(200, "Sblocco confermato");
    let gone = cancel(&mut counter, VERDI, &cun).await;
    gone.shows(200, "Annullamento non accettato");
}
