//! What the tests of the registers look at, and what somebody with the database's password could do.

use centralino::{
    features::registers::checkpoint::Registrar,
    storage::{
        Db,
        registers::{Register, StoredEntry, chain::Flaw},
    },
};
use sqlx::AssertSqlSafe;

use crate::support::TestApp;

/// All entries of a register, in their order.
pub async fn entries(app: &TestApp, register: Register) -> Vec<StoredEntry> {
    app.state.db.register_entries(register, 1, i64::MAX, 10_000).await.expect("entries")
}

/// Actor, action, outcome and reason of each entry of the register of accesses.
pub async fn accesses(app: &TestApp) -> Vec<String> {
    let entries = entries(app, Register::Access).await;
    let line = |entry: &StoredEntry| {
        let reason = entry.read_details().facts.get("reason").cloned().unwrap_or_default();
        format!("{} {} {} {reason}", entry.actor, entry.action, entry.outcome).trim_end().to_owned()
    };
    entries.iter().map(line).collect()
}

/// Whether a register is whole.
pub async fn verify(app: &TestApp, register: Register) -> Result<i64, Flaw> {
    let state = &app.state;
    let registrar = Registrar::new(&state.db, &state.clock, &state.secrets).expect("a signer");
    registrar.verify(register, &[]).await.expect("an answer")
}

/// Runs a statement as somebody would who has the database.
pub async fn execute(db: &Db, sql: &str) {
    let sql = AssertSqlSafe(sql.to_owned());
    match db {
        Db::Sqlite { writer, .. } => drop(sqlx::query(sql).execute(writer).await.expect("a statement")),
        Db::Postgres(pool) => drop(sqlx::query(sql).execute(pool).await.expect("a statement")),
    }
}
