//! Each code of a closure by the rule behind it, D1–D5; `tests/flows/exemptions.rs` has those that the form keeps from
//! happening too, 7460 to 7467.

use centralino::{
    domain::service::{OutcomeClass, Service},
    sistema_ts::queues::{ExemptionSettings, Token},
};
use serde_json::{Value, json};

use super::{CLOSURE, ROSSI, keeps, leads, send, with};
use crate::support::{Engine, TestApp, counter::Counter, on_both_engines};

on_both_engines!(each_rule_of_a_closure_is_told_by_its_code, who_we_are_is_told_by_its_code);

const ALL: &[&str] = &["exemption", "valid_from", "patient"];

/// The desk on the day from which the demo certifications hold, as this user with this token.
async fn desk(engine: Engine, user: Option<&str>, token: Option<&str>) -> TestApp {
    let app = TestApp::start_with(engine, |config| {
        let (user_id, user_token) = (user.map(str::to_owned), token.map(|token| Token(token.to_owned())));
        config.exemptions = Some(ExemptionSettings { user_id, user_token, ..ExemptionSettings::default() });
    })
    .await;
    app.wait_seconds(446 * 24 * 60 * 60);
    app
}

/// Closes what begins on this day, and looks at what is said, where it leads and what is kept.
async fn close(app: &TestApp, counter: &mut Counter<'_>, from: &str, code: u16, said: &str, fields: &[&str]) {
    let typed = with(CLOSURE, &[("valid_from", from)]);
    let answer = send(counter, "/exemptions", &typed).await;
    answer.shows(200, said);
    assert_eq!(leads(&answer), fields, "{code}");
    let (class, transaction) = app.kept(Service::ExemptionClose).await.expect("a request");
    assert_eq!(transaction, None, "{code}: an answer has none");
    if code == 7499 {
        assert!(class == OutcomeClass::Done && !answer.text.contains(ROSSI), "{code}");
    } else {
        answer.shows(200, "Certificazione non chiusa").shows(200, &format!("Codice {code}: "));
        assert_eq!(class, OutcomeClass::Refused, "{code}");
        keeps(&answer, &typed);
    }
}

/// The user's entry in the sandbox.
fn user(region: &str, authority: &str, is_authorised: bool) -> Value {
    let user = json!({ "region": region, "authority": authority, "is_authorised": is_authorised });
    json!({ "users": { "ASL201-OPER01": user } })
}

async fn each_rule_of_a_closure_is_told_by_its_code(engine: Engine) {
    let app = desk(engine, None, None).await;
    let mut counter = app.counter("/exemptions").await;
    let (right, wrong) = ("01/04/2022", "02/04/2022");
    app.profile(json!({ "token_required": true })).await;
    close(&app, &mut counter, right, 7462, "manca il token dell'utente", &[]).await;
    app.profile(json!({})).await;
    for (rule, entry, from, code, said, fields) in [
        ("D1", user("190", "201", false), right, 7486, "non è autorizzato a chiudere", &[][..]),
        ("D2", user("030", "201", true), right, 7487, "la regione dell'utente non è quella", &[]),
        ("D2", user("190", "202", true), right, 7488, "la ASL dell'utente non è quella", &[]),
        ("D4", user("190", "201", true), wrong, 7470, "non c'è una certificazione da chiudere", ALL),
        ("D5", user("190", "201", true), right, 7499, "Fine validità prima della chiusura</dt><dd>31/03/2023", &[]),
        ("D4, closed", user("190", "201", true), right, 7470, "se è già stata chiusa", ALL),
    ] {
        app.seed(entry).await;
        println!("{rule}");
        close(&app, &mut counter, from, code, said, fields).await;
    }
}

async fn who_we_are_is_told_by_its_code(engine: Engine) {
    for (user, token, code, said) in [
        (Some("NESSUNO"), None, 7485, "Sistema TS non conosce l'utente"),
        (None, Some("un token"), 7464, "il token dell'utente non ha la forma giusta"),
        (None, Some("GETTONE-1"), 7499, "Certificazione chiusa"),
    ] {
        let app = desk(engine, user, token).await;
        let mut counter = app.counter("/exemptions").await;
        close(&app, &mut counter, "01/04/2022", code, said, &[]).await;
    }
}
