//! The clock of the machine is set back by an hour while operators work.

use centralino::storage::registers::Register;

use super::work::whole_call;
use crate::{
    registers::support::{entries, verify},
    support::{Engine, TestApp, call::Call, on_both_engines},
};

on_both_engines!(a_clock_that_is_set_back_stops_nobody_and_breaks_nothing);

async fn a_clock_that_is_set_back_stops_nobody_and_breaks_nothing(engine: Engine) {
    let app = TestApp::start_with(engine, |config| {
        config.metrics.listen = Some(([127, 0, 0, 1], 0).into());
    })
    .await;
    let person = app.operator("m.bianchi").await;
    let mut call = app.call(&person).await;
    call.verify(&app.caller("positive").await).await.shows(200, "Sblocca codice");
    app.wait_seconds(-3600);
    // The call goes on, and its case does not end before it began.
    call.page().await.shows(200, "Sblocca codice");
    call.unlock(&app.otp().await).await.shows(200, "Conferma sblocco");
    call.step("confirm", &[]).await.shows(200, "Sblocco confermato");
    assert_eq!(call.browser.post(&format!("{}/close", call.path), &[("sure", "1")]).await.status, 303);
    let id = call.path.trim_start_matches("/cases/");
    let record = app.state.db.case(id, &person.id).await.expect("an answer").expect("a case").0;
    assert_eq!((record.transactions.len(), record.closed_at), (3, Some(record.opened_at)));
    call.browser.get("/cases").await.shows(200, id);
    whole_call(&app, &mut call).await;
    // Somebody else signs in as ever; whose PIN of this hour was used is told why it is not taken, and what to do.
    let other = app.operator("l.rossi").await;
    let mut second = Call { browser: app.signed_in(&other).await, path: String::new() };
    whole_call(&app, &mut second).await;
    let mut again = app.browser();
    again.post("/login", &[("username", "m.bianchi"), ("password", crate::support::app::PASSWORD)]).await;
    let refused = again.post("/login/pin", &[("pin", &app.pin(&person, 0).await)]).await;
    refused.shows(422, "l'orologio del server è stato spostato");
    for register in [Register::Access, Register::Admin] {
        let entries = entries(&app, register).await;
        assert!(entries.is_sorted_by_key(|entry| entry.at), "no entry is before the one before it");
        verify(&app, register).await.expect("whole");
    }
    // Who runs the system is told by how much it is wrong.
    let figures = app.figures.expect("figures");
    let figures =
        crate::support::browser::client().get(format!("http://{figures}/metrics")).send().await.expect("answer");
    let figures = figures.text().await.expect("text");
    assert!(figures.contains("centralino_clock_behind_seconds 3600\n"), "{figures}");
    // An hour later all is as it was.
    app.wait_seconds(3600 + 60);
    again.post("/login", &[("username", "m.bianchi"), ("password", crate::support::app::PASSWORD)]).await;
    again.post("/login/pin", &[("pin", &app.pin(&person, 0).await)]).await.location();
}
