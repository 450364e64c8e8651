//! Supervisors manage accounts: list, making, changing, what takes something away.

use centralino::domain::operator::{Queue, Role};

use crate::{
    registers::support::{entries, verify},
    support::{Answer, Browser, Engine, TestApp, app::PASSWORD, on_both_engines},
};
use centralino::storage::registers::Register;

on_both_engines!(
    the_list_is_found_by_words_and_filters_and_paged,
    words_stand_in_no_address,
    an_account_is_made_and_its_link_shown_once,
    what_is_wrong_is_said_and_nothing_typed_is_lost,
    a_change_holds_from_the_next_request,
    a_change_made_meanwhile_is_told,
    what_takes_something_away_asks_first_and_is_done,
    old_credentials_are_dead_after_a_reset,
    a_lock_out_is_ended,
    every_act_wants_a_fresh_pin,
    every_act_is_recorded_with_what_changed,
);

const NEW: [(&str, &str); 6] = [
    ("key", "01761b2c-5b5e-7000-8000-000000000001"),
    ("name", "Nicolò D'Amico"),
    ("username", "n.damico"),
    ("fiscal_code", "vrdlgu75b02f205a"),
    ("role", "operator"),
    ("queue_immuni", "1"),
];

/// A supervisor's browser.
async fn office(app: &TestApp) -> Browser {
    let supervisor = app.supervisor("s.gialli").await;
    app.signed_in(&supervisor).await
}

/// What stands between two texts of a page.
fn between<'a>(page: &'a Answer, start: &str, end: &str) -> &'a str {
    let rest = page.text.split_once(start).unwrap_or_else(|| panic!("no {start:?} in {}", page.text)).1;
    rest.split_once(end).expect("an end").0
}

/// Presses a button that acts on the account of a page.
async fn act(app: &TestApp, browser: &mut Browser, page_of: &str, act: &str) -> Answer {
    browser.post(&format!("{page_of}/{act}"), &[("key", &app.form_key())]).await
}

/// The names in the rows of a list.
fn names(page: &Answer) -> Vec<&str> {
    let rows = page.text.split("class=\"row-link\"").skip(1);
    rows.map(|row| row.split_once('>').expect("a link").1.split_once('<').expect("its end").0).collect()
}

/// The fields of an account's form, with another value for one of them.
fn changed<'a>(page: &'a Answer, fields: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let version = between(page, "name=\"version\" value=\"", "\"");
    let all =
        [("name", "Maria Bianchi"), ("fiscal_code", "RSSMRA80A01H501U"), ("role", "operator"), ("queue_immuni", "1")];
    let kept = all.into_iter().filter(|(name, _)| !fields.iter().any(|(other, _)| other == name));
    kept.chain(fields.iter().copied()).chain([("version", version)]).collect()
}

async fn the_list_is_found_by_words_and_filters_and_paged(engine: Engine) {
    let app = TestApp::start(engine).await;
    let mut browser = office(&app).await;
    for number in 0..27 {
        let (username, name) = (format!("o.{number:02}"), format!("Operatore {number:02}"));
        app.account(&username, &name, Role::Operator, &[Queue::Swabs]).await;
    }
    app.account("e.dangelo", "Ève D'Angelò", Role::Operator, &[Queue::Immuni, Queue::Asl]).await;
    let first = browser.get("/operators").await;
    assert_eq!(names(first.shows(200, "Operatori"))[..2], ["Ève D'Angelò", "Maria Bianchi"]);
    assert_eq!(names(&first).len(), 25);
    let next = between(&first, "class=\"pager\"", "</nav>").split("href=\"").nth(1).expect("a link");
    let second = browser.get(next.split('"').next().expect("an address")).await;
    assert_eq!(names(&second), ["Operatore 23", "Operatore 24", "Operatore 25", "Operatore 26"]);
    for (words, found) in [
        ("eve DANGELO", 1),
        ("d’ang", 1),
        ("angelo eve", 1),
        ("o.07", 1),
        ("bncl", 0),
        ("rssmra80a01", 29),
        ("operatore 2", 9),
        ("nessuno", 0),
    ] {
        let page = browser.post("/operators", &[("q", words)]).await;
        page.shows(200, if found == 0 { "Nessun account corrisponde" } else { "row-link" });
        assert_eq!(names(&page).len(), found.min(25), "{words}");
    }
    for (query, found) in [
        ("role=supervisor", 1),
        ("queue=asl", 1),
        ("queue=exemptions", 0),
        ("queue=swabs&status=invited&role=operator", 25),
        ("status=enabled", 1),
        ("status=disabled", 0),
    ] {
        assert_eq!(names(&browser.get(&format!("/operators?{query}")).await).len(), found, "{query}");
    }
    browser.get("/operators?role=king").await.shows(422, "Scelga una voce");
    browser.get("/operators?q=bianchi&after=x").await.shows(200, "Operatore 07");
}

async fn words_stand_in_no_address(engine: Engine) {
    let app = TestApp::start(engine).await;
    let mut browser = office(&app).await;
    for number in 0..26 {
        let (username, name) = (format!("o.{number:02}"), format!("Operatore {number:02}"));
        app.account(&username, &name, Role::Operator, &[Queue::Swabs]).await;
    }
    let filters = [("q", " "), ("role", "operator"), ("queue", ""), ("status", "invited")];
    assert_eq!(browser.post("/operators", &filters).await.location(), "/operators?role=operator&status=invited");
    let found = browser.post("/operators", &[("q", "operatore"), ("role", "operator")]).await;
    let pager = between(&found, "class=\"pager\"", "</nav>");
    assert!(!pager.contains("href") && pager.contains(r#"name="q" value="operatore""#), "{pager}");
    let after = pager.split(r#"name="after" value=""#).nth(1).and_then(|rest| rest.split('"').next()).expect("a key");
    let fields = [("q", "operatore"), ("role", "operator"), ("after", after)];
    let second = browser.post("/operators", &fields).await;
    assert_eq!(names(&second), ["Operatore 25"]);
    let filtered = browser.get("/operators?role=operator&status=invited").await;
    filtered.shows(200, "href=\"/operators?role=operator&amp;status=invited&amp;after=");
}

async fn an_account_is_made_and_its_link_shown_once(engine: Engine) {
    let app = TestApp::start(engine).await;
    let mut browser = office(&app).await;
    browser.get("/operators/new").await.shows(200, "Nuovo operatore").shows(200, "Crea operatore");
    let page_of = browser.post("/operators/new", &NEW).await.location().to_owned();
    let page = browser.get(&page_of).await;
    page.shows(200, ">Nicolò D'Amico</h1>");
    page.shows(200, "Account di Nicolò D'Amico creato.").shows(200, "Da attivare").shows(200, "VRDLGU75B02F205A");
    let link = between(&page, "<code id=\"activation-link\">", "</code>").to_owned();
    let path = link.strip_prefix(&app.state.config.server.origin()).expect("an address of the desk").to_owned();
    let again = browser.get(&page_of).await;
    assert!(!again.text.contains("/activate/"), "once: {}", again.text);
    let person = app.person("n.damico").await;
    let pin = app.pin(&person, 0).await;
    app.activate_at(&path, PASSWORD, &pin).await;
    app.wait_seconds(30);
    app.signed_in(&person).await.get("/").await.shows(200, "Sportello");
    browser.get(&page_of).await.shows(200, "Attivo").shows(200, "10/01/2021 10:00:30");
}

async fn what_is_wrong_is_said_and_nothing_typed_is_lost(engine: Engine) {
    let app = TestApp::start(engine).await;
    let mut browser = office(&app).await;
    let wrong = [NEW[0], ("name", " "), ("username", "è"), ("fiscal_code", "VRDLGU75B02F205B"), ("role", "operator")];
    let page = browser.post("/operators/new", &wrong).await;
    for text in
        ["Scriva nome e cognome", "da 3 a 64 lettere senza", "La lettera finale", "almeno una coda", "<title>Errore:"]
    {
        page.shows(422, text);
    }
    page.shows(422, r#"value="VRDLGU75B02F205B""#).shows(422, r##"href="#queues""##);
    let mut taken = NEW;
    taken[2].1 = "S.Gialli";
    let page = browser.post("/operators/new", &taken).await;
    page.shows(422, "già di un altro account").shows(422, r#"value="Nicolò D'Amico""#);
    browser.post("/operators/new", &[NEW[0], ("role", "king"), ("name", "x")]).await.shows(422, "Scelga il ruolo");
    browser.get("/operators/0193").await.shows(404, "Pagina non trovata");
    browser.post("/operators/0193/disable", &[NEW[0]]).await.shows(404, "Pagina non trovata");
}

async fn a_change_holds_from_the_next_request(engine: Engine) {
    let app = TestApp::start(engine).await;
    let mut browser = office(&app).await;
    let person = app.operator("m.bianchi").await;
    let mut desk = app.signed_in(&person).await;
    desk.get("/").await.shows(200, "Sportello");
    let page_of = format!("/operators/{}", person.id.0);
    let page = browser.get(&page_of).await;
    let fields = changed(&page, &[("name", "Maria Verdi"), ("role", "supervisor"), ("queue_immuni", "")]);
    assert_eq!(browser.post(&page_of, &fields).await.location(), page_of);
    browser.get(&page_of).await.shows(200, "Modifiche salvate.").shows(200, "Supervisore");
    assert_eq!(desk.get("/").await.location(), "/operators");
    desk.get("/cases").await.shows(403, "Sportello di un'altra coda").shows(403, "Maria Verdi");
    desk.get("/operators").await.shows(200, "Maria Verdi");
    let page = browser.get(&page_of).await;
    let fields = changed(&page, &[("queue_immuni", ""), ("queue_swabs", "1"), ("fiscal_code", "VRDLGU75B02F205A")]);
    browser.post(&page_of, &fields).await;
    desk.get("/operators").await.shows(403, "Operazione non permessa");
    assert_eq!(desk.get("/").await.location(), "/swabs");
    desk.get("/cases").await.shows(403, "Tamponi").shows(403, "chieda a un supervisore");
    let saved = browser.get(&page_of).await;
    saved.shows(200, "VRDLGU75B02F205A").shows(200, "s.gialli");
    let same = changed(&saved, &[("queue_immuni", ""), ("queue_swabs", "1"), ("fiscal_code", "VRDLGU75B02F205A")]);
    browser.post(&page_of, &same).await;
    browser.get(&page_of).await.shows(200, "nulla da cambiare");
}

async fn a_change_made_meanwhile_is_told(engine: Engine) {
    let app = TestApp::start(engine).await;
    let mut browser = office(&app).await;
    let other = app.supervisor("s.neri").await;
    let mut other = app.signed_in(&other).await;
    let (person, _) = app.invite("m.rossi", "RSSMRA80A01H501U", Role::Operator).await;
    let page_of = format!("/operators/{}", person.id.0);
    let seen = browser.get(&page_of).await;
    let quicker = other.get(&page_of).await;
    app.wait_seconds(65);
    other.post(&page_of, &changed(&quicker, &[("name", "Mara Bianchi")])).await;
    let refused = browser.post(&page_of, &changed(&seen, &[("queue_asl", "1")])).await;
    refused.shows(422, "Modificato da s.neri alle 10:01:05 del 10/01/2021").shows(422, "Mara Bianchi");
    refused.shows(422, r#"value="Maria Bianchi""#);
    assert_eq!(browser.post(&page_of, &changed(&refused, &[("queue_asl", "1")])).await.location(), page_of);
    browser.get(&page_of).await.shows(200, "Immuni, ASL").shows(200, "Maria Bianchi");
    let version = [("name", "x"), ("role", "operator"), ("version", "one")];
    browser.post(&page_of, &version).await.shows(400, "Richiesta non leggibile");
}

async fn what_takes_something_away_asks_first_and_is_done(engine: Engine) {
    let app = TestApp::start(engine).await;
    let mut browser = office(&app).await;
    let person = app.operator("m.bianchi").await;
    let mut desk = app.signed_in(&person).await;
    let page_of = format!("/operators/{}", person.id.0);
    let path = |name: &str| format!("{page_of}/{name}");
    let asked = browser.get(&path("end-sessions")).await;
    asked.shows(200, "Terminare le sessioni di Maria Bianchi?").shows(200, "m.bianchi");
    assert_eq!(act(&app, &mut browser, &page_of, "end-sessions").await.location(), page_of);
    browser.get(&page_of).await.shows(200, "Sessioni terminate.");
    assert_eq!(desk.get("/").await.location(), "/login");
    app.wait_seconds(30);
    let mut desk = app.signed_in(&person).await;
    browser.get(&path("disable")).await.shows(200, "Disabilitare Maria Bianchi?");
    desk.get("/").await.shows(200, "Sportello");
    assert_eq!(act(&app, &mut browser, &page_of, "disable").await.location(), page_of);
    browser.get(&page_of).await.shows(200, "Account disabilitato").shows(200, "Riabilita");
    assert_eq!(desk.get("/").await.location(), "/login");
    act(&app, &mut browser, &page_of, "reset").await.shows(422, "prima lo riabiliti");
    act(&app, &mut browser, &page_of, "disable").await;
    browser.get(&page_of).await.shows(200, "nulla da cambiare");
    assert_eq!(browser.get(&path("enable")).await.location(), page_of);
    assert_eq!(act(&app, &mut browser, &page_of, "enable").await.location(), page_of);
    browser.get(&page_of).await.shows(200, "Account riabilitato");
    assert_eq!(desk.get("/").await.location(), "/login");
    app.wait_seconds(30);
    app.signed_in(&person).await;
}

async fn old_credentials_are_dead_after_a_reset(engine: Engine) {
    let app = TestApp::start(engine).await;
    let mut browser = office(&app).await;
    let (person, path) = app.invite("m.rossi", "RSSMRA80A01H501U", Role::Operator).await;
    app.activate_at(&path, PASSWORD, &app.pin(&person, 0).await).await;
    app.wait_seconds(30);
    let mut desk = app.signed_in(&person).await;
    let page_of = format!("/operators/{}", person.id.0);
    browser.get(&format!("{page_of}/reset")).await.shows(200, "Reimpostare le credenziali di Maria Bianchi?");
    act(&app, &mut browser, &page_of, "reset").await;
    let page = browser.get(&page_of).await;
    let link = between(page.shows(200, "Credenziali reimpostate"), "<code id=\"activation-link\">", "</code>");
    assert_eq!(desk.get("/").await.location(), "/login");
    let right = [("username", "m.rossi"), ("password", PASSWORD)];
    app.browser().post("/login", &right).await.shows(422, "non corretti");
    app.browser().get(&path).await.shows(404, "Link non valido");
    let new = link.strip_prefix(&app.state.config.server.origin()).expect("an address");
    app.activate_at(new, "un'altra frase lunga", &app.pin(&person, 0).await).await;
    let mut other = app.browser();
    other.post("/login", &[("username", "m.rossi"), ("password", "un'altra frase lunga")]).await;
    app.wait_seconds(30);
    assert_eq!(other.post("/login/pin", &[("pin", &app.pin(&person, 0).await)]).await.location(), "/");
}

async fn a_lock_out_is_ended(engine: Engine) {
    let app = TestApp::start(engine).await;
    let mut browser = office(&app).await;
    let person = app.operator("m.bianchi").await;
    let page_of = format!("/operators/{}", person.id.0);
    assert!(!browser.get(&page_of).await.text.contains("Sblocca account"));
    for _ in 0..10 {
        app.browser().post("/login", &[("username", "m.bianchi"), ("password", "not the password")]).await;
    }
    browser.get(&page_of).await.shows(200, "Bloccato per tentativi").shows(200, "Sblocca account");
    assert_eq!(act(&app, &mut browser, &page_of, "unlock").await.location(), page_of);
    browser.get(&page_of).await.shows(200, "Blocco tolto");
    app.signed_in(&person).await;
}

async fn every_act_wants_a_fresh_pin(engine: Engine) {
    let app = TestApp::start(engine).await;
    let supervisor = app.supervisor("s.gialli").await;
    let mut browser = app.signed_in(&supervisor).await;
    let person = app.operator("m.bianchi").await;
    app.wait_seconds(300);
    let page_of = format!("/operators/{}", person.id.0);
    let page = browser.get(&page_of).await;
    let edit = changed(&page, &[("name", "Maria Verdi")]);
    for name in ["disable", "enable", "unlock", "reset", "end-sessions"] {
        let asked = act(&app, &mut browser, &page_of, name).await;
        asked.shows(401, "Conferma con il PIN").shows(401, &format!("action=\"{page_of}/{name}\""));
        asked.shows(401, "type=\"hidden\" name=\"key\"");
    }
    browser.post("/operators/new", &NEW).await.shows(401, r#"name="username" value="n.damico""#);
    browser.post(&page_of, &edit).await.shows(401, r#"name="name" value="Maria Verdi""#);
    browser.get(&page_of).await.shows(200, ">Maria Bianchi</h1>").shows(200, "Attivo");
    let pin = app.pin(&supervisor, 0).await;
    let with_pin: Vec<_> = edit.iter().copied().chain([("pin", pin.as_str())]).collect();
    assert_eq!(browser.post(&page_of, &with_pin).await.location(), page_of);
    browser.get(&page_of).await.shows(200, ">Maria Verdi</h1>");
}

async fn every_act_is_recorded_with_what_changed(engine: Engine) {
    let app = TestApp::start(engine).await;
    let mut browser = office(&app).await;
    let person = app.operator("m.bianchi").await;
    let page_of = format!("/operators/{}", person.id.0);
    let page = browser.get(&page_of).await;
    let fields = changed(&page, &[("name", "Maria Verdi"), ("fiscal_code", "VRDLGU75B02F205A"), ("queue_asl", "1")]);
    let before = entries(&app, Register::Admin).await.len();
    browser.post(&page_of, &fields).await;
    for name in ["unlock", "end-sessions", "disable", "enable", "reset"] {
        act(&app, &mut browser, &page_of, name).await;
    }
    browser.post("/operators/new", &NEW).await;
    let entries = entries(&app, Register::Admin).await;
    let told = entries[before..].iter().map(|entry| {
        assert_eq!(entry.actor, "s.gialli");
        let changes = entry.read_details().changes.into_iter();
        let changes: Vec<_> =
            changes.map(|change| format!("{}:{}>{}", change.what, change.before, change.after)).collect();
        format!("{} {} {}", entry.action, entry.target, changes.join(" ")).trim_end().to_owned()
    });
    assert_eq!(
        told.collect::<Vec<_>>(),
        [
            "account_edited m.bianchi name:Maria Bianchi>Maria Verdi fiscal_code:RSSMRA80A01H501U>VRDLGU75B02F205A \
             queues:immuni>immuni asl",
            "account_unlocked m.bianchi",
            "sessions_ended m.bianchi",
            "account_disabled m.bianchi status:enabled>disabled",
            "account_enabled m.bianchi status:disabled>enabled",
            "credentials_reset m.bianchi status:enabled>invited",
            "account_added n.damico name:>Nicolò D'Amico role:>operator queues:>immuni status:>invited",
        ]
    );
    assert!(verify(&app, Register::Admin).await.is_ok());
}
