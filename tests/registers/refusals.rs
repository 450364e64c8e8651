//! Acts on accounts that are refused are entries too, with why, and nothing of what was wanted.

use centralino::{
    domain::operator::Role,
    features::accounts::invite::{Invitee, Office},
    storage::{
        operators::rules::Authority,
        registers::{Register, StoredEntry},
    },
};

use super::support::{entries, execute, verify};
use crate::support::{Engine, TestApp, on_both_engines};

on_both_engines!(
    refused_acts_are_recorded_with_why,
    what_wants_a_fresh_pin_is_recorded_as_refused,
    many_refused_accounts_are_an_entry_each,
    a_refusal_that_cannot_be_recorded_is_an_error,
);

/// Actor, action, outcome, target and reason.
fn told(entry: &StoredEntry) -> String {
    let details = entry.read_details();
    assert!(entry.outcome == "done" || details.changes.is_empty(), "nothing changed: {entry:?}");
    let reason = details.facts.get("reason").cloned().unwrap_or_default();
    format!("{} {} {} {} {reason}", entry.actor, entry.action, entry.outcome, entry.target)
}

async fn refused(app: &TestApp) -> Vec<String> {
    let entries = entries(app, Register::Admin).await;
    entries.iter().filter(|entry| entry.outcome == "refused").map(told).collect()
}

async fn refused_acts_are_recorded_with_why(engine: Engine) {
    let app = TestApp::start(engine).await;
    let own = app.supervisor("s.gialli").await;
    let mut browser = app.signed_in(&own).await;
    let (page_of, key) = (format!("/operators/{}", own.id.0), app.form_key());
    for act in ["disable", "reset", "end-sessions"] {
        browser.post(&format!("{page_of}/{act}"), &[("key", &key)]).await.shows(422, "Non può farlo");
    }
    let fields = [("name", "Sara Gialli"), ("fiscal_code", "VRDLGU75B02F205A"), ("queue_immuni", "1")];
    let edit = |version, role| fields.into_iter().chain([("version", version), ("role", role)]).collect::<Vec<_>>();
    browser.post(&page_of, &edit("1", "operator")).await.shows(422, "Non può farlo");
    browser.post(&page_of, &edit("7", "supervisor")).await.shows(422, "Modificato da");
    let new: Vec<_> = edit("", "operator").into_iter().chain([("key", &*key), ("username", "s.gialli")]).collect();
    browser.post("/operators/new", &new).await.shows(422, "già di un altro account");
    let (other, person) = (app.supervisor("s.neri").await, app.operator("m.bianchi").await);
    app.disable(&other).await.expect("an answer");
    browser.post(&format!("/operators/{}/reset", other.id.0), &[("key", &key)]).await.shows(422, "prima lo riabiliti");
    let office = Office { authority: Authority::Supervisor(&other.id), ..app.office() };
    office.end_sessions(&person.id).await.expect("an answer");
    app.office().disable(&own.id).await.expect("an answer");
    let expected = [
        "s.gialli account_disabled refused s.gialli yourself",
        "s.gialli credentials_reset refused s.gialli yourself",
        "s.gialli sessions_ended refused s.gialli yourself",
        "s.gialli account_edited refused s.gialli yourself",
        "s.gialli account_edited refused s.gialli meanwhile",
        "s.gialli account_added refused s.gialli taken",
        "s.gialli credentials_reset refused s.neri disabled",
        "service:centralino sessions_ended refused m.bianchi not_allowed",
        "service:centralino account_disabled refused s.gialli last_supervisor",
    ];
    assert_eq!(refused(&app).await, expected);
    let everything = format!("{:?}", entries(&app, Register::Admin).await);
    assert!(!everything.contains("Sara Gialli") && !everything.contains("VRDLGU75B02F205A"), "{everything}");
    let page = browser.get("/registers/admin?outcome=refused").await;
    for text in ["Rifiutata", "Credenziali reimpostate", "sul proprio account", "account modificato nel frattempo"] {
        page.shows(200, text);
    }
    assert!(verify(&app, Register::Admin).await.is_ok());
}

async fn what_wants_a_fresh_pin_is_recorded_as_refused(engine: Engine) {
    let app = TestApp::start(engine).await;
    let supervisor = app.supervisor("s.gialli").await;
    let mut browser = app.signed_in(&supervisor).await;
    let person = app.operator("m.bianchi").await;
    app.wait_seconds(300);
    let (page_of, key, wrong) = (format!("/operators/{}", person.id.0), app.form_key(), app.pin(&supervisor, 9).await);
    for act in ["disable", "enable", "unlock", "reset", "end-sessions"] {
        browser.post(&format!("{page_of}/{act}"), &[("key", &key)]).await.shows(401, "Conferma con il PIN");
    }
    browser.post(&format!("{page_of}/disable"), &[("key", &key), ("pin", &wrong)]).await.shows(422, "PIN non corretto");
    browser.post(&page_of, &[("version", "1"), ("pin", "")]).await.shows(422, "Scriva il PIN");
    browser.post("/operators/new", &[("username", "H17KZ6247A"), ("key", &key)]).await.shows(401, "Conferma");
    browser.post("/operators/export", &[("format", "csv")]).await.shows(401, "Conferma");
    for act in ["apply", "links"] {
        browser.post(&format!("/operators/import/0193/{act}"), &[]).await.shows(401, "Conferma");
    }
    let expected = [
        "s.gialli account_disabled refused m.bianchi pin_missing",
        "s.gialli account_enabled refused m.bianchi pin_missing",
        "s.gialli account_unlocked refused m.bianchi pin_missing",
        "s.gialli credentials_reset refused m.bianchi pin_missing",
        "s.gialli sessions_ended refused m.bianchi pin_missing",
        "s.gialli account_disabled refused m.bianchi pin_refused",
        "s.gialli account_edited refused m.bianchi pin_refused",
        "s.gialli account_added refused  pin_missing",
        "s.gialli accounts_exported refused  pin_missing",
        "s.gialli account_added refused  pin_missing",
        "s.gialli links_taken refused  pin_missing",
    ];
    assert_eq!(refused(&app).await, expected);
    assert!(!format!("{:?}", entries(&app, Register::Admin).await).contains("H17KZ6247A"), "nothing typed");
}

async fn many_refused_accounts_are_an_entry_each(engine: Engine) {
    let app = TestApp::start(engine).await;
    let former = app.supervisor("s.neri").await;
    app.supervisor("s.gialli").await;
    app.disable(&former).await.expect("an answer");
    let invitee = |username: &str| Invitee {
        username: username.parse().expect("a user name"),
        name: "Ada Blu".to_owned(),
        fiscal_code: "VRDLGU75B02F205A".parse().expect("a codice fiscale"),
        role: Role::Operator,
        queues: vec![],
    };
    let people = [invitee("a.blu"), invitee("b.blu")];
    let office = Office { authority: Authority::Supervisor(&former.id), ..app.office() };
    let prepared = office.prepare(people.iter().collect(), None).await.expect("links");
    assert!(office.make(&prepared, None).await.is_err());
    app.office().invite(&people[1]).await.expect("an account");
    assert!(app.office().make(&prepared, None).await.is_err(), "one is taken, and all are refused");
    let reasons = ["not_allowed", "taken"];
    let expected = reasons.map(|reason| {
        ["a.blu", "b.blu"].map(|name| format!("service:centralino account_added refused {name} {reason}"))
    });
    assert_eq!(refused(&app).await, expected.concat());
    assert!(verify(&app, Register::Admin).await.is_ok());
}

async fn a_refusal_that_cannot_be_recorded_is_an_error(engine: Engine) {
    let app = TestApp::start(engine).await;
    let own = app.supervisor("s.gialli").await;
    let mut browser = app.signed_in(&own).await;
    let (disable, key) = (format!("/operators/{}/disable", own.id.0), app.form_key());
    execute(&app.state.db, "ALTER TABLE register_heads RENAME TO away").await;
    browser.post(&disable, &[("key", &key)]).await.shows(500, "");
    app.wait_seconds(300);
    browser.post(&disable, &[("key", &key)]).await.shows(500, "");
}
