//! The profile: the password, the authenticator, the recovery codes, where the account is in use.

use std::fs;

use aws_lc_rs::digest::{SHA1_FOR_LEGACY_USE_ONLY, digest};
use centralino::{
    domain::operator::Role,
    storage::registers::{Fact, Register},
};
use totp_rs::{Builder, Secret};

use super::activation::{codes, set_of};
use crate::{
    registers::support::entries,
    support::{
        Answer, Browser, Engine, TestApp,
        app::{PASSWORD, Person},
        on_both_engines,
    },
};

on_both_engines!(
    a_password_is_changed_by_the_old_one_and_a_pin,
    what_is_wrong_with_a_password_is_named_and_nothing_changes,
    a_leaked_password_is_refused_wherever_it_is_chosen,
    an_open_desk_is_no_place_to_guess_the_password,
    another_telephone_replaces_the_first_when_its_codes_are_saved,
    new_recovery_codes_take_the_password_and_replace_the_old_ones,
    a_second_factor_that_was_begun_is_of_its_session_and_half_an_hour,
    where_the_account_was_in_use_is_told,
    leaving_everywhere_ends_every_session,
);

const NEW: &str = "otto volanti lenti";

/// Somebody signed in, a moment ago.
async fn at_work(engine: Engine) -> (TestApp, Person, Browser) {
    let app = TestApp::start(engine).await;
    let person = app.operator("m.bianchi").await;
    let browser = app.signed_in(&person).await;
    app.wait_seconds(60);
    (app, person, browser)
}

async fn change(app: &TestApp, person: &Person, browser: &mut Browser, fields: [&str; 3]) -> Answer {
    let ([current, password, again], pin) = (fields, app.pin(person, 0).await);
    let fields = [("current", current), ("password", password), ("again", again), ("pin", pin.as_str())];
    browser.post("/profile/password", &fields).await
}

async fn signs_in_with(app: &TestApp, password: &str) -> bool {
    let answer = app.browser().post("/login", &[("username", "m.bianchi"), ("password", password)]).await;
    answer.status == 303
}

async fn a_password_is_changed_by_the_old_one_and_a_pin(engine: Engine) {
    let (app, person, mut browser) = at_work(engine).await;
    browser.get("/").await.shows(200, "href=\"/profile\"");
    browser.get("/profile").await.shows(200, "Profilo").shows(200, "m.bianchi");
    let mut half_way = app.browser();
    half_way.post("/login", &[("username", "m.bianchi"), ("password", PASSWORD)]).await;
    let before = browser.cookies["__Host-session"].clone();
    assert_eq!(change(&app, &person, &mut browser, [PASSWORD, NEW, NEW]).await.location(), "/profile");
    assert_ne!(browser.cookies["__Host-session"], before, "the session goes on under a new id");
    browser.get("/profile").await.shows(200, "La password è cambiata");
    assert!(!browser.get("/profile").await.text.contains("La password è cambiata"), "it is said once");
    let mut stolen = app.browser();
    stolen.cookies.insert("__Host-session".to_owned(), before);
    assert_eq!(stolen.get("/profile").await.location(), "/login?next=/profile");
    app.wait_seconds(30);
    let late = half_way.post("/login/pin", &[("pin", &app.pin(&person, 0).await)]).await;
    assert_eq!(late.location(), "/login", "who was on the way in with the old password is not let in");
    assert!(!signs_in_with(&app, PASSWORD).await);
    assert!(signs_in_with(&app, NEW).await);
    let entries = entries(&app, Register::Admin).await;
    let entry = entries.last().expect("an entry");
    assert_eq!((&*entry.action, &*entry.actor, &*entry.target), ("password_changed", "m.bianchi", "m.bianchi"));
    assert!(!format!("{entries:?}").contains("argon2") && !format!("{entries:?}").contains(NEW));
}

async fn what_is_wrong_with_a_password_is_named_and_nothing_changes(engine: Engine) {
    let (app, person, mut browser) = at_work(engine).await;
    for (fields, says) in [
        (["", NEW, NEW], "Scriva la password attuale"),
        (["CANARY of another", NEW, NEW], "La password attuale non è corretta. Tentativi rimasti prima del blocco: 9"),
        ([PASSWORD, "CANARY", "CANARY"], "da 12 a 128 caratteri."),
        ([PASSWORD, "CANARY bianchi 1", "CANARY bianchi 1"], "non deve contenere il Suo nome"),
        ([PASSWORD, "qwerty123456", "qwerty123456"], "trapelate in rete"),
        ([PASSWORD, "abcabcabcabcabc", "abcabcabcabcabc"], "aggiunge poco rispetto a"),
        ([PASSWORD, PASSWORD, PASSWORD], "uguale a quella attuale"),
        ([PASSWORD, "CANARY e mezzo", "CANARY e basta"], "non sono uguali"),
    ] {
        let answer = change(&app, &person, &mut browser, fields).await;
        answer.shows(422, says).shows(422, "<title>Errore: ").shows(422, "role=\"alert\"");
        assert!(!answer.text.contains("CANARY"), "a password is never shown");
    }
    let wrong = app.pin(&person, 50).await;
    for (pin, says) in [("", "Scriva il PIN"), ("12", "sei cifre"), (wrong.as_str(), "PIN non corretto")] {
        let fields = [("current", PASSWORD), ("password", NEW), ("again", NEW), ("pin", pin)];
        browser.post("/profile/password", &fields).await.shows(422, says);
    }
    assert!(signs_in_with(&app, PASSWORD).await);
    assert_eq!(browser.get("/profile/password").await.location(), "/profile", "a reload comes back");
    let pin = app.pin(&person, 0).await;
    let fields = [("current", PASSWORD), ("password", NEW), ("again", NEW), ("pin", pin.as_str())];
    assert_eq!(browser.post("/profile/password", &fields).await.location(), "/profile");
}

async fn a_leaked_password_is_refused_wherever_it_is_chosen(engine: Engine) {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("leaked.txt");
    let hash = digest(&SHA1_FOR_LEGACY_USE_ONLY, NEW.as_bytes());
    let hash = hash.as_ref().iter().fold(String::new(), |hex, byte| format!("{hex}{byte:02X}"));
    let lines = format!("{}:3\r\n{hash}:12\r\n{}:1\r\n", "0".repeat(40), "F".repeat(40));
    fs::write(&file, lines).expect("a file");
    let app = TestApp::start_with(engine, |config| config.passwords.breached_file = Some(file)).await;
    let (_, path) = app.invite("l.verdi", "RSSMRA80A01H501U", Role::Operator).await;
    let chosen = app.browser().post(&format!("{path}/password"), &[("password", NEW), ("again", NEW)]).await;
    chosen.shows(422, "trapelate in rete");
    let person = app.operator("m.bianchi").await;
    let mut browser = app.signed_in(&person).await;
    change(&app, &person, &mut browser, [PASSWORD, NEW, NEW]).await.shows(422, "trapelate in rete");
}

async fn an_open_desk_is_no_place_to_guess_the_password(engine: Engine) {
    let (app, person, mut browser) = at_work(engine).await;
    for _ in 0..9 {
        change(&app, &person, &mut browser, ["not the password", NEW, NEW]).await.shows(422, "non è corretta");
    }
    browser.post("/profile/codes/new", &[("password", "wrong")]).await.shows(422, "Troppi tentativi");
    change(&app, &person, &mut browser, [PASSWORD, NEW, NEW]).await.shows(422, "Troppi tentativi");
    let mut entrance = browser.clone();
    entrance.cookies.remove("__Host-session");
    let right = [("username", "m.bianchi"), ("password", PASSWORD)];
    entrance.post("/login", &right).await.shows(422, "Riprovi tra");
    assert!(signs_in_with(&app, PASSWORD).await, "who guesses at a desk keeps its owner out of no other");
    app.wait_seconds(15 * 60);
    let (access, admin) = (entries(&app, Register::Access).await, entries(&app, Register::Admin).await);
    let refused = admin.iter().filter(|entry| entry.action == "password_changed" && entry.outcome == "refused");
    assert_eq!(refused.count(), 10);
    assert!(access.iter().any(|entry| entry.action == "lock_out"));
    assert!(signs_in_with(&app, PASSWORD).await);
}

/// The secret that the page shows, as an authenticator reads it.
fn secret_of(page: &Answer) -> [u8; 20] {
    let text = page.text.split("class=\"secret\">").nth(1).and_then(|rest| rest.split('<').next()).expect("a secret");
    let symbols = text.chars().filter(|symbol| !symbol.is_whitespace());
    let place = |symbol| "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".find(symbol).expect("base32");
    let bits: Vec<_> = symbols.map(place).flat_map(|place| (0..5).rev().map(move |bit| place >> bit & 1)).collect();
    let byte = |at: usize| bits[at * 8..at * 8 + 8].iter().fold(0, |byte, bit| byte << 1 | bit);
    std::array::from_fn(|at| u8::try_from(byte(at)).expect("a byte"))
}

/// The PIN that the telephone of this secret shows now.
fn pin_of(app: &TestApp, secret: [u8; 20]) -> String {
    let totp = Builder::new().with_secret(Secret::new_stack(secret)).with_account_name("x").build().expect("a factor");
    totp.generate(app.state.clock.now().as_second().try_into().expect("seconds")).to_string()
}

async fn another_telephone_replaces_the_first_when_its_codes_are_saved(engine: Engine) {
    let (app, person, mut browser) = at_work(engine).await;
    let page = browser.get("/profile/authenticator").await;
    page.shows(200, "Collega un altro telefono").shows(200, "otpauth://totp/Centralino:m.bianchi");
    let secret = secret_of(&page);
    assert_eq!(secret_of(&browser.get("/profile/authenticator").await), secret, "a reload shows the same");
    let path = "/profile/authenticator";
    let old = app.pin(&person, 0).await;
    browser.post(path, &[("pin", &old), ("password", PASSWORD)]).await.shows(422, "PIN non corretto");
    let pin = pin_of(&app, secret);
    let refused = browser.post(path, &[("pin", &pin), ("password", "wrong")]).await;
    assert_eq!(secret_of(refused.shows(422, "non è corretta")), secret);
    browser.get("/profile/codes").await.shows(200, "Per crearli serve la password");
    assert_eq!(browser.post(path, &[("pin", &pin), ("password", PASSWORD)]).await.location(), "/profile/codes");
    let page = browser.get("/profile/codes").await;
    page.shows(200, "Ho salvato i codici").shows(200, "Il nuovo telefono e questi codici");
    let shown = codes(&page);
    assert_eq!((shown.len(), codes(&browser.get("/profile/codes").await)), (10, shown.clone()));
    assert!(browser.get("/profile/codes/file").await.text.contains(&shown[9]));
    let mut other = app.browser();
    other.post("/login", &[("username", "m.bianchi"), ("password", PASSWORD)]).await;
    other.post("/login/pin", &[("pin", &pin)]).await.shows(422, "PIN non corretto");
    browser.post("/profile/codes", &[("set", "another set")]).await.shows(422, "non valgono più");
    let set = set_of(&page);
    let mut twice = browser.clone();
    assert_eq!(browser.post("/profile/codes", &[("set", &set)]).await.location(), "/profile");
    browser.get("/profile").await.shows(200, "Il nuovo telefono è collegato");
    assert!(!browser.cookies.contains_key("__Host-codes") && !browser.cookies.contains_key("__Host-factor"));
    app.wait_seconds(30);
    let next = pin_of(&app, secret);
    assert_eq!(other.post("/login/pin", &[("pin", &next)]).await.location(), "/");
    assert_eq!(twice.post("/profile/codes", &[("set", &set)]).await.status, 401, "its session is over by then");
    let mut third = app.browser();
    third.post("/login", &[("username", "m.bianchi"), ("password", PASSWORD)]).await;
    third.post("/login/pin", &[("pin", &next)]).await.shows(422, "già stato usato");
    assert_eq!(third.post("/login/pin", &[("pin", &shown[0])]).await.location(), "/");
    let entries = entries(&app, Register::Admin).await;
    let told = entries.iter().filter(|entry| entry.action == "authenticator_changed");
    assert_eq!(told.map(|entry| &*entry.outcome).collect::<Vec<_>>(), ["refused", "done"]);
    assert!(shown.iter().all(|code| !format!("{entries:?}").contains(code)));
}

/// New recovery codes, saved.
async fn new_codes(browser: &mut Browser) -> Vec<String> {
    let asked = browser.post("/profile/codes/new", &[("password", PASSWORD)]).await;
    assert_eq!(asked.location(), "/profile/codes");
    let page = browser.get("/profile/codes").await;
    let saved = browser.post("/profile/codes", &[("set", &set_of(&page))]).await;
    assert_eq!(saved.location(), "/profile");
    codes(&page)
}

async fn new_recovery_codes_take_the_password_and_replace_the_old_ones(engine: Engine) {
    let (app, person, mut browser) = at_work(engine).await;
    browser.get("/profile").await.shows(200, "ancora validi: 0");
    browser.post("/profile/codes/new", &[("password", "")]).await.shows(422, "Scriva la password attuale");
    browser.post("/profile/codes/new", &[("password", "CANARY")]).await.shows(422, "non è corretta");
    let first = new_codes(&mut browser).await;
    browser.get("/profile").await.shows(200, "ancora validi: 10").shows(200, "valgono da adesso");
    let second = new_codes(&mut browser).await;
    assert!(first.iter().all(|code| !second.contains(code)));
    let mut other = app.browser();
    other.post("/login", &[("username", "m.bianchi"), ("password", PASSWORD)]).await;
    other.post("/login/pin", &[("pin", &first[0])]).await.shows(422, "non valido o già usato");
    assert_eq!(other.post("/login/pin", &[("pin", &second[0])]).await.location(), "/");
    other.get("/profile").await.shows(200, "ancora validi: 9");
    let mut with_pin = app.browser();
    with_pin.post("/login", &[("username", "m.bianchi"), ("password", PASSWORD)]).await;
    let pin = app.pin(&person, 0).await;
    assert_eq!(with_pin.post("/login/pin", &[("pin", &pin)]).await.location(), "/", "the telephone is the same");
    let told: Vec<_> =
        entries(&app, Register::Admin).await.into_iter().map(|entry| (entry.action, entry.outcome)).collect();
    let changed = told.iter().filter(|(action, _)| action == "recovery_codes_changed");
    assert_eq!(changed.map(|(_, outcome)| &**outcome).collect::<Vec<_>>(), ["refused", "done", "done"]);
}

async fn a_second_factor_that_was_begun_is_of_its_session_and_half_an_hour(engine: Engine) {
    let (app, person, mut browser) = at_work(engine).await;
    let secret = secret_of(&browser.get("/profile/authenticator").await);
    let (mut carried, eva) =
        (app.signed_in(&app.operator("e.neri").await).await, browser.cookies["__Host-factor"].clone());
    carried.cookies.insert("__Host-factor".to_owned(), eva);
    assert_ne!(secret_of(&carried.get("/profile/authenticator").await), secret, "of another session it is nothing");
    browser.post("/profile/codes/new", &[("password", PASSWORD)]).await.location();
    let page = browser.get("/profile/codes").await;
    for _ in 0..3 {
        app.wait_seconds(10 * 60);
        browser.post("/session/extend", &[]).await;
    }
    browser.get("/profile/codes").await.shows(200, "Per crearli serve la password");
    let late = browser.post("/profile/codes", &[("set", &set_of(&page))]).await;
    assert_eq!(late.location(), "/profile/codes");
    browser.get("/profile").await.shows(200, "ancora validi: 0");
    drop(person);
}

async fn where_the_account_was_in_use_is_told(engine: Engine) {
    let (app, person, mut first) = at_work(engine).await;
    let agent = "Mozilla/5.0 (X11; Linux x86_64; rv:115.0) Gecko/20100101 Firefox/115.0";
    first.get("/profile").await.shows(200, "Non riconosciuto").shows(200, "127.0.0.1").shows(200, "Questa sessione");
    let mut second = app.browser();
    second.post("/login", &[("username", "m.bianchi"), ("password", PASSWORD)]).await;
    let pin = app.pin(&person, 0).await;
    let request = second.request(axum::http::Method::POST, "/login/pin").header("user-agent", agent);
    let request = request.header("content-type", "application/x-www-form-urlencoded").body(format!("pin={pin}"));
    assert_eq!(second.send(request).await.location(), "/");
    let page = second.get("/profile").await;
    page.shows(200, "Firefox 115 su Linux").shows(200, "Nuovo accesso");
    assert_eq!(page.text.matches("<strong>Questa sessione").count(), 1);
    app.wait_seconds(31 * 24 * 60 * 60);
    let mut late = app.signed_in(&person).await;
    let page = late.get("/profile").await;
    assert!(!page.shows(200, "Questa sessione").text.contains("Firefox"), "after 30 days it is not told any more");
}

async fn leaving_everywhere_ends_every_session(engine: Engine) {
    let (app, person, mut browser) = at_work(engine).await;
    let mut half_way = app.browser();
    half_way.post("/login", &[("username", "m.bianchi"), ("password", PASSWORD)]).await;
    let mut copy = browser.clone();
    let left = browser.post("/profile/sign-out", &[]).await;
    assert_eq!(left.location(), "/login");
    assert!(left.headers.contains_key("clear-site-data") && browser.cookies.is_empty());
    assert_eq!(copy.get("/profile").await.location(), "/login?next=/profile");
    let late = half_way.post("/login/pin", &[("pin", &app.pin(&person, 0).await)]).await;
    assert_eq!(late.location(), "/login");
    let accesses = entries(&app, Register::Access).await;
    let entry = accesses.iter().rfind(|entry| entry.outcome == "done").expect("an entry");
    assert_eq!((&*entry.action, entry.read_details().fact(Fact::Part)), ("sign_out", "everywhere"));
    app.signed_in(&person).await.get("/profile").await.shows(200, "Uscita da tutti");
    let mut nobody = app.browser();
    assert_eq!(nobody.post("/profile/sign-out", &[]).await.status, 401);
    assert_eq!(nobody.get("/profile").await.location(), "/login?next=/profile");
}
