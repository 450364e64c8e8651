//! "Conferma differita": by the CUN alone, outside a call.

use crate::support::{
    Answer, Browser, Engine, TestApp,
    call::{Call, Caller, key_of},
    on_both_engines,
};

on_both_engines!(
    a_cun_alone_confirms,
    a_mistake_is_told,
    an_uncertain_outcome_asks_for_a_decision,
    each_uncertain_confirmation_is_remembered_by_its_cun,
    an_uncertain_confirmation_of_a_case_is_remembered,
    a_no_to_the_repetition_leaves_open_what_was_uncertain,
    the_case_knows_of_an_uncertain_confirmation_outside_it,
    without_the_browsers_memory_every_cun_is_asked_about,
);

/// Sends the form of the page as it stands, a second after whatever was sent before.
async fn send(app: &TestApp, browser: &mut Browser, cun: &str, more: &[(&str, &str)]) -> Answer {
    app.wait_seconds(1);
    let key = key_of(&browser.get("/confirm").await.text);
    browser.post("/confirm", &[&[("key", key.as_str()), ("cun", cun)], more].concat()).await
}

async fn a_cun_alone_confirms(engine: Engine) {
    let app = TestApp::start(engine).await;
    let person = app.operator("m.bianchi").await;
    let mut call = app.call(&person).await;
    let caller = app.caller("positive").await;
    call.verify(&caller).await.shows(200, "Sblocca codice");
    call.unlock(&app.otp().await).await.shows(200, "Codice sbloccato");
    let browser = &mut call.browser;
    let key = key_of(&browser.get("/confirm").await.shows(200, "Conferma differita").text);
    let fields = [("key", key.as_str()), ("cun", caller.cun.as_str())];
    for _ in 0..2 {
        assert_eq!(browser.post("/confirm", &fields).await.location(), "/confirm");
    }
    browser.get("/confirm").await.shows(200, "Sblocco confermato");
    let cases = app.state.db.cases(&person.id, None, None, 10).await.unwrap().cases;
    let deferred = cases.iter().find(|case| case.call_id.is_none()).expect("a case of its own");
    assert_eq!(deferred.transactions.len(), 1);
    assert_eq!(cases.len(), 2, "sent twice, confirmed once");
}

async fn a_mistake_is_told(engine: Engine) {
    let app = TestApp::start(engine).await;
    let mut browser = app.signed_in(&app.operator("m.bianchi").await).await;
    let key = key_of(&browser.get("/confirm").await.text);
    let refused = browser.post("/confirm", &[("key", &key), ("cun", "CUN-H17KZ6247L")]).await;
    refused.shows(422, "Almeno un simbolo è sbagliato").shows(422, "value=\"CUN-H17KZ6247L\"");
}

async fn an_uncertain_outcome_asks_for_a_decision(engine: Engine) {
    let app = TestApp::start(engine).await;
    let mut browser = app.signed_in(&app.operator("m.bianchi").await).await;
    let caller = app.caller("positive").await;
    app.fault("confirm", "reset_after_reading").await;
    let key = key_of(&browser.get("/confirm").await.text);
    browser.post("/confirm", &[("key", &key), ("cun", &caller.cun)]).await;
    let page = browser.get("/confirm").await;
    page.shows(200, "Esito della conferma incerto").shows(200, "name=\"repeat\"").shows(200, &caller.cun);
    let key = key_of(&page.text);
    let fields = [("key", key.as_str()), ("cun", caller.cun.as_str())];
    browser.post("/confirm", &fields).await.shows(422, "può essere già riuscita");
    let repeated = [fields.as_slice(), &[("repeat", "1")]].concat();
    assert_eq!(browser.post("/confirm", &repeated).await.location(), "/confirm");
}

async fn each_uncertain_confirmation_is_remembered_by_its_cun(engine: Engine) {
    let app = TestApp::start(engine).await;
    let mut browser = app.signed_in(&app.operator("m.bianchi").await).await;
    let (first, second, third) =
        (app.caller("positive").await, app.caller("positive").await, app.caller("positive").await);
    for caller in [&first, &second] {
        app.fault("confirm", "reset_after_reading").await;
        assert_eq!(
            send(&app, &mut browser, &caller.cun, &[]).await.location(),
            "/confirm",
            "another CUN needs no decision"
        );
    }
    assert_eq!(send(&app, &mut browser, &third.cun, &[]).await.location(), "/confirm");
    let (asked, key) = (app.received("confirm").await, "name=\"repeat\"");
    for caller in [&first, &second] {
        send(&app, &mut browser, &caller.cun, &[]).await.shows(422, "può essere già riuscita").shows(422, key);
    }
    assert_eq!(app.received("confirm").await, asked);
    // The service says no; it would to a confirmation that it has registered already, too.
    assert_eq!(send(&app, &mut browser, &first.cun, &[("repeat", "1")]).await.location(), "/confirm");
    browser.get("/confirm").await.shows(200, "Conferma non accettata").shows(200, "può essere già riuscita");
    send(&app, &mut browser, &first.cun, &[]).await.shows(422, "può essere già riuscita");
    send(&app, &mut browser, &second.cun, &[]).await.shows(422, "può essere già riuscita");
}

/// A call whose confirmation was carried out, or not.
async fn uncertainly_confirmed(app: &TestApp) -> (Call, Caller) {
    let mut call = app.call(&app.operator("m.bianchi").await).await;
    let caller = app.caller("positive").await;
    call.verify(&caller).await.shows(200, "Sblocca codice");
    call.unlock(&app.otp().await).await.shows(200, "Codice sbloccato");
    app.fault("confirm", "reset_after_reading").await;
    call.step("confirm", &[]).await.shows(200, "Esito della conferma incerto");
    (call, caller)
}

async fn an_uncertain_confirmation_of_a_case_is_remembered(engine: Engine) {
    let app = TestApp::start(engine).await;
    let (mut call, caller) = uncertainly_confirmed(&app).await;
    send(&app, &mut call.browser, &caller.cun, &[]).await.shows(422, "può essere già riuscita");
    call.step("close", &[("sure", "1")]).await;
    send(&app, &mut call.browser, &caller.cun, &[]).await.shows(422, "può essere già riuscita");
    assert_eq!(send(&app, &mut call.browser, &caller.cun, &[("repeat", "1")]).await.location(), "/confirm");
}

async fn a_no_to_the_repetition_leaves_open_what_was_uncertain(engine: Engine) {
    let app = TestApp::start(engine).await;
    let (mut call, caller) = uncertainly_confirmed(&app).await;
    for repetition in 0..2 {
        app.fault("confirm", "refused").await;
        let page = call.step("confirm", &[("repeat", "1")]).await;
        page.shows(200, "Conferma non accettata").shows(200, "può essere già riuscita");
        assert!(!page.text.contains("la conferma non è registrata"), "{repetition}: nobody knows that");
        call.step("confirm", &[]).await.shows(422, "può essere già riuscita");
    }
    call.step("close", &[("sure", "1")]).await;
    send(&app, &mut call.browser, &caller.cun, &[]).await.shows(422, "può essere già riuscita");
}

async fn the_case_knows_of_an_uncertain_confirmation_outside_it(engine: Engine) {
    let app = TestApp::start(engine).await;
    let mut call = app.call(&app.operator("m.bianchi").await).await;
    let caller = app.caller("positive").await;
    call.verify(&caller).await.shows(200, "Sblocca codice");
    call.unlock(&app.otp().await).await.shows(200, "Codice sbloccato");
    app.fault("confirm", "reset_before_reading").await;
    send(&app, &mut call.browser, &caller.cun, &[]).await;
    call.page().await.shows(200, "name=\"repeat\"");
    call.step("confirm", &[]).await.shows(422, "può essere già riuscita");
    call.step("confirm", &[("repeat", "1")]).await.shows(200, "Sblocco confermato");
}

async fn without_the_browsers_memory_every_cun_is_asked_about(engine: Engine) {
    let app = TestApp::start(engine).await;
    let mut browser = app.signed_in(&app.operator("m.bianchi").await).await;
    app.fault("confirm", "reset_after_reading").await;
    send(&app, &mut browser, &app.caller("positive").await.cun, &[]).await;
    browser.cookies.remove("__Host-deferred");
    let other = app.caller("positive").await;
    send(&app, &mut browser, &other.cun, &[]).await.shows(422, "può essere già riuscita");
    assert_eq!(send(&app, &mut browser, &other.cun, &[("repeat", "1")]).await.location(), "/confirm");
}
