//! An entry on a page: its row, and all that it tells.

use jiff::Timestamp;
use leptos::prelude::*;

use crate::{
    components::{
        instant::{date_and_time, machine_time},
        table::{Column, Row},
    },
    server::language::Language,
    storage::registers::{Change, Fact, Register, StoredEntry},
};

/// The columns of a register: accesses are on nothing.
#[must_use]
pub fn columns(register: Register, language: Language) -> Vec<Column> {
    let keys = ["at", "actor", "action", "target", "outcome", "ip", "details"];
    let keys = keys.into_iter().filter(|key| *key != "target" || has_targets(register));
    keys.map(|key| Column::text(language.text(&format!("registers.{key}")))).collect()
}

/// Whether what is done in this register is done on something.
#[must_use]
pub const fn has_targets(register: Register) -> bool {
    matches!(register, Register::Admin)
}

/// The row of an entry.
pub fn row(entry: StoredEntry, register: Register, language: Language) -> Row {
    let word = |kind: &str, word: &str| language.text(&format!("registers.{kind}_{word}"));
    let at = Timestamp::from_millisecond(entry.at).unwrap_or_default();
    let (action, outcome) = (word("action", &entry.action), word("outcome", &entry.outcome));
    let target = view! { <span class="register-value">{entry.target.clone()}</span> }.into_any();
    let cells = [
        Some(view! { <time datetime=machine_time(at)>{date_and_time(at)}</time> }.into_any()),
        Some(view! { <span class="register-value">{entry.actor.clone()}</span> }.into_any()),
        Some(action.into_any()),
        has_targets(register).then_some(target),
        Some(outcome.into_any()),
        Some(view! { <span class="register-value">{entry.ip.clone()}</span> }.into_any()),
        Some(view! { <Told entry language /> }.into_any()),
    ];
    Row { href: None, cells: cells.into_iter().flatten().collect() }
}

/// A word of ours as people say it; one that an older or newer program wrote stays as it is.
fn said(word: &str, language: Language) -> String {
    let key = format!("registers.word_{word}");
    let text = language.text(&key);
    if text.ends_with(&key) { word.to_owned() } else { text }
}

/// All that an entry tells, folded.
#[component]
fn Told(
    /// The entry.
    entry: StoredEntry,
    /// In which language.
    language: Language,
) -> impl IntoView {
    let text = move |key: &str| language.text(&format!("registers.{key}"));
    let details = entry.read_details();
    let facts = Fact::ALL.iter().copied().filter(|fact| !details.fact(*fact).is_empty());
    let facts = facts.map(|fact| {
        let value = details.fact(fact);
        let value = match fact {
            Fact::Reason => text(&format!("reason_{value}")),
            Fact::LoginType | Fact::Namespace | Fact::Section | Fact::Part | Fact::Format => said(value, language),
            _ => value.to_owned(),
        };
        (text(&format!("fact_{}", fact.word())), value)
    });
    let own = [(text("seq"), entry.seq.to_string()), (text("hash"), entry.hash.clone())];
    let term = |(name, value): (String, String)| view! { <dt>{name}</dt> <dd>{value}</dd> };
    let terms = facts.chain(own).map(term).collect_view();
    let change = move |change: Change| {
        let Change { what, before, after } = change;
        let is_words = ["status", "role", "queues"].contains(&&*what);
        let nothing = |value: String| match &*value {
            "" => text("nothing"),
            words if is_words => words.split(' ').map(|word| said(word, language)).collect::<Vec<_>>().join(", "),
            _ => value,
        };
        view! { <dt>{text(&format!("changed_{what}"))}</dt> <dd>{nothing(before)} " → " {nothing(after)}</dd> }
    };
    view! {
        <details class="register-details">
            <summary>{text("entry")} " " {entry.seq}</summary>
            <dl>{details.changes.into_iter().map(change).collect_view()} {terms}</dl>
        </details>
    }
}
