//! The switch of the language, which loses nothing that was typed.

use crate::support::{Engine, TestApp, on_both_engines};

on_both_engines!(
    what_was_typed_comes_back_in_the_page_alone,
    a_form_that_was_refused_is_shown_again,
    nothing_is_carried_out,
    a_session_that_is_locked_or_over_loses_nothing_typed,
    an_address_opened_anew_leads_to_the_page,
    the_sign_in_page_keeps_the_name_and_where_it_leads,
);

async fn what_was_typed_comes_back_in_the_page_alone(engine: Engine) {
    let app = TestApp::start(engine).await;
    let person = app.operator("m.bianchi").await;
    let mut call = app.call(&person).await;
    let page = call.page().await;
    let address = format!("/language?back={}", call.path);
    page.shows(200, &format!("formaction=\"{address}\""))
        .shows(200, "id=\"page-form\"")
        .shows(200, "form=\"page-form\"");
    let key = call.key().await;
    let typed = [("key", key.as_str()), ("card", "8047 57"), ("cun", "CUN-H17KZ"), ("language", "en")];
    let english = call.browser.post(&address, &typed).await;
    english.shows(200, "<html lang=\"en\"").shows(200, "value=\"8047 57\"").shows(200, "value=\"CUN-H17KZ\"");
    assert!(!english.text.contains("Error: "), "nothing is wrong with it yet");
    for (name, value) in &english.headers {
        let value = value.to_str().unwrap();
        assert!(!value.contains("H17KZ") && !value.contains("8047"), "{name}: {value}");
    }
    assert_eq!(call.browser.cookies["__Host-lingua"], "en");
    call.page().await.shows(200, "<html lang=\"en\"");
}

async fn a_form_that_was_refused_is_shown_again(engine: Engine) {
    let app = TestApp::start(engine).await;
    let person = app.operator("m.bianchi").await;
    let mut call = app.call(&person).await;
    let refused = call.step("verify", &[("card", "80475"), ("cun", "CUN-H17KZ6247L")]).await;
    let address = format!("/language?back={}/verify", call.path);
    refused.shows(422, &address);
    let fields = [("card", "80475"), ("cun", "CUN-H17KZ6247L"), ("language", "en")];
    let english = call.browser.post(&address, &fields).await;
    english.shows(200, "<html lang=\"en\"").shows(200, "value=\"80475\"").shows(200, "value=\"CUN-H17KZ6247L\"");
    let case = format!("action=\"{}/verify\"", call.path);
    english.shows(200, &case);
}

async fn nothing_is_carried_out(engine: Engine) {
    let app = TestApp::start(engine).await;
    let person = app.operator("m.bianchi").await;
    let mut call = app.call(&person).await;
    let caller = app.caller("positive").await;
    let key = call.key().await;
    for back in [format!("{}/verify", call.path), format!("{}/close", call.path), "/logout".to_owned()] {
        let fields = [("key", key.as_str()), ("card", &caller.card), ("cun", &caller.cun), ("language", "en")];
        let answer = call.browser.post(&format!("/language?back={back}"), &fields).await;
        assert!(answer.status != 500, "{back}: {}", answer.text);
    }
    assert_eq!(app.received("verify").await, 0);
    call.page().await.shows(200, "Verify");
}

async fn a_session_that_is_locked_or_over_loses_nothing_typed(engine: Engine) {
    let app = TestApp::start(engine).await;
    let person = app.operator("m.bianchi").await;
    let mut call = app.call(&person).await;
    let address = format!("/language?back={}", call.path);
    let typed = [("card", "8047 57"), ("cun", "CUN-H17KZ"), ("language", "en")];
    app.wait_seconds(15 * 60);
    let locked = call.browser.post(&address, &typed).await;
    locked.shows(401, "<html lang=\"en\"").shows(401, "href=\"/login/pin\"").shows(401, "reload");
    assert!(!locked.text.contains("H17KZ"), "nothing of it is in the page");
    call.browser.post("/login/pin", &[("pin", &app.pin(&person, 0).await)]).await;
    // What the browser sends again on a reload.
    call.browser.post(&address, &typed).await.shows(200, "value=\"8047 57\"").shows(200, "value=\"CUN-H17KZ\"");
    app.disable(&person).await.unwrap();
    call.browser.post(&address, &typed).await.shows(401, "href=\"/login\"").shows(401, "disabled");
    let none = [("language", "it")];
    assert_eq!(call.browser.post(&address, &none).await.location(), call.path, "nothing was typed");
}

async fn an_address_opened_anew_leads_to_the_page(engine: Engine) {
    let app = TestApp::start(engine).await;
    let mut call = app.call(&app.operator("m.bianchi").await).await;
    let address = format!("/language?back={}/verify", call.path);
    assert_eq!(call.browser.get(&address).await.location(), format!("{}/verify", call.path));
    assert_eq!(call.browser.get(&format!("{}/verify", call.path)).await.location(), call.path);
    assert_eq!(call.browser.get("/language").await.location(), "/");
}

async fn the_sign_in_page_keeps_the_name_and_where_it_leads(engine: Engine) {
    let app = TestApp::start(engine).await;
    let fields = [("username", "m.bianchi"), ("password", "CANARY"), ("next", "/cases"), ("language", "en")];
    let english = app.browser().post("/language?back=/login", &fields).await;
    english.shows(200, "value=\"m.bianchi\"").shows(200, "value=\"/cases\"").shows(200, "Sign in");
    assert!(!english.text.contains("CANARY"), "a password is never shown");
}
