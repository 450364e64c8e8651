//! Walking a whole chain, or the part of it since a checkpoint.

use sqlx::Error;

use super::{
    Head, Register,
    chain::{Flaw, Seal, Walk},
    checkpoints::Checkpoint,
};
use crate::storage::{Db, read};

/// How many entries are read at once.
const BATCH: i64 = 1000;

/// Against what a chain is judged.
#[derive(Debug)]
pub struct Judge<'a> {
    /// The keys of the seals, the oldest first.
    pub seals: &'a [Seal],
    /// The public keys of the checkpoints.
    pub public_keys: &'a [String],
    /// Checkpoints that were kept elsewhere, of either register.
    pub kept: &'a [Checkpoint],
}

impl Judge<'_> {
    /// Those of `register`, if all of them are ours and none contradicts the entry at which the walk begins.
    fn checked(&self, register: Register, own: Vec<Checkpoint>, start: &Head) -> Result<Vec<Checkpoint>, Flaw> {
        let kept = self.kept.iter().filter(|checkpoint| checkpoint.register == register.word()).cloned();
        let all: Vec<_> = own.into_iter().chain(kept).collect();
        for checkpoint in &all {
            let seq = checkpoint.seq;
            if !checkpoint.is_signed_by_any(self.public_keys) {
                return Err(Flaw::Unsigned { seq });
            }
            if seq == start.seq && checkpoint.head() != *start {
                return Err(Flaw::Replaced { seq });
            }
        }
        Ok(all)
    }
}

impl Db {
    /// Walks the chain of a register from after `start` on, to its end or `until` a checkpoint. The last entry as it was
    /// walked, or the first thing that is wrong.
    pub async fn verify_register(
        &self,
        register: Register,
        start: Head,
        until: Option<&Checkpoint>,
        judge: &Judge<'_>,
    ) -> Result<Result<Head, Flaw>, Error> {
        // In this order, because the chain may grow meanwhile: the end as noted is not before any entry seen earlier.
        let mut checkpoints = match judge.checked(register, self.checkpoints(register, start.seq).await?, &start) {
            Ok(checkpoints) => checkpoints,
            Err(flaw) => return Ok(Err(flaw)),
        };
        let (last, head) = if let Some(until) = until {
            checkpoints.retain(|checkpoint| checkpoint.seq <= until.seq);
            (until.seq, until.head())
        } else {
            let last = self.last_place(register).await?;
            let head = self.register_head(register).await?;
            (last.max(head.seq), head)
        };
        let mut walk = Walk::new(register, judge.seals, start, head, checkpoints);
        loop {
            let batch = self.register_entries(register, walk.seq() + 1, last, BATCH).await?;
            if batch.is_empty() {
                return Ok(walk.end());
            }
            for entry in &batch {
                if let Err(flaw) = walk.step(entry) {
                    return Ok(Err(flaw));
                }
            }
        }
    }

    /// The place of the last entry that is there; 0 where there is none.
    async fn last_place(&self, register: Register) -> Result<i64, Error> {
        const SQL: &str = "SELECT seq FROM register_entries WHERE register = $1 ORDER BY seq DESC LIMIT 1";
        let row: Option<(i64,)> =
            read!(self, |pool| sqlx::query_as(SQL).bind(register.word()).fetch_optional(pool).await)?;
        Ok(row.map_or(0, |(seq,)| seq))
    }
}
