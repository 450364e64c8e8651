//! A form that acts on an account, sent twice: a double click, a page that comes back from the browser's memory.

use centralino::{
    domain::operator::{Queue, Role},
    features::accounts::{
        form_key::FormKey,
        invite::{InviteError, Invited, Invitee, Office},
    },
    storage::{
        Db,
        operators::{AddError, acts::Acted},
        registers::Register,
    },
};

use crate::{
    registers::support::entries,
    support::{Answer, Browser, Engine, TestApp, on_both_engines},
};

on_both_engines!(
    a_form_sent_twice_makes_one_account,
    of_two_answers_the_one_with_the_link_is_shown,
    of_two_instances_one_makes_the_account,
    credentials_are_reset_once,
    what_is_done_is_not_repeated_after_it_was_undone,
    a_form_without_a_key_is_none_of_ours,
);

/// A supervisor's browser.
async fn office(app: &TestApp) -> Browser {
    let supervisor = app.supervisor("s.gialli").await;
    app.signed_in(&supervisor).await
}

/// The one-time key in a page.
fn key_of(page: &Answer) -> &str {
    let key = page.text.split("name=\"key\" value=\"").nth(1).and_then(|rest| rest.split('"').next());
    key.unwrap_or_else(|| panic!("no key in {}", page.text))
}

fn new<'a>(key: &'a str, username: &'a str) -> [(&'a str, &'a str); 6] {
    let data = [("name", "Ada Blu"), ("fiscal_code", "VRDLGU75B02F205A"), ("role", "operator"), ("queue_immuni", "1")];
    let [name, fiscal_code, role, queue] = data;
    [("key", key), ("username", username), name, fiscal_code, role, queue]
}

/// Acts and targets in the register of administration from the third entry on: after the supervisor's own.
async fn told(app: &TestApp) -> Vec<String> {
    let entries = entries(app, Register::Admin).await;
    entries[2..].iter().map(|entry| format!("{} {} {}", entry.action, entry.target, entry.outcome)).collect()
}

async fn a_form_sent_twice_makes_one_account(engine: Engine) {
    let app = TestApp::start(engine).await;
    let mut browser = office(&app).await;
    let form = browser.get("/operators/new").await;
    let key = key_of(&form);
    let page_of = browser.post("/operators/new", &new(key, "a.blu")).await.location().to_owned();
    let first = browser.get(&page_of).await;
    first.shows(200, "Account di Ada Blu creato.").shows(200, "/activate/");
    assert_eq!(browser.post("/operators/new", &new(key, "A.Blu")).await.location(), page_of, "the same answer");
    let second = browser.get(&page_of).await;
    second.shows(200, "Questo modulo era già stato inviato: l'account di Ada Blu è già stato creato");
    second.shows(200, "«Reimposta credenziali» ne dà uno nuovo").shows(200, &format!("{page_of}/reset"));
    assert!(!second.text.contains("/activate/"), "once: {}", second.text);
    assert!(!browser.get(&page_of).await.text.contains("già stato inviato"), "this is told once too");
    let other = browser.post("/operators/new", &new(key, "b.blu")).await;
    assert_ne!(other.location(), page_of, "another name in the same form is another account");
    let fresh = app.form_key();
    browser.post("/operators/new", &new(&fresh, "a.blu")).await.shows(422, "già di un altro account");
    let expected = ["account_added a.blu done", "account_added b.blu done", "account_added a.blu refused"];
    assert_eq!(told(&app).await, expected);
}

/// The second request of a double click leaves before the first answer has come.
async fn of_two_answers_the_one_with_the_link_is_shown(engine: Engine) {
    let app = TestApp::start(engine).await;
    let mut browser = office(&app).await;
    let (mut one, mut other, key) = (browser.clone(), browser.clone(), app.form_key());
    let fields = new(&key, "a.blu");
    let answers = tokio::join!(one.post("/operators/new", &fields), other.post("/operators/new", &fields));
    let page_of = answers.0.location().to_owned();
    assert_eq!(answers.1.location(), page_of);
    browser.cookies.extend(one.cookies);
    browser.cookies.extend(other.cookies);
    browser.get(&page_of).await.shows(200, "Account di Ada Blu creato.").shows(200, "/activate/");
    let later = browser.get(&page_of).await;
    assert!(!later.text.contains("/activate/") && !later.text.contains("già stato inviato"), "{}", later.text);
}

async fn of_two_instances_one_makes_the_account(engine: Engine) {
    let app = TestApp::start(engine).await;
    let other = Db::open(&app.state.config.database_url()).await.expect("the same database");
    for round in 0..8 {
        let form = FormKey::new(&app.state.random, &app.state.clock).expect("a key");
        let invitee = Invitee {
            username: format!("a.blu{round}").parse().expect("a user name"),
            name: "Ada Blu".to_owned(),
            fiscal_code: "VRDLGU75B02F205A".parse().expect("a codice fiscale"),
            role: Role::Operator,
            queues: vec![Queue::Immuni],
        };
        let (one, two) = (app.office().asked_by(&form), Office { db: &other, ..app.office() }.asked_by(&form));
        let (made, before) = match tokio::join!(one.invite(&invitee), two.invite(&invitee)) {
            (Ok(Invited { id, .. }), Err(InviteError::Add(AddError::Before(before))))
            | (Err(InviteError::Add(AddError::Before(before))), Ok(Invited { id, .. })) => (id, before),
            both => panic!("{both:?}"),
        };
        assert_eq!(made, before);
    }
    assert_eq!(entries(&app, Register::Admin).await.len(), 8);
}

async fn credentials_are_reset_once(engine: Engine) {
    let app = TestApp::start(engine).await;
    let mut browser = office(&app).await;
    let person = app.operator("m.bianchi").await;
    let page_of = format!("/operators/{}", person.id.0);
    let reset = format!("{page_of}/reset");
    let asked = browser.get(&reset).await;
    let form = [("key", key_of(&asked))];
    browser.post(&reset, &form).await;
    let page = browser.get(&page_of).await;
    let link = page.text.split("<code id=\"activation-link\">").nth(1).and_then(|rest| rest.split('<').next());
    let path = link.and_then(|link| link.strip_prefix(&app.state.config.server.origin())).expect("a link").to_owned();
    assert_eq!(browser.post(&reset, &form).await.location(), page_of);
    let second = browser.get(&page_of).await;
    second.shows(200, "le credenziali di Maria Bianchi sono già state reimpostate, e non un'altra volta");
    assert!(!second.text.contains("/activate/"), "{}", second.text);
    app.browser().get(&path).await.shows(200, "Attiva il tuo account");
    // A newer form does it anew; the older one, found again in the browser, takes nothing of it back.
    browser.post(&reset, &[("key", &app.form_key())]).await;
    let newest = browser.get(&page_of).await;
    newest.shows(200, "Credenziali reimpostate");
    app.browser().get(&path).await.shows(404, "Link non valido");
    browser.post(&reset, &form).await;
    let entries = told(&app).await;
    assert_eq!(entries.iter().filter(|entry| entry.starts_with("credentials_reset")).count(), 2, "{entries:?}");
    // A day later no session is left in which it was shown.
    let form: FormKey = form[0].1.parse().expect("a key");
    assert_eq!(app.office().asked_by(&form).reset(&person.id).await.expect("an answer").0, Acted::Before);
    app.wait_seconds(24 * 60 * 60);
    assert_eq!(app.office().asked_by(&form).reset(&person.id).await.expect("an answer").0, Acted::Done);
}

async fn what_is_done_is_not_repeated_after_it_was_undone(engine: Engine) {
    let app = TestApp::start(engine).await;
    let mut browser = office(&app).await;
    let person = app.operator("m.bianchi").await;
    let page_of = format!("/operators/{}", person.id.0);
    let act = |name: &str| format!("{page_of}/{name}");
    let forms = [app.form_key(), app.form_key(), app.form_key()];
    let [disable, end, unlock] = forms.each_ref().map(|key| [("key", key.as_str())]);
    assert_eq!(browser.post(&act("disable"), &disable).await.location(), page_of);
    app.enable(&person).await.expect("an answer");
    let mut desk = app.signed_in(&person).await;
    assert_eq!(browser.post(&act("disable"), &disable).await.location(), page_of);
    // The news that the account is disabled was not looked at yet, and is told first.
    browser.get(&page_of).await.shows(200, "Account disabilitato");
    browser.post(&act("disable"), &disable).await;
    browser.get(&page_of).await.shows(200, "già stato inviato: ciò che chiedeva").shows(200, "Attivo");
    desk.get("/").await.shows(200, "Sportello");
    browser.post(&act("end-sessions"), &end).await;
    app.wait_seconds(30);
    let mut desk = app.signed_in(&person).await;
    browser.post(&act("end-sessions"), &end).await;
    desk.get("/").await.shows(200, "Sportello");
    browser.post(&act("unlock"), &unlock).await;
    browser.post(&act("unlock"), &unlock).await;
    let told = told(&app).await;
    let acts = ["account_disabled", "account_enabled", "sessions_ended", "account_unlocked"];
    assert_eq!(told[2..], acts.map(|act| format!("{act} m.bianchi done")));
}

async fn a_form_without_a_key_is_none_of_ours(engine: Engine) {
    let app = TestApp::start(engine).await;
    let mut browser = office(&app).await;
    let person = app.operator("m.bianchi").await;
    let page_of = format!("/operators/{}", person.id.0);
    for form in [&[][..], &[("key", "")], &[("key", "one")]] {
        for act in ["disable", "enable", "unlock", "reset", "end-sessions"] {
            browser.post(&format!("{page_of}/{act}"), form).await.shows(400, "Richiesta non leggibile");
        }
    }
    browser.post("/operators/new", &new("one", "a.blu")).await.shows(400, "Richiesta non leggibile");
    assert_eq!(told(&app).await.len(), 2, "nothing was done");
}
