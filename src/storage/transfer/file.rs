//! A SQLite file: copied while it is in use, looked at whole, read and filled row by row.

use std::{
    collections::BTreeSet,
    fs::{self, File, Permissions},
    io,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    time::Duration,
};

use rusqlite::{
    Connection, ErrorCode, OpenFlags, Row, Statement, ToSql,
    types::{Null, ToSqlOutput, ValueRef},
};

use super::{Counter, Kind, Table, Tally, TransferError, Value, quoted};
use crate::storage::db::PATIENCE;

/// A connection of its own to a file.
pub struct DatabaseFile {
    connection: Connection,
}

impl DatabaseFile {
    /// To be read, while others use it.
    pub fn read(file: &Path) -> Result<Self, TransferError> {
        Self::open(file, OpenFlags::SQLITE_OPEN_READ_ONLY)
    }

    /// To be read and written by nobody else: refused while anybody has it open, who then waits for this one to end.
    pub fn alone(file: &Path) -> Result<Self, TransferError> {
        let opened = Self::open(file, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
        opened.connection.busy_timeout(Duration::ZERO)?;
        let take = || -> rusqlite::Result<()> {
            opened.connection.pragma_update(None, "locking_mode", "EXCLUSIVE")?;
            opened.connection.execute_batch("BEGIN EXCLUSIVE; COMMIT")
        };
        match take() {
            Err(error) if error.sqlite_error_code() == Some(ErrorCode::DatabaseBusy) => Err(TransferError::InUse),
            other => Ok(other.map(|()| opened)?),
        }
    }

    fn open(file: &Path, access: OpenFlags) -> Result<Self, TransferError> {
        let connection = Connection::open_with_flags(file, access | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
        connection.busy_timeout(PATIENCE)?;
        Ok(Self { connection })
    }

    /// Writes all of it, as of one instant, into a new file that only its owner reads and that is on the disk when this
    /// returns.
    pub fn copy_to(&self, file: &Path) -> Result<(), TransferError> {
        self.connection.execute("VACUUM INTO ?1", [file.to_string_lossy()])?;
        settle(file)?;
        Ok(())
    }

    /// Makes one file of the database and its journal; nobody else may use it.
    pub fn into_one(self, file: &Path) -> Result<(), TransferError> {
        self.connection.pragma_update(None, "journal_mode", "DELETE")?;
        drop(self);
        settle(file)?;
        Ok(())
    }

    /// Asks SQLite whether the file is whole, and that no row refers to one that is not there.
    pub fn check(&self) -> Result<(), TransferError> {
        let found: String = self.connection.query_row("PRAGMA integrity_check", [], |row| row.get(0))?;
        if found != "ok" {
            return Err(TransferError::Damaged(found));
        }
        let mut statement = self.connection.prepare("PRAGMA foreign_key_check")?;
        let dangling = statement.query_map([], |row| row.get::<_, String>(0))?.next().transpose()?;
        dangling.map_or(Ok(()), |table| Err(TransferError::Dangling { table }))
    }

    /// What is in every table.
    pub fn tally(&self) -> Result<Tally, TransferError> {
        let mut tally = Tally::default();
        for table in self.tables()? {
            let mut counter = Counter::new();
            let mut statement = self.select(&table)?;
            let mut rows = statement.query([])?;
            while let Some(row) = rows.next()? {
                counter.count(&values(row, &table)?);
            }
            tally.0.insert(table.name, counter.tally());
        }
        Ok(tally)
    }

    /// The tables, each after those to which it refers. What the engine and the migrations note for themselves is none.
    pub fn tables(&self) -> Result<Vec<Table>, TransferError> {
        const NAMES: &str = "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite!_%' ESCAPE '!' \
             AND name NOT LIKE '!_sqlx!_%' ESCAPE '!' ORDER BY name";
        let mut statement = self.connection.prepare(NAMES)?;
        let mut waiting: Vec<String> = statement.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?;
        let (mut ordered, mut passed) = (Vec::new(), BTreeSet::new());
        while !waiting.is_empty() {
            let (mut later, before) = (Vec::new(), ordered.len());
            for name in std::mem::take(&mut waiting) {
                if self.refers_to(&name)?.iter().all(|other| *other == name || passed.contains(other)) {
                    ordered.push(self.table(&name)?);
                    passed.insert(name);
                } else {
                    later.push(name);
                }
            }
            // Two tables that refer to each other can't be written one after the other.
            if let Some(table) = later.first().filter(|_| ordered.len() == before) {
                return Err(TransferError::Foreign { table: table.clone() });
            }
            waiting = later;
        }
        Ok(ordered)
    }

    fn refers_to(&self, table: &str) -> Result<Vec<String>, TransferError> {
        let mut statement = self.connection.prepare("SELECT \"table\" FROM pragma_foreign_key_list(?1)")?;
        Ok(statement.query_map([table], |row| row.get(0))?.collect::<Result<_, _>>()?)
    }

    fn table(&self, name: &str) -> Result<Table, TransferError> {
        let foreign = || TransferError::Foreign { table: name.to_owned() };
        let mut statement = self.connection.prepare("SELECT name, type, pk FROM pragma_table_info(?1) ORDER BY cid")?;
        let read = |row: &Row<'_>| Ok((row.get(0)?, row.get::<_, String>(1)?, row.get::<_, i64>(2)?));
        let rows: Vec<(String, String, i64)> = statement.query_map([name], read)?.collect::<Result<_, _>>()?;
        let (mut columns, mut key) = (Vec::new(), Vec::new());
        for (column, kind, place) in rows {
            let kind = match &*kind {
                "TEXT" => Kind::Text,
                "BIGINT" => Kind::Integer,
                "BYTEA" => Kind::Bytes,
                _ => return Err(foreign()),
            };
            if place > 0 {
                key.push((place, column.clone()));
            }
            columns.push((column, kind));
        }
        key.sort();
        let key: Vec<_> = key.into_iter().map(|(_, column)| column).collect();
        if key.is_empty() { Err(foreign()) } else { Ok(Table { name: name.to_owned(), columns, key }) }
    }

    /// The rows of a table in the order of their keys, to be read by [`values`].
    pub(super) fn select(&self, table: &Table) -> Result<Statement<'_>, TransferError> {
        let key = table.key.iter().map(|name| quoted(name)).collect::<Vec<_>>().join(", ");
        let sql = format!("SELECT {} FROM {} ORDER BY {key}", table.columns(), quoted(&table.name));
        Ok(self.connection.prepare(&sql)?)
    }

    /// Replaces everything by rows that come table by table: all of it or nothing.
    pub(super) fn begin_filling(&self, tables: &[Table]) -> Result<(), TransferError> {
        self.connection.pragma_update(None, "foreign_keys", "OFF")?;
        self.connection.execute_batch("BEGIN IMMEDIATE")?;
        for table in tables {
            self.connection.execute(&format!("DELETE FROM {}", quoted(&table.name)), [])?;
        }
        Ok(())
    }

    /// Writes a row.
    pub(super) fn put(&self, table: &Table, row: &[Value]) -> Result<(), TransferError> {
        let places = vec!["?"; row.len()].join(", ");
        let sql = format!("INSERT INTO {} ({}) VALUES ({places})", quoted(&table.name), table.columns());
        let mut statement = self.connection.prepare_cached(&sql)?;
        statement.execute(rusqlite::params_from_iter(row))?;
        Ok(())
    }

    /// Ends what [`Self::begin_filling`] began.
    pub(super) fn end_filling(&self) -> Result<(), TransferError> {
        Ok(self.connection.execute_batch("COMMIT")?)
    }
}

impl ToSql for Value {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(match self {
            Self::Null => Null.to_sql()?,
            Self::Integer(number) => number.to_sql()?,
            Self::Text(text) => text.to_sql()?,
            Self::Bytes(bytes) => bytes.to_sql()?,
        })
    }
}

/// The values of a row of [`DatabaseFile::select`].
pub(super) fn values(row: &Row<'_>, table: &Table) -> Result<Vec<Value>, TransferError> {
    let columns = table.columns.iter().enumerate();
    columns.map(|(at, (_, kind))| value(row.get_ref(at)?, *kind, table)).collect()
}

/// A value, which must be of the column's type: SQLite would keep any.
fn value(value: ValueRef<'_>, kind: Kind, table: &Table) -> Result<Value, TransferError> {
    let foreign = || TransferError::Foreign { table: table.name.clone() };
    Ok(match (value, kind) {
        (ValueRef::Null, _) => Value::Null,
        (ValueRef::Integer(number), Kind::Integer) => Value::Integer(number),
        (ValueRef::Text(text), Kind::Text) => Value::Text(String::from_utf8(text.to_vec()).map_err(|_| foreign())?),
        (ValueRef::Blob(bytes), Kind::Bytes) => Value::Bytes(bytes.to_vec()),
        _ => return Err(foreign()),
    })
}

/// Takes a file's rights from all but its owner, and waits until it is on the disk.
fn settle(file: &Path) -> io::Result<()> {
    fs::set_permissions(file, Permissions::from_mode(0o600))?;
    File::open(file)?.sync_all()
}

/// The files of a database beside its own: the journal and its index.
#[must_use]
pub fn beside(file: &Path) -> [PathBuf; 2] {
    ["-wal", "-shm"].map(|ending| {
        let mut name = file.as_os_str().to_owned();
        name.push(ending);
        PathBuf::from(name)
    })
}
