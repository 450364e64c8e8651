//! `centralino register`: whether the registers are whole, and where they stand.

use std::{
    fs, io,
    io::Write,
    path::{Path, PathBuf},
};

use clap::Subcommand;
use futures::StreamExt;
use jiff::civil::Date;
use serde::Serialize;

use crate::{
    cli::console,
    domain::dates,
    features::registers::{
        checkpoint::{CheckpointError, Registrar},
        export::{Exporter, FLAW, Format},
        filters::period,
        kept::KeptFiles,
        proof::{self, ExportError},
    },
    server::{
        clock::Clock,
        config::Config,
        opened::{NotOpened, Opened},
        secrets::Secrets,
    },
    storage::registers::{
        Register,
        chain::Flaw,
        checkpoints::{Checkpoint, NoSigner},
        find::Filter,
    },
};

/// What to do with the registers.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Walks both registers and names the first entry that is broken, missing, out of order or cut off.
    Verify {
        /// Checkpoints that were kept elsewhere, as `checkpoint` prints them: only these show that the end of a
        /// register was cut off together with what the database has of it.
        #[arg(long, value_name = "FILE", conflicts_with = "export")]
        checkpoints: Option<PathBuf>,
        /// Walks a file that was exported with its proof, instead of the registers.
        #[arg(long, value_name = "FILE")]
        export: Option<PathBuf>,
    },
    /// Signs where the registers stand and prints it, one JSON object a line, to be kept elsewhere.
    Checkpoint,
    /// Writes a part of a register to standard output: entries as CSV, or a whole period with its proof.
    Export {
        /// access or admin.
        #[arg(long)]
        register: Register,
        /// csv, or jsonl: JSON Lines with the chain's proof.
        #[arg(long, default_value = "jsonl")]
        format: Format,
        /// The first day, 2021-01-31 or 31/01/2021.
        #[arg(long, value_parser = parse_day)]
        from: Option<Date>,
        /// The last day.
        #[arg(long, value_parser = parse_day)]
        to: Option<Date>,
    },
}

/// Why a command was not carried out.
#[derive(Debug, thiserror::Error)]
pub enum RegisterError {
    /// A file or standard output was refused by the system.
    #[error(transparent)]
    Io(#[from] io::Error),
    /// What the configuration names can't be opened.
    #[error(transparent)]
    NotOpened(#[from] NotOpened),
    /// The database refused.
    #[error("database: {0}")]
    Engine(#[from] sqlx::Error),
    /// The key that signs can't be had.
    #[error(transparent)]
    NoSigner(#[from] NoSigner),
    /// Nothing was signed.
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
    /// An export does not hold.
    #[error(transparent)]
    Export(#[from] ExportError),
    /// A line of the file is no checkpoint.
    #[error("{}: line {line} is no checkpoint as `centralino register checkpoint` prints them", file.display())]
    NoCheckpoint {
        /// The file.
        file: PathBuf,
        /// Which line.
        line: usize,
    },
}

/// A checkpoint as printed: whoever keeps it can check its signature without the server's secret.
#[derive(Serialize)]
struct Printed<'a> {
    #[serde(flatten)]
    checkpoint: &'a Checkpoint,
    public_key: &'a str,
}

/// Carries a command out; what it says goes to `out`.
pub async fn run(command: Command, config: &Config, clock: &Clock, out: &mut impl Write) -> Result<(), RegisterError> {
    let Opened { secrets, db, .. } = Opened::open(config).await?;
    let registrar = Registrar::new(&db, clock, &secrets)?.with_files(KeptFiles::in_data(&config.data.0));
    let done = match command {
        Command::Verify { export: Some(file), .. } => verify_export(&secrets, &file, out),
        Command::Verify { checkpoints, .. } => verify(&registrar, checkpoints.as_deref(), out).await,
        Command::Checkpoint => checkpoint(&registrar, out).await,
        Command::Export { register, format, from, to } => {
            let days = [("from", from), ("to", to)].into_iter();
            let days = days.filter_map(|(name, day)| Some(format!("{name}={}", day?)));
            let (from, until) = period(from, to);
            let exporter = Exporter::new(&db, &secrets, clock, register, Filter { from, until, ..Filter::default() });
            export(exporter, format, &days.collect::<Vec<_>>().join("&"), out).await
        }
    };
    db.close().await;
    done
}

async fn verify(registrar: &Registrar<'_>, file: Option<&Path>, out: &mut impl Write) -> Result<(), RegisterError> {
    let kept = file.map(read_checkpoints).transpose()?.unwrap_or_default();
    let mut broken = None;
    for register in Register::ALL.iter().copied() {
        match registrar.verify(register, &kept).await? {
            Ok(entries) => writeln!(out, "{}\twhole\t{entries}", register.word())?,
            Err(flaw) => {
                writeln!(out, "{}\tnot whole\t{flaw}", register.word())?;
                broken = broken.or(Some(RegisterError::NotWhole { register, flaw }));
            }
        }
    }
    broken.map_or(Ok(()), Err)
}

fn verify_export(secrets: &Secrets, file: &Path, out: &mut impl Write) -> Result<(), RegisterError> {
    let (register, places) = proof::verify(io::BufReader::new(fs::File::open(file)?), secrets)?;
    let places = places.map_or_else(|| "-".to_owned(), |places| format!("{}-{}", places.first, places.last));
    Ok(writeln!(out, "{}\twhole\t{places}", register.word())?)
}

/// The entry of the export is written first, as the pages do it. One that ends with a flaw is none.
async fn export(exporter: Exporter, format: Format, days: &str, out: &mut impl Write) -> Result<(), RegisterError> {
    let places = exporter.begin(format, &console::by(), days).await?;
    let (mut file, mut is_whole) = (exporter.file(places, format), true);
    while let Some(part) = file.next().await {
        let part = part?;
        is_whole &= !part.split(|byte| *byte == b'\n').any(|line| line.starts_with(FLAW));
        out.write_all(&part)?;
    }
    out.flush()?;
    if is_whole { Ok(()) } else { Err(ExportError::NoProof.into()) }
}

fn parse_day(text: &str) -> Result<Date, String> {
    dates::parse(text).map_err(|_| "not a day, such as 2021-01-31".to_owned())
}

async fn checkpoint(registrar: &Registrar<'_>, out: &mut impl Write) -> Result<(), RegisterError> {
    let public_key = registrar.public_key();
    for register in Register::ALL.iter().copied() {
        let Some(checkpoint) = registrar.sign(register).await? else { continue };
        let printed = Printed { checkpoint: &checkpoint, public_key: &public_key };
        writeln!(out, "{}", serde_json::to_string(&printed).map_err(io::Error::from)?)?;
    }
    Ok(())
}

/// The checkpoints of a file, one JSON object a line.
fn read_checkpoints(file: &Path) -> Result<Vec<Checkpoint>, RegisterError> {
    let text = fs::read_to_string(file)?;
    let lines = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
    let read = |(at, line): (usize, &str)| {
        let no_checkpoint = |_| RegisterError::NoCheckpoint { file: file.to_owned(), line: at + 1 };
        serde_json::from_str(line).map_err(no_checkpoint)
    };
    lines.map(read).collect()
}
