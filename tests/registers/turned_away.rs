//! Who was turned away leaves an entry: who, from where, by which route, and never which case.

use centralino::{
    domain::operator::Queue,
    storage::registers::{Fact, Register},
};

use super::support::{accesses, entries, verify};
use crate::support::{Engine, TestApp, on_both_engines};

on_both_engines!(
    what_is_not_theirs_leaves_an_entry,
    a_case_of_another_and_a_step_out_of_order_leave_one_without_the_case,
    nobody_fills_the_register,
);

async fn what_is_not_theirs_leaves_an_entry(engine: Engine) {
    let app = TestApp::start(engine).await;
    let mut browser = app.signed_in(&app.operator("m.bianchi").await).await;
    browser.get("/registers/access").await.shows(403, "Operazione non permessa");
    browser.get("/asl").await.shows(403, "<h1");
    let queue = app.operator_of("a.asl", &[Queue::Asl], "RSSMRA80A01H501U").await;
    app.signed_in(&queue).await.get("/").await.location();
    let entries = entries(&app, Register::Access).await;
    let away: Vec<_> = entries.iter().filter(|entry| entry.action == "turned_away").collect();
    let told = away.iter().map(|entry| {
        let details = entry.read_details();
        let facts = [Fact::Reason, Fact::Path, Fact::Method].map(|fact| details.fact(fact).to_owned());
        format!("{} {} {}", entry.actor, entry.ip, facts.join(" "))
    });
    let expected =
        ["m.bianchi 127.0.0.1 role /registers/{register} GET", "m.bianchi 127.0.0.1 queue /asl GET"].map(str::to_owned);
    assert_eq!(told.collect::<Vec<_>>(), expected, "who is led to the own desk was not turned away");
    assert!(verify(&app, Register::Access).await.is_ok());
    let mut supervisor = app.signed_in(&app.supervisor("s.gialli").await).await;
    supervisor.get("/registers/access").await.shows(200, "Respinto").shows(200, "pagina di un altro ruolo");
}

async fn a_case_of_another_and_a_step_out_of_order_leave_one_without_the_case(engine: Engine) {
    let app = TestApp::start(engine).await;
    let mut call = app.call(&app.operator("m.bianchi").await).await;
    let mut other = app.signed_in(&app.operator("l.verdi").await).await;
    assert_eq!(other.get(&call.path).await.status, 404);
    let key = call.key().await;
    call.submit("confirm", &key, &[]).await.shows(422, "Questo passo non è possibile adesso");
    let lines = accesses(&app).await;
    for line in ["l.verdi turned_away refused case", "m.bianchi turned_away refused order"] {
        assert_eq!(lines.iter().filter(|found| *found == line).count(), 1, "{line}: {lines:?}");
    }
    let id = call.path.trim_start_matches("/cases/");
    let entries = entries(&app, Register::Access).await;
    assert!(!entries.is_empty() && entries.iter().all(|entry| !format!("{entry:?}").contains(id)));
}

async fn nobody_fills_the_register(engine: Engine) {
    let app = TestApp::start(engine).await;
    let mut browser = app.signed_in(&app.operator("m.bianchi").await).await;
    for _ in 0..20 {
        browser.get("/operators").await.shows(403, "Operazione non permessa");
    }
    let lines = accesses(&app).await;
    let away = lines.iter().filter(|line| line.contains("turned_away")).count();
    assert!((5..=6).contains(&away), "{away}");
    let mut foreign = browser.form("/cases", &[("call", "1")]).build().expect("a request");
    foreign.headers_mut().insert("sec-fetch-site", "cross-site".parse().expect("a value"));
    assert_eq!(browser.send_as_it_is(foreign).await.status, 403);
    assert_eq!(accesses(&app).await.len(), lines.len(), "another site's request is nobody's: it is in the log alone");
}
