//! Who knows a name keeps strangers out of it, and not its owner: devices that have signed in before count apart.

use axum::http::Method;

use crate::support::{
    Browser, Engine, TestApp,
    app::{PASSWORD, Person},
    on_both_engines,
};

on_both_engines!(
    strangers_lock_out_strangers,
    a_known_device_locks_itself_and_can_be_unlocked,
    another_password_makes_a_device_a_stranger,
    a_device_is_known_for_its_own_account_alone,
    an_address_is_locked_for_strangers_on_every_name,
    leaving_everywhere_forgets_the_device,
);

const WRONG: &str = "not the password";

async fn attempt(browser: &mut Browser, name: &str, password: &str) -> String {
    let answer = browser.post("/login", &[("username", name), ("password", password)]).await;
    if answer.status == 303 { answer.location().to_owned() } else { answer.text }
}

async fn wrong(browser: &mut Browser, times: usize) -> String {
    let mut text = String::new();
    for _ in 0..times {
        text = attempt(browser, "m.bianchi", WRONG).await;
    }
    text
}

/// A browser in which its owner has signed in, and out again.
async fn known(app: &TestApp, person: &Person) -> Browser {
    let mut browser = app.signed_in(person).await;
    assert_eq!(browser.post("/logout", &[]).await.location(), "/login");
    app.wait_seconds(30);
    browser
}

async fn strangers_lock_out_strangers(engine: Engine) {
    let app = TestApp::start(engine).await;
    let mut owners = known(&app, &app.operator("m.bianchi").await).await;
    assert!(wrong(&mut app.browser(), 10).await.contains("Riprovi tra 15 min 0 s"));
    assert!(attempt(&mut app.browser(), "m.bianchi", PASSWORD).await.contains("Riprovi tra"), "another stranger");
    for _ in 0..3 {
        assert_eq!(attempt(&mut owners, "m.bianchi", PASSWORD).await, "/login/pin");
    }
    assert!(attempt(&mut app.browser(), "m.bianchi", PASSWORD).await.contains("Riprovi tra"), "strangers stay out");
}

async fn a_known_device_locks_itself_and_can_be_unlocked(engine: Engine) {
    let app = TestApp::start(engine).await;
    let person = app.operator("m.bianchi").await;
    let mut owners = known(&app, &person).await;
    assert!(wrong(&mut owners, 7).await.contains("rimasti prima del blocco: 3."));
    assert!(wrong(&mut owners, 3).await.contains("Riprovi tra 15 min 0 s"));
    assert!(attempt(&mut owners, "m.bianchi", PASSWORD).await.contains("Riprovi tra"));
    let mut stranger = app.browser();
    assert_eq!(attempt(&mut stranger, "m.bianchi", PASSWORD).await, "/login/pin", "who guesses there locks no other");
    let account = app.state.db.operator(&person.id).await.unwrap().unwrap();
    assert!(app.office().locked_until(&account).await.unwrap().is_some(), "its page says so");
    app.office().unlock(&account).await.unwrap();
    assert_eq!(app.office().locked_until(&account).await.unwrap(), None);
    assert_eq!(attempt(&mut owners, "m.bianchi", PASSWORD).await, "/login/pin");
}

async fn another_password_makes_a_device_a_stranger(engine: Engine) {
    let app = TestApp::start(engine).await;
    let person = app.operator("m.bianchi").await;
    let mut former = known(&app, &person).await;
    let mut owners = app.signed_in(&person).await;
    app.wait_seconds(30);
    let new = "otto volante sul lago di Garda";
    let pin = app.pin(&person, 0).await;
    let fields = [("current", PASSWORD), ("password", new), ("again", new), ("pin", &*pin)];
    assert_eq!(owners.post("/profile/password", &fields).await.location(), "/profile");
    wrong(&mut app.browser(), 10).await;
    assert!(attempt(&mut former, "m.bianchi", new).await.contains("Riprovi tra"), "it knew the former password");
    owners.cookies.remove("__Host-session");
    assert_eq!(attempt(&mut owners, "m.bianchi", new).await, "/login/pin", "where it was changed it is known");
    app.reset(&person).await;
    assert!(attempt(&mut owners, "m.bianchi", new).await.contains("Riprovi tra"), "after a reset nobody is");
}

async fn a_device_is_known_for_its_own_account_alone(engine: Engine) {
    let app = TestApp::start(engine).await;
    let mut colleague = known(&app, &app.operator("e.neri").await).await;
    app.operator("m.bianchi").await;
    wrong(&mut app.browser(), 10).await;
    assert!(attempt(&mut colleague, "m.bianchi", PASSWORD).await.contains("Riprovi tra"));
    assert_eq!(attempt(&mut colleague, "e.neri", PASSWORD).await, "/login/pin");
    let mut forged = app.browser();
    let cookie = colleague.cookies["__Host-device"].clone();
    forged.cookies.insert("__Host-device".to_owned(), cookie.chars().rev().collect());
    assert!(attempt(&mut forged, "m.bianchi", PASSWORD).await.contains("Riprovi tra"));
}

async fn an_address_is_locked_for_strangers_on_every_name(engine: Engine) {
    let app = TestApp::start_with(engine, |config| {
        config.server.trusted_proxies = vec!["127.0.0.1/32".parse().unwrap()];
    })
    .await;
    let mut owners = known(&app, &app.operator("m.bianchi").await).await;
    let at = async |browser: &mut Browser, address: &str, name: &str, password: &str| {
        let body = format!("username={name}&password={}", password.replace(' ', "+"));
        let request = browser.request(Method::POST, "/login").header("x-forwarded-for", address).body(body);
        let request = request.header("content-type", "application/x-www-form-urlencoded");
        browser.send(request).await
    };
    let mut sprayer = app.browser();
    for number in 0..99 {
        at(&mut sprayer, "192.0.2.1", &format!("name{number}"), WRONG).await.shows(422, "non corretti");
    }
    at(&mut sprayer, "192.0.2.1", "name99", WRONG).await.shows(422, "Riprovi tra 15 min 0 s");
    at(&mut app.browser(), "192.0.2.1", "m.bianchi", PASSWORD).await.shows(422, "Riprovi tra 15 min 0 s");
    at(&mut app.browser(), "192.0.2.1", "nobody.else", PASSWORD).await.shows(422, "Riprovi tra 15 min 0 s");
    assert_eq!(at(&mut owners, "192.0.2.1", "m.bianchi", PASSWORD).await.location(), "/login/pin");
    assert_eq!(at(&mut app.browser(), "192.0.2.2", "m.bianchi", PASSWORD).await.location(), "/login/pin");
    app.wait_seconds(15 * 60);
    assert_eq!(at(&mut app.browser(), "192.0.2.1", "m.bianchi", PASSWORD).await.location(), "/login/pin");
    at(&mut sprayer, "192.0.2.1", "name100", WRONG).await.shows(422, "non corretti");
}

async fn leaving_everywhere_forgets_the_device(engine: Engine) {
    let app = TestApp::start(engine).await;
    let mut owners = app.signed_in(&app.operator("m.bianchi").await).await;
    assert!(owners.cookies.contains_key("__Host-device"));
    owners.post("/profile/sign-out", &[]).await;
    assert!(owners.cookies.is_empty());
}
