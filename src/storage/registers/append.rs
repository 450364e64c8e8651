//! Writing an act into its register, in the transaction of the act itself: what can't be written is not done.

use super::{
    Action, Change, Details, Entry, Fact, Outcome, Register, StoredEntry,
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

    /// The same act, refused for this reason, a word of ours: nothing changed.
    #[must_use]
    pub(crate) fn refused(&self, reason: &'static str) -> Self {
        let mut record = self.clone();
        record.entry.outcome = Outcome::Refused;
        let facts = record.entry.details.facts;
        record.entry.details = Details { facts, changes: vec![] }.with(Fact::Reason, reason);
        record
    }

    /// What is done.
    pub(crate) const fn action(&self) -> Action {
        self.entry.action
    }

    /// On what.
    pub(crate) fn target(&self) -> &str {
        &self.entry.target
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

/// Takes places for many entries of one register at once.
pub(crate) const NEXT_MANY: &str = "UPDATE register_heads SET seq = seq + $3, at = CASE WHEN at > $2 THEN at ELSE $2 END \
     WHERE register = $1 RETURNING seq, at, hash";
pub(crate) const INSERT_MANY: &str = "INSERT INTO register_entries \
     (register, seq, at, actor, action, outcome, ip, target, details, previous, hash, seal) ";
/// So many rows are written by one statement.
pub(crate) const ROWS: usize = 500;

/// The entries of these records from the place `first` on, each after the one before it.
pub(crate) fn place_all(
    records: &[Record],
    first: i64,
    at: i64,
    previous: String,
) -> Result<Vec<StoredEntry>, sqlx::Error> {
    let mut entries: Vec<StoredEntry> = Vec::with_capacity(records.len());
    for (record, seq) in records.iter().zip(first..) {
        let previous = entries.last().map_or_else(|| previous.clone(), |last| last.hash.clone());
        entries.push(record.place(seq, at, previous)?);
    }
    Ok(entries)
}

/// Writes many records of one register as [`append!`] writes one: `append_all!(tx, records)`.
macro_rules! append_all {
    ($tx:ident, $records:expr) => {{
        use $crate::storage::registers::append::{END, INSERT_MANY, NEXT_MANY, ROWS, place_all};
        let records: &[$crate::storage::registers::append::Record] = $records;
        if let Some(first) = records.first() {
            let register = first.register().word();
            let count = i64::try_from(records.len()).unwrap_or_default();
            let next = sqlx::query_as(NEXT_MANY).bind(register).bind(first.at()).bind(count);
            let (last, at, previous): (i64, i64, String) = next.fetch_one(&mut *$tx).await?;
            let entries = place_all(records, last - count + 1, at, previous)?;
            for rows in entries.chunks(ROWS) {
                let mut insert = sqlx::QueryBuilder::new(INSERT_MANY);
                insert.push_values(rows, |mut row, entry| {
                    row.push_bind(register).push_bind(entry.seq).push_bind(entry.at).push_bind(&entry.actor);
                    row.push_bind(&entry.action).push_bind(&entry.outcome).push_bind(&entry.ip);
                    row.push_bind(&entry.target).push_bind(&entry.details).push_bind(&entry.previous);
                    row.push_bind(&entry.hash).push_bind(&entry.seal);
                });
                insert.build().execute(&mut *$tx).await?;
            }
            let end = entries.last().map(|entry| entry.hash.as_str()).unwrap_or_default();
            sqlx::query(END).bind(register).bind(end).execute(&mut *$tx).await?;
        }
    }};
}
pub(crate) use append_all;

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
