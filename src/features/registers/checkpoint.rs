//! Signing where a register stands, once the entries since the last time have been walked.

use super::{
    act::{Act, By},
    keys,
};
use crate::{
    server::{clock::Clock, secrets::Secrets},
    storage::{
        Db,
        registers::{
            Action, Fact, Register,
            chain::{Flaw, Start},
            checkpoints::{Checkpoint, NoSigner, Signer},
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
}

impl<'a> Registrar<'a> {
    /// With the keys of this secret.
    pub fn new(db: &'a Db, clock: &'a Clock, secrets: &'a Secrets) -> Result<Self, NoSigner> {
        Ok(Self { db, clock, secrets, signer: keys::signer(secrets)? })
    }

    /// With which anybody can check what it signed.
    #[must_use]
    pub fn public_key(&self) -> String {
        self.signer.public_key()
    }

    /// Signs where a register stands, if it stands anywhere and that is not signed already. The newest checkpoint.
    pub async fn sign(&self, register: Register) -> Result<Option<Checkpoint>, CheckpointError> {
        let last = self.db.last_checkpoint(register).await?;
        let head = self.db.register_head(register).await?;
        if head.seq == last.as_ref().map_or(0, |last| last.seq) {
            return Ok(last);
        }
        self.walk_since(register, last.as_ref()).await?;
        let checkpoint = self.signer.sign(register, &head, self.clock.now_ms());
        self.db.keep_checkpoint(&checkpoint).await?;
        let Checkpoint { seq, at, hash, signed_at, signature, .. } = &checkpoint;
        // Whoever collects the log has what shows that entries were taken off the end.
        tracing::info!(register = register.word(), seq, at, hash, signed_at, signature, "checkpoint");
        metrics::counter!("centralino_register_checkpoints_total", "register" => register.word()).increment(1);
        Ok(Some(checkpoint))
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

    /// Walks what came after `last`, up to now.
    async fn walk_since(&self, register: Register, last: Option<&Checkpoint>) -> Result<(), CheckpointError> {
        let start = last.map(|last| Start { seq: last.seq, hash: last.hash.clone() }).unwrap_or_default();
        let walked = self.verify_since(register, start, &[]).await?;
        walked.map(drop).map_err(|flaw| CheckpointError::NotWhole { register, flaw })
    }

    /// Walks a whole register, from its newest purge on, `kept` checkpoints included. The place of its last entry, or
    /// what is wrong with it.
    pub async fn verify(&self, register: Register, kept: &[Checkpoint]) -> Result<Result<i64, Flaw>, sqlx::Error> {
        let start = match self.db.last_purge(register).await? {
            Some(purge) if !purge.is_signed_by(&self.public_key()) => {
                return Ok(Err(Flaw::Unsigned { seq: purge.seq }));
            }
            Some(purge) => purge.start(),
            None => Start::default(),
        };
        self.verify_since(register, start, kept).await
    }

    /// Purges the segments of a register whose last entry is from before `before`, milliseconds since 1970. A register
    /// that does not hold is left as it is: what shows where it was broken must not go.
    pub async fn purge(&self, register: Register, before: i64) -> Result<(), CheckpointError> {
        let last = self.db.last_purge(register).await?;
        let done = last.as_ref().map_or(0, |last| last.seq);
        let end = self.db.checkpoint_before(register, before).await?.filter(|end| end.seq > done);
        if let Some(end) = &end {
            let walked = self.verify(register, &[]).await?;
            walked.map_err(|flaw| CheckpointError::NotWhole { register, flaw })?;
            let (purge, part) = (self.signer.purge(end, self.clock.now_ms()), format!("{}-{}", done + 1, end.seq));
            let act = Act::done(Action::RegisterPurged).on(register.word()).with(Fact::Part, &part);
            let record = By::service().record(act.with(Fact::Section, "registers"), self.secrets, purge.purged_at);
            self.db.state_purge(&purge, &record).await?;
        }
        match self.db.last_purge(register).await? {
            Some(purge) => Ok(self.db.delete_purged(register, &purge).await?),
            None => Ok(()),
        }
    }

    async fn verify_since(
        &self,
        register: Register,
        start: Start,
        kept: &[Checkpoint],
    ) -> Result<Result<i64, Flaw>, sqlx::Error> {
        let (seal, public_key) = (keys::seal(self.secrets), self.public_key());
        let judge = Judge { seal: &seal, public_key: &public_key, kept };
        self.db.verify_register(register, start, &judge).await
    }
}
