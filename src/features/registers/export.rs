//! Parts of a register as files, streamed: CSV of what is asked for, or JSON Lines of a whole period with its proof.

use std::io;

use axum::body::{Body, Bytes};
use futures::{Stream, StreamExt, stream};
use jiff::Timestamp;

use super::{keys, proof::Proof};
use crate::{
    domain::operator::words,
    features::download::neutral,
    server::{errors::AppError, state::AppState},
    storage::registers::{
        Fact, Head, Register, StoredEntry,
        chain::{Flaw, Seal, Start, Walk},
        find::{Filter, Places},
    },
};

/// How many entries are read at once.
const BATCH: u32 = 1000;

words! {
    /// In which form.
    Format {
        /// For a spreadsheet: what the filters let through, the newest first.
        Csv = "csv",
        /// For a proof: every entry of the period in its order, one JSON object a line, and a signed statement as last.
        JsonLines = "jsonl",
    }
}

impl Format {
    /// How the file's name ends.
    #[must_use]
    pub const fn ending(self) -> &'static str {
        self.word()
    }

    /// How its content is declared.
    #[must_use]
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Csv => "text/csv; charset=utf-8",
            Self::JsonLines => "application/jsonl; charset=utf-8",
        }
    }
}

/// The file, made while it is sent.
pub fn body(
    state: AppState,
    register: Register,
    filter: Filter,
    places: Option<Places>,
    format: Format,
) -> Result<Body, AppError> {
    let Some(places) = places else {
        let head = if format == Format::Csv { csv_lines(None).map_err(AppError::internal)? } else { Bytes::new() };
        return Ok(Body::from(head));
    };
    Ok(match format {
        Format::Csv => Body::from_stream(csv(state, register, filter, places)),
        Format::JsonLines => Body::from_stream(json_lines(state, register, places)),
    })
}

fn csv(
    state: AppState,
    register: Register,
    filter: Filter,
    places: Places,
) -> impl Stream<Item = Result<Bytes, io::Error>> {
    let rows = stream::try_unfold((state, filter, Some(places)), move |(state, filter, places)| async move {
        let Some(places) = places else { return Ok(None) };
        let page = state.db.register_page(register, &filter, places, BATCH).await.map_err(unanswered)?;
        let next = page.next.map(|last| Places { last, ..places });
        Ok(Some((csv_lines(Some(&page.entries))?, (state, filter, next))))
    });
    stream::once(async { csv_lines(None) }).chain(rows)
}

/// A file that can't be made to its end is cut off, so that nobody takes it for whole.
fn unanswered(error: sqlx::Error) -> io::Error {
    tracing::error!(%error, "an export was cut off");
    io::Error::other("the export was cut off")
}

/// The rows of these entries; without any, the row of the columns' names.
fn csv_lines(entries: Option<&[StoredEntry]>) -> Result<Bytes, io::Error> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    let facts = || Fact::ALL.iter().copied();
    let Some(entries) = entries else {
        let names = ["seq", "at", "actor", "action", "outcome", "ip", "target"].into_iter();
        writer.write_record(names.chain(facts().map(Fact::word)).chain(["changes", "hash"]))?;
        return finish(writer);
    };
    for entry in entries {
        let details = entry.read_details();
        let at = Timestamp::from_millisecond(entry.at).map_err(io::Error::other)?.to_string();
        let changes: Vec<_> = details
            .changes
            .iter()
            .map(|change| format!("{}: {} → {}", change.what, change.before, change.after))
            .collect();
        let (seq, changes) = (entry.seq.to_string(), changes.join("; "));
        let own = [&*seq, &at, &entry.actor, &entry.action, &entry.outcome, &entry.ip, &entry.target];
        let cells = own.into_iter().chain(facts().map(|fact| details.fact(fact))).chain([&*changes, &*entry.hash]);
        writer.write_record(cells.map(|cell| neutral(cell).into_owned()))?;
    }
    finish(writer)
}

fn finish(writer: csv::Writer<Vec<u8>>) -> Result<Bytes, io::Error> {
    writer.into_inner().map(Bytes::from).map_err(csv::IntoInnerError::into_error)
}

/// A walk along what is exported, so that nothing is signed that does not hold.
struct Tour {
    state: AppState,
    seal: Seal,
    start: Option<Start>,
    /// The first place still to be read; none after the proof.
    next: Option<i64>,
    last: i64,
}

fn json_lines(state: AppState, register: Register, places: Places) -> impl Stream<Item = Result<Bytes, io::Error>> {
    let seal = keys::seal(&state.secrets);
    let tour = Tour { state, seal, start: None, next: Some(places.first), last: places.last };
    stream::try_unfold(tour, move |mut tour| async move {
        let Some(next) = tour.next else { return Ok(None) };
        let entries = tour.state.db.register_entries(register, next, tour.last, i64::from(BATCH)).await;
        let entries = entries.map_err(unanswered)?;
        let mut lines = Vec::new();
        for entry in &entries {
            serde_json::to_writer(&mut lines, entry)?;
            lines.push(b'\n');
        }
        let walked = tour.pass(register, &entries);
        let end = entries.last().filter(|entry| entry.seq == tour.last);
        match (walked, end) {
            (Err(flaw), _) => {
                tracing::error!(register = register.word(), %flaw, "an exported register is not whole");
                serde_json::to_writer(&mut lines, &serde_json::json!({ "flaw": flaw.to_string() }))?;
                lines.push(b'\n');
                tour.next = None;
            }
            (Ok(()), Some(last)) => {
                serde_json::to_writer(&mut lines, &proof(&tour.state, register, last)?)?;
                lines.push(b'\n');
                tour.next = None;
            }
            (Ok(()), None) => tour.next = entries.last().map(|entry| entry.seq + 1),
        }
        Ok(Some((Bytes::from(lines), tour)))
    })
}

impl Tour {
    /// Passes these entries, which follow those before.
    fn pass(&mut self, register: Register, entries: &[StoredEntry]) -> Result<(), Flaw> {
        let Some(last) = entries.last() else {
            return Err(Flaw::Missing { seq: self.next.unwrap_or_default() });
        };
        let start = self.start.take().unwrap_or_else(|| start_of(entries));
        let mut walk = Walk::new(register, &self.seal, start, head_of(last), Vec::new());
        entries.iter().try_for_each(|entry| walk.step(entry))?;
        self.start = Some(Start { seq: last.seq, hash: last.hash.clone() });
        Ok(())
    }
}

/// Before the first of these entries.
fn start_of(entries: &[StoredEntry]) -> Start {
    entries.first().map(|first| Start { seq: first.seq - 1, hash: first.previous.clone() }).unwrap_or_default()
}

fn head_of(last: &StoredEntry) -> Head {
    Head { seq: last.seq, at: last.at, hash: last.hash.clone() }
}

fn proof(state: &AppState, register: Register, last: &StoredEntry) -> Result<Proof, io::Error> {
    let signer = keys::signer(&state.secrets).map_err(io::Error::other)?;
    let checkpoint = signer.sign(register, &head_of(last), state.clock.now_ms());
    Ok(Proof { checkpoint, public_key: signer.public_key() })
}
