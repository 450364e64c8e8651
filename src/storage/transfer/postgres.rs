//! A database of PostgreSQL: read as of one instant, filled in one transaction that is compared before it is committed.

use std::path::Path;

use futures::TryStreamExt;
use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection};

use super::{
    Counter, DatabaseFile, Kind, Table, Tally, TransferError, Value, copy_text, file::values, make_empty, of_a_new_one,
    quoted,
};
use crate::storage::Db;

/// What `/readyz` has changed by asking makes no database one that is in use. It is the last table by name.
const PROBE: &str = "write_probe";
/// So many bytes of rows are sent at once.
const PART: usize = 256 * 1024;

/// A connection of its own.
pub struct Server {
    connection: PgConnection,
}

impl Server {
    /// Connects. Nothing is changed.
    pub async fn connect(url: &str) -> Result<Self, TransferError> {
        Ok(Self { connection: PgConnection::connect(url).await? })
    }

    /// Refuses a database in which there are tables of somebody else's. One without any, or with ours, passes.
    pub async fn expect_ours(&mut self) -> Result<(), TransferError> {
        const FOREIGN: &str = "SELECT table_name::text FROM information_schema.tables \
             WHERE table_schema = current_schema() AND NOT EXISTS (SELECT 1 FROM information_schema.tables \
             WHERE table_schema = current_schema() AND table_name = '_sqlx_migrations') LIMIT 1";
        let foreign: Option<String> = sqlx::query_scalar(FOREIGN).fetch_optional(&mut self.connection).await?;
        foreign.map_or(Ok(()), |table| Err(TransferError::NotEmpty { table }))
    }

    async fn run(&mut self, sql: String) -> Result<(), TransferError> {
        self.connection.execute(AssertSqlSafe(sql)).await?;
        Ok(())
    }

    /// Hands every row of a table on, in the order of the keys as bytes.
    async fn each(
        &mut self,
        table: &Table,
        mut take: impl FnMut(&[Value]) -> Result<(), TransferError>,
    ) -> Result<(), TransferError> {
        let kind = |name: &String| table.columns.iter().find(|(column, _)| column == name).map(|(_, kind)| *kind);
        let by = |name: &String| {
            let order = if kind(name) == Some(Kind::Text) { " COLLATE \"C\"" } else { "" };
            quoted(name) + order
        };
        let key = table.key.iter().map(by).collect::<Vec<_>>().join(", ");
        let sql = format!("COPY (SELECT {} FROM {} ORDER BY {key}) TO STDOUT", table.columns(), quoted(&table.name));
        let mut parts = self.connection.copy_out_raw(&sql).await?;
        let mut rest = Vec::new();
        while let Some(part) = parts.try_next().await? {
            rest.extend_from_slice(&part);
            while let Some(end) = rest.iter().position(|byte| *byte == b'\n') {
                let line: Vec<u8> = rest.drain(..=end).take(end).collect();
                take(&copy_text::read(&line, table)?)?;
            }
        }
        Ok(())
    }

    async fn tally(&mut self, tables: &[Table]) -> Result<Tally, TransferError> {
        let mut tally = Tally::default();
        for table in tables {
            let mut counter = Counter::new();
            self.each(table, |row| {
                counter.count(row);
                Ok(())
            })
            .await?;
            tally.0.insert(table.name.clone(), counter.tally());
        }
        Ok(tally)
    }

    /// Sends the rows of a file's table.
    async fn put(&mut self, from: &DatabaseFile, table: &Table) -> Result<(), TransferError> {
        let sql = format!("COPY {} ({}) FROM STDIN", quoted(&table.name), table.columns());
        let mut statement = from.select(table)?;
        let mut rows = statement.query([])?;
        let mut copy = self.connection.copy_in_raw(&sql).await?;
        let mut part = Vec::with_capacity(PART);
        while let Some(row) = rows.next()? {
            copy_text::write(&values(row, table)?, &mut part);
            if part.len() >= PART {
                copy.send(std::mem::take(&mut part)).await?;
            }
        }
        copy.send(part).await?;
        copy.finish().await?;
        Ok(())
    }
}

/// Fills the empty database at `url` with all that a file holds: row by row the same, or nothing at all. `scratch` is a
/// folder for what is needed meanwhile.
pub async fn fill(url: &str, from: &DatabaseFile, scratch: &Path) -> Result<Tally, TransferError> {
    Server::connect(url).await?.expect_ours().await?;
    Db::open(url).await?.close().await;
    let mut server = Server::connect(url).await?;
    let (tables, tally) = (from.tables()?, from.tally()?);
    let new = of_a_new_one(scratch).await?;
    server.run("BEGIN".to_owned()).await?;
    for table in &tables {
        server.run(format!("LOCK TABLE {} IN ACCESS EXCLUSIVE MODE", quoted(&table.name))).await?;
    }
    if let Some(table) = server.tally(&tables).await?.difference(&new).filter(|table| table != PROBE) {
        return Err(TransferError::NotEmpty { table });
    }
    for table in tables.iter().rev() {
        server.run(format!("DELETE FROM {}", quoted(&table.name))).await?;
    }
    for table in &tables {
        server.put(from, table).await?;
    }
    tally.expect(&server.tally(&tables).await?)?;
    server.run("COMMIT".to_owned()).await?;
    server.run("ANALYZE".to_owned()).await?;
    server.connection.close().await?;
    Ok(tally)
}

/// Writes all that the database at `url` holds, as of one instant, into a new SQLite file: row by row the same.
pub async fn read_into(url: &str, file: &Path) -> Result<Tally, TransferError> {
    make_empty(file).await?;
    let into = DatabaseFile::alone(file)?;
    let tables = into.tables()?;
    let mut server = Server::connect(url).await?;
    server.run("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY".to_owned()).await?;
    into.begin_filling(&tables)?;
    let mut tally = Tally::default();
    for table in &tables {
        let mut counter = Counter::new();
        server
            .each(table, |row| {
                counter.count(row);
                into.put(table, row)
            })
            .await?;
        tally.0.insert(table.name.clone(), counter.tally());
    }
    into.end_filling()?;
    server.connection.close().await?;
    tally.expect(&into.tally()?)?;
    into.into_one(file)?;
    Ok(tally)
}
