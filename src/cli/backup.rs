//! `centralino backup`, `centralino restore`, `centralino storage`: what is said of them.

use std::{
    io::Write,
    path::{Path, PathBuf},
};

use clap::Subcommand;
use jiff::Timestamp;

use crate::{
    cli::console,
    features::backups::{
        BackupError, make,
        moving::to_postgres,
        restore::{self, Extent},
    },
    server::{clock::Clock, config::Config},
    storage::registers::Register,
};

/// What to do with backups and with the database as a whole.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Copies the database, while the program runs or not, proves the copy, deletes older ones (`backup.keep`).
    Backup {
        /// Puts the server's secret into it too.
        #[arg(long)]
        with_secret: bool,
    },
    /// Puts a backup back where nothing is; the program must be stopped.
    Restore {
        /// The folder of the backup.
        #[arg(value_name = "FOLDER")]
        backup: PathBuf,
        /// Proves the backup and changes nothing.
        #[arg(long, conflicts_with = "replace")]
        check: bool,
        /// Sets what is there aside first.
        #[arg(long)]
        replace: bool,
    },
    /// Moves the database as a whole.
    #[command(subcommand)]
    Storage(Storage),
}

/// What to do with the database.
#[derive(Debug, Subcommand)]
pub enum Storage {
    /// Moves a SQLite installation to the empty PostgreSQL that database.url names; the program must be stopped.
    Migrate {
        /// The SQLite file. Default: centralino.db in the data folder.
        #[arg(long, value_name = "FILE")]
        from: Option<PathBuf>,
    },
}

/// Why a command was not carried out.
#[derive(Debug, thiserror::Error)]
pub enum CommandError {
    /// Nothing was made, put back or moved.
    #[error(transparent)]
    Backup(#[from] BackupError),
    /// Standard output was refused by the system.
    #[error(transparent)]
    Io(#[from] std::io::Error),
}

/// Carries a command out; what it says goes to `out`.
pub async fn run(command: Command, config: &Config, clock: &Clock, out: &mut impl Write) -> Result<(), CommandError> {
    match command {
        Command::Backup { with_secret } => backup(config, clock, with_secret, out).await,
        Command::Restore { backup, check, replace } => {
            let extent = match (check, replace) {
                (true, _) => Extent::Check,
                (false, true) => Extent::Replace,
                (false, false) => Extent::Restore,
            };
            restore(config, clock, &backup, extent, out).await
        }
        Command::Storage(Storage::Migrate { from }) => {
            let from = from.unwrap_or_else(|| config.data.0.join("centralino.db"));
            migrate(config, clock, &from, out).await
        }
    }
}

async fn backup(config: &Config, clock: &Clock, secret: bool, out: &mut impl Write) -> Result<(), CommandError> {
    let made = make::make(config, clock, &console::by(), secret).await?;
    writeln!(out, "backup\t{}\t{} bytes\t{} rows", made.folder.display(), made.bytes, made.rows)?;
    ends(&made.registers, out)?;
    for folder in &made.deleted {
        writeln!(out, "deleted\t{}", folder.display())?;
    }
    if let Some(outage) = made.unrecorded {
        writeln!(out, "warning\tthe register of administration has no entry of this: {outage}")?;
    }
    let file = config.secret_file();
    if secret {
        writeln!(out, "warning\tthe server's secret is in it: who has this folder can make PINs and try passwords")?;
    } else {
        writeln!(
            out,
            "note\tthe server's secret is not in it: keep {} apart, without it the backup opens nothing",
            file.display()
        )?;
    }
    Ok(())
}

/// Puts a backup back, or only proves it.
async fn restore(
    config: &Config,
    clock: &Clock,
    folder: &Path,
    extent: Extent,
    out: &mut impl Write,
) -> Result<(), CommandError> {
    let restored = restore::restore(config, clock, &console::by(), folder, extent).await?;
    let word = if extent == Extent::Check { "whole" } else { "restored" };
    let made = Timestamp::from_millisecond(restored.created_at).map(|at| at.to_string()).unwrap_or_default();
    writeln!(out, "{word}\t{}\tmade {made}\t{} rows", folder.display(), restored.rows)?;
    ends(&restored.registers, out)?;
    if let Some(folder) = &restored.set_aside {
        writeln!(out, "set aside\t{}", folder.display())?;
    }
    for (register, first, last) in &restored.lost {
        writeln!(
            out,
            "lost\t{}\tentries {first} to {last} at least, which the backup has not: write this down",
            register.word()
        )?;
    }
    Ok(())
}

async fn migrate(config: &Config, clock: &Clock, from: &Path, out: &mut impl Write) -> Result<(), CommandError> {
    let moved = to_postgres(config, clock, &console::by(), from).await?;
    for (table, tally) in &moved.tables.0 {
        writeln!(out, "{table}\t{} rows\tsha256 {}", tally.rows, tally.sha256)?;
    }
    ends(&moved.registers, out)?;
    writeln!(
        out,
        "moved\t{} rows, each compared. {} is as it was: keep it as a backup, use it no more",
        moved.tables.rows(),
        from.display()
    )?;
    Ok(())
}

fn ends(registers: &[(Register, i64)], out: &mut impl Write) -> std::io::Result<()> {
    for (register, end) in registers {
        writeln!(out, "{}\twhole\t{end}", register.word())?;
    }
    Ok(())
}
