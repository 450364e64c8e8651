//! Nobody waits long for who holds a row and goes silent: on PostgreSQL the engine sees to it, on SQLite there is one
//! writer.

use std::time::{Duration, Instant};

use centralino::storage::{Db, registers::Action};

use crate::support::{Engine, TestApp};

#[tokio::test]
async fn who_holds_a_row_and_goes_silent_keeps_nobody_waiting() {
    let app = TestApp::start(Engine::Postgres).await;
    let Db::Postgres(pool) = &app.state.db else { panic!("PostgreSQL") };
    let mut silent = pool.begin().await.expect("a transaction");
    sqlx::query("SELECT seq FROM register_heads FOR UPDATE").fetch_all(&mut *silent).await.expect("the rows");
    let (start, entry) = (Instant::now(), [app.record(Action::Expiry)]);
    let record = || tokio::time::timeout(Duration::from_secs(8), app.state.db.record(&entry));
    let refused = record().await.expect("an end").expect_err("the row is held");
    let code = refused.as_database_error().and_then(|error| error.code().map(String::from));
    assert_eq!(code.as_deref(), Some("55P03"), "lock_not_available");
    assert!(start.elapsed() < Duration::from_secs(5), "{:?}", start.elapsed());
    record().await.expect("an end").expect("the engine has let go of who went silent");
    assert!(sqlx::query("SELECT 1").execute(&mut *silent).await.is_err(), "its transaction is over");
}
