//! Activation links are in the database as hashes alone.

use std::fs;

use centralino::{domain::operator::Role, features::accounts::invite::token_hash, storage::Db};
use sqlx::AssertSqlSafe;

use crate::support::{Engine, TestApp, on_both_engines};

on_both_engines!(a_link_is_in_the_database_as_its_hash_alone);

/// All that the database holds: the bytes of its files, or every row of every table as text.
async fn everything(app: &TestApp) -> String {
    let Db::Postgres(pool) = &app.state.db else {
        let files = fs::read_dir(app.data.path()).expect("a folder").map(|file| file.expect("a file").path());
        let bytes = files.filter(|path| path.is_file()).map(|path| fs::read(path).expect("bytes"));
        return bytes.map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).collect();
    };
    let names = "SELECT table_name::text FROM information_schema.tables WHERE table_schema = 'public'";
    let names: Vec<(String,)> = sqlx::query_as(names).fetch_all(pool).await.expect("tables");
    let mut rows = String::new();
    for (name,) in names {
        let sql = format!("SELECT COALESCE(string_agg(t::text, ' '), '') FROM \"{name}\" t");
        rows += &sqlx::query_scalar::<_, String>(AssertSqlSafe(sql)).fetch_one(pool).await.expect("rows");
    }
    rows
}

async fn a_link_is_in_the_database_as_its_hash_alone(engine: Engine) {
    let app = TestApp::start(engine).await;
    let (person, first) = app.invite("m.rossi", "RSSMRA80A01H501U", Role::Operator).await;
    let token = |path: &str| path.strip_prefix("/activate/").expect("a path").to_owned();
    let first = token(&first);
    let before = everything(&app).await;
    assert!(before.contains("m.rossi") && before.contains(&token_hash(&first)), "all of it is looked at");
    let second = token(app.reset(&person).await.as_str());
    let after = everything(&app).await;
    assert!(after.contains(&token_hash(&second)));
    for (place, token) in [(&before, &first), (&after, &first), (&after, &second)] {
        assert!(!place.contains(token), "{token}");
    }
}
