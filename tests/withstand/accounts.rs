//! Accounts of PostgreSQL: one owns the tables and changes them, the program's own reads and writes rows.

use centralino::storage::Db;
use sqlx::{AssertSqlSafe, PgPool};

use crate::support::{Engine, TestApp, postgres};

const GRANTS: [&str; 3] = [
    "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO ",
    "REVOKE INSERT, UPDATE, DELETE ON _sqlx_migrations FROM ",
    "ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO ",
];

#[tokio::test]
async fn an_account_that_reads_and_writes_rows_alone_is_enough() {
    let owner = postgres::database().await;
    drop(Db::open(&owner).await.expect("the tables are made"));
    let pool = PgPool::connect(&owner).await.expect("a connection");
    let name = owner.rsplit('/').find(|part| part.starts_with("test_")).and_then(|part| part.split('?').next());
    let account = format!("app_{}", name.expect("a name"));
    let run = async |sql: String| sqlx::query(AssertSqlSafe(sql)).execute(&pool).await.expect("a statement");
    let documents =
        std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/operations.md")).expect("a file");
    run(format!("CREATE ROLE {account} LOGIN")).await;
    for grant in GRANTS {
        assert!(documents.contains(&format!("{grant}centralino_app;")), "{grant}");
        run(format!("{grant}{account}")).await;
    }
    let url = owner.replace("postgres://postgres@", &format!("postgres://{account}@"));
    let served = url.clone();
    let app = TestApp::start_with(Engine::Sqlite, |config| {
        config.database.url = Some(centralino::server::config::DatabaseUrl(served));
    })
    .await;
    let mut call = app.call(&app.operator("m.bianchi").await).await;
    let caller = app.caller("positive").await;
    call.verify(&caller).await.shows(200, "Positività verificata");
    centralino::server::housekeeping::once(&app.state).await.expect("a round");
    let own = PgPool::connect(&url).await.expect("a connection");
    for sql in ["DROP TABLE cases", "CREATE TABLE more (one BIGINT)", "DELETE FROM _sqlx_migrations"] {
        assert!(sqlx::query(sql).execute(&own).await.is_err(), "{sql}");
    }
    // Tables that are older than the program are the owner's to change.
    run("UPDATE _sqlx_migrations SET success = FALSE WHERE version = 1".to_owned()).await;
    assert!(Db::open(&url).await.is_err());
}
