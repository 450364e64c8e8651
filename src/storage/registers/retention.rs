//! The purge of what has been kept long enough: whole segments up to a checkpoint, with a signed statement in their place,
//! so that the chain goes on from there.

use sqlx::{Error, FromRow};

use super::{
    Head, Register,
    append::{Record, append},
    checkpoints::{Checkpoint, Signer, is_signed},
};
use crate::storage::{Db, read, write};

/// How many entries go at once: writers wait no longer than that takes.
const BATCH: i64 = 1000;

/// That the entries of a register up to one of them were purged, signed.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct Purge {
    /// The word of the register.
    pub register: String,
    /// The place of the last entry that went.
    pub seq: i64,
    /// Its instant, milliseconds since 1970.
    pub at: i64,
    /// Its hash, from which the chain goes on.
    pub hash: String,
    /// When, milliseconds since 1970.
    pub purged_at: i64,
    /// Ed25519 over all of these, base64url.
    pub signature: String,
}

impl Purge {
    /// What is signed.
    fn statement(&self) -> String {
        let Self { register, seq, at, hash, purged_at, .. } = self;
        format!("centralino purge 1\n{register}\n{seq}\n{at}\n{hash}\n{purged_at}\n")
    }

    /// Whether one of these keys signed it.
    #[must_use]
    pub fn is_signed_by_any(&self, public_keys: &[String]) -> bool {
        public_keys.iter().any(|key| is_signed(&self.statement(), &self.signature, key))
    }

    /// After which entry the chain goes on.
    #[must_use]
    pub fn head(&self) -> Head {
        Head { seq: self.seq, at: self.at, hash: self.hash.clone() }
    }
}

impl Signer {
    /// States that everything up to the entry of a checkpoint goes at `now`, milliseconds since 1970.
    #[must_use]
    pub fn purge(&self, end: &Checkpoint, now: i64) -> Purge {
        let Checkpoint { register, seq, at, hash, .. } = end.clone();
        let mut purge = Purge { register, seq, at, hash, purged_at: now, signature: String::new() };
        purge.signature = self.signature(&purge.statement());
        purge
    }
}

impl Db {
    /// The newest purge of a register.
    pub async fn last_purge(&self, register: Register) -> Result<Option<Purge>, Error> {
        const SQL: &str = "SELECT register, seq, at, hash, purged_at, signature FROM register_purges \
             WHERE register = $1 ORDER BY seq DESC LIMIT 1";
        read!(self, |pool| sqlx::query_as(SQL).bind(register.word()).fetch_optional(pool).await)
    }

    /// The newest checkpoint of an entry from before `before`, milliseconds since 1970: the end of what may go.
    pub async fn checkpoint_before(&self, register: Register, before: i64) -> Result<Option<Checkpoint>, Error> {
        const SQL: &str = "SELECT register, seq, at, hash, signed_at, signature FROM register_checkpoints \
             WHERE register = $1 AND at < $2 ORDER BY seq DESC LIMIT 1";
        read!(self, |pool| sqlx::query_as(SQL).bind(register.word()).bind(before).fetch_optional(pool).await)
    }

    /// States that everything up to an entry goes, and records it. Of two instances the first one does.
    pub async fn state_purge(&self, purge: &Purge, record: &Record) -> Result<(), Error> {
        const SQL: &str = "INSERT INTO register_purges (register, seq, at, hash, purged_at, signature) \
             VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING";
        write!(self, |tx| {
            let state = sqlx::query(SQL)
                .bind(&purge.register)
                .bind(purge.seq)
                .bind(purge.at)
                .bind(&purge.hash)
                .bind(purge.purged_at)
                .bind(&purge.signature);
            if state.execute(&mut *tx).await?.rows_affected() > 0 {
                append!(tx, record);
            }
            Ok(())
        })
    }

    /// Deletes what a purge was stated of, the oldest first, in small transactions. An interrupted one is gone on with.
    pub async fn delete_purged(&self, register: Register, purge: &Purge) -> Result<(), Error> {
        const SQL: &str = "DELETE FROM register_entries WHERE register = $1 AND seq <= $2 AND seq <= \
             (SELECT MIN(seq) FROM register_entries WHERE register = $1) + $3 - 1";
        loop {
            let deleted = write!(self, |tx| {
                let delete = sqlx::query(SQL).bind(register.word()).bind(purge.seq).bind(BATCH);
                delete.execute(&mut *tx).await.map(|done| done.rows_affected())
            })?;
            if deleted == 0 {
                return Ok(());
            }
        }
    }
}
