//! The numbers of a period as CSV.

use std::io;

use super::{
    queues,
    report::{Line, Report},
};
use crate::{features::download, server::language::Language, storage::statistics::Counts};

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
pub fn csv(report: &Report, language: Language) -> io::Result<Vec<u8>> {
    let text = |key: &str| language.text(&format!("statistics.{key}"));
    let head = [text(&format!("by_{}", report.asked.by.word())), text("username")];
    let head = head.into_iter().chain(COLUMNS.map(text)).collect();
    let line = |Line { label, username, counts, .. }: &Line| cells(label, username.as_deref(), counts);
    let total = cells(&text("total"), None, &report.total);
    let rows = std::iter::once(head).chain(report.lines.iter().map(line)).chain([total]);
    let rows = download::rows(rows.chain(queues::rows(&report.requests, language)))?;
    Ok([download::BYTE_ORDER_MARK.as_bytes(), &rows].concat())
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
    let names = [label, username.unwrap_or_default()].map(str::to_owned);
    let times = [counts.median, counts.p95].map(|time| time.map_or_else(String::new, |time| time.to_string()));
    names.into_iter().chain(numbers.map(|number| number.to_string())).chain(times).collect()
}
