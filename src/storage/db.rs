//! The connection to either engine, and the two macros by which one body of statements serves both.

use std::{
    net::IpAddr,
    path::{Path, PathBuf},
    str::FromStr,
    time::Duration,
};

use sqlx::{
    Connection, Executor, FromRow, PgConnection, PgPool, SqlitePool,
    migrate::{MigrateError, Migrator},
    postgres::{PgConnectOptions, PgPoolOptions, PgRow, PgSslMode},
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};

use super::direct::{Direct, FromSqlite};

static MIGRATOR: Migrator = sqlx::migrate!("./migrations");
/// How long a statement waits for a connection or for SQLite's one writer.
pub(super) const PATIENCE: Duration = Duration::from_secs(5);
/// What a connection to PostgreSQL waits for: the row or table that somebody else holds, a statement in all, the next
/// statement of a transaction. Whoever holds a row and goes silent, with its machine perhaps, keeps nobody waiting for
/// longer than [`PATIENCE`].
const POSTGRES_LIMITS: &str = "SET lock_timeout = '4s'; SET statement_timeout = '5s'; \
    SET idle_in_transaction_session_timeout = '5s'";
const SQLITE_READERS: u32 = 4;
const POSTGRES_CONNECTIONS: u32 = 16;

/// Whether the tables are those of this program's migrations, of all of them and of no other.
async fn is_current(connection: &mut PgConnection) -> bool {
    const SQL: &str = "SELECT version, checksum FROM _sqlx_migrations WHERE success ORDER BY version";
    let done: Result<Vec<(i64, Vec<u8>)>, _> = sqlx::query_as(SQL).fetch_all(connection).await;
    let ours = MIGRATOR.iter().map(|migration| (migration.version, migration.checksum.to_vec()));
    done.is_ok_and(|done| done.into_iter().eq(ours))
}

/// The database.
#[derive(Clone, Debug)]
pub enum Db {
    /// SQLite: many readers, one writer, every commit on disk before it is acknowledged.
    Sqlite {
        /// For statements that change nothing.
        readers: SqlitePool,
        /// For those of them that every page needs.
        direct: Direct,
        /// The one connection that writes.
        writer: SqlitePool,
    },
    /// PostgreSQL.
    Postgres(PgPool),
}

/// The connections of one pool.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Connections {
    /// What the pool is for.
    pub name: &'static str,
    /// How many are open.
    pub open: u32,
    /// How many of them nobody uses.
    pub idle: u32,
}

/// Why the database could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The address is neither `sqlite:` nor `postgres:`.
    #[error("expected an address that begins with sqlite: or postgres:, for example sqlite:data/centralino.db")]
    Scheme,
    /// The engine refused.
    #[error(transparent)]
    Engine(#[from] sqlx::Error),
    /// The tables could not be brought up to date.
    #[error(transparent)]
    Migration(#[from] MigrateError),
}

impl Db {
    /// Opens the database at `url`, makes it if it is SQLite's and absent, and brings its tables up to date.
    pub async fn open(url: &str) -> Result<Self, OpenError> {
        let db = if url.starts_with("sqlite:") {
            Self::open_sqlite(SqliteConnectOptions::from_str(url)?).await?
        } else if url.starts_with("postgres:") || url.starts_with("postgresql:") {
            Self::open_postgres(url).await?
        } else {
            return Err(OpenError::Scheme);
        };
        db.fold_names().await?;
        Ok(db)
    }

    /// The address of a SQLite file.
    #[must_use]
    pub fn sqlite_url(file: &Path) -> String {
        format!("sqlite:{}", file.display())
    }

    /// The file at an address of SQLite; none for another engine's.
    #[must_use]
    pub fn sqlite_file(url: &str) -> Option<PathBuf> {
        let options = url.starts_with("sqlite:").then(|| SqliteConnectOptions::from_str(url).ok()).flatten()?;
        Some(options.get_filename().to_owned())
    }

    /// Whether what is said to the database at this address can be read or answered by somebody else on the way: it is
    /// another machine's, and its certificate is not checked. False for an address that is none.
    #[must_use]
    pub fn is_exposed(url: &str) -> bool {
        let is_postgres = url.starts_with("postgres:") || url.starts_with("postgresql:");
        let Some(options) = is_postgres.then(|| PgConnectOptions::from_str(url).ok()).flatten() else { return false };
        let host = options.get_host().trim_matches(['[', ']']);
        let is_here = host == "localhost" || host.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback());
        let is_socket = options.get_socket().is_some() || host.starts_with('/');
        !is_here && !is_socket && !matches!(options.get_ssl_mode(), PgSslMode::VerifyFull)
    }

    async fn open_postgres(url: &str) -> Result<Self, OpenError> {
        // A change of tables may take its time, and waits for another instance's.
        let mut alone = PgConnection::connect(url).await?;
        // An account that may read and write alone can't change tables, and need not where nothing is to be changed.
        if !is_current(&mut alone).await {
            MIGRATOR.run(&mut alone).await?;
        }
        alone.close().await?;
        let options = PgPoolOptions::new().max_connections(POSTGRES_CONNECTIONS).acquire_timeout(PATIENCE);
        let options = options.after_connect(|connection, _| {
            Box::pin(async move { connection.execute(POSTGRES_LIMITS).await.map(drop) })
        });
        Ok(Self::Postgres(options.connect(url).await?))
    }

    async fn open_sqlite(options: SqliteConnectOptions) -> Result<Self, OpenError> {
        let options = options
            .create_if_missing(true)
            .foreign_keys(true)
            .busy_timeout(PATIENCE)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .pragma("secure_delete", "on");
        // A connection to a file does not go stale: to ask first whether it lives would be a trip to its thread and back.
        let pool = |connections| {
            let options = SqlitePoolOptions::new().max_connections(connections).acquire_timeout(PATIENCE);
            // A full disk may end a transaction before sqlx does, which then believes for ever to be in it.
            let options = options.before_acquire(|connection, _| {
                let is_free = !connection.is_in_transaction();
                Box::pin(async move { Ok(is_free) })
            });
            options.test_before_acquire(false)
        };
        let writer = pool(1).connect_with(options.clone()).await?;
        MIGRATOR.run(&writer).await?;
        let readers = pool(SQLITE_READERS).connect_with(options.clone().read_only(true)).await?;
        let direct = Direct::open(options.get_filename().to_owned())?;
        Ok(Self::Sqlite { readers, direct, writer })
    }

    /// The rows of a statement that every page needs, whose `$1`, `$2` … are `texts`.
    pub(super) async fn rows<T>(&self, sql: &'static str, texts: &[&str]) -> Result<Vec<T>, sqlx::Error>
    where
        T: FromSqlite + for<'r> FromRow<'r, PgRow> + Send + Unpin,
    {
        match self {
            Self::Sqlite { direct, .. } => direct.rows(sql, texts),
            Self::Postgres(pool) => {
                let query = texts.iter().fold(sqlx::query_as(sql), |query, text| query.bind(*text));
                query.fetch_all(pool).await
            }
        }
    }

    /// How many connections there are.
    #[must_use]
    pub fn pools(&self) -> Vec<Connections> {
        let idle = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
        match self {
            Self::Sqlite { readers, writer, .. } => vec![
                Connections { name: "readers", open: readers.size(), idle: idle(readers.num_idle()) },
                Connections { name: "writer", open: writer.size(), idle: idle(writer.num_idle()) },
            ],
            Self::Postgres(pool) => {
                vec![Connections { name: "postgres", open: pool.size(), idle: idle(pool.num_idle()) }]
            }
        }
    }

    /// Whether the engine answers.
    pub async fn ping(&self) -> Result<(), sqlx::Error> {
        read!(self, |pool| sqlx::query("SELECT 1").execute(pool).await.map(drop))
    }

    /// Whether the engine takes what is written: commits a change that means nothing.
    pub async fn try_to_write(&self) -> Result<(), sqlx::Error> {
        write!(self, |tx| {
            sqlx::query("UPDATE write_probe SET tries = tries + 1 WHERE one = 1").execute(&mut *tx).await?;
            Ok(())
        })
    }

    /// Lets statements under way end, then closes.
    pub async fn close(&self) {
        match self {
            Self::Sqlite { readers, direct, writer } => {
                direct.close();
                readers.close().await;
                writer.close().await;
            }
            Self::Postgres(pool) => pool.close().await,
        }
    }
}

/// Runs `$body` on a pool for reading: `read!(db, |pool| sqlx::query_as(…).fetch_all(pool).await)`.
macro_rules! read {
    ($db:expr, |$pool:ident| $body:expr) => {
        match $db {
            $crate::storage::Db::Sqlite { readers: $pool, .. } => $body,
            $crate::storage::Db::Postgres($pool) => $body,
        }
    };
}

/// Runs `$body` in a transaction and commits it if the body's value is `Ok`:
/// `write!(db, |tx| { sqlx::query(…).execute(&mut *tx).await?; Ok(value) })`. The body's error is `sqlx::Error`.
macro_rules! write {
    ($db:expr, |$tx:ident| $body:expr) => {
        match $db {
            $crate::storage::Db::Sqlite { writer, .. } => {
                $crate::storage::db::transact!(writer.begin_with("BEGIN IMMEDIATE"), |$tx| $body)
            }
            $crate::storage::Db::Postgres(pool) => $crate::storage::db::transact!(pool.begin(), |$tx| $body),
        }
    };
}

/// Runs `$body`, one statement that changes something and is a transaction by itself. Where it gives rows, all of them
/// are fetched: it is committed after the last.
macro_rules! write_alone {
    ($db:expr, |$pool:ident| $body:expr) => {
        match $db {
            $crate::storage::Db::Sqlite { writer: $pool, .. } => $body,
            $crate::storage::Db::Postgres($pool) => $body,
        }
    };
}

/// [`write!`] on one engine.
macro_rules! transact {
    ($begin:expr, |$tx:ident| $body:expr) => {{
        let mut transaction = $begin.await?;
        let result = {
            let $tx = &mut *transaction;
            async { $body }.await
        };
        if result.is_ok() {
            transaction.commit().await?;
        }
        result
    }};
}

pub(crate) use {read, transact, write, write_alone};
