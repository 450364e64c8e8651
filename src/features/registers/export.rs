//! Parts of a register as files, streamed: CSV of what is asked for, or JSON Lines of a whole period with its proof.

use std::io;

use axum::body::Bytes;
use futures::{
    Stream, StreamExt,
    stream::{self, BoxStream},
};

use super::{
    act::{Act, By},
    keys::{self, Keyring},
    proof::{LastLine, Proof},
    spreadsheet,
};
use crate::{
    domain::operator::words,
    server::{clock::Clock, secrets::Secrets, state::AppState},
    storage::{
        Db,
        registers::{
            Action, Fact, Head, Register, StoredEntry,
            chain::{Flaw, Walk},
            find::{Filter, Places},
        },
    },
};

/// With what the last line begins of an export of a register that does not hold.
pub const FLAW: &[u8] = b"{\"flaw\":";

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

/// What an export needs of the application; the command line has it without a listening server.
#[derive(Clone, Debug)]
pub struct Exporter {
    db: Db,
    secrets: Secrets,
    clock: Clock,
    register: Register,
    filter: Filter,
}

/// A part of a file, or that it was cut off: who gets it does not take it for whole.
type Part = Result<Bytes, io::Error>;

impl Exporter {
    /// Of what `filter` asks for; a proof is of the whole of its period.
    #[must_use]
    pub fn new(db: &Db, secrets: &Secrets, clock: &Clock, register: Register, filter: Filter) -> Self {
        Self { db: db.clone(), secrets: secrets.clone(), clock: clock.clone(), register, filter }
    }

    /// The same for a running application.
    #[must_use]
    pub fn of(state: &AppState, register: Register, filter: Filter) -> Self {
        Self::new(&state.db, &state.secrets, &state.clock, register, filter)
    }

    /// Records the export of `part` (what was asked for, as a text), and settles before that where it ends.
    pub async fn begin(&self, format: Format, by: &By, part: &str) -> Result<Option<Places>, sqlx::Error> {
        let places = self.db.places(self.register, &self.filter).await?;
        let act = Act::done(Action::RegisterExported).with(Fact::Format, format.word()).with(Fact::Part, part);
        let act = act.with(Fact::Section, "registers").on(self.register.word());
        self.db.record(&[by.record(act, &self.secrets, self.clock.now_ms())]).await?;
        Ok(places)
    }

    /// The file, made while it is read; of the period's entries those at `places`.
    pub fn file(self, places: Option<Places>, format: Format) -> BoxStream<'static, Part> {
        match format {
            Format::Csv => self.csv(places).boxed(),
            Format::JsonLines => self.json_lines(places).boxed(),
        }
    }

    fn csv(self, places: Option<Places>) -> impl Stream<Item = Part> {
        let rows = stream::try_unfold((self, places), |(exporter, places)| async move {
            let Some(places) = places else { return Ok(None) };
            let Self { db, register, filter, .. } = &exporter;
            let page = db.register_page(*register, filter, places, BATCH).await.map_err(unanswered)?;
            let next = page.next.map(|last| Places { last, ..places });
            Ok(Some((spreadsheet::rows(&page.entries)?, (exporter, next))))
        });
        stream::once(async { spreadsheet::head() }).chain(rows)
    }

    fn json_lines(self, places: Option<Places>) -> impl Stream<Item = Part> {
        let tour = Tour { exporter: self, places, passed: None, is_over: false };
        stream::try_unfold(tour, |mut tour| async move {
            if tour.is_over {
                return Ok(None);
            }
            let mut lines = Vec::new();
            if let Err(flaw) = tour.pass(&mut lines).await? {
                tracing::error!(register = tour.exporter.register.word(), %flaw, "an exported register is not whole");
                write_line(&mut lines, &serde_json::json!({ "flaw": flaw.to_string() }))?;
                tour.is_over = true;
            }
            Ok(Some((Bytes::from(lines), tour)))
        })
    }
}

/// A file that can't be made to its end is cut off, so that nobody takes it for whole.
fn unanswered(error: impl std::fmt::Display) -> io::Error {
    tracing::error!(%error, "an export was cut off");
    io::Error::other("the export was cut off")
}

fn write_line(lines: &mut Vec<u8>, line: &impl serde::Serialize) -> io::Result<()> {
    serde_json::to_writer(&mut *lines, line)?;
    lines.push(b'\n');
    Ok(())
}

/// A walk along what is exported, so that nothing is signed that does not hold.
struct Tour {
    exporter: Exporter,
    places: Option<Places>,
    /// Where the walk began, and the last entry passed; none before it begins.
    passed: Option<(Head, Head)>,
    is_over: bool,
}

impl Tour {
    /// Passes the next entries, or ends with the proof. An error is the engine's, a flaw the register's.
    async fn pass(&mut self, lines: &mut Vec<u8>) -> io::Result<Result<(), Flaw>> {
        let (db, register) = (self.exporter.db.clone(), self.exporter.register);
        let Some(places) = self.places else {
            let before = self.exporter.filter.from.unwrap_or(i64::MIN);
            let before = db.last_before(register, before).await.map_err(unanswered)?;
            return self.end_with(lines, &before, &before).await;
        };
        let (start, last) = match self.passed.take() {
            Some(passed) => passed,
            None => match db.head_before(register, places.first).await.map_err(unanswered)? {
                Some(start) => (start.clone(), start),
                None => return Ok(Err(Flaw::Missing { seq: places.first - 1 })),
            },
        };
        let entries = db.register_entries(register, last.seq + 1, places.last, i64::from(BATCH)).await;
        let entries = entries.map_err(unanswered)?;
        entries.iter().try_for_each(|entry| write_line(lines, entry))?;
        let last = match self.walk(last, &entries) {
            Ok(last) => last,
            Err(flaw) => return Ok(Err(flaw)),
        };
        if last.seq < places.last {
            self.passed = Some((start, last));
            return Ok(Ok(()));
        }
        self.end_with(lines, &start, &last).await
    }

    /// Ends with the proof, if nothing is missing between the period and what follows it.
    async fn end_with(&mut self, lines: &mut Vec<u8>, start: &Head, last: &Head) -> io::Result<Result<(), Flaw>> {
        let Exporter { db, secrets, clock, register, filter } = &self.exporter;
        if !db.is_followed(*register, last).await.map_err(unanswered)? {
            return Ok(Err(Flaw::Missing { seq: last.seq + 1 }));
        }
        let signer = keys::signer(secrets).map_err(io::Error::other)?;
        let proof = Proof::new(*register, (filter.from, filter.until), start, last, &signer, clock.now_ms());
        self.is_over = true;
        write_line(lines, &LastLine { proof })?;
        Ok(Ok(()))
    }

    /// Passes these entries, which follow `last`.
    fn walk(&self, last: Head, entries: &[StoredEntry]) -> Result<Head, Flaw> {
        let Some(end) = entries.last() else { return Err(Flaw::Missing { seq: last.seq + 1 }) };
        let keys = Keyring::new(&self.exporter.secrets).map_err(|_| Flaw::Unsigned { seq: last.seq })?;
        let mut walk = Walk::new(self.exporter.register, &keys.seals, last, Head::of(end), Vec::new());
        entries.iter().try_for_each(|entry| walk.step(entry))?;
        walk.end()
    }
}
