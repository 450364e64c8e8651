//! Rows by the million, made by the engine itself.

use std::env;

use centralino::storage::Db;
use sqlx::{AssertSqlSafe, Connection, PgConnection};
use tempfile::TempDir;

use crate::{Outcome, postgres, upstream::folder};

/// The engines, as they are told.
pub const ENGINES: [&str; 2] = ["SQLite", "PostgreSQL"];

/// A number, unless the environment says otherwise.
pub fn number(variable: &str, usual: i64) -> i64 {
    env::var(variable).ok().and_then(|text| text.parse().ok()).unwrap_or(usual)
}

/// A new database of one of the [`ENGINES`].
pub struct Bulk {
    /// It.
    pub db: Db,
    url: String,
    _folder: Option<TempDir>,
}

impl Bulk {
    /// Makes it.
    pub async fn new(engine: &str) -> Outcome<Self> {
        let folder = folder()?;
        let url = match engine {
            "SQLite" => Db::sqlite_url(&folder.path().join("bulk.db")),
            _ => postgres::database().await,
        };
        Ok(Self { db: Db::open(&url).await?, url, _folder: Some(folder) })
    }

    /// The database at `url`, which outlives this.
    pub async fn at(url: String) -> Outcome<Self> {
        Ok(Self { db: Db::open(&url).await?, url, _folder: None })
    }

    /// The same, opened once more.
    pub async fn opened_again(&self) -> Outcome<Db> {
        Ok(Db::open(&self.url).await?)
    }

    /// Runs a statement that this program has made, however long it takes: connections of the product give up after
    /// seconds.
    pub async fn execute(&self, sql: &str) -> Outcome<()> {
        let sql = AssertSqlSafe(sql.to_owned());
        match &self.db {
            Db::Sqlite { writer, .. } => {
                sqlx::raw_sql(sql).execute(writer).await?;
            }
            Db::Postgres(_) => {
                let mut connection = PgConnection::connect(&self.url).await?;
                sqlx::raw_sql("SET maintenance_work_mem = '512MB'").execute(&mut connection).await?;
                sqlx::raw_sql(sql).execute(&mut connection).await?;
                connection.close().await?;
            }
        }
        Ok(())
    }

    /// Runs statements that fill a table, and makes its indexes after them: minutes, not hours.
    pub async fn fill(&self, table: &str, statements: &[String]) -> Outcome<()> {
        let indexes = self.indexes(table).await?;
        for (name, _) in &indexes {
            self.execute(&format!("DROP INDEX {name}")).await?;
        }
        for sql in statements.iter().chain(indexes.iter().map(|(_, make)| make)) {
            self.execute(sql).await?;
        }
        self.settle(table).await
    }

    /// What autovacuum does by itself sooner or later.
    pub async fn settle(&self, table: &str) -> Outcome<()> {
        match &self.db {
            Db::Sqlite { .. } => Ok(()),
            Db::Postgres(_) => self.execute(&format!("VACUUM ANALYZE {table}")).await,
        }
    }

    /// `WITH n(i) AS (…)`: the numbers from 1 to `most`.
    pub fn numbers(&self, most: i64) -> String {
        match &self.db {
            Db::Sqlite { .. } => {
                format!("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {most}) ")
            }
            Db::Postgres(_) => format!("WITH n AS (SELECT i FROM generate_series(1::bigint, {most}) AS s(i)) "),
        }
    }

    /// The indexes of a table but for that of its key: name, and the statement that makes it.
    async fn indexes(&self, table: &str) -> Outcome<Vec<(String, String)>> {
        const SQLITE: &str =
            "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND tbl_name = $1 AND sql IS NOT NULL";
        const POSTGRES: &str =
            "SELECT indexname::text, indexdef FROM pg_indexes WHERE tablename = $1 AND indexname NOT LIKE '%pkey'";
        Ok(match &self.db {
            Db::Sqlite { writer, .. } => sqlx::query_as(SQLITE).bind(table).fetch_all(writer).await?,
            Db::Postgres(pool) => sqlx::query_as(POSTGRES).bind(table).fetch_all(pool).await?,
        })
    }
}
