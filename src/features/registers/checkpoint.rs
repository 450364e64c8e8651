//! Signing where a register stands, once the entries since the last time have been walked.

use std::io;

use super::{
    act::{Act, By},
    kept::KeptFiles,
    keys::{self, Keyring},
};
use crate::{
    server::{clock::Clock, secrets::Secrets},
    storage::{
        Db,
        registers::{
            Action, Fact, Head, Register,
            chain::Flaw,
            checkpoints::{Checkpoint, NoSigner, Signer},
            retention::Purge,
            verify::Judge,
        },
    },
};

/// So many entries call for a checkpoint before its time.
const MANY: i64 = 1000;

/// Why nothing was signed.
#[derive(Debug, thiserror::Error)]
pub enum CheckpointError {
    /// The chain does not hold: to sign its end would be to vouch for it.
    #[error("the register {} is not whole: {flaw}", register.word())]
    NotWhole {
        /// Which.
        register: Register,
        /// What is wrong with it.
        flaw: Flaw,
    },
    /// There is no key to sign with.
    #[error(transparent)]
    NoSigner(#[from] NoSigner),
    /// The file with the newest checkpoint can't be read or written.
    #[error("the newest checkpoint as a file in the data folder, registers/: {0}")]
    File(#[from] io::Error),
    /// The database refused.
    #[error("database: {0}")]
    Engine(#[from] sqlx::Error),
}

/// The registrar: what signing needs of the application.
#[derive(Debug)]
pub struct Registrar<'a> {
    db: &'a Db,
    clock: &'a Clock,
    secrets: &'a Secrets,
    signer: Signer,
    keys: Keyring,
    files: Option<KeptFiles>,
}

impl<'a> Registrar<'a> {
    /// With the keys of this secret.
    pub fn new(db: &'a Db, clock: &'a Clock, secrets: &'a Secrets) -> Result<Self, NoSigner> {
        let (signer, keys) = (keys::signer(secrets)?, Keyring::new(secrets)?);
        Ok(Self { db, clock, secrets, signer, keys, files: None })
    }

    /// The same, which keeps the newest checkpoints as files too and compares them.
    #[must_use]
    pub fn with_files(self, files: KeptFiles) -> Self {
        Self { files: Some(files), ..self }
    }

    /// With which anybody can check what it signs.
    #[must_use]
    pub fn public_key(&self) -> String {
        self.signer.public_key()
    }

    /// Signs where a register stands, as it was walked, if it stands anywhere and that is not signed already. The newest
    /// checkpoint.
    pub async fn sign(&self, register: Register) -> Result<Option<Checkpoint>, CheckpointError> {
        let last = self.db.last_checkpoint(register).await?;
        let start = last.as_ref().map(Checkpoint::head).unwrap_or_default();
        let end = self.walk(register, start, None, &[]).await?;
        let end = end.map_err(|flaw| CheckpointError::NotWhole { register, flaw })?;
        if end.seq == last.as_ref().map_or(0, |last| last.seq) {
            return self.keep_file(register, last);
        }
        let checkpoint = self.signer.sign(register, &end, self.clock.now_ms());
        self.db.keep_checkpoint(&checkpoint).await?;
        let Checkpoint { seq, at, hash, signed_at, signature, .. } = &checkpoint;
        // Whoever collects the log has what shows that entries were taken off the end.
        tracing::info!(register = register.word(), seq, at, hash, signed_at, signature, "checkpoint");
        metrics::counter!("centralino_register_checkpoints_total", "register" => register.word()).increment(1);
        self.keep_file(register, Some(checkpoint))
    }

    fn keep_file(&self, register: Register, newest: Option<Checkpoint>) -> Result<Option<Checkpoint>, CheckpointError> {
        if let (Some(files), Some(checkpoint)) = (&self.files, &newest) {
            files.keep(register, checkpoint)?;
        }
        Ok(newest)
    }

    /// Signs if `interval` milliseconds have passed since the last time, or many entries have come since.
    pub async fn sign_if_due(&self, register: Register, interval: i64) -> Result<(), CheckpointError> {
        let last = self.db.last_checkpoint(register).await?;
        let head = self.db.register_head(register).await?;
        let is_due =
            last.is_none_or(|last| head.seq - last.seq >= MANY || self.clock.now_ms() - last.signed_at >= interval);
        if is_due {
            self.sign(register).await?;
        }
        Ok(())
    }

    /// Walks a whole register, from its newest purge on, `kept` checkpoints included. The place of its last entry, or
    /// what is wrong with it.
    pub async fn verify(&self, register: Register, kept: &[Checkpoint]) -> Result<Result<i64, Flaw>, CheckpointError> {
        let purge = self.db.last_purge(register).await?;
        if let Some(purge) = purge.as_ref().filter(|purge| !purge.is_signed_by_any(&self.keys.public_keys)) {
            return Ok(Err(Flaw::Unsigned { seq: purge.seq }));
        }
        let start = purge.map(|purge| purge.head()).unwrap_or_default();
        Ok(self.walk(register, start, None, kept).await?.map(|end| end.seq))
    }

    /// Purges the segments of a register whose last entry is from before `before`, milliseconds since 1970. What goes
    /// is walked first, against what was signed of it: what shows where it was broken must not go.
    pub async fn purge(&self, register: Register, before: i64) -> Result<(), CheckpointError> {
        let not_whole = |flaw| CheckpointError::NotWhole { register, flaw };
        let last = self.db.last_purge(register).await?;
        if let Some(last) = last.as_ref().filter(|last| !last.is_signed_by_any(&self.keys.public_keys)) {
            return Err(not_whole(Flaw::Unsigned { seq: last.seq }));
        }
        let start = last.as_ref().map(Purge::head).unwrap_or_default();
        let end = self.db.checkpoint_before(register, before).await?.filter(|end| end.seq > start.seq);
        let purge = match &end {
            Some(end) => Some(self.state_purge(register, start, end).await?),
            None => last,
        };
        match purge {
            Some(purge) => Ok(self.db.delete_purged(register, &purge).await?),
            None => Ok(()),
        }
    }

    async fn state_purge(&self, register: Register, start: Head, end: &Checkpoint) -> Result<Purge, CheckpointError> {
        let part = format!("{}-{}", start.seq + 1, end.seq);
        let walked = self.walk(register, start, Some(end), &[]).await?;
        walked.map_err(|flaw| CheckpointError::NotWhole { register, flaw })?;
        let purge = self.signer.purge(end, self.clock.now_ms());
        let act = Act::done(Action::RegisterPurged).on(register.word()).with(Fact::Part, &part);
        let record = By::service().record(act.with(Fact::Section, "registers"), self.secrets, purge.purged_at);
        self.db.state_purge(&purge, &record).await?;
        Ok(purge)
    }

    /// Walks from after `start` on, to the end or `until` a checkpoint, against `kept` checkpoints and those that the
    /// database and the files have.
    async fn walk(
        &self,
        register: Register,
        start: Head,
        until: Option<&Checkpoint>,
        kept: &[Checkpoint],
    ) -> Result<Result<Head, Flaw>, CheckpointError> {
        let file = self.files.as_ref().map(|files| files.read(register)).transpose()?.flatten();
        let kept: Vec<_> = kept.iter().cloned().chain(file).collect();
        let Keyring { seals, public_keys } = &self.keys;
        let judge = Judge { seals, public_keys, kept: &kept };
        Ok(self.db.verify_register(register, start, until, &judge).await?)
    }
}
