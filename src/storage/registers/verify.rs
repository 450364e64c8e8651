//! Walking a whole chain, or the part of it since a checkpoint.

use sqlx::Error;

use super::{
    Register,
    chain::{Flaw, Seal, Start, Walk},
    checkpoints::Checkpoint,
};
use crate::storage::{Db, read};

/// How many entries are read at once.
const BATCH: i64 = 1000;

/// Against what a chain is judged.
#[derive(Debug)]
pub struct Judge<'a> {
    /// The key of the seals.
    pub seal: &'a Seal,
    /// The public key of the checkpoints.
    pub public_key: &'a str,
    /// Checkpoints that were kept elsewhere, of either register.
    pub kept: &'a [Checkpoint],
}

impl Judge<'_> {
    /// Those of `register`, if all of them are ours.
    fn checked(&self, register: Register, own: Vec<Checkpoint>) -> Result<Vec<Checkpoint>, Flaw> {
        let kept = self.kept.iter().filter(|checkpoint| checkpoint.register == register.word()).cloned();
        let all: Vec<_> = own.into_iter().chain(kept).collect();
        match all.iter().find(|checkpoint| !checkpoint.is_signed_by(self.public_key)) {
            Some(checkpoint) => Err(Flaw::Unsigned { seq: checkpoint.seq }),
            None => Ok(all),
        }
    }
}

impl Db {
    /// Walks the chain of a register from `start` on. The place of its last entry, or the first thing that is wrong.
    pub async fn verify_register(
        &self,
        register: Register,
        start: Start,
        judge: &Judge<'_>,
    ) -> Result<Result<i64, Flaw>, Error> {
        // In this order, because the chain may grow meanwhile: the end as noted is not before any entry seen earlier.
        let checkpoints = match judge.checked(register, self.checkpoints(register).await?) {
            Ok(checkpoints) => checkpoints,
            Err(flaw) => return Ok(Err(flaw)),
        };
        let last = self.last_place(register).await?;
        let head = self.register_head(register).await?;
        let last = last.max(head.seq);
        let mut walk = Walk::new(register, judge.seal, start, head, checkpoints);
        loop {
            let batch = self.register_entries(register, walk.seq() + 1, last, BATCH).await?;
            if batch.is_empty() {
                let entries = walk.seq();
                return Ok(walk.end().map(|()| entries));
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
