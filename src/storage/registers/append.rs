//! Writing an act into its register, in the transaction of the act itself: what can't be written is not done.

use super::{
    Change, Entry, Register, StoredEntry,
    chain::{Seal, hash_of},
};
use crate::storage::{Db, write};

/// An act that is about to be done, and the key with which its entry is sealed.
#[derive(Clone, Debug)]
pub struct Record {
    entry: Entry,
    seal: Seal,
}

impl Record {
    /// The entry to be written with the act.
    #[must_use]
    pub const fn new(entry: Entry, seal: Seal) -> Self {
        Self { entry, seal }
    }

    /// In which register.
    #[must_use]
    pub const fn register(&self) -> Register {
        self.entry.action.register()
    }

    /// The same act, of another actor: who it is may be known in the transaction alone.
    #[must_use]
    pub fn of(&self, actor: &str) -> Self {
        let mut record = self.clone();
        actor.clone_into(&mut record.entry.actor);
        record
    }

    /// The same act on this target, of which this is told to have changed: both may be known in the transaction alone.
    #[must_use]
    pub(crate) fn on(&self, target: &str, changes: Vec<Change>) -> Self {
        let mut record = self.clone();
        target.clone_into(&mut record.entry.target);
        record.entry.details.changes.extend(changes);
        record
    }

    /// Who acts.
    pub(crate) fn actor(&self) -> &str {
        &self.entry.actor
    }

    /// When.
    pub(crate) const fn at(&self) -> i64 {
        self.entry.at
    }

    /// The entry at its place: after the entry `previous`, at an instant that is not before that one's.
    pub(crate) fn place(&self, seq: i64, at: i64, previous: String) -> Result<StoredEntry, sqlx::Error> {
        let Entry { action, outcome, actor, ip, target, details, .. } = self.entry.clone();
        let details = serde_json::to_string(&details).map_err(|error| sqlx::Error::Encode(Box::new(error)))?;
        let (action, outcome) = (action.word().to_owned(), outcome.word().to_owned());
        let (hash, seal) = (String::new(), String::new());
        let mut entry = StoredEntry { seq, at, actor, action, outcome, ip, target, details, previous, hash, seal };
        entry.hash = hash_of(self.register(), &entry);
        entry.seal = self.seal.of(&entry.hash);
        Ok(entry)
    }
}

/// Takes the row of the chain's end, for which another writer waits until this transaction is over. The clocks of two
/// instances may differ; the instants of a chain never go back.
pub(crate) const NEXT: &str = "UPDATE register_heads SET seq = seq + 1, at = CASE WHEN at > $2 THEN at ELSE $2 END \
     WHERE register = $1 RETURNING seq, at, hash";
pub(crate) const INSERT: &str = "INSERT INTO register_entries \
     (register, seq, at, actor, action, outcome, ip, target, details, previous, hash, seal) \
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)";
pub(crate) const END: &str = "UPDATE register_heads SET hash = $2 WHERE register = $1";

/// Writes a [`Record`] inside a transaction of `write!`, as its last statement: `append!(tx, record)`.
macro_rules! append {
    ($tx:ident, $record:expr) => {{
        use $crate::storage::registers::append::{END, INSERT, NEXT};
        let record: &$crate::storage::registers::append::Record = $record;
        let register = record.register().word();
        let next = sqlx::query_as(NEXT).bind(register).bind(record.at());
        let (seq, at, previous): (i64, i64, String) = next.fetch_one(&mut *$tx).await?;
        let entry = record.place(seq, at, previous)?;
        sqlx::query(INSERT)
            .bind(register)
            .bind(entry.seq)
            .bind(entry.at)
            .bind(entry.actor)
            .bind(entry.action)
            .bind(entry.outcome)
            .bind(entry.ip)
            .bind(entry.target)
            .bind(entry.details)
            .bind(entry.previous)
            .bind(&entry.hash)
            .bind(entry.seal)
            .execute(&mut *$tx)
            .await?;
        sqlx::query(END).bind(register).bind(&entry.hash).execute(&mut *$tx).await?;
    }};
}
pub(crate) use append;

impl Db {
    /// Writes what changes nothing else: a refusal, a reading.
    pub async fn record(&self, records: &[Record]) -> Result<(), sqlx::Error> {
        write!(self, |tx| {
            for record in records {
                append!(tx, record);
            }
            Ok(())
        })
    }
}
