//! The clock of the machine is set back by an hour while operators work.

use centralino::{
    domain::service::{OutcomeClass, Service},
    storage::{
        registers::Register,
        requests::Ask,
        steps::{Beginning, Intent, StepEnd},
    },
};
use jiff::{SignedDuration, Timestamp};

use super::work::whole_call;
use crate::{
    registers::support::{entries, verify},
    support::{Engine, TestApp, app::Person, call::Call, on_both_engines},
};

on_both_engines!(
    a_clock_that_is_set_back_stops_nobody_and_breaks_nothing,
    what_was_cut_off_before_the_clock_was_set_back_is_under_way_no_more,
);

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

/// Somebody is about to confirm outside a call.
async fn begin(app: &TestApp, person: &Person, submission: &str, at: Timestamp, is_decided: bool) -> Beginning {
    let intent = Intent {
        submission: submission.to_owned(),
        case_id: app.state.random.uuid_v7(at).expect("an id"),
        operator: person.id.clone(),
        service: Service::Confirm,
        repeats_knowingly: is_decided,
        verified_by: None,
        at,
    };
    app.state.db.begin_deferred_step(&intent).await.expect("an answer")
}

async fn what_was_cut_off_before_the_clock_was_set_back_is_under_way_no_more(engine: Engine) {
    let app = TestApp::start(engine).await;
    let (person, now) = (app.operator("m.bianchi").await, app.state.clock.now());
    let back = now - SignedDuration::from_hours(1);
    assert_eq!(begin(&app, &person, "first", now, false).await, Beginning::Begun);
    assert_eq!(begin(&app, &person, "second", now, false).await, Beginning::Busy);
    assert_eq!(begin(&app, &person, "second", back, false).await, Beginning::NeedsDecision);
    assert_eq!(begin(&app, &person, "second", back, true).await, Beginning::Begun);
    // The last one is the last, although the clock says that it came before.
    assert_eq!(begin(&app, &person, "third", back, false).await, Beginning::Busy);
    let end = StepEnd { at: back, class: OutcomeClass::Done, transaction: None };
    app.state.db.end_step("second", &end).await.expect("ended");
    let last = app.state.db.last_deferred(&person.id).await.expect("an answer").expect("a step");
    assert_eq!(last.submission, "second");
    assert_eq!(begin(&app, &person, "third", back, false).await, Beginning::Begun);
    // At the desks of the other queues alike.
    let ask = |submission: &str, at| Ask {
        submission: submission.to_owned(),
        operator: person.id.clone(),
        service: Service::SwabReport,
        repeats_knowingly: false,
        at,
    };
    let db = &app.state.db;
    assert_eq!(db.begin_request(&ask("first request", now)).await.expect("an answer"), Beginning::Begun);
    assert_eq!(db.begin_request(&ask("second request", now)).await.expect("an answer"), Beginning::Busy);
    let beginning = db.begin_request(&ask("second request", back)).await.expect("an answer");
    assert_eq!(beginning, Beginning::NeedsDecision);
}
