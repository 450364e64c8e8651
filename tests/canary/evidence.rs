//! Everything in which something of a call could have been left.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
    time::SystemTime,
};

use sqlx::{Connection, PgConnection};

use super::search::Searcher;

/// Named bytes.
#[derive(Default)]
pub struct Evidence(Vec<(String, Vec<u8>)>);

impl Evidence {
    /// Adds bytes under a name.
    pub fn add(&mut self, name: impl Into<String>, bytes: impl Into<Vec<u8>>) {
        self.0.push((name.into(), bytes.into()));
    }

    /// Adds every file in and under `folder`, with its name, which could hold something too.
    pub fn add_folder(&mut self, folder: &Path) {
        for file in files_of(folder) {
            // A file that goes while one looks holds nothing any more.
            let Ok(bytes) = fs::read(&file) else { continue };
            let name = file.display().to_string();
            self.add(format!("the name {name}"), name.clone());
            self.add(name, bytes);
        }
    }

    /// Adds what PostgreSQL has of a database on disk: its files, its journal since `start`, and the server's log.
    ///
    /// The server logs as it does by default: statements that fail, without their parameters. Who sets
    /// `log_statement` and `log_parameter_max_length` logs parameters, and there is nothing of a caller in them either.
    pub async fn add_postgres(&mut self, database: &str, start: SystemTime) {
        let mut connection = PgConnection::connect(database).await.expect("a connection");
        sqlx::query("CHECKPOINT").execute(&mut connection).await.expect("a checkpoint");
        let ask =
            "SELECT current_setting('data_directory'), oid::bigint FROM pg_database WHERE datname = current_database()";
        let (data, oid): (String, i64) = sqlx::query_as(ask).fetch_one(&mut connection).await.expect("an answer");
        connection.close().await.expect("closed");
        let data = PathBuf::from(data);
        self.add_folder(&data.join(format!("base/{oid}")));
        self.add("PostgreSQL's log", fs::read(data.join("log")).expect("a log"));
        for file in files_of(&data.join("pg_wal")) {
            let is_new = fs::metadata(&file).and_then(|of| of.modified()).is_ok_and(|at| at >= start);
            if let (true, Ok(bytes)) = (is_new, fs::read(&file)) {
                self.add(file.display().to_string(), bytes);
            }
        }
    }

    /// How many bytes there are under names that contain `name`.
    pub fn size_of(&self, name: &str) -> usize {
        self.0.iter().filter(|(known, _)| known.contains(name)).map(|(_, bytes)| bytes.len()).sum()
    }

    /// Everything that is found, each with where.
    pub fn search(&self, searcher: &Searcher) -> BTreeSet<String> {
        let found = |(name, bytes): &(String, Vec<u8>)| {
            searcher.find(bytes).into_iter().map(|what| format!("{name}: {what}")).collect::<Vec<_>>()
        };
        self.0.iter().flat_map(found).collect()
    }
}

fn files_of(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let paths = entries.flatten().map(|entry| entry.path());
    paths.flat_map(|path| if path.is_dir() { files_of(&path) } else { vec![path] }).collect()
}
