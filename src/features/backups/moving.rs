//! From a SQLite file to PostgreSQL: all of it, row by row the same, or nothing.

use std::path::Path;

use super::{BackupError, private_scratch, secrets_in, whole};
use crate::{
    features::registers::{
        act::{Act, By},
        checkpoint::Registrar,
        kept::KeptFiles,
    },
    server::{clock::Clock, config::Config},
    storage::{
        Db,
        registers::{Action, Fact, Register},
        transfer::{DatabaseFile, Tally, fill},
    },
};

/// What was moved.
#[derive(Debug)]
pub struct Moved {
    /// What is in every table.
    pub tables: Tally,
    /// The place of the last entry of each register.
    pub registers: Vec<(Register, i64)>,
}

/// Moves the SQLite file `from` to the empty PostgreSQL that `database.url` names. The program must be stopped; the file
/// stays as it is, and the server's secret stays where it is.
pub async fn to_postgres(config: &Config, clock: &Clock, by: &By, from: &Path) -> Result<Moved, BackupError> {
    if config.database_file().is_some() {
        return Err(BackupError::NotPostgres);
    }
    if !from.is_file() {
        return Err(BackupError::NoFile(from.to_owned()));
    }
    let secrets = secrets_in(config, &config.secret_file())?;
    let kept = KeptFiles::in_data(&config.data.0);
    drop(DatabaseFile::alone(from)?);
    let source = Db::open(&Db::sqlite_url(from)).await?;
    whole(&Registrar::new(&source, clock, &secrets)?.with_files(kept.clone()), &[]).await?;
    source.close().await;
    let file = DatabaseFile::alone(from)?;
    file.check()?;
    let scratch = private_scratch(&config.data.0, ".move-")?;
    let url = config.database_url();
    let tables = fill(&url, &file, scratch.path()).await?;
    drop(file);
    let db = Db::open(&url).await?;
    let registrar = Registrar::new(&db, clock, &secrets)?.with_files(kept);
    let registers = whole(&registrar, &[]).await?;
    let act = Act::done(Action::DatabaseMoved).with(Fact::Section, "database").with(Fact::Part, "sqlite→postgres");
    db.record(&[by.record(act, &secrets, clock.now_ms())]).await?;
    db.close().await;
    Ok(Moved { tables, registers })
}
