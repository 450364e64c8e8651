//! Files of accounts, as spreadsheets write them.

use std::collections::BTreeSet;

use crate::{
    features::{
        accounts::invite::Invitee,
        download,
        operators::list_page::queue_names,
        sheets::sheet::{Line, MOST_LINES, read, text_of},
    },
    server::language::Language,
};

/// What is read of a file is read again from how an export writes it.
pub(super) fn sheets(data: &[u8]) {
    let Ok(lines) = text_of(data).and_then(read) else { return };
    assert!((1..=MOST_LINES).contains(&lines.len()));
    assert!(lines.iter().all(|line| line.number > 0 && line.read.as_ref().err().is_none_or(|wrong| !wrong.is_empty())));
    let accounts: Vec<&Invitee> = lines.iter().filter_map(|line| line.read.as_ref().ok()).collect();
    let names: BTreeSet<&str> = accounts.iter().map(|account| account.username.as_str()).collect();
    assert_eq!(names.len(), accounts.len(), "a user name twice");
    for language in Language::ALL {
        let exported = exported(&accounts, language);
        let again = text_of(&exported).and_then(read).unwrap_or_default();
        let again: Vec<String> = again.iter().map(told).collect();
        let wanted: Vec<String> = accounts.iter().map(|account| words(account)).collect();
        assert_eq!(again, wanted, "in {}", language.tag());
    }
}

fn exported(accounts: &[&Invitee], language: Language) -> Vec<u8> {
    let text = |key: &str| language.text(&format!("operators.{key}"));
    let head = ["username", "name", "fiscal_code", "role", "queues"].map(text);
    let row = |account: &&Invitee| {
        let queues = if account.queues.is_empty() { String::new() } else { queue_names(&account.queues, language) };
        let (code, role) = (account.fiscal_code.to_wire().to_owned(), text(&format!("role_{}", account.role.word())));
        [account.username.as_str().to_owned(), account.name.clone(), code, role, queues]
    };
    let rows = download::rows([head].into_iter().chain(accounts.iter().map(row)));
    [download::BYTE_ORDER_MARK.as_bytes(), &rows.unwrap_or_default()].concat()
}

fn words(account: &Invitee) -> String {
    let Invitee { username, name, fiscal_code, role, queues } = account;
    format!("{} {name:?} {} {role:?} {queues:?}", username.as_str(), fiscal_code.to_wire())
}

fn told(line: &Line) -> String {
    line.read.as_ref().map_or_else(|mistakes| format!("{mistakes:?}"), words)
}
