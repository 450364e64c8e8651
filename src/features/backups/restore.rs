//! Going back to a backup: proved whole before anything is touched, and what is replaced is set aside, not deleted.

use std::{
    fs::{self, File},
    path::{Path, PathBuf},
};

use super::{
    BackupError, DATABASE, SECRET, at, free_name, manifest::Manifest, private_scratch, secrets_in, stamp, whole,
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
        secrets::Secrets,
    },
    storage::{
        Db,
        registers::{Action, Fact, Register},
        transfer::{DatabaseFile, TransferError, beside, fill},
    },
};

/// What to do with a backup.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Extent {
    /// Prove it and change nothing.
    Check,
    /// Put it where nothing is.
    Restore,
    /// Put it in place of what is there.
    Replace,
}

/// A backup that was proved, and put back if that was asked for.
#[derive(Debug)]
pub struct Restored {
    /// When it was made, milliseconds since 1970.
    pub created_at: i64,
    /// How many rows it holds.
    pub rows: u64,
    /// The place of the last entry of each register.
    pub registers: Vec<(Register, i64)>,
    /// Where what was there is now.
    pub set_aside: Option<PathBuf>,
    /// Entries that the installation had and the backup has not: the first of them, and the last that is known of.
    pub lost: Vec<(Register, i64, i64)>,
}

/// Proves the backup in `folder` and puts it back as `extent` says.
pub async fn restore(
    config: &Config,
    clock: &Clock,
    by: &By,
    folder: &Path,
    extent: Extent,
) -> Result<Restored, BackupError> {
    let manifest = Manifest::read(folder)?;
    let own = config.secret_file();
    let secret_file = if own.exists() || !manifest.has(SECRET) { own } else { folder.join(SECRET) };
    let secrets = secrets_in(config, &secret_file)?;
    if !manifest.is_of(&secrets) {
        return Err(BackupError::Seal(secret_file));
    }
    manifest.check_files(folder)?;
    let place = Place { config, clock, secrets: &secrets };
    if extent != Extent::Check {
        place.expect_free(extent)?;
    }
    let scratch = place.scratch(extent)?;
    let draft = scratch.path().join(DATABASE);
    fs::copy(folder.join(DATABASE), &draft).map_err(at(&draft))?;
    let record = by.record(
        Act::done(Action::BackupRestored).with(Fact::Section, "database").with(Fact::Part, &made_at(&manifest)),
        &secrets,
        clock.now_ms(),
    );
    let registers = place.prove(&draft, &manifest, (extent != Extent::Check).then_some(&record)).await?;
    let mut restored = Restored {
        created_at: manifest.created_at,
        rows: manifest.tables.rows(),
        registers,
        set_aside: None,
        lost: Vec::new(),
    };
    if extent != Extent::Check {
        restored.lost = place.lost(&restored.registers)?;
        if !config.secret_file().exists() {
            place.put_secret(&secret_file)?;
        }
        restored.set_aside = place.put(&draft, scratch.path()).await?;
        place.sign().await?;
    }
    Ok(restored)
}

fn made_at(manifest: &Manifest) -> String {
    jiff::Timestamp::from_millisecond(manifest.created_at).map(stamp).unwrap_or_default()
}

/// Where it is put back.
struct Place<'a> {
    config: &'a Config,
    clock: &'a Clock,
    secrets: &'a Secrets,
}

impl Place<'_> {
    fn data(&self) -> &Path {
        &self.config.data.0
    }

    /// What there is of an installation: its database, if it is a file, and its checkpoints.
    fn parts(&self) -> Vec<PathBuf> {
        let file = self.config.database_file();
        let journal = file.iter().flat_map(|file| beside(file));
        let parts = file.iter().cloned().chain(journal).chain([self.data().join("registers")]);
        parts.filter(|part| part.exists()).collect()
    }

    /// Refuses a place that is in use, or where there is something unless it is to be replaced. A database that is so
    /// damaged that it can't be opened is in nobody's use.
    fn expect_free(&self, extent: Extent) -> Result<(), BackupError> {
        let file = self.config.database_file().filter(|file| file.exists());
        if let Some(Err(error @ TransferError::InUse)) = file.as_deref().map(DatabaseFile::alone) {
            return Err(error.into());
        }
        match self.parts().into_iter().next() {
            Some(part) if extent == Extent::Restore => Err(BackupError::Occupied(part)),
            _ => Ok(()),
        }
    }

    /// Where the draft is made: beside the database, so that it can be moved there, or anywhere for a check.
    fn scratch(&self, extent: Extent) -> Result<tempfile::TempDir, BackupError> {
        let beside = self.config.database_file().and_then(|file| file.parent().map(Path::to_owned));
        let folder = match beside.filter(|_| extent != Extent::Check) {
            Some(folder) => folder,
            None if extent == Extent::Check => std::env::temp_dir(),
            None => self.data().to_owned(),
        };
        if extent != Extent::Check {
            private_folder(self.data()).map_err(at(self.data()))?;
            fs::create_dir_all(&folder).map_err(at(&folder))?;
        }
        private_scratch(&folder, ".restore-")
    }

    /// The rows are those of the manifest, the file is whole, the registers hold: then the tables are brought up to date
    /// and the entry of the act is written.
    async fn prove(
        &self,
        draft: &Path,
        manifest: &Manifest,
        record: Option<&crate::storage::registers::append::Record>,
    ) -> Result<Vec<(Register, i64)>, BackupError> {
        let database = DatabaseFile::read(draft)?;
        database.check()?;
        manifest.tables.expect(&database.tally()?)?;
        drop(database);
        let db = Db::open(&Db::sqlite_url(draft)).await?;
        let ends = whole(&Registrar::new(&db, self.clock, self.secrets)?, &[]).await?;
        if let Some(record) = record {
            db.record(std::slice::from_ref(record)).await?;
        }
        db.close().await;
        DatabaseFile::alone(draft)?.into_one(draft)?;
        Ok(ends)
    }

    /// What the checkpoints in the data folder saw and the backup has not.
    fn lost(&self, registers: &[(Register, i64)]) -> Result<Vec<(Register, i64, i64)>, BackupError> {
        let kept = KeptFiles::in_data(self.data());
        let mut lost = Vec::new();
        for (register, end) in registers {
            let seen = kept.read(*register).map_err(at(self.data()))?.map_or(0, |checkpoint| checkpoint.seq);
            if seen > *end {
                lost.push((*register, end + 1, seen));
            }
        }
        Ok(lost)
    }

    fn put_secret(&self, from: &Path) -> Result<(), BackupError> {
        let to = self.config.secret_file();
        let content = zeroize::Zeroizing::new(fs::read(from).map_err(at(from))?);
        if let Some(folder) = to.parent() {
            private_folder(folder).map_err(at(folder))?;
        }
        write_private_once(&to, &content).map_err(at(&to))
    }

    /// Puts the draft in its place; where what was there is now.
    async fn put(&self, draft: &Path, scratch: &Path) -> Result<Option<PathBuf>, BackupError> {
        let Some(file) = self.config.database_file() else {
            fill(&self.config.database_url(), &DatabaseFile::read(draft)?, scratch).await?;
            return self.set_aside();
        };
        let set_aside = self.set_aside()?;
        fs::rename(draft, &file).map_err(at(&file))?;
        if let Some(folder) = file.parent() {
            File::open(folder).and_then(|folder| folder.sync_all()).map_err(at(folder))?;
        }
        Ok(set_aside)
    }

    fn set_aside(&self) -> Result<Option<PathBuf>, BackupError> {
        let parts = self.parts();
        if parts.is_empty() {
            return Ok(None);
        }
        let folder = free_name(self.data(), &format!("replaced-{}", stamp(self.clock.now())));
        private_folder(&folder).map_err(at(&folder))?;
        for part in parts {
            let to = folder.join(part.file_name().unwrap_or_default());
            fs::rename(&part, &to).map_err(at(&part))?;
        }
        Ok(Some(folder))
    }

    /// Opens what was put back as the desk will, and signs where its registers stand: the files beside it are new.
    async fn sign(&self) -> Result<(), BackupError> {
        let db = Db::open(&self.config.database_url()).await?;
        let registrar = Registrar::new(&db, self.clock, self.secrets)?.with_files(KeptFiles::in_data(self.data()));
        for register in Register::ALL.iter().copied() {
            registrar.sign(register).await?;
        }
        db.close().await;
        Ok(())
    }
}
