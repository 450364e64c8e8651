//! Reads of SQLite on the thread that asks.
//!
//! sqlx runs every statement on a thread of its connection: two changes of task there, two back, and two more for the
//! question of its pool whether the connection still lives. That is several times what SQLite takes to find a row that
//! lies in memory. What every page needs is therefore read without: each statement is a read transaction of its own and
//! sees every commit that was acknowledged before it began, of any connection and any process.

use std::{
    fmt,
    path::{Path, PathBuf},
    sync::Arc,
};

use parking_lot::Mutex;
use rusqlite::{Connection, OpenFlags, Row, ToSql};

use super::db::PATIENCE;

/// How much of the database a connection keeps in memory, in kibibytes; the rest comes from the system's cache.
const CACHE: i64 = 512;

/// Made of a row as SQLite has it.
pub(super) trait FromSqlite: Sized {
    /// Takes the columns by their names.
    fn from_sqlite(row: &Row<'_>) -> rusqlite::Result<Self>;
}

/// Connections that only read, as many as have been needed at once: no more than threads that serve.
#[derive(Clone)]
pub struct Direct {
    file: PathBuf,
    /// None once the database is closed.
    idle: Arc<Mutex<Option<Vec<Connection>>>>,
}

impl fmt::Debug for Direct {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Direct(…)")
    }
}

impl Direct {
    /// Reads of a database that is there.
    pub(super) fn open(file: PathBuf) -> Result<Self, sqlx::Error> {
        let first = connect(&file).map_err(refused)?;
        Ok(Self { file, idle: Arc::new(Mutex::new(Some(vec![first]))) })
    }

    /// The rows of a statement, whose `$1`, `$2` … are `texts`.
    pub(super) fn rows<T: FromSqlite>(&self, sql: &str, texts: &[&str]) -> Result<Vec<T>, sqlx::Error> {
        let idle = self.idle.lock().as_mut().ok_or(sqlx::Error::PoolClosed)?.pop();
        let connection = idle.map_or_else(|| connect(&self.file), Ok).map_err(refused)?;
        let rows = rows(&connection, sql, texts).map_err(refused);
        if let Some(idle) = self.idle.lock().as_mut() {
            idle.push(connection);
        }
        rows
    }

    /// Closes them; nothing is read any more.
    pub(super) fn close(&self) {
        *self.idle.lock() = None;
    }
}

fn connect(file: &Path) -> rusqlite::Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(file, flags)?;
    connection.busy_timeout(PATIENCE)?;
    connection.pragma_update(None, "cache_size", -CACHE)?;
    Ok(connection)
}

fn rows<T: FromSqlite>(connection: &Connection, sql: &str, texts: &[&str]) -> rusqlite::Result<Vec<T>> {
    const NAMES: [&str; 4] = ["$1", "$2", "$3", "$4"];
    let values: Vec<(&str, &dyn ToSql)> =
        NAMES.into_iter().zip(texts).map(|(name, text)| (name, text as &dyn ToSql)).collect();
    let mut statement = connection.prepare_cached(sql)?;
    statement.query_map(values.as_slice(), T::from_sqlite)?.collect()
}

fn refused(error: rusqlite::Error) -> sqlx::Error {
    sqlx::Error::AnyDriverError(Box::new(error))
}
