//! What an operator could do with what another one's browser, or an earlier moment, has left; and what a sign-in costs.

use std::time::Duration;

use crate::support::{Engine, TestApp, app::PASSWORD, browser::client, on_both_engines};

on_both_engines!(
    sealed_cookies_serve_their_operator_case_and_session_alone,
    of_two_steps_at_once_one_is_sent,
    an_unknown_name_costs_the_work_of_a_known_one,
);

async fn sealed_cookies_serve_their_operator_case_and_session_alone(engine: Engine) {
    let app = TestApp::start(engine).await;
    let person = app.operator("m.bianchi").await;
    let mut call = app.call(&person).await;
    call.verify(&app.caller("positive").await).await.shows(200, "Sblocca codice");
    let sealed = call.browser.cookies["__Host-case"].clone();
    // In the browser of a colleague, who has a case too.
    let mut other = app.call(&app.operator("l.verdi").await).await;
    other.browser.cookies.insert("__Host-case".to_owned(), sealed.clone());
    let page = other.page().await;
    assert!(!page.shows(200, "Verifica positività").text.contains("Sblocca codice"));
    // In another drawer of its own browser, and under the name of another.
    for drawer in ["__Host-deferred", "__Host-swabs", "__Host-asl", "__Host-exemptions"] {
        call.browser.cookies.insert(drawer.to_owned(), sealed.clone());
    }
    call.browser.get("/confirm").await.shows(200, "Conferma differita");
    call.page().await.shows(200, "Sblocca codice");
    // In the next case of the same operator.
    call.browser.post(&format!("{}/close", call.path), &[("sure", "1")]).await;
    let next = call.browser.post("/cases", &[("call", "88214")]).await.location().to_owned();
    call.browser.cookies.insert("__Host-case".to_owned(), sealed.clone());
    let page = call.browser.get(&next).await;
    assert!(!page.shows(200, "Verifica positività").text.contains("Sblocca codice"));
    // In the next session of the same operator.
    app.wait_seconds(30);
    let mut later = app.signed_in(&person).await;
    later.cookies.insert("__Host-case".to_owned(), sealed);
    let page = later.get(&next).await;
    assert!(!page.shows(200, "Verifica positività").text.contains("Sblocca codice"));
    assert_eq!(app.received("unlock").await, 0);
}

async fn of_two_steps_at_once_one_is_sent(engine: Engine) {
    let app = TestApp::start(engine).await;
    let mut call = app.call(&app.operator("m.bianchi").await).await;
    call.verify(&app.caller("positive").await).await.shows(200, "Sblocca codice");
    let (first, second) = (call.key().await, call.key().await);
    assert_ne!(first, second, "two tabs");
    app.slow("unlock", 2, 500).await;
    let (otp, other) = (app.otp().await, app.otp().await);
    let (mut one, mut two) = (call.clone(), call.clone());
    let (fields, others) = ([("otp", &*otp), ("asymptomatic", "1")], [("otp", &*other), ("asymptomatic", "1")]);
    tokio::join!(one.submit("unlock", &first, &fields), two.submit("unlock", &second, &others));
    tokio::time::sleep(Duration::from_millis(700)).await;
    assert_eq!(app.received("unlock").await, 1);
}

/// How many passwords were hashed so far.
async fn hashed(app: &TestApp) -> f64 {
    let address = app.figures.expect("an address");
    let text =
        client().get(format!("http://{address}/metrics")).send().await.expect("an answer").text().await.expect("text");
    let line = text.lines().find_map(|line| line.strip_prefix("centralino_password_hashes_total "));
    line.expect("the figure").parse().expect("a number")
}

async fn an_unknown_name_costs_the_work_of_a_known_one(engine: Engine) {
    let app = TestApp::start_with(engine, |config| config.metrics.listen = Some(([127, 0, 0, 1], 0).into())).await;
    app.operator("m.bianchi").await;
    app.invite("m.invited", "VRDLGU75B02F205A", centralino::domain::operator::Role::Operator).await;
    let disabled = app.operator("m.disabled").await;
    app.disable(&disabled).await.expect("an answer");
    let mut costs = Vec::new();
    for name in ["m.bianchi", "m.invited", "m.disabled", "m.nobody", "no name!", "x"] {
        let before = hashed(&app).await;
        for _ in 0..3 {
            app.browser().post("/login", &[("username", name), ("password", "not the password")]).await;
        }
        costs.push(hashed(&app).await - before);
    }
    assert!(costs.iter().all(|cost| (cost - 3.0).abs() < 0.1), "{costs:?}");
    let before = hashed(&app).await;
    app.browser().post("/login", &[("username", "m.bianchi"), ("password", PASSWORD)]).await;
    assert!((hashed(&app).await - before - 1.0).abs() < 0.1, "nor is the right one told by it");
}
