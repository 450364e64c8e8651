//! How a call comes to the desk: its id typed, or handed over by the telephone system at any moment.

use crate::support::{Browser, Engine, TestApp, app::PASSWORD, on_both_engines};

on_both_engines!(
    a_call_that_comes_meanwhile_waits,
    a_call_survives_the_sign_in,
    what_a_caller_says_does_not_wait,
    a_case_opened_for_another_call_is_not_taken_for_it,
    that_a_case_is_closed_is_said_once,
    a_page_of_a_closed_case_takes_nothing_from_the_next,
    a_call_waits_while_another_is_taken,
    a_refused_id_outlives_the_change_of_language,
);

const WAITING: &str = "__Host-call";

async fn close(browser: &mut Browser, case: &str) {
    assert_eq!(browser.post(&format!("{case}/close"), &[("sure", "1")]).await.location(), "/");
}

async fn a_call_that_comes_meanwhile_waits(engine: Engine) {
    let app = TestApp::start(engine).await;
    let mut call = app.call(&app.operator("m.bianchi").await).await;
    assert_eq!(call.browser.get("/?call=88213").await.location(), call.path);
    assert!(!call.browser.cookies.contains_key(WAITING), "it is the call of this case");
    assert_eq!(call.browser.get("/?call=88214").await.location(), call.path);
    for _ in 0..2 {
        call.page().await.shows(200, "È arrivata la chiamata 88214");
    }
    call.step("verify", &[]).await.shows(422, "È arrivata la chiamata 88214");
    close(&mut call.browser, &call.path).await;
    for _ in 0..2 {
        call.browser.get("/").await.shows(200, "value=\"88214\"");
    }
    let next = call.browser.post("/cases", &[("call", "88214")]).await.location().to_owned();
    assert!(!call.browser.get(&next).await.text.contains("È arrivata la chiamata"));
    close(&mut call.browser, &next).await;
    assert!(!call.browser.get("/").await.text.contains("88214"), "it was taken");
}

async fn a_call_survives_the_sign_in(engine: Engine) {
    let app = TestApp::start(engine).await;
    let person = app.operator("m.bianchi").await;
    let mut browser = app.browser();
    assert_eq!(browser.get("/?call=1606140000.42").await.location(), "/login");
    browser.post("/login", &[("username", person.username), ("password", "wrong")]).await;
    browser.post("/login", &[("username", person.username), ("password", PASSWORD)]).await;
    let pin = app.pin(&person, 0).await;
    assert_eq!(browser.post("/login/pin", &[("pin", &pin)]).await.location(), "/");
    browser.get("/").await.shows(200, "value=\"1606140000.42\"");
    app.wait_seconds(15 * 60 + 1);
    assert_eq!(browser.get("/?call=88214").await.location(), "/login/pin");
    let pin = app.pin(&person, 0).await;
    browser.post("/login/pin", &[("pin", &pin)]).await;
    browser.get("/").await.shows(200, "value=\"88214\"");
}

async fn what_a_caller_says_does_not_wait(engine: Engine) {
    let app = TestApp::start(engine).await;
    let mut stranger = app.browser();
    let mut call = app.call(&app.operator("m.bianchi").await).await;
    for said in ["CUN-H17KZ6247A", "59Y5QWWF4Z", "VRDLGU75B02F205A", "07-01-2021", "Maria%20Rossi", ""] {
        for browser in [&mut stranger, &mut call.browser] {
            browser.get(&format!("/?call={said}")).await;
            assert!(!browser.cookies.contains_key(WAITING), "{said}");
        }
    }
    call.browser.cookies.insert(WAITING.to_owned(), "CUN-H17KZ6247A".to_owned());
    assert!(!call.page().await.text.contains("CUN-H17KZ6247A"), "written by hand it is not shown either");
}

async fn a_case_opened_for_another_call_is_not_taken_for_it(engine: Engine) {
    let app = TestApp::start(engine).await;
    let mut call = app.call(&app.operator("m.bianchi").await).await;
    assert_eq!(call.browser.post("/cases", &[("call", "88213")]).await.location(), call.path);
    assert!(!call.page().await.text.contains("È arrivata la chiamata"), "a form sent twice");
    assert_eq!(call.browser.post("/cases", &[("call", "999")]).await.location(), call.path);
    call.page().await.shows(200, "È arrivata la chiamata 999");
}

async fn that_a_case_is_closed_is_said_once(engine: Engine) {
    let app = TestApp::start(engine).await;
    let mut call = app.call(&app.operator("m.bianchi").await).await;
    let mut other = app.signed_in(&app.operator("l.verdi").await).await;
    close(&mut call.browser, &call.path).await;
    other
        .cookies
        .extend(call.browser.cookies.get_key_value("__Host-closed").map(|(name, id)| (name.clone(), id.clone())));
    call.browser.get("/").await.shows(200, "chiuso alle");
    for browser in [&mut call.browser, &mut other] {
        assert!(!browser.get("/").await.text.contains("chiuso alle"));
    }
}

async fn a_page_of_a_closed_case_takes_nothing_from_the_next(engine: Engine) {
    let app = TestApp::start(engine).await;
    let mut call = app.call(&app.operator("m.bianchi").await).await;
    let closed = call.path.clone();
    close(&mut call.browser, &closed).await;
    call.path = call.browser.post("/cases", &[("call", "88214")]).await.location().to_owned();
    call.verify(&app.caller("positive").await).await.shows(200, "Sblocca codice");
    close(&mut call.browser, &closed).await;
    call.page().await.shows(200, "Sblocca codice");
}

async fn a_call_waits_while_another_is_taken(engine: Engine) {
    let app = TestApp::start(engine).await;
    let mut call = app.call(&app.operator("m.bianchi").await).await;
    call.browser.get("/?call=88214").await;
    close(&mut call.browser, &call.path).await;
    call.path = call.browser.post("/cases", &[("call", "88215")]).await.location().to_owned();
    call.page().await.shows(200, "È arrivata la chiamata 88214");
}

async fn a_refused_id_outlives_the_change_of_language(engine: Engine) {
    let app = TestApp::start(engine).await;
    let mut browser = app.signed_in(&app.operator("m.bianchi").await).await;
    let refused = browser.post("/cases", &[("call", "CUN-H17KZ6247A")]).await;
    refused.shows(422, "name=\"call\"").shows(422, "formaction=\"/language?back=/\"");
}
