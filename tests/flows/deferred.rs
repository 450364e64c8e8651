//! "Conferma differita": by the CUN alone, outside a call.

use crate::support::{Engine, TestApp, call::key_of, on_both_engines};

on_both_engines!(a_cun_alone_confirms, a_mistake_is_told, an_uncertain_outcome_asks_for_a_decision);

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
