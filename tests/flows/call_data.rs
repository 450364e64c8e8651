//! The data of a call, which the browser carries: how long they live, which count, and when they go.

use crate::support::{Engine, TestApp, call::Call, on_both_engines};

on_both_engines!(
    the_data_of_a_call_die_with_their_half_hour,
    data_lost_after_an_unlock_leave_the_deferred_confirmation,
    a_cookie_of_an_earlier_verification_counts_no_more,
    a_cookie_put_back_shows_nothing_of_a_closed_case,
    what_is_over_is_cleared_with_the_next_page,
);

async fn the_data_of_a_call_die_with_their_half_hour(engine: Engine) {
    let app = TestApp::start_with(engine, |config| config.session.idle = 3600).await;
    let mut call = app.call(&app.operator("m.bianchi").await).await;
    let caller = app.caller("positive").await;
    call.verify(&caller).await.shows(200, "Sblocca codice");
    app.wait_seconds(30 * 60 + 1);
    call.page().await.shows(200, "La verifica va ripetuta").shows(200, "Verifica positività");
    call.verify(&caller).await.shows(200, "Sblocca codice");
}

async fn data_lost_after_an_unlock_leave_the_deferred_confirmation(engine: Engine) {
    let app = TestApp::start_with(engine, |config| config.session.idle = 3600).await;
    let mut call = app.call(&app.operator("m.bianchi").await).await;
    call.verify(&app.caller("positive").await).await.shows(200, "Sblocca codice");
    call.unlock(&app.otp().await).await.shows(200, "Codice sbloccato");
    app.wait_seconds(30 * 60 + 1);
    let lost = call.page().await;
    lost.shows(200, "I dati della chiamata non ci sono più").shows(200, "né confermato né annullato");
    assert!(!lost.text.contains("Codice sbloccato"), "the outcome before is not that of now");
    let refused = call.verify(&app.caller("negative").await).await;
    refused.shows(200, "Verifica non accettata").shows(200, "né confermato né annullato");
    call.verify(&app.caller("positive").await).await.shows(200, "Positività verificata").shows(200, "Sblocca codice");
}

async fn a_cookie_of_an_earlier_verification_counts_no_more(engine: Engine) {
    let app = TestApp::start(engine).await;
    let mut call = app.call(&app.operator("m.bianchi").await).await;
    let first = app.caller("positive").await;
    call.verify(&first).await.shows(200, "Sblocca codice");
    let earlier = call.clone();
    let second = app.caller("positive").await;
    let key = call.key().await;
    let fields = [("card", second.card.as_str()), ("cun", second.cun.as_str())];
    assert_eq!(call.submit("verify", &key, &fields).await.status, 303);
    call.unlock(&app.otp().await).await.shows(200, "Conferma sblocco");
    let mut replayed = earlier;
    let key = call.key().await;
    replayed.submit("confirm", &key, &[]).await.shows(422, "Questo passo non è possibile adesso");
    assert_eq!(app.received("confirm").await, 0);
}

async fn a_cookie_put_back_shows_nothing_of_a_closed_case(engine: Engine) {
    let app = TestApp::start(engine).await;
    let mut call = app.call(&app.operator("m.bianchi").await).await;
    let caller = app.caller("positive").await;
    call.verify(&caller).await.shows(200, &caller.sampled_on);
    let kept = call.browser.cookies.clone();
    call.step("close", &[("sure", "1")]).await;
    call.browser.cookies = kept;
    let closed = call.page().await;
    closed.shows(200, "Il caso è chiuso");
    assert!(!closed.text.contains(&caller.sampled_on) && !closed.text.contains("readback"));
}

/// The answer that should have cleared it went to a browser that was gone.
async fn what_is_over_is_cleared_with_the_next_page(engine: Engine) {
    let app = TestApp::start(engine).await;
    let mut call = app.call(&app.operator("m.bianchi").await).await;
    let has_data = |call: &Call| call.browser.cookies.contains_key("__Host-case");
    call.verify(&app.caller("positive").await).await.shows(200, "Sblocca codice");
    call.unlock(&app.otp().await).await.shows(200, "Conferma sblocco");
    let kept = call.browser.cookies["__Host-case"].clone();
    call.step("confirm", &[]).await.shows(200, "Sblocco confermato");
    let put_back = |call: &mut Call| drop(call.browser.cookies.insert("__Host-case".to_owned(), kept.clone()));
    put_back(&mut call);
    call.page().await.shows(200, "Chiudi caso");
    assert!(!has_data(&call), "the case is concluded");
    assert_eq!(call.browser.post(&format!("{}/close", call.path), &[]).await.location(), "/");
    put_back(&mut call);
    call.page().await.shows(200, "Il caso è chiuso");
    assert!(!has_data(&call), "the case is closed");
    put_back(&mut call);
    call.browser.get("/").await.shows(200, "Apri caso");
    assert!(!has_data(&call), "no case is open");
    let closed = call.path.clone();
    call.path = call.browser.post("/cases", &[("call", "88214")]).await.location().to_owned();
    call.verify(&app.caller("positive").await).await.shows(200, "Sblocca codice");
    call.browser.get(&closed).await.shows(200, "Il caso è chiuso");
    call.page().await.shows(200, "Sblocca codice");
}
