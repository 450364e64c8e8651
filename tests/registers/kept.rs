//! Registers as they are kept: what is changed in the database is found, one chain by many writers, nothing unrecorded.

use centralino::storage::{
    registers::{Action, Head, Register, chain::Flaw},
    sessions::Stage,
};

use super::support::{entries, execute, verify};
use crate::support::{
    Engine, TestApp,
    app::{PASSWORD, Person},
    on_both_engines,
};

on_both_engines!(
    what_is_changed_in_the_database_is_found_at_its_place,
    a_truncated_register_contradicts_its_checkpoint,
    a_false_note_of_the_end_is_not_signed,
    a_broken_register_stops_no_checkpoint_of_the_other,
    two_instances_write_one_chain,
    an_act_that_cannot_be_recorded_is_not_done,
    instants_never_go_back,
    a_checkpoint_is_signed_at_intervals_and_after_many_entries,
);

const REGISTER: Register = Register::Access;

async fn app_with(engine: Engine, entries: usize) -> TestApp {
    let app = TestApp::start(engine).await;
    for _ in 0..entries {
        app.wait_seconds(1);
        app.state.db.record(&[app.record(Action::Expiry)]).await.expect("an entry");
    }
    app
}

async fn what_is_changed_in_the_database_is_found_at_its_place(engine: Engine) {
    let flaws = [
        ("UPDATE register_entries SET actor = 'x' WHERE register = 'access' AND seq = 3", Flaw::Broken { seq: 3 }),
        ("DELETE FROM register_entries WHERE register = 'access' AND seq = 4", Flaw::Missing { seq: 4 }),
        ("DELETE FROM register_entries WHERE register = 'access' AND seq > 4", Flaw::Truncated { seq: 5 }),
        ("UPDATE register_heads SET seq = seq - 1 WHERE register = 'access'", Flaw::Head { seq: 6 }),
        ("UPDATE register_heads SET hash = 'x' WHERE register = 'access'", Flaw::Head { seq: 6 }),
        ("UPDATE register_heads SET at = at - 1 WHERE register = 'access'", Flaw::Head { seq: 6 }),
        (
            "INSERT INTO register_entries SELECT register, 7, at, actor, action, outcome, ip, target, details, hash, \
             hash, seal FROM register_entries WHERE register = 'access' AND seq = 6",
            Flaw::Broken { seq: 7 },
        ),
    ];
    for (sql, flaw) in flaws {
        let app = app_with(engine, 6).await;
        assert_eq!(verify(&app, REGISTER).await, Ok(6));
        execute(&app.state.db, sql).await;
        assert_eq!(verify(&app, REGISTER).await, Err(flaw), "{sql}");
        assert_eq!(verify(&app, Register::Admin).await, Ok(0), "the other register");
    }
    let app = app_with(engine, 6).await;
    for (from, to) in [(2, 100), (5, 2), (100, 5)] {
        let sql = format!("UPDATE register_entries SET seq = {to} WHERE register = 'access' AND seq = {from}");
        execute(&app.state.db, &sql).await;
    }
    assert_eq!(verify(&app, REGISTER).await, Err(Flaw::Reordered { seq: 2, written_as: 5 }));
}

async fn a_truncated_register_contradicts_its_checkpoint(engine: Engine) {
    let app = app_with(engine, 6).await;
    centralino::server::housekeeping::once(&app.state).await.expect("a checkpoint");
    let kept = entries(&app, REGISTER).await;
    execute(&app.state.db, "DELETE FROM register_entries WHERE register = 'access' AND seq > 3").await;
    let note = format!(
        "UPDATE register_heads SET seq = 3, at = {}, hash = '{}' WHERE register = 'access'",
        kept[2].at, kept[2].hash
    );
    execute(&app.state.db, &note).await;
    assert_eq!(verify(&app, REGISTER).await, Err(Flaw::Truncated { seq: 4 }));
    // Going on writing does not mend it: other entries are where the signed ones were.
    for _ in 0..4 {
        app.state.db.record(&[app.record(Action::Expiry)]).await.expect("an entry");
    }
    assert_eq!(verify(&app, REGISTER).await, Err(Flaw::Replaced { seq: 6 }));
    execute(&app.state.db, "UPDATE register_checkpoints SET seq = 7 WHERE seq = 6").await;
    assert_eq!(verify(&app, REGISTER).await, Err(Flaw::Unsigned { seq: 7 }));
}

/// Whoever moves the note of the end back in time would have what is new purged as if it were old.
async fn a_false_note_of_the_end_is_not_signed(engine: Engine) {
    let app = app_with(engine, 6).await;
    execute(&app.state.db, "UPDATE register_heads SET at = 0 WHERE register = 'access'").await;
    assert!(centralino::server::housekeeping::once(&app.state).await.is_err());
    let head = entries(&app, REGISTER).await.last().map(Head::of).expect("an entry");
    let signer = centralino::features::registers::keys::signer(&app.state.secrets).expect("a key");
    let old = signer.sign(REGISTER, &Head { at: 0, ..head }, 0);
    app.state.db.keep_checkpoint(&old).await.expect("kept");
    execute(&app.state.db, "UPDATE register_heads SET at = 1610269206000 WHERE register = 'access'").await;
    assert_eq!(verify(&app, REGISTER).await, Err(Flaw::Replaced { seq: 6 }), "nor is a false instant that was signed");
    centralino::server::housekeeping::once(&app.state).await.expect_err("nothing is purged by it");
    assert_eq!(entries(&app, REGISTER).await.len(), 6);
}

async fn a_broken_register_stops_no_checkpoint_of_the_other(engine: Engine) {
    let app = app_with(engine, 6).await;
    app.state.db.record(&[app.record(Action::RegisterRead)]).await.expect("an entry");
    execute(&app.state.db, "UPDATE register_entries SET ip = 'x' WHERE register = 'access' AND seq = 3").await;
    let failed = centralino::server::housekeeping::once(&app.state).await.expect_err("one is broken");
    assert_eq!(failed.len(), 1, "{failed:?}");
    assert!(app.state.db.last_checkpoint(REGISTER).await.expect("an answer").is_none());
    assert!(app.state.db.last_checkpoint(Register::Admin).await.expect("an answer").is_some());
}

async fn two_instances_write_one_chain(engine: Engine) {
    let app = TestApp::start(engine).await;
    let url = app.state.config.database_url();
    let instances = [app.state.db.clone(), centralino::storage::Db::open(&url).await.expect("the same database")];
    let writers = (0..8).map(|writer| {
        let (db, record) = (instances[writer % 2].clone(), app.record(Action::Expiry));
        tokio::spawn(async move {
            for _ in 0..10 {
                db.record(std::slice::from_ref(&record)).await.expect("an entry");
            }
        })
    });
    for writer in writers.collect::<Vec<_>>() {
        writer.await.expect("all written");
    }
    assert_eq!(verify(&app, REGISTER).await, Ok(80));
}

async fn an_act_that_cannot_be_recorded_is_not_done(engine: Engine) {
    let app = TestApp::start(engine).await;
    let (person, other) = (app.operator("m.bianchi").await, app.operator("altro").await);
    let mut supervisor = app.signed_in(&app.supervisor("s.gialli").await).await;
    let mut browser = app.signed_in(&person).await;
    let right = |person: &Person| [("username", person.username), ("password", PASSWORD)];
    let mut half_way = app.browser();
    half_way.post("/login", &right(&other)).await;
    execute(&app.state.db, "ALTER TABLE register_heads RENAME TO away").await;
    browser.post("/login", &right(&person)).await.shows(500, "");
    browser.post("/login", &[("username", person.username), ("password", "wrong")]).await.shows(500, "");
    half_way.post("/login/pin", &[("pin", &app.pin(&other, 0).await)]).await.shows(500, "");
    app.browser().post("/login/pin", &[("pin", "000000")]).await.shows(500, "");
    browser.post("/logout", &[]).await.shows(500, "");
    browser.get("/").await.shows(200, "Sportello");
    supervisor.get("/registers/access").await.shows(500, "");
    for format in ["csv", "jsonl"] {
        supervisor.post("/registers/admin/export", &[("format", format)]).await.shows(500, "");
    }
    let (page_of, key) = (format!("/operators/{}", person.id.0), app.form_key());
    for act in ["unlock", "end-sessions", "disable", "reset"] {
        supervisor.post(&format!("{page_of}/{act}"), &[("key", &key)]).await.shows(500, "");
    }
    let fields = [("name", "Ada Blu"), ("fiscal_code", "VRDLGU75B02F205A"), ("role", "operator"), ("queue_asl", "1")];
    let edit: Vec<_> = fields.into_iter().chain([("version", "1")]).collect();
    supervisor.post(&page_of, &edit).await.shows(500, "");
    let new: Vec<_> = fields.into_iter().chain([("username", "a.blu"), ("key", &*key)]).collect();
    supervisor.post("/operators/new", &new).await.shows(500, "");
    supervisor.post("/operators/export", &[("format", "csv")]).await.shows(500, "");
    assert!(app.disable(&person).await.is_err());
    assert!(app.office().reset(&person.id).await.is_err());
    let (db, record) = (&app.state.db, app.record(Action::CasesPurged));
    assert!(db.expire_sessions(Stage::Full, i64::MAX, 0, &record).await.is_err());
    assert!(db.expire_sessions(Stage::Password, i64::MAX, 0, &record).await.is_err());
    assert!(db.note_locks(i64::MAX, 0, &record).await.is_err());
    assert!(db.sign_out_everywhere(&person.id, 0, &record).await.is_err());
    execute(
        db,
        &format!(
            "INSERT INTO cases (id, operator_id, call_id, opened_at, closed_at) VALUES ('old', '{}', NULL, 0, 1)",
            person.id.0
        ),
    )
    .await;
    assert!(db.delete_old_cases(2, |_| record.clone()).await.is_err());
    execute(db, "ALTER TABLE away RENAME TO register_heads").await;
    browser.get("/").await.shows(200, "Sportello");
    supervisor.get(&page_of).await.shows(200, ">Maria Bianchi</h1>");
    assert_eq!(supervisor.post("/operators/new", &new).await.status, 303, "nor was the form used up");
    assert_eq!(
        half_way.post("/login/pin", &[("pin", &app.pin(&other, 0).await)]).await.location(),
        "/",
        "nothing was used up"
    );
    assert_eq!(browser.post("/logout", &[]).await.location(), "/login");
    assert!(db.delete_old_cases(2, |_| record.clone()).await.expect("an answer"), "it was still there");
    assert!(verify(&app, REGISTER).await.is_ok() && verify(&app, Register::Admin).await.is_ok());
}

async fn instants_never_go_back(engine: Engine) {
    let app = TestApp::start(engine).await;
    let (later, earlier) = (app.record(Action::Expiry), {
        app.wait_seconds(-60);
        app.record(Action::Expiry)
    });
    app.state.db.record(&[later, earlier]).await.expect("entries");
    let instants: Vec<_> = entries(&app, REGISTER).await.iter().map(|entry| entry.at).collect();
    assert_eq!(instants[0], instants[1]);
    assert_eq!(verify(&app, REGISTER).await, Ok(2));
}

async fn a_checkpoint_is_signed_at_intervals_and_after_many_entries(engine: Engine) {
    let app = app_with(engine, 1).await;
    let signed = async || {
        centralino::server::housekeeping::once(&app.state).await.expect("a round");
        app.state.db.last_checkpoint(REGISTER).await.expect("an answer").map(|checkpoint| checkpoint.seq)
    };
    let write = async |entries: usize| {
        let records: Vec<_> = (0..entries).map(|_| app.record(Action::Expiry)).collect();
        app.state.db.record(&records).await.expect("entries");
    };
    assert_eq!(signed().await, Some(1));
    write(1).await;
    app.wait_seconds(59 * 60);
    assert_eq!(signed().await, Some(1), "not yet");
    app.wait_seconds(60);
    assert_eq!(signed().await, Some(2));
    write(999).await;
    assert_eq!(signed().await, Some(2), "not yet many");
    write(1).await;
    assert_eq!(signed().await, Some(1002));
    assert_eq!(verify(&app, REGISTER).await, Ok(1002));
}
