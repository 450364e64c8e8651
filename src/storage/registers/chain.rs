//! How entries hang together: each one's hash covers the hash before it and all of its own, and is sealed with a key.
//!
//! A walk along a chain names the first place at which it does not hold.

use std::fmt;

use aws_lc_rs::{
    digest::{self, SHA256},
    hmac::{self, HMAC_SHA256},
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};

use super::{Head, Register, StoredEntry, checkpoints::Checkpoint};

/// What the hash of every entry begins with: another form of entries would have another.
const FORM: &str = "centralino register 1";

/// The key with which hashes are sealed: who lacks it can write no entry that passes for one of ours.
#[derive(Clone)]
pub struct Seal(hmac::Key);

impl fmt::Debug for Seal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Seal(…)")
    }
}

impl Seal {
    /// With this key.
    #[must_use]
    pub fn new(key: &[u8; 32]) -> Self {
        Self(hmac::Key::new(HMAC_SHA256, key))
    }

    /// The seal of a hash.
    #[must_use]
    pub fn of(&self, hash: &str) -> String {
        URL_SAFE_NO_PAD.encode(hmac::sign(&self.0, hash.as_bytes()))
    }

    fn is_of(&self, hash: &str, seal: &str) -> bool {
        let seal = URL_SAFE_NO_PAD.decode(seal).unwrap_or_default();
        hmac::verify(&self.0, hash.as_bytes(), &seal).is_ok()
    }
}

/// The hash of an entry: SHA-256 of its canonical form, which is every column, the hash before it included, each with
/// its length before it, so that no two entries have the same form.
#[must_use]
pub fn hash_of(register: Register, entry: &StoredEntry) -> String {
    let mut context = digest::Context::new(&SHA256);
    let (seq, at) = (entry.seq.to_string(), entry.at.to_string());
    let columns: [&str; 11] = [
        FORM,
        register.word(),
        &seq,
        &at,
        &entry.actor,
        &entry.action,
        &entry.outcome,
        &entry.ip,
        &entry.target,
        &entry.details,
        &entry.previous,
    ];
    for column in columns {
        context.update(format!("{}:", column.len()).as_bytes());
        context.update(column.as_bytes());
    }
    URL_SAFE_NO_PAD.encode(context.finish())
}

/// What is wrong with a chain, and where.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Flaw {
    /// An entry is not as it was written, or was not written by the program.
    #[error("entry {seq} is not as it was written")]
    Broken {
        /// Where.
        seq: i64,
    },
    /// An entry is not in its place.
    #[error("entry {seq} stands out of order: it was written as entry {written_as}")]
    Reordered {
        /// Where it stands.
        seq: i64,
        /// Where it belongs.
        written_as: i64,
    },
    /// An entry is not there, though later ones are.
    #[error("entry {seq} is missing")]
    Missing {
        /// The first such place.
        seq: i64,
    },
    /// The chain ends before its end.
    #[error("the register is truncated: entry {seq} and what followed are gone")]
    Truncated {
        /// The first entry that is gone.
        seq: i64,
    },
    /// The note of the chain's end is not of this chain.
    #[error("the note of the last entry does not agree with entry {seq}")]
    Head {
        /// The last entry that is there.
        seq: i64,
    },
    /// A checkpoint whose signature is not ours.
    #[error("the checkpoint at entry {seq} is not signed by this program")]
    Unsigned {
        /// Where.
        seq: i64,
    },
    /// The chain is not the one that was signed.
    #[error("entry {seq} is not the one that a signed checkpoint saw")]
    Replaced {
        /// Where.
        seq: i64,
    },
}

/// How far from where an entry stands the place is sought under which it was written: each try is a hash.
const FAR: i64 = 50_000;

/// A walk along the chain.
#[derive(Debug)]
pub struct Walk<'a> {
    register: Register,
    /// The keys of the seals, the oldest first.
    seals: &'a [Seal],
    /// The place of the oldest key by which the next entry may be sealed: a key that was replaced comes no more.
    key: usize,
    /// The checkpoints not yet reached, the nearest last.
    checkpoints: Vec<Checkpoint>,
    /// The end as noted.
    head: Head,
    /// The last entry passed.
    last: Head,
}

impl<'a> Walk<'a> {
    /// After the entry `start`, before the entries of a chain whose end is noted as `head`. The signatures of the
    /// checkpoints have been looked at; those of what is before `start` don't count.
    #[must_use]
    pub fn new(
        register: Register,
        seals: &'a [Seal],
        start: Head,
        head: Head,
        mut checkpoints: Vec<Checkpoint>,
    ) -> Self {
        checkpoints.retain(|checkpoint| checkpoint.seq > start.seq);
        checkpoints.sort_by_key(|checkpoint| std::cmp::Reverse(checkpoint.seq));
        Self { register, seals, key: 0, checkpoints, head, last: start }
    }

    /// The place of the last entry passed; 0 before the first.
    #[must_use]
    pub const fn seq(&self) -> i64 {
        self.last.seq
    }

    /// Passes the next entry that is there.
    pub fn step(&mut self, entry: &StoredEntry) -> Result<(), Flaw> {
        let seq = self.last.seq + 1;
        if entry.seq > seq {
            return Err(Flaw::Missing { seq });
        }
        let Some(key) = self.key_of(entry) else { return Err(Flaw::Broken { seq }) };
        if hash_of(self.register, entry) != entry.hash {
            let written_as = self.place_of(entry);
            return Err(written_as.map_or(Flaw::Broken { seq }, |written_as| Flaw::Reordered { seq, written_as }));
        }
        if entry.seq != seq || entry.previous != self.last.hash {
            return Err(Flaw::Broken { seq });
        }
        (self.key, self.last) = (key, Head::of(entry));
        while let Some(checkpoint) = self.checkpoints.pop_if(|checkpoint| checkpoint.seq <= seq) {
            if (checkpoint.at, &checkpoint.hash) != (entry.at, &entry.hash) {
                return Err(Flaw::Replaced { seq });
            }
        }
        Ok(())
    }

    /// The chain ends here. Its last entry, as it was walked.
    pub fn end(self) -> Result<Head, Flaw> {
        let Self { last, head, checkpoints, .. } = self;
        let seq = last.seq;
        if head.seq > seq || !checkpoints.is_empty() {
            return Err(Flaw::Truncated { seq: seq + 1 });
        }
        if head == last { Ok(last) } else { Err(Flaw::Head { seq }) }
    }

    /// By which key, not older than that of the entry before, an entry is sealed.
    fn key_of(&self, entry: &StoredEntry) -> Option<usize> {
        let mut keys = self.seals.iter().enumerate().skip(self.key);
        keys.find(|(_, seal)| seal.is_of(&entry.hash, &entry.seal)).map(|(place, _)| place)
    }

    /// Under which place an entry was written whose hash is ours and is not of the place where it stands.
    fn place_of(&self, entry: &StoredEntry) -> Option<i64> {
        let mut moved = entry.clone();
        let last = self.head.seq.max(entry.seq).min(entry.seq.saturating_add(FAR));
        (entry.seq.saturating_sub(FAR).max(1)..=last).find(|seq| {
            moved.seq = *seq;
            hash_of(self.register, &moved) == entry.hash
        })
    }
}
