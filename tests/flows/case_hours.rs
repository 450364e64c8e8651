//! Cases are added up by the hour, and counted as before: half way, by two at once, after some were deleted.

use centralino::{
    server::housekeeping,
    storage::{Db, registers::Action},
};

use super::statistics::{Kept, is_told_of, kept_cases};
use crate::support::{Engine, on_both_engines};

on_both_engines!(
    sums_tell_what_their_cases_told,
    two_instances_count_no_case_twice,
    what_is_deleted_is_counted_no_more,
    housekeeping_adds_up_what_was_closed_a_day_ago,
);

/// In the middle of the cases, milliseconds since 1970.
const MIDDLE: i64 = 1_616_950_000_000;
const LATER: i64 = i64::MAX;

async fn add_up(db: &Db, before: i64) {
    while db.add_up_cases(before).await.expect("a round") {}
}

/// How many cases are counted by themselves, and how many sums there are.
async fn apart_and_sums(db: &Db) -> (i64, i64) {
    const SQL: &str = "SELECT (SELECT COUNT(*) FROM cases WHERE summed = 0), \
        (SELECT CAST(COALESCE(SUM(opened + deferred), 0) AS BIGINT) FROM case_hours)";
    match db {
        Db::Sqlite { readers, .. } => sqlx::query_as(SQL).fetch_one(readers).await,
        Db::Postgres(pool) => sqlx::query_as(SQL).fetch_one(pool).await,
    }
    .expect("numbers")
}

async fn sums_tell_what_their_cases_told(engine: Engine) {
    let (app, people, cases) = kept_cases(engine).await;
    let (db, cases) = (&app.state.db, cases.iter().collect::<Vec<_>>());
    for before in [MIDDLE, LATER] {
        add_up(db, before).await;
        is_told_of(db, &people, &cases).await;
        let apart = cases.iter().filter(|case| case.closed_at().is_none_or(|at| at >= before)).count();
        assert_eq!(apart_and_sums(db).await.0, i64::try_from(apart).expect("few"));
    }
    let found = apart_and_sums(db).await;
    assert!(found.0 == 3 && found.1 > 700, "three are open: {found:?}");
}

async fn two_instances_count_no_case_twice(engine: Engine) {
    let (app, people, cases) = kept_cases(engine).await;
    let other = Db::open(&app.state.config.database_url()).await.expect("a database");
    tokio::join!(add_up(&app.state.db, LATER), add_up(&other, LATER));
    is_told_of(&other, &people, &cases.iter().collect::<Vec<_>>()).await;
}

async fn what_is_deleted_is_counted_no_more(engine: Engine) {
    let (app, people, cases) = kept_cases(engine).await;
    let db = &app.state.db;
    add_up(db, LATER).await;
    while db.delete_old_cases(MIDDLE, |_| app.record(Action::CasesPurged)).await.expect("deleted") {}
    let is_left = |case: &&Kept| case.closed_at().is_none_or(|at| at >= MIDDLE);
    let left: Vec<_> = cases.iter().filter(is_left).collect();
    assert!(left.len() < cases.len() - 100);
    is_told_of(db, &people, &left).await;
    add_up(db, LATER).await;
    is_told_of(db, &people, &left).await;
    assert_eq!(apart_and_sums(db).await.0, 3, "those that are open");
}

async fn housekeeping_adds_up_what_was_closed_a_day_ago(engine: Engine) {
    let (app, people, cases) = kept_cases(engine).await;
    let now = app.state.clock.now_ms();
    app.wait_seconds((MIDDLE - now) / 1000 + 24 * 60 * 60);
    housekeeping::once(&app.state).await.expect("a round");
    let late = cases.iter().filter(|case| case.closed_at().is_none_or(|at| at >= MIDDLE)).count();
    assert_eq!(apart_and_sums(&app.state.db).await.0, i64::try_from(late).expect("few"));
    is_told_of(&app.state.db, &people, &cases.iter().collect::<Vec<_>>()).await;
}
