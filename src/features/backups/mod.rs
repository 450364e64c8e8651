//! Copies of the database that are proved before they count, going back to one, moving to PostgreSQL.
//!
//! A backup is a folder: the database as one SQLite file, whatever the engine, the newest checkpoints of the registers,
//! the server's secret if it was asked for, and a sealed manifest. It can be put back on either engine.

pub mod make;
mod manifest;
pub mod moving;
pub mod restore;
mod retention;

use std::{
    fs::Permissions,
    io,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
};

use jiff::Timestamp;
use tempfile::TempDir;

use crate::{
    server::{
        config::Config,
        opened::NotOpened,
        random::Random,
        secrets::{Secrets, SecretsError},
    },
    storage::{
        OpenError,
        registers::{
            Register,
            chain::Flaw,
            checkpoints::{Checkpoint, NoSigner},
        },
        transfer::TransferError,
    },
};

use super::registers::checkpoint::{CheckpointError, Registrar};

/// The database within a backup.
const DATABASE: &str = "centralino.db";
/// The server's secret within a backup, if it is in it.
const SECRET: &str = "secrets/server.key";

/// Why a backup was not made, or nothing was put back or moved.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// A file or folder was refused by the system.
    #[error("{}: {error}", path.display())]
    Io {
        /// Which.
        path: PathBuf,
        /// Why.
        error: io::Error,
    },
    /// What the configuration names can't be opened.
    #[error(transparent)]
    NotOpened(#[from] NotOpened),
    /// The server's secret can't be used.
    #[error(transparent)]
    Secrets(#[from] SecretsError),
    /// A database refused, or is not what it should be.
    #[error(transparent)]
    Transfer(#[from] TransferError),
    /// A database could not be opened.
    #[error("database: {0}")]
    Open(#[from] OpenError),
    /// The database refused.
    #[error("database: {0}")]
    Engine(#[from] sqlx::Error),
    /// The keys of the registers can't be had.
    #[error(transparent)]
    NoSigner(#[from] NoSigner),
    /// A register could not be walked or signed.
    #[error(transparent)]
    Checkpoint(#[from] CheckpointError),
    /// A register does not hold.
    #[error("the register {} is not whole: {flaw}", register.word())]
    NotWhole {
        /// Which.
        register: Register,
        /// What is wrong with it.
        flaw: Flaw,
    },
    /// The folder holds no backup.
    #[error("{} is no backup: {why}", folder.display())]
    NoBackup {
        /// Which folder.
        folder: PathBuf,
        /// Why not.
        why: String,
    },
    /// The manifest was not sealed with the secret at hand.
    #[error(
        "the manifest was altered, or the secret in {} is not the one under which the backup was made: put that one in \
         its place first",
        .0.display()
    )]
    Seal(PathBuf),
    /// A file of the backup is not as it was written.
    #[error("{file} is not as it was when the backup was made")]
    Altered {
        /// Which.
        file: String,
    },
    /// Something is there already.
    #[error("{} is there already; with --replace it is set aside first, not deleted", .0.display())]
    Occupied(PathBuf),
    /// Only a SQLite file is moved, and only to PostgreSQL.
    #[error(
        "database.url is to name the PostgreSQL to which everything goes, for example by \
         CENTRALINO__DATABASE__URL=postgres://centralino:…@localhost/centralino"
    )]
    NotPostgres,
    /// There is nothing to move.
    #[error("{} is no file", .0.display())]
    NoFile(PathBuf),
}

/// An error of the system with the path that it is about.
fn at(path: &Path) -> impl FnOnce(io::Error) -> BackupError + '_ {
    |error| BackupError::Io { path: path.to_owned(), error }
}

/// A folder for what is being made, in `within`, that only its owner enters and that goes unless it is kept.
fn private_scratch(within: &Path, prefix: &str) -> Result<TempDir, BackupError> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(prefix).permissions(Permissions::from_mode(0o700)).tempdir_in(within).map_err(at(within))
}

/// An instant as part of a name: `20210110T090000Z`.
fn stamp(at: Timestamp) -> String {
    at.strftime("%Y%m%dT%H%M%SZ").to_string()
}

/// A name in `folder` that is not taken.
fn free_name(folder: &Path, name: &str) -> PathBuf {
    let first = folder.join(name);
    let others = (2..).map(|number: u32| folder.join(format!("{name}-{number}")));
    std::iter::once(first.clone()).chain(others).find(|path| !path.exists()).unwrap_or(first)
}

/// The server's secret in `file` and those that it replaced. None is ever made here.
fn secrets_in(config: &Config, file: &Path) -> Result<Secrets, BackupError> {
    let random = Random::system();
    let secrets = Secrets::load(file, crate::server::config::Environment::Production, &random)?;
    Ok(secrets.with_previous(&config.secrets.previous, &random)?)
}

/// Walks both registers against these checkpoints; the place of the last entry of each.
async fn whole(registrar: &Registrar<'_>, kept: &[Checkpoint]) -> Result<Vec<(Register, i64)>, BackupError> {
    let mut ends = Vec::new();
    for register in Register::ALL.iter().copied() {
        let end = registrar.verify(register, kept).await?;
        ends.push((register, end.map_err(|flaw| BackupError::NotWhole { register, flaw })?));
    }
    Ok(ends)
}
