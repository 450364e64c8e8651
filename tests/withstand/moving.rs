//! From SQLite to PostgreSQL.

use std::sync::Arc;

use centralino::{
    server::config::DatabaseUrl,
    storage::{Db, registers::Register, transfer::DatabaseFile},
};

use super::{backups::type_line, work::whole_call};
use crate::{
    registers::support::{entries, verify},
    support::{Engine, TestApp, call::Call, postgres},
};

/// An installation on SQLite with something in every table that matters, stopped.
async fn stopped() -> (TestApp, String, String) {
    let app = TestApp::start(Engine::Sqlite).await;
    let mut call = Call { browser: app.signed_in(&app.operator("m.bianchi").await).await, path: String::new() };
    let case = whole_call(&app, &mut call).await;
    // Somebody whose name needs care in every format.
    app.account("d.angelo", "Ève \\N D'Angelò\t\"x\"", centralino::domain::operator::Role::Operator, &[]).await;
    app.operator("a.verdi").await;
    let url = postgres::database().await;
    (app, case, url)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_installation_moves_to_postgres_row_by_row_and_goes_on() {
    let (app, case, url) = stopped().await;
    let (clock, mut config) = (app.state.clock.clone(), app.state.config.clone());
    config.database.url = Some(DatabaseUrl(url.clone()));
    let error = type_line(&config, &clock, &["storage", "migrate"]).await.1.expect_err("it runs").to_string();
    assert!(error.contains("in use"), "{error}");
    app.state.db.close().await;
    let file = config.data.0.join("centralino.db");
    let before = DatabaseFile::read(&file).expect("a file").tally().expect("a tally");
    let (said, done) = type_line(&config, &clock, &["storage", "migrate"]).await;
    done.expect("moved");
    assert!(said.contains(&format!("moved\t{} rows", before.rows())), "{said}");
    for (table, tally) in &before.0 {
        assert!(
            said.contains(&format!("{table}\t{} rows\tsha256 {}\n", tally.rows, tally.sha256)),
            "{table} in {said}"
        );
    }
    let (data, secrets) = (config.data.clone(), config.secrets.clone());
    let moved = TestApp::start_with(Engine::Postgres, |config| {
        (config.data, config.secrets, config.database.url) = (data, secrets, Some(DatabaseUrl(url)));
    })
    .await;
    let person = moved.person("m.bianchi").await;
    let kept = moved.state.db.case(&case, &person.id).await.expect("an answer").expect("the case");
    assert_eq!(kept.0.transactions.len(), 3);
    for register in [Register::Access, Register::Admin] {
        verify(&moved, register).await.expect("whole");
    }
    let last = entries(&moved, Register::Admin).await.pop().expect("an entry");
    assert_eq!(last.action, "database_moved");
    let moved = Arc::new(moved);
    let mut call = Call { browser: moved.signed_in(&moved.person("a.verdi").await).await, path: String::new() };
    whole_call(&moved, &mut call).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_moved_onto_what_is_there_and_half_of_it_never() {
    let (app, _, url) = stopped().await;
    let (clock, mut config) = (app.state.clock.clone(), app.state.config.clone());
    app.state.db.close().await;
    let migrate = async |config: &centralino::server::config::Config| {
        type_line(config, &clock, &["storage", "migrate"]).await.1.expect_err("refused").to_string()
    };
    assert!(migrate(&config).await.contains("database.url is to name the PostgreSQL"));
    config.database.url = Some(DatabaseUrl(url.clone()));
    // Somebody else's tables.
    let Db::Postgres(pool) = Db::open(&url).await.expect("a database") else { panic!("PostgreSQL") };
    let row = "INSERT INTO attempts (subject, wrong, last_at) VALUES ('x', 1, 1)";
    sqlx::query(row).execute(&pool).await.expect("a row");
    let error = migrate(&config).await;
    assert!(error.contains("not empty: there is something in attempts"), "{error}");
    sqlx::query("DELETE FROM attempts").execute(&pool).await.expect("no row");
    // A target that changes what it is given is found out, and nothing stays.
    let refuse = "CREATE FUNCTION meddle() RETURNS trigger LANGUAGE plpgsql AS \
        'BEGIN NEW.call_id := NEW.call_id || ''0''; RETURN NEW; END'";
    sqlx::query(refuse).execute(&pool).await.expect("a function");
    let trigger = "CREATE TRIGGER meddle BEFORE INSERT ON cases FOR EACH ROW EXECUTE FUNCTION meddle()";
    sqlx::query(trigger).execute(&pool).await.expect("a trigger");
    let error = migrate(&config).await;
    assert!(error.contains("the rows of cases are not those that were read; nothing was changed"), "{error}");
    let rows: i64 = sqlx::query_scalar("SELECT COUNT(*) FROM operators").fetch_one(&pool).await.expect("a number");
    assert_eq!(rows, 0);
    sqlx::query("DROP TRIGGER meddle ON cases").execute(&pool).await.expect("no trigger");
    type_line(&config, &clock, &["storage", "migrate"]).await.1.expect("moved");
    let error = migrate(&config).await;
    assert!(error.contains("not empty"), "a second time: {error}");
}
