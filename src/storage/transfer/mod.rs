//! All that a database holds, row by row, from one engine to the other: for backups, for going back to one, for moving
//! from SQLite to PostgreSQL. Which tables and columns there are is read from the database itself.

mod copy_text;
mod file;
mod postgres;

use std::{collections::BTreeMap, path::Path};

use aws_lc_rs::digest::{Context, SHA256};
use serde::{Deserialize, Serialize};

use super::{Db, OpenError};
pub use file::{DatabaseFile, beside};
pub use postgres::{Server, fill, read_into};

/// What a column holds. There are no other types in our tables.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Integer,
    Text,
    Bytes,
}

/// A value of a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Value {
    Null,
    Integer(i64),
    Text(String),
    Bytes(Vec<u8>),
}

/// A table: its columns in the order in which they are read and written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Table {
    name: String,
    columns: Vec<(String, Kind)>,
    /// The columns of the primary key, by which rows are ordered: as bytes, so that both engines order alike.
    key: Vec<String>,
}

impl Table {
    fn columns(&self) -> String {
        self.columns.iter().map(|(name, _)| quoted(name)).collect::<Vec<_>>().join(", ")
    }
}

/// A name within a statement. Names are of our own migrations.
fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// How many rows a table has, and a digest over all of them in the order of their keys.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub struct TableTally {
    /// How many.
    pub rows: u64,
    /// SHA-256 over every value of every row, hexadecimal.
    pub sha256: String,
}

/// What is in every table.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(transparent)]
pub struct Tally(pub BTreeMap<String, TableTally>);

impl Tally {
    /// How many rows there are in all.
    #[must_use]
    pub fn rows(&self) -> u64 {
        self.0.values().map(|table| table.rows).sum()
    }

    /// The first table in which two differ.
    #[must_use]
    pub fn difference(&self, other: &Self) -> Option<String> {
        let names = self.0.keys().chain(other.0.keys());
        names.into_iter().find(|name| self.0.get(*name) != other.0.get(*name)).cloned()
    }

    /// Refuses what is not the same.
    pub fn expect(&self, other: &Self) -> Result<(), TransferError> {
        self.difference(other).map_or(Ok(()), |table| Err(TransferError::Different { table }))
    }
}

/// Counts the rows of one table.
struct Counter {
    rows: u64,
    context: Context,
}

impl Counter {
    fn new() -> Self {
        Self { rows: 0, context: Context::new(&SHA256) }
    }

    /// Each value with its kind and length before it, so that no two rows have the same form.
    fn count(&mut self, row: &[Value]) {
        self.rows += 1;
        for value in row {
            let (kind, bytes) = match value {
                Value::Null => (b'n', Vec::new()),
                Value::Integer(number) => (b'i', number.to_be_bytes().to_vec()),
                Value::Text(text) => (b't', text.as_bytes().to_vec()),
                Value::Bytes(bytes) => (b'b', bytes.clone()),
            };
            self.context.update(&[kind]);
            self.context.update(&bytes.len().to_be_bytes());
            self.context.update(&bytes);
        }
    }

    fn tally(self) -> TableTally {
        TableTally { rows: self.rows, sha256: hexadecimal(self.context.finish().as_ref()) }
    }
}

/// Bytes as hexadecimal digits.
#[must_use]
pub fn hexadecimal(bytes: &[u8]) -> String {
    let digit = |half: u8| char::from_digit(half.into(), 16).unwrap_or_default();
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
}

/// Why a database could not be read, written or compared.
#[derive(Debug, thiserror::Error)]
pub enum TransferError {
    /// SQLite refused.
    #[error("SQLite: {0}")]
    Sqlite(#[from] rusqlite::Error),
    /// PostgreSQL refused.
    #[error("database: {0}")]
    Engine(#[from] sqlx::Error),
    /// A database could not be opened or made.
    #[error("database: {0}")]
    Open(#[from] OpenError),
    /// A file was refused by the system.
    #[error(transparent)]
    Io(#[from] std::io::Error),
    /// Somebody else has the file open.
    #[error("the database is in use: stop the program first")]
    InUse,
    /// SQLite finds the file damaged.
    #[error("the database file is damaged: {0}")]
    Damaged(String),
    /// A row refers to one that is not there.
    #[error("the database file is damaged: a row of {table} refers to one that is not there")]
    Dangling {
        /// Of which table.
        table: String,
    },
    /// Something is there already.
    #[error("the database is not empty: there is something in {table}. Make an empty one and name it in database.url")]
    NotEmpty {
        /// Where.
        table: String,
    },
    /// What was written is not what was read.
    #[error("the rows of {table} are not those that were read; nothing was changed")]
    Different {
        /// Which table.
        table: String,
    },
    /// Something that none of our columns can hold.
    #[error("a value of {table} is of no type that this program writes")]
    Foreign {
        /// In which table.
        table: String,
    },
}

/// What a new database holds before anybody has used it, by which an empty one is known.
pub(crate) async fn of_a_new_one(folder: &Path) -> Result<Tally, TransferError> {
    let file = folder.join("new.db");
    make_empty(&file).await?;
    DatabaseFile::read(&file)?.tally()
}

/// Makes a SQLite file with our tables.
pub(crate) async fn make_empty(file: &Path) -> Result<(), TransferError> {
    Db::open(&Db::sqlite_url(file)).await?.close().await;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_that_differ_anywhere_have_another_digest() {
        let text = |text: &str| Value::Text(text.to_owned());
        let tally = |rows: &[Vec<Value>]| {
            let mut counter = Counter::new();
            for row in rows {
                counter.count(row);
            }
            counter.tally().sha256
        };
        let rows = [
            vec![vec![text("ab"), text("c")]],
            vec![vec![text("a"), text("bc")]],
            vec![vec![text("abc"), Value::Null]],
            vec![vec![text("abc"), text("")]],
            vec![vec![Value::Bytes(b"ab".to_vec()), text("c")]],
            vec![vec![text("ab")], vec![text("c")]],
            vec![vec![Value::Integer(1)]],
            vec![vec![Value::Integer(2)]],
            vec![],
        ];
        let digests: std::collections::BTreeSet<_> = rows.iter().map(|rows| tally(rows)).collect();
        // Two rows of one value are one row of two: how many there are is counted beside.
        assert_eq!(digests.len(), rows.len() - 1);
    }
}
