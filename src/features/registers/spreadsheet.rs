//! Entries as CSV that an Italian Excel opens with a double click.

use std::{fmt::Write as _, io};

use axum::body::Bytes;
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use jiff::Timestamp;

use crate::{
    features::download,
    storage::registers::{Fact, StoredEntry},
};

/// The columns before the facts, and after them.
const BEFORE: [&str; 7] = ["seq", "at", "actor", "action", "outcome", "ip", "target"];
const AFTER: [&str; 2] = ["changes", "hash"];

/// The row of the columns' names.
pub fn head() -> io::Result<Bytes> {
    let row = download::rows([BEFORE.into_iter().chain(Fact::ALL.iter().map(|fact| fact.word())).chain(AFTER)])?;
    Ok(Bytes::from([download::BYTE_ORDER_MARK.as_bytes(), &row].concat()))
}

/// The rows of these entries.
pub fn rows(entries: &[StoredEntry]) -> io::Result<Bytes> {
    let rows = entries.iter().map(cells).collect::<io::Result<Vec<_>>>()?;
    download::rows(rows).map(Bytes::from)
}

fn cells(entry: &StoredEntry) -> io::Result<Vec<String>> {
    let details = entry.read_details();
    let at = Timestamp::from_millisecond(entry.at).map_err(io::Error::other)?.to_string();
    let changes = details.changes.iter().map(|change| format!("{}: {} → {}", change.what, change.before, change.after));
    let changes = changes.collect::<Vec<_>>().join("; ");
    let own = [&*entry.actor, &entry.action, &entry.outcome, &entry.ip, &entry.target].map(str::to_owned);
    let facts = Fact::ALL.iter().map(|fact| details.fact(*fact).to_owned());
    let first = [entry.seq.to_string(), at].into_iter();
    Ok(first.chain(own).chain(facts).chain([changes, hexadecimal(&entry.hash)]).collect())
}

/// A hash as other tools print it. One that is none stays as it is.
fn hexadecimal(hash: &str) -> String {
    let Ok(bytes) = URL_SAFE_NO_PAD.decode(hash) else { return hash.to_owned() };
    bytes.iter().fold(String::new(), |mut text, byte| {
        // Writing into a text does not fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hash_is_hexadecimal() {
        assert_eq!(hexadecimal("-_8A"), "fbff00");
        assert_eq!(hexadecimal("no hash"), "no hash");
    }

    #[test]
    fn an_italian_excel_opens_it() {
        let head = head().unwrap();
        assert!(head.starts_with("\u{feff}seq;at;actor;".as_bytes()) && head.ends_with(b";changes;hash\r\n"));
    }
}
