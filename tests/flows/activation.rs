//! The activation link: password, second factor, recovery codes.

use centralino::{
    domain::operator::Role, features::accounts::demo, server::config::Environment, sistema_ts::settings::Settings,
};

use crate::support::{Answer, Engine, TestApp, app::PASSWORD, on_both_engines};

on_both_engines!(
    an_invited_operator_activates_the_account_and_signs_in,
    what_is_wrong_is_named_and_the_link_still_works,
    a_link_works_once_and_for_a_day,
    a_recovery_code_is_a_pin_that_works_once,
    demo_accounts_sign_in_with_what_the_page_shows,
);

const FIELDS: [(&str, &str); 2] = [("password", PASSWORD), ("again", PASSWORD)];

/// The texts of the list of recovery codes.
fn codes(answer: &Answer) -> Vec<String> {
    let list = answer.text.split("recovery-codes").nth(1).expect("a list");
    let list = list.split("</ol>").next().expect("a list");
    list.split("<code>").skip(1).map(|item| item.split('<').next().expect("a code").to_owned()).collect()
}

async fn an_invited_operator_activates_the_account_and_signs_in(engine: Engine) {
    let app = TestApp::start(engine).await;
    let (person, path) = app.invite("m.bianchi", "RSSMRA80A01H501U", Role::Operator).await;
    let mut browser = app.browser();
    let page = browser.get(&path).await;
    page.shows(200, "Attiva il tuo account").shows(200, "<svg").shows(200, "otpauth://totp/Centralino:m.bianchi");
    let pin = app.pin(&person, 0).await;
    let [password, again] = FIELDS;
    let done = browser.post(&path, &[password, again, ("pin", &pin)]).await;
    done.shows(200, "Account attivo");
    assert_eq!(codes(&done).len(), 10);
    assert!(browser.cookies.is_empty(), "activating signs nobody in");
    browser.post("/login", &[("username", "m.bianchi"), ("password", PASSWORD)]).await;
    browser.post("/login/pin", &[("pin", &pin)]).await.shows(422, "già stato usato");
    app.wait_seconds(30);
    assert_eq!(browser.post("/login/pin", &[("pin", &app.pin(&person, 0).await)]).await.location(), "/");
}

async fn what_is_wrong_is_named_and_the_link_still_works(engine: Engine) {
    let app = TestApp::start(engine).await;
    let (person, path) = app.invite("m.bianchi", "RSSMRA80A01H501U", Role::Operator).await;
    let mut browser = app.browser();
    let (pin, wrong) = (app.pin(&person, 0).await, app.pin(&person, 50).await);
    let long = "x".repeat(129);
    let refused = [
        ("corta CANARY", "corta CANARY", &wrong, "PIN non corretto"),
        ("CANARY", "CANARY", &pin, "da 12 a 128 caratteri."),
        (long.as_str(), long.as_str(), &pin, "da 12 a 128 caratteri."),
        ("maria CANARY 1234", "maria CANARY 1234", &pin, "non deve contenere il tuo nome"),
        ("password12345", "password12345", &pin, "troppo facile"),
        ("sette nani CANARY", "sette nani CANARI", &pin, "non sono uguali"),
    ];
    for (password, again, pin, says) in refused {
        let answer = browser.post(&path, &[("password", password), ("again", again), ("pin", pin)]).await;
        answer.shows(422, says).shows(422, "<title>Errore: ").shows(422, "role=\"alert\"");
        assert!(!answer.text.contains("CANARY"), "a password is never shown");
    }
    let [password, again] = FIELDS;
    browser.post(&path, &[password, again, ("pin", &pin)]).await.shows(200, "Account attivo");
}

async fn a_link_works_once_and_for_a_day(engine: Engine) {
    let app = TestApp::start(engine).await;
    let (person, path) = app.invite("m.bianchi", "RSSMRA80A01H501U", Role::Operator).await;
    let (other, late) = app.invite("m.late", "VRDLGU75B02F205A", Role::Operator).await;
    let mut browser = app.browser();
    let [password, again] = FIELDS;
    browser.post(&path, &[password, again, ("pin", &app.pin(&person, 0).await)]).await.shows(200, "Account attivo");
    browser.get(&path).await.shows(404, "Link non valido");
    app.wait_seconds(30);
    let pin = app.pin(&person, 0).await;
    browser.post(&path, &[password, again, ("pin", &pin)]).await.shows(404, "Link non valido");
    app.wait_seconds(24 * 60 * 60 - 31);
    browser.get(&late).await.shows(200, "Attiva il tuo account");
    app.wait_seconds(1);
    browser.get(&late).await.shows(404, "Link non valido");
    let pin = app.pin(&other, 0).await;
    browser.post(&late, &[password, again, ("pin", &pin)]).await.shows(404, "Link non valido");
    browser.get("/activate/nothing").await.shows(404, "Link non valido");
}

async fn a_recovery_code_is_a_pin_that_works_once(engine: Engine) {
    let app = TestApp::start(engine).await;
    let (person, path) = app.invite("m.bianchi", "RSSMRA80A01H501U", Role::Operator).await;
    let [password, again] = FIELDS;
    let done = app.browser().post(&path, &[password, again, ("pin", &app.pin(&person, 0).await)]).await;
    let codes = codes(&done);
    for code in [codes[0].clone(), codes[9].to_lowercase().replace('-', " ")] {
        let mut browser = app.browser();
        browser.post("/login", &[("username", "m.bianchi"), ("password", PASSWORD)]).await;
        assert_eq!(browser.post("/login/pin", &[("pin", &code)]).await.location(), "/");
        assert_eq!(browser.post("/session/extend", &[]).await.status, 204);
        let mut again = app.browser();
        again.post("/login", &[("username", "m.bianchi"), ("password", PASSWORD)]).await;
        again.post("/login/pin", &[("pin", &code)]).await.shows(422, "non valido o già usato");
    }
}

async fn demo_accounts_sign_in_with_what_the_page_shows(engine: Engine) {
    let app = TestApp::start_with(engine, |config| config.sandbox.demo_accounts = Some(true)).await;
    demo::ensure(&app.state).await.unwrap();
    demo::ensure(&app.state).await.unwrap();
    let accounts = demo::accounts(&app.state).await.unwrap();
    assert_eq!(accounts.len(), 5);
    let mut browser = app.browser();
    let page = browser.get("/login").await;
    for caller in centralino::sandbox::demo::callers() {
        page.shows(200, caller.card).shows(200, caller.cun);
    }
    assert!(!page.text.contains("login.caller_"), "each scenario has its words");
    for account in accounts {
        page.shows(200, account.username).shows(200, account.password).shows(200, &account.pin);
        let mut browser = app.browser();
        browser.post("/login", &[("username", account.username), ("password", account.password)]).await;
        assert_eq!(browser.post("/login/pin", &[("pin", &account.pin)]).await.location(), "/");
    }
    let real = TestApp::start_with(engine, |config| {
        config.environment = Environment::Production;
        config.secrets.server = Some(app.state.config.secret_file());
        config.sandbox.demo_accounts = None;
        let certificates = app.state.config.sandbox_folder();
        config.sistema_ts = Some(Settings {
            ca_file: certificates.join("ca.pem"),
            certificate_file: certificates.join("client.pem"),
            key_file: certificates.join("client.key"),
            ..Settings::default()
        });
    })
    .await;
    assert!(demo::ensure(&real.state).await.is_err());
    let page = real.browser().get("/login").await;
    assert!(!page.shows(200, "Accedi").text.contains("operatore1"));
}
