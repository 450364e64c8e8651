//! Signing in, and each way of being refused.

use axum::http::header;

use crate::support::{Engine, TestApp, app::PASSWORD, on_both_engines};

on_both_engines!(
    password_and_pin_lead_to_the_desk,
    a_refusal_keeps_the_user_name_and_never_the_password,
    unknown_and_known_names_get_the_same_page,
    the_session_is_renewed_at_each_step_up,
    a_pin_is_good_once_and_one_step_either_side,
    a_double_click_on_the_pin_signs_in,
    one_goes_on_to_a_path_of_this_site_alone,
    the_second_factor_must_follow_soon,
    empty_fields_are_named,
);

async fn password_and_pin_lead_to_the_desk(engine: Engine) {
    let app = TestApp::start(engine).await;
    let person = app.operator("m.bianchi").await;
    let mut browser = app.browser();
    browser.get("/login").await.shows(200, "<h1").shows(200, "Accedi");
    let first = browser.post("/login", &[("username", " M.Bianchi "), ("password", PASSWORD)]).await;
    assert_eq!(first.location(), "/login/pin");
    browser.get("/login/pin").await.shows(200, "Inserisci il PIN").shows(200, "Maria Bianchi");
    assert_eq!(browser.post("/session/extend", &[]).await.status, 401, "the password alone opens nothing");
    let second = browser.post("/login/pin", &[("pin", &app.pin(&person, 0).await)]).await;
    assert_eq!(second.location(), "/");
    let cookies: Vec<_> =
        second.headers.get_all(header::SET_COOKIE).iter().map(|cookie| cookie.to_str().unwrap()).collect();
    assert!(cookies.iter().any(|cookie| cookie.starts_with("__Host-session=")), "{cookies:?}");
    for cookie in cookies {
        assert!(cookie.starts_with("__Host-"), "{cookie}");
        for attribute in ["HttpOnly", "SameSite=Lax", "Secure", "Path=/"] {
            assert!(cookie.contains(attribute), "{attribute} in {cookie}");
        }
    }
    assert_eq!(browser.post("/session/extend", &[]).await.status, 204);
    assert_eq!(browser.get("/login").await.location(), "/");
}

async fn a_refusal_keeps_the_user_name_and_never_the_password(engine: Engine) {
    let app = TestApp::start(engine).await;
    app.operator("m.bianchi").await;
    let mut browser = app.browser();
    let wrong = "sette nani e CANARY";
    let answer = browser.post("/login", &[("username", "m.bianchi"), ("password", wrong), ("next", "/cases")]).await;
    answer.shows(422, "<title>Errore: ").shows(422, "role=\"alert\"").shows(422, "href=\"#username\"");
    answer.shows(422, "value=\"m.bianchi\"").shows(422, "value=\"/cases\"");
    assert!(!answer.text.contains("CANARY"));
    assert!(browser.cookies.is_empty(), "a refusal opens no session");
}

async fn unknown_and_known_names_get_the_same_page(engine: Engine) {
    let app = TestApp::start(engine).await;
    app.operator("m.bianchi").await;
    app.invite("m.invited", "VRDLGU75B02F205A", centralino::domain::operator::Role::Operator).await;
    let mut pages = Vec::new();
    for name in ["m.bianchi", "m.invited", "m.nobody!", "m.nessuno"] {
        // Through every stage: plain refusals, the last attempts, the lock-out.
        for attempt in 0..12 {
            let answer = app.browser().post("/login", &[("username", name), ("password", "not the password")]).await;
            pages.push((attempt, answer.status, answer.without_nonce().replace(name, "NAME")));
        }
    }
    let (known, others) = pages.split_at(12);
    for other in others.chunks(12) {
        assert_eq!(known, other);
    }
}

async fn the_session_is_renewed_at_each_step_up(engine: Engine) {
    let app = TestApp::start(engine).await;
    let person = app.operator("m.bianchi").await;
    let mut browser = app.browser();
    browser.post("/login", &[("username", "m.bianchi"), ("password", PASSWORD)]).await;
    let before = browser.clone();
    assert_eq!(browser.post("/login/pin", &[("pin", &app.pin(&person, 0).await)]).await.location(), "/");
    assert_ne!(before.cookies["__Host-session"], browser.cookies["__Host-session"]);
    let mut old = before.clone();
    assert_eq!(old.post("/session/extend", &[]).await.status, 401, "the id of before is worth nothing");
    assert_eq!(old.get("/login/pin").await.location(), "/login");
    assert_eq!(browser.post("/session/extend", &[]).await.status, 204);
}

async fn a_pin_is_good_once_and_one_step_either_side(engine: Engine) {
    let app = TestApp::start(engine).await;
    let person = app.operator("m.bianchi").await;
    let mut browser = app.browser();
    browser.post("/login", &[("username", "m.bianchi"), ("password", PASSWORD)]).await;
    for steps in [-2, 2] {
        let pin = app.pin(&person, steps).await;
        browser.post("/login/pin", &[("pin", &pin)]).await.shows(422, "PIN non corretto");
    }
    let ahead = app.pin(&person, 1).await;
    let spaced = format!("{} {}", &ahead[..3], &ahead[3..]);
    assert_eq!(browser.post("/login/pin", &[("pin", &spaced)]).await.location(), "/");

    let mut again = app.browser();
    again.post("/login", &[("username", "m.bianchi"), ("password", PASSWORD)]).await;
    again.post("/login/pin", &[("pin", &ahead)]).await.shows(422, "già stato usato");
    let earlier = app.pin(&person, 0).await;
    again.post("/login/pin", &[("pin", &earlier)]).await.shows(422, "già stato usato");
    app.wait_seconds(60);
    let behind = app.pin(&person, -1).await;
    assert_eq!(behind, ahead, "the clock has gone two steps on");
    again.post("/login/pin", &[("pin", &behind)]).await.shows(422, "già stato usato");
    assert_eq!(again.post("/login/pin", &[("pin", &app.pin(&person, 0).await)]).await.location(), "/");
}

async fn a_double_click_on_the_pin_signs_in(engine: Engine) {
    let app = TestApp::start(engine).await;
    let person = app.operator("m.bianchi").await;
    let mut browser = app.browser();
    browser.post("/login", &[("username", "m.bianchi"), ("password", PASSWORD)]).await;
    let (pin, mut stranger) = (app.pin(&person, 0).await, browser.clone());
    // The browser drops the answer to the first click, its cookie included.
    assert_eq!(browser.clone().post("/login/pin", &[("pin", &pin)]).await.location(), "/");
    let other = app.pin(&person, 1).await;
    assert_eq!(stranger.post("/login/pin", &[("pin", &other)]).await.location(), "/login", "another PIN is no repeat");
    assert_eq!(browser.post("/login/pin", &[("pin", &pin)]).await.location(), "/");
    assert_eq!(browser.post("/session/extend", &[]).await.status, 204);
    app.wait_seconds(11);
    assert_eq!(stranger.post("/login/pin", &[("pin", &pin)]).await.location(), "/login", "nor is a later one");
}

async fn one_goes_on_to_a_path_of_this_site_alone(engine: Engine) {
    let app = TestApp::start(engine).await;
    let person = app.operator("m.bianchi").await;
    let case = "/cases/0193a7f0-0000-7000-8000-000000000000";
    let code = "/cases/CUN-H17KZ6247A";
    for (next, leads_to) in
        [(case, case), (code, "/"), ("/cases", "/cases"), ("//evil.example", "/"), ("/logout", "/"), ("", "/")]
    {
        let mut browser = app.browser();
        let fields = [("username", "m.bianchi"), ("password", PASSWORD), ("next", next)];
        let first = browser.post("/login", &fields).await;
        let expected = if leads_to == "/" { "/login/pin".to_owned() } else { format!("/login/pin?next={leads_to}") };
        assert_eq!(first.location(), expected);
        let shown = browser.get(&expected).await;
        shown.shows(200, &format!("name=\"next\" value=\"{leads_to}\""));
        let pin = app.pin(&person, 0).await;
        assert_eq!(browser.post("/login/pin", &[("pin", &pin), ("next", next)]).await.location(), leads_to);
        app.wait_seconds(30);
    }
}

async fn the_second_factor_must_follow_soon(engine: Engine) {
    let app = TestApp::start(engine).await;
    let person = app.operator("m.bianchi").await;
    let mut browser = app.browser();
    browser.post("/login", &[("username", "m.bianchi"), ("password", PASSWORD)]).await;
    app.wait_seconds(600);
    assert_eq!(browser.get("/login/pin").await.location(), "/login");
    assert_eq!(browser.post("/login/pin", &[("pin", &app.pin(&person, 0).await)]).await.location(), "/login");
}

async fn empty_fields_are_named(engine: Engine) {
    let app = TestApp::start(engine).await;
    let mut browser = app.browser();
    let answer = browser.post("/login", &[]).await;
    answer.shows(422, "href=\"#username\"").shows(422, "href=\"#password\"");
    app.operator("m.bianchi").await;
    browser.post("/login", &[("username", "m.bianchi"), ("password", PASSWORD)]).await;
    for (typed, says) in [("", "Scriva il PIN"), ("12345", "sei cifre"), ("abcdef", "sei cifre")] {
        // More often than the limit: what can't be a PIN is not an attempt.
        for _ in 0..3 {
            browser.post("/login/pin", &[("pin", typed)]).await.shows(422, says).shows(422, "href=\"#pin\"");
        }
    }
}
