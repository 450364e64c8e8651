//! "I miei casi": what is kept, found again.

use crate::support::{Engine, TestApp, on_both_engines};

on_both_engines!(cases_are_listed_by_key, a_case_is_found_by_its_id_and_by_its_call, a_code_never_reaches_the_address);

async fn cases_are_listed_by_key(engine: Engine) {
    let app = TestApp::start(engine).await;
    let mut browser = app.signed_in(&app.operator("m.bianchi").await).await;
    browser.get("/cases").await.shows(200, "Non c'è ancora nessun caso").shows(200, "I miei casi");
    for call in 0..30 {
        let opened = browser.post("/cases", &[("call", &format!("call-{call:02}"))]).await;
        let path = format!("{}/close", opened.location());
        browser.post(&path, &[("sure", "1")]).await;
        app.wait_seconds(1);
    }
    let newest = browser.get("/cases").await;
    newest.shows(200, "call-29").shows(200, "call-05");
    assert!(!newest.text.contains("call-04"), "25 a page");
    let after = newest.text.split("/cases?after=").nth(1).and_then(|rest| rest.split('"').next()).expect("a next page");
    let older = browser.get(&format!("/cases?after={after}")).await;
    older.shows(200, "call-04").shows(200, "call-00");
    assert!(!older.text.contains("call-05"));
}

async fn a_case_is_found_by_its_id_and_by_its_call(engine: Engine) {
    let app = TestApp::start(engine).await;
    let mut browser = app.signed_in(&app.operator("m.bianchi").await).await;
    let opened = browser.post("/cases", &[("call", "88213")]).await;
    let id = opened.location().trim_start_matches("/cases/").to_owned();
    for wanted in [id.as_str(), "88213"] {
        browser.post("/cases/search", &[("q", wanted)]).await.shows(200, &id);
    }
    browser.post("/cases/search", &[("q", "other")]).await.shows(200, "Nessun caso ha questo id");
}

async fn a_code_never_reaches_the_address(engine: Engine) {
    let app = TestApp::start(engine).await;
    let mut browser = app.signed_in(&app.operator("m.bianchi").await).await;
    let refused = browser.post("/cases/search", &[("q", "CUN-H17KZ6247A")]).await;
    refused.shows(422, "dato dell'assistito").shows(422, "value=\"CUN-H17KZ6247A\"");
}
