//! T3 and T6–T16, from the report to the call center's desk.

use std::collections::BTreeSet;

use centralino::domain::{
    code::Cun,
    service::{OutcomeClass, Service},
};
use serde_json::json;

use super::{CANCEL, CODE, Fields, LIST, REPORT, ROSSI, SITE, VERDI, access, leads, send, with};
use crate::support::{
    Answer, Engine, TestApp,
    call::Call,
    counter::{Counter, cun_on},
    on_both_engines,
};

on_both_engines!(
    what_keeps_the_rules_is_reported_with_a_cun_of_its_own,
    a_cun_that_can_not_unlock_is_refused_by_its_code,
    a_report_is_cancelled_by_its_patient_and_cun_and_once,
    who_is_not_among_the_regions_three_lists_nothing,
    an_access_holds_what_it_must_and_no_patient,
);

async fn report(counter: &mut Counter<'_>, others: &[(&str, &str)]) -> (Answer, String) {
    let done = send(counter, "/swabs", &with(REPORT, others)).await;
    let cun = cun_on(done.shows(200, "Esito registrato"));
    (done, cun)
}

async fn what_keeps_the_rules_is_reported_with_a_cun_of_its_own(engine: Engine) {
    let app = TestApp::start(engine).await;
    let mut counter = app.counter("/swabs").await;
    let (long, phone, email) = ("à".repeat(256), ("phone", "+39 333 0000000"), ("email", "a@esempio.it"));
    let people = "👩‍⚕️".repeat(256);
    let rows: [(&str, Fields<'_>, bool); 7] = [
        ("T2: by code", vec![CODE, ("description", "")], false),
        ("T3: 256 characters", vec![("description", &long)], false),
        ("T3: 256 characters as people count them", vec![("description", &people)], false),
        ("T4: nothing but what is mandatory", vec![], false),
        ("T6: a telephone", vec![phone], true),
        ("T6: an address", vec![email], true),
        ("T9: negative", vec![("result", "N")], false),
    ];
    let mut cuns = BTreeSet::new();
    for (rule, others, has_contact) in rows {
        let (done, cun) = report(&mut counter, &others).await;
        assert!(cun.parse::<Cun>().is_ok() && cuns.insert(cun.clone()), "T7: {rule}: {cun}");
        assert_eq!(leads(&done), [""; 0], "{rule}");
        assert_eq!(app.kept(Service::SwabReport).await, Some((OutcomeClass::Done, None)), "{rule}");
        assert_eq!(app.sandbox("/state").await["tests"][&cun]["has_contact"], has_contact, "{rule}");
    }
}

/// A call at which this card and CUN are told.
async fn verified(call: &mut Call, patient: &str, cun: &str, app: &TestApp) -> Answer {
    call.path = call.browser.post("/cases", &[("call", "88213")]).await.location().to_owned();
    let card = app.sandbox("/state").await["people"][patient].as_str().expect("a card").to_owned();
    call.step("verify", &[("card", &card), ("cun", cun)]).await
}

async fn closed(call: &mut Call) {
    call.browser.post(&format!("{}/close", call.path), &[("sure", "1")]).await.location();
}

async fn a_cun_that_can_not_unlock_is_refused_by_its_code(engine: Engine) {
    let app = TestApp::start(engine).await;
    let mut counter = app.counter("/swabs").await;
    let negative = report(&mut counter, &[("result", "N")]).await.1;
    let (used, cancelled) = (report(&mut counter, &[]).await.1, report(&mut counter, &[]).await.1);
    let (last, foreign) = (report(&mut counter, &[]).await.1, report(&mut counter, &[("patient", VERDI)]).await.1);
    let fields = [SITE, ("patient", ROSSI), ("cun", &*cancelled)];
    send(&mut counter, "/swabs/cancel", &fields).await.shows(200, "Esito annullato");
    let mut call = app.call(&app.operator("m.bianchi").await).await;
    closed(&mut call).await;
    verified(&mut call, ROSSI, &used, &app).await.shows(200, "Positività verificata");
    call.unlock(&app.otp().await).await.shows(200, "Codice sbloccato");
    call.step("confirm", &[]).await.shows(200, "Sblocco confermato");
    closed(&mut call).await;
    for (rule, cun, code) in [
        ("T9", &negative, "9023 SANDBOX: CUN non legato a un test positivo"),
        ("T11", &cancelled, "9020 SANDBOX: CUN non utilizzabile"),
        ("T8, used", &used, "9022 SANDBOX: CUN già utilizzato"),
        ("another's", &foreign, "9020 SANDBOX: CUN non utilizzabile"),
    ] {
        let refused = verified(&mut call, ROSSI, cun, &app).await;
        refused.shows(200, "Verifica non accettata").shows(200, code);
        assert_eq!(leads(&refused), ["card", "cun"], "{rule}");
        closed(&mut call).await;
    }
    // The fourteenth day is the last one.
    for (days, told) in [(14, "Positività verificata"), (1, "9021 SANDBOX: CUN scaduto")] {
        app.wait_seconds(days * 24 * 60 * 60);
        call.browser = app.signed_in(&app.person("m.bianchi").await).await;
        verified(&mut call, ROSSI, &last, &app).await.shows(200, told);
        closed(&mut call).await;
    }
}

async fn a_report_is_cancelled_by_its_patient_and_cun_and_once(engine: Engine) {
    let app = TestApp::start(engine).await;
    let mut counter = app.counter("/swabs").await;
    let cun = report(&mut counter, &[]).await.1;
    for (rule, others, told, fields) in [
        ("nobody's CUN", vec![], "9030 SANDBOX: test da annullare non trovato", &["patient", "cun"][..]),
        ("another patient", vec![("cun", &*cun), ("patient", VERDI)], "9030 SANDBOX: ", &["patient", "cun"]),
        ("the right one", vec![("cun", &*cun)], "Esito annullato", &[]),
        ("the same again", vec![("cun", &*cun)], "9031 SANDBOX: test già annullato", &["cun"]),
    ] {
        let answer = send(&mut counter, "/swabs/cancel", &with(CANCEL, &others)).await;
        answer.shows(200, told);
        assert_eq!(leads(&answer), fields, "T10: {rule}");
        let is_done = fields.is_empty();
        let (class, transaction) = app.kept(Service::SwabCancel).await.expect("a request");
        assert_eq!(class, if is_done { OutcomeClass::Done } else { OutcomeClass::Refused }, "T10: {rule}");
        assert!(transaction.is_some_and(|id| !id.contains(&cun[4..])), "T10: an id of its own");
    }
}

async fn who_is_not_among_the_regions_three_lists_nothing(engine: Engine) {
    let app = TestApp::start(engine).await;
    let mut counter = app.counter("/swabs").await;
    let cun = report(&mut counter, &[("phone", "3330000000")]).await.1;
    // RSSMRA… and VRDLGU… are enabled from the start.
    app.seed(json!({ "listers": [{ "region": "190", "fiscal_code": "NREGNN85D04A662V" }] })).await;
    let mut fourth = app.counter_as("/swabs/list", "a.quarta", "BNCLRA90C43L219I").await;
    for path in ["/swabs/list", "/swabs/list/export"] {
        let refused = send(&mut fourth, path, LIST).await;
        refused.shows(200, "9040 SANDBOX: ").shows(200, "al massimo tre persone per regione");
        assert!(leads(&refused).is_empty() && !refused.text.contains(&cun), "T12, T13");
        let listed = send(&mut counter, path, LIST).await;
        listed.shows(200, &cun);
        assert!(!listed.text.contains(ROSSI) && !listed.text.contains("3330000000"), "T14");
    }
}

async fn an_access_holds_what_it_must_and_no_patient(engine: Engine) {
    let app = TestApp::start(engine).await;
    let mut counter = app.counter("/swabs").await;
    let cun = report(&mut counter, &[("patient", VERDI), ("phone", "3330000000")]).await.1;
    send(&mut counter, "/swabs/list", LIST).await.shows(200, &cun);
    let fields = with(CANCEL, &[("patient", VERDI), ("cun", &cun)]);
    send(&mut counter, "/swabs/cancel", &fields).await.shows(200, "Esito annullato");
    for (service, operator) in [("swab_report", None), ("swab_list", Some(ROSSI)), ("swab_cancel", None)] {
        let noted = access(&app, service).await;
        assert_eq!((&noted["site"], &noted["party"]), (&json!(SITE.1), &json!("regione 190")), "T16: {noted}");
        assert_eq!((noted["operator"].as_str(), &noted["esito"]), (operator, &json!("0000")), "T16: {noted}");
        assert!(noted["at"].is_string() && noted["transaction"].is_string(), "T16: {noted}");
        for kept_apart in [VERDI, "3330000000", "2021-01-08"] {
            assert!(!noted.to_string().contains(kept_apart), "T15, T16: {noted}");
        }
    }
    let test = app.sandbox("/state").await["tests"][&cun].to_string();
    assert!(!test.contains(VERDI) && !test.contains("3330000000"), "T15: {test}");
}
