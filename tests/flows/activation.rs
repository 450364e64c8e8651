//! The activation link: password, second factor, recovery codes, one after the other.

use centralino::{
    domain::operator::Role,
    features::accounts::demo,
    server::config::{DatabaseUrl, Environment},
    sistema_ts::settings::Settings,
};

use crate::support::{
    Answer, Browser, Engine, TestApp,
    app::{PASSWORD, Person},
    on_both_engines,
};

on_both_engines!(
    an_invited_operator_activates_the_account_and_signs_in,
    what_is_wrong_is_named_and_the_link_still_works,
    a_wrong_pin_asks_for_no_password_again,
    another_password_can_be_chosen_until_the_pin_is_proved,
    recovery_codes_are_shown_until_they_are_saved,
    codes_that_the_browser_has_lost_are_replaced,
    a_link_works_once_and_for_a_day,
    a_link_that_is_not_open_says_why,
    a_recovery_code_is_a_pin_that_works_once,
    demo_accounts_sign_in_with_what_the_page_shows,
    a_demo_account_that_is_left_opens_nothing,
);

const FIELDS: [(&str, &str); 2] = [("password", PASSWORD), ("again", PASSWORD)];

/// The texts of the list of recovery codes.
pub fn codes(answer: &Answer) -> Vec<String> {
    let list = answer.text.split("class=\"recovery-codes\"").nth(1).expect("a list");
    let list = list.split("</ol>").next().expect("a list");
    list.split("<code>").skip(1).map(|item| item.split('<').next().expect("a code").to_owned()).collect()
}

/// Which codes the page shows, as its form says it.
pub fn set_of(answer: &Answer) -> String {
    let after = answer.text.split("name=\"set\" value=\"").nth(1).expect("a form");
    after.split('"').next().expect("a value").to_owned()
}

/// The first two steps, as far as the page of the codes.
async fn to_codes(app: &TestApp, browser: &mut Browser, person: &Person, path: &str) -> Answer {
    assert_eq!(browser.post(&format!("{path}/password"), &FIELDS).await.location(), path);
    let pin = app.pin(person, 0).await;
    assert_eq!(browser.post(&format!("{path}/pin"), &[("pin", &pin)]).await.location(), path);
    browser.get(path).await
}

/// All three steps; the recovery codes.
async fn activate(app: &TestApp, browser: &mut Browser, person: &Person, path: &str) -> Vec<String> {
    let page = to_codes(app, browser, person, path).await;
    assert_eq!(browser.post(&format!("{path}/codes"), &[("set", &set_of(&page))]).await.location(), path);
    codes(&page)
}

async fn an_invited_operator_activates_the_account_and_signs_in(engine: Engine) {
    let app = TestApp::start(engine).await;
    let (person, path) = app.invite("m.bianchi", "RSSMRA80A01H501U", Role::Operator).await;
    let mut browser = app.browser();
    let page = browser.get(&path).await;
    page.shows(200, "Attiva il tuo account").shows(200, "Passo 1 di 3");
    assert!(!page.text.contains("otpauth:"), "one thing at a time");
    assert_eq!(browser.post(&format!("{path}/password"), &FIELDS).await.location(), path);
    browser.get(&path).await.shows(200, "Passo 2 di 3").shows(200, "otpauth://totp/Centralino:m.bianchi");
    let pin = app.pin(&person, 0).await;
    assert_eq!(browser.post(&format!("{path}/pin"), &[("pin", &pin)]).await.location(), path);
    let page = browser.get(&path).await;
    page.shows(200, "Passo 3 di 3").shows(200, "Ho salvato i codici");
    assert_eq!(codes(&page).len(), 10);
    app.browser().post("/login", &[("username", "m.bianchi"), ("password", PASSWORD)]).await.shows(422, "non corretti");
    assert_eq!(browser.post(&format!("{path}/codes"), &[("set", &set_of(&page))]).await.location(), path);
    browser.get(&path).await.shows(200, "Account attivo").shows(200, "/login");
    assert!(browser.cookies.is_empty(), "activating signs nobody in, and leaves nothing");
    browser.post("/login", &[("username", "m.bianchi"), ("password", PASSWORD)]).await;
    browser.post("/login/pin", &[("pin", &pin)]).await.shows(422, "già stato usato");
    app.wait_seconds(30);
    assert_eq!(browser.post("/login/pin", &[("pin", &app.pin(&person, 0).await)]).await.location(), "/");
}

async fn what_is_wrong_is_named_and_the_link_still_works(engine: Engine) {
    let app = TestApp::start(engine).await;
    let (person, path) = app.invite("m.bianchi", "RSSMRA80A01H501U", Role::Operator).await;
    let mut browser = app.browser();
    let (chosen, long) = (format!("{path}/password"), "x".repeat(129));
    let refused = [
        ("CANARY", "CANARY", "da 12 a 128 caratteri."),
        (long.as_str(), long.as_str(), "da 12 a 128 caratteri."),
        ("maria CANARY 1234", "maria CANARY 1234", "non deve contenere il Suo nome"),
        ("password12345", "password12345", "trapelate in rete"),
        ("juventus juventus", "juventus juventus", "troppo facile"),
        ("sette nani CANARY", "sette nani CANARI", "non sono uguali"),
    ];
    for (password, again, says) in refused {
        let answer = browser.post(&chosen, &[("password", password), ("again", again)]).await;
        answer.shows(422, says).shows(422, "<title>Errore: ").shows(422, "role=\"alert\"");
        assert!(!answer.text.contains("CANARY"), "a password is never shown");
    }
    let wrong = app.pin(&person, 0).await;
    assert_eq!(
        browser.post(&format!("{path}/pin"), &[("pin", &wrong)]).await.location(),
        path,
        "not without a password"
    );
    browser.get(&path).await.shows(200, "Passo 1 di 3");
    activate(&app, &mut browser, &person, &path).await;
    browser.get(&path).await.shows(200, "Account attivo");
}

async fn a_wrong_pin_asks_for_no_password_again(engine: Engine) {
    let app = TestApp::start(engine).await;
    let (person, path) = app.invite("m.bianchi", "RSSMRA80A01H501U", Role::Operator).await;
    let mut browser = app.browser();
    browser.post(&format!("{path}/password"), &FIELDS).await;
    for typed in [app.pin(&person, 50).await.as_str(), "", "12345", "abcdef"] {
        let answer = browser.post(&format!("{path}/pin"), &[("pin", typed)]).await;
        answer.shows(422, "PIN non corretto").shows(422, "<title>Errore: ").shows(422, "otpauth:");
        assert!(!answer.text.contains("type=\"password\""));
    }
    assert_eq!(browser.get(&format!("{path}/pin")).await.location(), path, "a reload goes on");
    // On another computer too: what was done is done.
    let mut other = app.browser();
    other.get(&path).await.shows(200, "Passo 2 di 3");
    let pin = app.pin(&person, 0).await;
    assert_eq!(other.post(&format!("{path}/pin"), &[("pin", &pin)]).await.location(), path);
    other.get(&path).await.shows(200, "Passo 3 di 3");
}

async fn another_password_can_be_chosen_until_the_pin_is_proved(engine: Engine) {
    let app = TestApp::start(engine).await;
    let (person, path) = app.invite("m.bianchi", "RSSMRA80A01H501U", Role::Operator).await;
    let (mut browser, chosen) = (app.browser(), format!("{path}/password"));
    let first = "un'altra frase lunga";
    browser.post(&chosen, &[("password", first), ("again", first)]).await;
    browser.get(&path).await.shows(200, &format!("href=\"{chosen}\""));
    browser.get(&chosen).await.shows(200, "Passo 1 di 3");
    let page = to_codes(&app, &mut browser, &person, &path).await;
    assert_eq!(browser.get(&chosen).await.location(), path);
    assert_eq!(browser.post(&chosen, &[("password", first), ("again", first)]).await.location(), path);
    browser.post(&format!("{path}/codes"), &[("set", &set_of(&page))]).await;
    browser.post("/login", &[("username", "m.bianchi"), ("password", first)]).await.shows(422, "non corretti");
    assert_eq!(
        browser.post("/login", &[("username", "m.bianchi"), ("password", PASSWORD)]).await.location(),
        "/login/pin"
    );
}

async fn recovery_codes_are_shown_until_they_are_saved(engine: Engine) {
    let app = TestApp::start(engine).await;
    let (person, path) = app.invite("m.bianchi", "RSSMRA80A01H501U", Role::Operator).await;
    let mut browser = app.browser();
    let page = to_codes(&app, &mut browser, &person, &path).await;
    let shown = codes(&page);
    assert_eq!(codes(&browser.get(&path).await), shown, "a reload shows the same");
    browser.post("/language", &[("language", "en"), ("back", &path)]).await;
    let english = browser.get(&path).await;
    english.shows(200, "I have saved the codes");
    assert_eq!(codes(&english), shown, "and so does the other language");
    let file = browser.get(&format!("{path}/codes/file")).await;
    assert!(file.headers["content-disposition"].to_str().unwrap().starts_with("attachment"));
    assert!(shown.iter().all(|code| file.text.lines().any(|line| line == code)), "{}", file.text);
    assert!(browser.cookies.values().all(|cookie| shown.iter().all(|code| !cookie.contains(code))));
    assert_eq!(browser.post(&format!("{path}/codes"), &[("set", &set_of(&page))]).await.location(), path);
    let after = browser.get(&path).await;
    after.shows(200, "Account active");
    assert!(shown.iter().all(|code| !after.text.contains(code)));
    let file = browser.get(&format!("{path}/codes/file")).await;
    assert!(shown.iter().all(|code| !file.text.contains(code)), "what was saved is shown no more");
    browser.post(&format!("{path}/codes"), &[("set", &set_of(&page))]).await.shows(200, "Account active");
}

async fn codes_that_the_browser_has_lost_are_replaced(engine: Engine) {
    let app = TestApp::start(engine).await;
    let (person, path) = app.invite("m.bianchi", "RSSMRA80A01H501U", Role::Operator).await;
    let mut browser = app.browser();
    let page = to_codes(&app, &mut browser, &person, &path).await;
    let (lost, saved) = (codes(&page), format!("{path}/codes"));
    browser.cookies.clear();
    let replaced = browser.post(&saved, &[("set", &set_of(&page))]).await;
    replaced.shows(422, "non valgono più").shows(422, "<title>Errore: ");
    let fresh = codes(&replaced);
    assert_ne!(fresh, lost);
    browser.post(&saved, &[("set", &set_of(&page))]).await.shows(422, "non valgono più");
    assert_eq!(browser.post(&saved, &[("set", &set_of(&replaced))]).await.location(), path);
    for (code, leads_on) in [(&lost[0], false), (&fresh[0], true)] {
        browser.post("/login", &[("username", "m.bianchi"), ("password", PASSWORD)]).await;
        assert_eq!(browser.post("/login/pin", &[("pin", code)]).await.status == 303, leads_on);
    }
}

async fn a_link_works_once_and_for_a_day(engine: Engine) {
    let app = TestApp::start(engine).await;
    let (person, path) = app.invite("m.bianchi", "RSSMRA80A01H501U", Role::Operator).await;
    let (other, late) = app.invite("m.late", "VRDLGU75B02F205A", Role::Operator).await;
    let mut browser = app.browser();
    activate(&app, &mut browser, &person, &path).await;
    browser.post(&format!("{path}/password"), &FIELDS).await.shows(200, "Account attivo");
    app.wait_seconds(24 * 60 * 60 - 1);
    let page = to_codes(&app, &mut browser, &other, &late).await;
    app.wait_seconds(1);
    browser.get(&late).await.shows(410, "Link scaduto");
    browser.post(&format!("{late}/codes"), &[("set", &set_of(&page))]).await.shows(410, "Link scaduto");
    browser.post("/login", &[("username", "m.late"), ("password", PASSWORD)]).await.shows(422, "non corretti");
    browser.get(&path).await.shows(200, "Account attivo");
}

async fn a_link_that_is_not_open_says_why(engine: Engine) {
    let app = TestApp::start(engine).await;
    let mut browser = app.browser();
    browser.get("/activate/nothing").await.shows(404, "Link non valido").shows(404, "supervisore");
    let (person, path) = app.invite("m.bianchi", "RSSMRA80A01H501U", Role::Operator).await;
    activate(&app, &mut browser, &person, &path).await;
    browser.get(&path).await.shows(200, "L'account è attivo").shows(200, "href=\"/login\"");
    app.disable(&person).await.unwrap();
    browser.get(&path).await.shows(404, "Link non valido");
    app.enable(&person).await.unwrap();
    let newer = app.reset(&person).await;
    browser.get(&path).await.shows(404, "ne ha ricevuto uno più recente");
    browser.get(newer.as_str()).await.shows(200, "Passo 1 di 3");
    app.wait_seconds(24 * 60 * 60);
    browser.get(newer.as_str()).await.shows(410, "si rivolga al supervisore");
}

async fn a_recovery_code_is_a_pin_that_works_once(engine: Engine) {
    let app = TestApp::start(engine).await;
    let (person, path) = app.invite("m.bianchi", "RSSMRA80A01H501U", Role::Operator).await;
    let codes = activate(&app, &mut app.browser(), &person, &path).await;
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
    assert_eq!(accounts.len(), 6);
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

/// A trial's database that serves real calls later.
async fn a_demo_account_that_is_left_opens_nothing(engine: Engine) {
    let app = TestApp::start_with(engine, |config| config.sandbox.demo_accounts = Some(true)).await;
    demo::ensure(&app.state).await.unwrap();
    let fields = [("username", "operatore1"), ("password", demo::PASSWORD)];
    assert_eq!(app.browser().post("/login", &fields).await.location(), "/login/pin");
    let (url, secret) = (app.state.config.database_url(), app.state.config.secret_file());
    let later = TestApp::start_with(engine, |config| {
        config.database.url = Some(DatabaseUrl(url));
        config.secrets.server = Some(secret);
    })
    .await;
    later.browser().post("/login", &fields).await.shows(422, "non corretti");
}
