//! The numbers of a period as CSV, in the form that an Italian spreadsheet opens by itself: semicolons, a mark that it
//! is UTF-8, lines that end in CR LF.

use super::report::{Line, Report};
use crate::{features::download::neutral, server::language::Language, storage::statistics::Counts};

/// What says that a file is UTF-8.
const MARK: &[u8] = "\u{feff}".as_bytes();
const COLUMNS: [&str; 9] = [
    "opened",
    "closed",
    "verified_long",
    "unlocked_long",
    "confirmed_long",
    "cancelled_long",
    "deferred_long",
    "median_seconds",
    "p95_seconds",
];

/// The file.
pub fn csv(report: &Report, language: Language) -> Result<Vec<u8>, csv::Error> {
    let text = |key: &str| language.text(&format!("statistics.{key}"));
    let mut writer =
        csv::WriterBuilder::new().delimiter(b';').terminator(csv::Terminator::CRLF).from_writer(MARK.to_vec());
    let head = [text(&format!("by_{}", report.asked.by.word())), text("username")];
    writer.write_record(head.into_iter().chain(COLUMNS.map(text)))?;
    for Line { label, username, counts, .. } in &report.lines {
        writer.write_record(cells(label, username.as_deref(), counts))?;
    }
    writer.write_record(cells(&text("total"), None, &report.total))?;
    writer.into_inner().map_err(|error| error.into_error().into())
}

fn cells(label: &str, username: Option<&str>, counts: &Counts) -> Vec<String> {
    let numbers = [
        counts.opened,
        counts.closed,
        counts.verified,
        counts.unlocked,
        counts.confirmed,
        counts.cancelled,
        counts.deferred,
    ];
    let names = [label, username.unwrap_or_default()].map(|name| neutral(name).into_owned());
    let times = [counts.median, counts.p95].map(|time| time.map_or_else(String::new, |time| time.to_string()));
    names.into_iter().chain(numbers.map(|number| number.to_string())).chain(times).collect()
}
