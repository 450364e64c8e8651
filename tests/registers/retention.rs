//! What was kept long enough goes, in whole signed segments; the rest still holds.

use centralino::{
    server::housekeeping,
    storage::Db,
    storage::registers::{Action, Fact, Register, chain::Flaw},
};

use super::support::{entries, execute, verify};
use crate::support::{Engine, TestApp, on_both_engines};

on_both_engines!(
    whole_segments_go_after_a_year_and_the_chain_still_holds,
    under_a_legal_hold_nothing_goes,
    a_broken_register_is_not_purged,
    a_purge_that_nobody_signed_is_found,
    an_interrupted_purge_is_gone_on_with,
    a_purge_keeps_no_writer_waiting,
    old_cases_go_with_their_transactions_and_open_ones_stay,
    each_is_kept_as_long_as_is_configured,
);

const DAY: i64 = 24 * 60 * 60;

async fn write(app: &TestApp, entries: usize) {
    let records: Vec<_> = (0..entries).map(|_| app.record(Action::Expiry)).collect();
    app.state.db.record(&records).await.expect("entries");
}

async fn keep_house(app: &TestApp) {
    housekeeping::once(&app.state).await.expect("a round");
}

/// Two signed segments a month apart, and thirteen months later a third.
async fn app_with_segments(engine: Engine, legal_hold: bool) -> TestApp {
    let app = TestApp::start_with(engine, |config| config.registers.legal_hold = legal_hold).await;
    write(&app, 1500).await;
    keep_house(&app).await;
    app.wait_seconds(30 * DAY);
    write(&app, 10).await;
    keep_house(&app).await;
    app
}

async fn places(app: &TestApp) -> (i64, i64) {
    let entries = entries(app, Register::Access).await;
    (entries.first().expect("an entry").seq, entries.last().expect("an entry").seq)
}

async fn whole_segments_go_after_a_year_and_the_chain_still_holds(engine: Engine) {
    let app = app_with_segments(engine, false).await;
    app.wait_seconds(334 * DAY);
    keep_house(&app).await;
    assert_eq!(places(&app).await, (1, 1510), "not yet a year");
    app.wait_seconds(2 * DAY);
    write(&app, 1).await;
    keep_house(&app).await;
    assert_eq!(places(&app).await, (1501, 1511));
    assert_eq!(verify(&app, Register::Access).await, Ok(1511));
    let admin = entries(&app, Register::Admin).await;
    let told: Vec<_> = admin.iter().map(|entry| (entry.action.as_str(), entry.target.as_str())).collect();
    assert_eq!(told, [("register_purged", "access")]);
    assert_eq!(admin[0].read_details().fact(Fact::Part), "1-1500");
    // The first entry that is left is still guarded.
    execute(&app.state.db, "DELETE FROM register_entries WHERE register = 'access' AND seq = 1501").await;
    assert_eq!(verify(&app, Register::Access).await, Err(Flaw::Missing { seq: 1501 }));
}

async fn under_a_legal_hold_nothing_goes(engine: Engine) {
    let app = app_with_segments(engine, true).await;
    app.wait_seconds(2000 * DAY);
    keep_house(&app).await;
    assert_eq!(places(&app).await, (1, 1510));
}

async fn a_broken_register_is_not_purged(engine: Engine) {
    let app = app_with_segments(engine, false).await;
    execute(&app.state.db, "UPDATE register_entries SET ip = 'x' WHERE register = 'access' AND seq = 7").await;
    app.wait_seconds(400 * DAY);
    assert!(housekeeping::once(&app.state).await.is_err());
    assert_eq!(places(&app).await, (1, 1510));
    assert_eq!(verify(&app, Register::Access).await, Err(Flaw::Broken { seq: 7 }));
}

async fn a_purge_that_nobody_signed_is_found(engine: Engine) {
    let app = app_with_segments(engine, false).await;
    let hash = entries(&app, Register::Access).await[99].hash.clone();
    let sql = format!("INSERT INTO register_purges VALUES ('access', 100, 0, '{hash}', 0, 'x')");
    execute(&app.state.db, &sql).await;
    execute(&app.state.db, "DELETE FROM register_entries WHERE register = 'access' AND seq <= 100").await;
    assert_eq!(verify(&app, Register::Access).await, Err(Flaw::Unsigned { seq: 100 }));
}

async fn an_interrupted_purge_is_gone_on_with(engine: Engine) {
    let app = app_with_segments(engine, false).await;
    let aside = "CREATE TABLE aside AS SELECT * FROM register_entries WHERE register = 'access' AND seq > 900";
    execute(&app.state.db, aside).await;
    app.wait_seconds(336 * DAY);
    keep_house(&app).await;
    let back = "INSERT INTO register_entries SELECT * FROM aside WHERE seq <= 1500";
    execute(&app.state.db, back).await;
    assert_eq!(verify(&app, Register::Access).await, Ok(1510), "what is still to go disturbs nobody");
    keep_house(&app).await;
    assert_eq!(places(&app).await, (1501, 1510));
}

/// Whoever writes while entries go sees some of them gone: they go in small transactions, between which others write. On
/// PostgreSQL somebody even holds one of them, for which the purge waits and no writer does.
async fn a_purge_keeps_no_writer_waiting(engine: Engine) {
    let app = TestApp::start(engine).await;
    write(&app, 4000).await;
    keep_house(&app).await;
    app.wait_seconds(400 * DAY);
    let mut held = None;
    if let Db::Postgres(pool) = &app.state.db {
        let mut holder = pool.begin().await.expect("a transaction");
        let sql = "SELECT seq FROM register_entries WHERE register = 'access' AND seq = 2500 FOR UPDATE";
        sqlx::query(sql).execute(&mut *holder).await.expect("held");
        held = Some(holder);
    }
    let purge = {
        let state = app.state.clone();
        tokio::spawn(async move { housekeeping::once(&state).await })
    };
    let (mut written, mut partly) = (0, 0);
    while !purge.is_finished() {
        write(&app, 1).await;
        written += 1;
        let left = count(&app, "register_entries WHERE register = 'access'").await;
        assert!(left >= written, "what was written stays");
        if (written + 1..written + 4000).contains(&left) {
            partly += 1;
            held = None;
        }
    }
    purge.await.expect("an end").expect("a round");
    assert!(partly > 0 && held.is_none(), "nobody wrote between two parts of it");
    let last = 4000 + written;
    assert_eq!(verify(&app, Register::Access).await, Ok(last));
    assert_eq!(places(&app).await, (4001, last));
}

/// So many rows of a table.
async fn count(app: &TestApp, table: &str) -> i64 {
    let sql = sqlx::AssertSqlSafe(format!("SELECT COUNT(*) FROM {table}"));
    match &app.state.db {
        Db::Sqlite { readers, .. } => sqlx::query_scalar(sql).fetch_one(readers).await.expect("a number"),
        Db::Postgres(pool) => sqlx::query_scalar(sql).fetch_one(pool).await.expect("a number"),
    }
}

async fn old_cases_go_with_their_transactions_and_open_ones_stay(engine: Engine) {
    for legal_hold in [false, true] {
        let app = TestApp::start_with(engine, |config| config.registers.legal_hold = legal_hold).await;
        let person = app.operator("m.bianchi").await;
        let now = app.state.clock.now_ms();
        for case in 0..1203 {
            // One is open, one was closed today, the others long ago; half of them with the same second.
            let closed = match case {
                0 => "NULL".to_owned(),
                1 => now.to_string(),
                _ => (now - 400 * DAY * 1000 + i64::from(case / 2) * 1000).to_string(),
            };
            let values = format!("VALUES ('case{case}', '{}', NULL, 0, {closed})", person.id.0);
            let insert = format!("INSERT INTO cases (id, operator_id, call_id, opened_at, closed_at) {values}");
            execute(&app.state.db, &insert).await;
            execute(&app.state.db, &format!("INSERT INTO transactions VALUES ('case{case}', 'verify', 'TX{case}', 0)"))
                .await;
        }
        keep_house(&app).await;
        keep_house(&app).await;
        let left = if legal_hold { 1203 } else { 2 };
        assert_eq!((count(&app, "cases").await, count(&app, "transactions").await), (left, left));
        let admin = entries(&app, Register::Admin).await;
        let counts: Vec<_> = admin.iter().filter(|entry| entry.action == "cases_purged").collect();
        let counts: Vec<_> = counts.iter().map(|entry| entry.read_details().fact(Fact::Count).to_owned()).collect();
        assert_eq!(counts, if legal_hold { vec![] } else { vec!["500", "500", "201"] });
    }
}

/// Six months of the registers, one of the cases.
async fn each_is_kept_as_long_as_is_configured(engine: Engine) {
    let app = TestApp::start_with(engine, |config| {
        config.registers.retention_months = 6;
        config.cases.retention_months = 1;
    })
    .await;
    let person = app.operator("m.bianchi").await;
    let closed = app.state.clock.now_ms();
    let case = format!("VALUES ('case', '{}', NULL, 0, {closed})", person.id.0);
    let into = "INSERT INTO cases (id, operator_id, call_id, opened_at, closed_at)";
    execute(&app.state.db, &format!("{into} {case}")).await;
    write(&app, 3).await;
    keep_house(&app).await;
    // From 10 January: a month is 31 days, six of them are 181.
    for (day, cases, first) in [(31, 1, 1), (32, 0, 1), (181, 0, 1), (182, 0, 4)] {
        let passed = (app.state.clock.now_ms() - closed) / 1000;
        app.wait_seconds(day * DAY - passed);
        write(&app, 1).await;
        keep_house(&app).await;
        assert_eq!((count(&app, "cases").await, places(&app).await.0), (cases, first), "after {day} days");
    }
    assert!(verify(&app, Register::Access).await.is_ok());
}
