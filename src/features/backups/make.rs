//! Making a backup, while operators work.

use std::{
    collections::BTreeMap,
    fs::{self, File},
    path::{Path, PathBuf},
};

use super::{
    BackupError, DATABASE, SECRET, at, free_name, manifest::Manifest, private_scratch, retention, stamp, whole,
};
use crate::{
    features::registers::{
        act::{Act, By},
        checkpoint::Registrar,
        kept::KeptFiles,
    },
    server::{
        clock::Clock,
        config::Config,
        files::{private_folder, write_private_once},
        opened::Opened,
        secrets::Secrets,
    },
    storage::{
        Db, Outage,
        registers::{Action, Fact, Register, checkpoints::Checkpoint},
        transfer::{DatabaseFile, Tally, read_into},
    },
};

/// A backup that was made.
#[derive(Debug)]
pub struct Made {
    /// Where it is.
    pub folder: PathBuf,
    /// How large it is.
    pub bytes: u64,
    /// How many rows it holds.
    pub rows: u64,
    /// The place of the last entry of each register.
    pub registers: Vec<(Register, i64)>,
    /// The older ones that were deleted.
    pub deleted: Vec<PathBuf>,
    /// Why the register of administration has no entry of it: the database could not be written.
    pub unrecorded: Option<Outage>,
}

/// Makes one in `backup.folder`, proves it, then deletes those that have been kept long enough. The program may be
/// running. The copy is of one instant; every act acknowledged before is in it.
pub async fn make(config: &Config, clock: &Clock, by: &By, with_secret: bool) -> Result<Made, BackupError> {
    let Opened { secrets, db, .. } = Opened::open(config).await?;
    let maker = Maker { config, clock, secrets: &secrets };
    let unrecorded = maker.record(&db, by).await?;
    db.close().await;
    let folder = config.backup_folder();
    private_folder(&folder).map_err(at(&folder))?;
    let draft = private_scratch(&folder, retention::DRAFT)?;
    let (manifest, registers) = maker.draft(draft.path(), with_secret).await?;
    let (bytes, rows) = (manifest.bytes(), manifest.tables.rows());
    manifest.write(draft.path(), &secrets)?;
    let place = free_name(&folder, &format!("{}{}", retention::PREFIX, stamp(clock.now())));
    fs::rename(draft.path(), &place).map_err(at(&place))?;
    let _ = draft.keep();
    File::open(&folder).and_then(|folder| folder.sync_all()).map_err(at(&folder))?;
    let deleted = retention::delete_old(&folder, &config.backup, clock.now_ms())?;
    Ok(Made { folder: place, bytes, rows, registers, deleted, unrecorded })
}

struct Maker<'a> {
    config: &'a Config,
    clock: &'a Clock,
    secrets: &'a Secrets,
}

impl Maker<'_> {
    /// The entry comes first, so that the backup has it too. A database that can't be written is all the more to be
    /// copied.
    async fn record(&self, db: &Db, by: &By) -> Result<Option<Outage>, BackupError> {
        let act = Act::done(Action::BackupMade).with(Fact::Section, "database");
        match db.record(&[by.record(act, self.secrets, self.clock.now_ms())]).await {
            Ok(()) => Ok(None),
            Err(error) => Outage::of(&error).map(Some).ok_or_else(|| error.into()),
        }
    }

    /// Everything but the manifest, proved.
    async fn draft(&self, folder: &Path, with_secret: bool) -> Result<(Manifest, Vec<(Register, i64)>), BackupError> {
        let created_at = self.clock.now_ms();
        // Before the copy, which then has every entry that they saw.
        let checkpoints = self.checkpoints()?;
        let file = folder.join(DATABASE);
        let (engine, tables) = self.copy(&file).await?;
        let registers = self.prove(&file, &checkpoints).await?;
        let database = DatabaseFile::read(&file)?;
        database.check()?;
        tables.expect(&database.tally()?)?;
        drop(database);
        if !checkpoints.is_empty() {
            let kept = KeptFiles::in_data(folder);
            for checkpoint in &checkpoints {
                kept.keep(checkpoint.register()?, checkpoint).map_err(at(folder))?;
            }
        }
        if with_secret {
            self.add_secret(folder)?;
        }
        let ends: BTreeMap<_, _> = registers.iter().map(|(register, end)| (register.word().to_owned(), *end)).collect();
        Ok((Manifest::of(folder, created_at, engine, tables, ends)?, registers))
    }

    fn checkpoints(&self) -> Result<Vec<Checkpoint>, BackupError> {
        let folder = &self.config.data.0;
        let kept = KeptFiles::in_data(folder);
        let read = |register: &Register| kept.read(*register).map_err(at(folder)).transpose();
        Register::ALL.iter().filter_map(read).collect()
    }

    /// Copies the database; from which engine, and what was read.
    async fn copy(&self, file: &Path) -> Result<(&'static str, Tally), BackupError> {
        if let Some(live) = self.config.database_file() {
            DatabaseFile::read(&live)?.copy_to(file)?;
            return Ok(("sqlite", DatabaseFile::read(file)?.tally()?));
        }
        Ok(("postgres", read_into(&self.config.database_url(), file).await?))
    }

    /// Walks the registers of the copy, which must have every entry that a checkpoint saw.
    async fn prove(&self, file: &Path, kept: &[Checkpoint]) -> Result<Vec<(Register, i64)>, BackupError> {
        let copy = Db::open(&Db::sqlite_url(file)).await?;
        let registrar = Registrar::new(&copy, self.clock, self.secrets)?;
        let ends = whole(&registrar, kept).await;
        copy.close().await;
        DatabaseFile::alone(file)?.into_one(file)?;
        ends
    }

    /// The secret in use. Those that it replaced stay where they are: they only verify what is old.
    fn add_secret(&self, folder: &Path) -> Result<(), BackupError> {
        let (from, to) = (self.config.secret_file(), folder.join(SECRET));
        let content = zeroize::Zeroizing::new(fs::read(&from).map_err(at(&from))?);
        let parent = folder.join("secrets");
        private_folder(&parent).map_err(at(&parent))?;
        write_private_once(&to, &content).map_err(at(&to))
    }
}
