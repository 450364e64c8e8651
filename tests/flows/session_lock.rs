//! A session that nobody uses locks to the PIN, keeps the call, and tells the page that is open how it stands.

use centralino::{
    features::{
        desk::call_data::CallData,
        requests::sealed::{Drawer, Sealed},
    },
    islands::session_state::SessionState,
};

use super::sessions::carried;
use crate::support::{Browser, Engine, TestApp, on_both_engines};

on_both_engines!(
    an_idle_session_locks_to_the_pin,
    use_moves_the_idle_limit_and_extending_does_so_at_once,
    what_a_page_asks_by_itself_keeps_no_session_alive,
    a_covered_page_opens_by_the_pin_and_the_call_goes_on,
    a_covered_page_is_told_why_the_pin_does_not_open_it,
    a_page_is_told_that_its_session_is_over,
    a_form_sent_to_a_locked_session_can_be_sent_again,
    a_call_survives_the_lock,
);

async fn an_idle_session_locks_to_the_pin(engine: Engine) {
    let app = TestApp::start(engine).await;
    let person = app.operator("m.bianchi").await;
    let mut browser = app.signed_in(&person).await;
    let before = browser.cookies["__Host-session"].clone();
    app.wait_seconds(15 * 60);
    browser.post("/session/extend", &[]).await.shows(401, "La chiamata è ancora aperta").shows(401, "/login/pin");
    browser.get("/login/pin").await.shows(200, "La chiamata è ancora aperta");
    browser.post("/login/pin", &[("pin", "000000")]).await.shows(422, "La chiamata è ancora aperta");
    assert_eq!(browser.cookies["__Host-session"], before, "a wrong PIN renews nothing");
    let pin = app.pin(&person, 0).await;
    let case = "/cases/0193a7f0-0000-7000-8000-000000000000";
    let fields = [("pin", pin.as_str()), ("next", case)];
    assert_eq!(browser.post("/login/pin", &fields).await.location(), case);
    assert_ne!(browser.cookies["__Host-session"], before);
    assert_eq!(browser.post("/session/extend", &[]).await.status, 204);
}

/// How the session stands, as a page asks by itself.
async fn said(browser: &mut Browser) -> SessionState {
    let answer = browser.get("/session").await;
    serde_json::from_str(&answer.shows(200, "").text).unwrap()
}

async fn use_moves_the_idle_limit_and_extending_does_so_at_once(engine: Engine) {
    let app = TestApp::start(engine).await;
    let person = app.operator("m.bianchi").await;
    let mut browser = app.signed_in(&person).await;
    for _ in 0..4 {
        app.wait_seconds(15 * 60 - 1);
        assert_eq!(browser.post("/session/extend", &[]).await.status, 204);
        let SessionState::Active { left, is_final: false, .. } = said(&mut browser).await else { panic!("locked") };
        assert_eq!(left, 15 * 60 * 1000);
    }
    app.wait_seconds(1);
    assert_eq!(browser.post("/session/extend", &[]).await.status, 204, "extended one second ago");
    app.wait_seconds(15 * 60);
    assert_eq!(browser.post("/session/extend", &[]).await.status, 401);
}

async fn what_a_page_asks_by_itself_keeps_no_session_alive(engine: Engine) {
    let app = TestApp::start(engine).await;
    let person = app.operator("m.bianchi").await;
    let mut browser = app.signed_in(&person).await;
    let operator = person.id.0.clone();
    for left in (1..=15).rev() {
        let state = SessionState::Active { operator: operator.clone(), left: left * 60_000, is_final: false };
        assert_eq!(said(&mut browser).await, state);
        app.wait_seconds(60);
    }
    assert_eq!(said(&mut browser).await, SessionState::Locked { operator, refusal: None });
    browser.post("/session/extend", &[]).await.shows(401, "/login/pin");
}

async fn a_covered_page_opens_by_the_pin_and_the_call_goes_on(engine: Engine) {
    let app = TestApp::start(engine).await;
    let person = app.operator("m.bianchi").await;
    let mut call = app.call(&person).await;
    let caller = app.caller("positive").await;
    call.verify(&caller).await.shows(200, "Codice OTP");
    let before = call.browser.cookies.clone();
    app.wait_seconds(15 * 60);
    let pin = app.pin(&person, 0).await;
    let answer = call.browser.post("/session/unlock", &[("pin", &pin)]).await;
    let state: SessionState = serde_json::from_str(&answer.shows(200, "").text).unwrap();
    let left = 15 * 60 * 1000;
    assert_eq!(state, SessionState::Active { operator: person.id.0.clone(), left, is_final: false });
    for cookie in ["__Host-session", "__Host-case"] {
        assert_ne!(call.browser.cookies[cookie], before[cookie], "{cookie} is renewed");
    }
    // The page was not loaded anew: what it sends is the form of before.
    call.unlock(&app.otp().await).await.shows(200, "Codice sbloccato");
    let again = call.browser.post("/session/unlock", &[("pin", &pin)]).await;
    assert!(matches!(serde_json::from_str(&again.text).unwrap(), SessionState::Active { .. }), "twice does no harm");
}

async fn a_covered_page_is_told_why_the_pin_does_not_open_it(engine: Engine) {
    let app = TestApp::start(engine).await;
    let person = app.operator("m.bianchi").await;
    let mut browser = app.signed_in(&person).await;
    app.wait_seconds(15 * 60);
    let wrong = app.pin(&person, 50).await;
    let tries = [("", "Scriva il PIN"), ("12345", "sei cifre"), (wrong.as_str(), "PIN non corretto")];
    for (typed, says) in tries {
        let answer = browser.post("/session/unlock", &[("pin", typed)]).await;
        let state: SessionState = serde_json::from_str(&answer.shows(200, "").text).unwrap();
        let SessionState::Locked { operator, refusal: Some(refusal) } = state else { panic!("{state:?}") };
        assert!(operator == person.id.0 && refusal.contains(says), "{refusal}");
    }
    for _ in 0..5 {
        browser.post("/session/unlock", &[("pin", &wrong)]).await;
    }
    let right = app.pin(&person, 0).await;
    browser.post("/session/unlock", &[("pin", &right)]).await.shows(200, "bloccato");
    assert!(matches!(said(&mut browser).await, SessionState::Locked { .. }));
}

async fn a_page_is_told_that_its_session_is_over(engine: Engine) {
    let app = TestApp::start(engine).await;
    let person = app.operator("m.bianchi").await;
    let mut older = app.signed_in(&person).await;
    app.wait_seconds(30);
    let mut newer = app.signed_in(&person).await;
    let over = |state: SessionState| match state {
        SessionState::Over { why } => why,
        other => panic!("{other:?}"),
    };
    assert!(over(said(&mut older).await).contains("da un altro dispositivo"));
    let answer = older.post("/session/unlock", &[("pin", "000000")]).await;
    assert!(over(serde_json::from_str(&answer.text).unwrap()).contains("da un altro dispositivo"));
    let mut left = newer.clone();
    app.disable(&person).await.unwrap();
    assert!(over(said(&mut newer).await).contains("disabilitato"));
    app.enable(&person).await.unwrap();
    assert_eq!(said(&mut app.browser()).await, SessionState::Left);
    let mut unknown = app.browser();
    unknown.cookies.insert("__Host-session".to_owned(), "A".repeat(22));
    assert!(over(said(&mut unknown).await).contains("non è stato effettuato"));
    app.wait_seconds(60);
    let mut browser = app.signed_in(&person).await;
    left.cookies.clone_from(&browser.cookies);
    browser.post("/logout", &[]).await;
    assert_eq!(said(&mut left).await, SessionState::Left);
    app.wait_seconds(60);
    let mut last = app.signed_in(&person).await;
    for _ in 0..9 * 6 - 1 {
        app.wait_seconds(600);
        assert_eq!(last.post("/session/extend", &[]).await.status, 204);
    }
    assert!(matches!(said(&mut last).await, SessionState::Active { left: 600_000, is_final: true, .. }));
    app.wait_seconds(600);
    assert!(over(said(&mut last).await).contains("durata massima"));
}

/// Without JavaScript: the page says how, and what the browser sends again is what was typed.
async fn a_form_sent_to_a_locked_session_can_be_sent_again(engine: Engine) {
    let app = TestApp::start(engine).await;
    let person = app.operator("m.bianchi").await;
    let mut call = app.call(&person).await;
    let caller = app.caller("positive").await;
    let (key, fields) = (call.key().await, [("card", caller.card.as_str()), ("cun", caller.cun.as_str())]);
    app.wait_seconds(15 * 60);
    let refused = call.submit("verify", &key, &fields).await;
    refused.shows(401, "non è stata eseguita").shows(401, "/login/pin").shows(401, "la ricarichi");
    assert!(
        !refused.text.contains(&caller.cun) && !refused.text.contains(&caller.card),
        "nothing of it is in the page"
    );
    let pin = app.pin(&person, 0).await;
    call.browser.post("/login/pin", &[("pin", &pin)]).await;
    assert_eq!(call.submit("verify", &key, &fields).await.location(), call.path);
    call.page().await.shows(200, "Codice OTP");
}

async fn a_call_survives_the_lock(engine: Engine) {
    let app = TestApp::start(engine).await;
    let person = app.operator("m.bianchi").await;
    let (state, mut browser) = (&app.state, app.signed_in(&person).await);
    let (_, before) = carried(&browser);
    let sealed = Sealed::new(&state.secrets, &state.random, &person.id, before.expose());
    let call = sealed.close(Drawer::Case, CallData::of_case("0193"), state.clock.now()).unwrap();
    let call = cookie::Cookie::parse(call.to_str().unwrap().to_owned()).unwrap();
    browser.cookies.insert(call.name().to_owned(), call.value().to_owned());
    app.wait_seconds(15 * 60);
    assert_eq!(browser.post("/login/pin", &[("pin", &app.pin(&person, 0).await)]).await.location(), "/");
    let (headers, after) = carried(&browser);
    let renewed = Sealed::new(&state.secrets, &state.random, &person.id, after.expose());
    let data: CallData = renewed.open(Drawer::Case, &headers, state.clock.now()).expect("the call's data");
    assert_eq!(data.case_id, "0193");
    assert!(
        sealed.open::<CallData>(Drawer::Case, &headers, state.clock.now()).is_none(),
        "the old id opens nothing any more"
    );
}
