//! From the text of a CSV file to the accounts it asks for, line by line: how it is written, what its columns are called,
//! what is wrong with a line.

use std::collections::{BTreeSet, HashMap};

use super::lines::Lines;
use crate::{
    domain::{
        fiscal_code::FiscalCode,
        operator::{Queue, Role, Username},
    },
    features::{accounts::invite::Invitee, download, operators::fields::name_of},
};

/// The most lines that a file may have beside the one with the names of the columns.
pub const MOST_LINES: usize = 10_000;
/// What spreadsheets put before a text in UTF-8.
const BYTE_ORDER_MARK: char = '\u{feff}';

/// A column, under the names that it may have: folded, Italian first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Column {
    Username,
    Name,
    FiscalCode,
    Role,
    Queues,
    /// Of an export, and of no account that is to be made.
    Told,
    /// Likewise.
    LastSignIn,
}

const NAMES: [(&str, Column); 18] = [
    ("nome utente", Column::Username),
    ("username", Column::Username),
    ("user name", Column::Username),
    ("nome e cognome", Column::Name),
    ("first and last name", Column::Name),
    ("name", Column::Name),
    ("codice fiscale", Column::FiscalCode),
    ("fiscal code", Column::FiscalCode),
    ("ruolo", Column::Role),
    ("role", Column::Role),
    ("code di servizio", Column::Queues),
    ("code", Column::Queues),
    ("service queues", Column::Queues),
    ("queues", Column::Queues),
    ("stato", Column::Told),
    ("status", Column::Told),
    ("ultimo accesso", Column::LastSignIn),
    ("last sign in", Column::LastSignIn),
];

const ROLES: [(&str, Role); 4] = [
    ("operatore", Role::Operator),
    ("operator", Role::Operator),
    ("supervisore", Role::Supervisor),
    ("supervisor", Role::Supervisor),
];

/// Why a file can't be read at all.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SheetError {
    /// Not in UTF-8.
    #[error("the file is not in UTF-8: save it as CSV UTF-8")]
    NotUtf8,
    /// There is no line under the names of the columns.
    #[error("the file has no line under the names of its columns")]
    Empty,
    /// More than [`MOST_LINES`].
    #[error("the file has more than 10000 lines: divide it")]
    TooMany,
    /// One of the columns that there must be is missing.
    #[error("the column `{0}` is missing")]
    Missing(&'static str),
    /// A column that nobody knows, or that is there twice.
    #[error("column {0} is not known, or is there twice")]
    Unknown(usize),
    /// Quotes that don't end.
    #[error("line {0} can't be read: check its quotes")]
    Broken(u64),
}

/// What is wrong with a line, beside what the accounts that there are make of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Mistake {
    /// No user name.
    Username,
    /// No name.
    Name,
    /// No codice fiscale.
    FiscalCode,
    /// No role.
    Role,
    /// No queue.
    Queues,
    /// The same user name as in an earlier line.
    Twice(u64),
}

/// A line of the file.
#[derive(Clone, Debug)]
pub struct Line {
    /// Its number in the file, from 1.
    pub number: u64,
    /// What stands there as the user name.
    pub username: String,
    /// The account it asks for, or all that is wrong with it.
    pub read: Result<Invitee, Vec<Mistake>>,
}

/// The text of a file.
pub fn text_of(bytes: &[u8]) -> Result<&str, SheetError> {
    std::str::from_utf8(bytes).map_err(|_| SheetError::NotUtf8)
}

/// Reads all lines of a file.
pub fn read(text: &str) -> Result<Vec<Line>, SheetError> {
    let text = text.strip_prefix(BYTE_ORDER_MARK).unwrap_or(text);
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(delimiter(text))
        .has_headers(false)
        .flexible(true)
        .trim(csv::Trim::All)
        .from_reader(text.as_bytes());
    let mut records = reader.records();
    let head = records.next().ok_or(SheetError::Empty)?.map_err(|_| SheetError::Broken(1))?;
    let columns = columns(&head)?;
    let mut lines = Vec::new();
    let (mut seen, mut places) = (HashMap::new(), Lines::of(text));
    for record in records {
        let record = record.map_err(|error| SheetError::Broken(error.position().map_or(0, csv::Position::line)))?;
        if record.iter().all(str::is_empty) {
            continue;
        }
        if lines.len() == MOST_LINES {
            return Err(SheetError::TooMany);
        }
        let byte = record.position().map_or(0, csv::Position::byte);
        let number = places.number_at(usize::try_from(byte).unwrap_or(usize::MAX));
        let mut line = line_of(&record, &columns, number);
        if let Ok(invitee) = &line.read {
            if let Some(first) = seen.get(invitee.username.as_str()) {
                line.read = Err(vec![Mistake::Twice(*first)]);
            } else {
                seen.insert(invitee.username.as_str().to_owned(), line.number);
            }
        }
        lines.push(line);
    }
    if lines.is_empty() { Err(SheetError::Empty) } else { Ok(lines) }
}

/// The sign between two cells: the one of three that the first line has most of.
fn delimiter(text: &str) -> u8 {
    let head = text.lines().next().unwrap_or_default();
    let count = |sign: u8| head.bytes().filter(|byte| *byte == sign).count();
    [b';', b',', b'\t'].into_iter().rev().max_by_key(|sign| count(*sign)).unwrap_or(b';')
}

/// The place of each column.
fn columns(head: &csv::StringRecord) -> Result<HashMap<Column, usize>, SheetError> {
    let mut columns = HashMap::new();
    for (place, name) in head.iter().enumerate().filter(|(_, name)| !name.is_empty()) {
        let folded = name.to_lowercase().replace(['_', '-'], " ");
        let column = NAMES.iter().find(|(known, _)| *known == folded).map(|(_, column)| *column);
        let column = column.ok_or(SheetError::Unknown(place + 1))?;
        if columns.insert(column, place).is_some() {
            return Err(SheetError::Unknown(place + 1));
        }
    }
    for (name, column) in
        [("Nome utente", Column::Username), ("Nome e cognome", Column::Name), ("Codice fiscale", Column::FiscalCode)]
    {
        if !columns.contains_key(&column) {
            return Err(SheetError::Missing(name));
        }
    }
    Ok(columns)
}

fn line_of(record: &csv::StringRecord, columns: &HashMap<Column, usize>, number: u64) -> Line {
    let cell = |column| columns.get(&column).and_then(|place| record.get(*place)).unwrap_or_default();
    let username = cell(Column::Username);
    let mut mistakes = Vec::new();
    let mut checked = |mistake, is_wrong| {
        if is_wrong {
            mistakes.push(mistake);
        }
    };
    let read_username = username.parse::<Username>();
    checked(Mistake::Username, read_username.is_err());
    let name = name_of(plain(cell(Column::Name)));
    checked(Mistake::Name, name.is_none());
    let fiscal_code = cell(Column::FiscalCode).parse::<FiscalCode>();
    checked(Mistake::FiscalCode, fiscal_code.is_err());
    let role = role_of(cell(Column::Role));
    checked(Mistake::Role, role.is_none());
    let queues = queues_of(columns.contains_key(&Column::Queues).then(|| cell(Column::Queues)));
    // An operator without a queue could do nothing.
    let has_none = queues.as_ref().is_none_or(Vec::is_empty);
    checked(Mistake::Queues, queues.is_none() || has_none && role == Some(Role::Operator));
    let read = match (read_username, name, fiscal_code, role, queues) {
        (Ok(username), Some(name), Ok(fiscal_code), Some(role), Some(queues)) if mistakes.is_empty() => {
            Ok(Invitee { username, name: name.to_owned(), fiscal_code, role, queues })
        }
        _ => Err(mistakes),
    };
    Line { number, username: username.chars().take(64).collect(), read }
}

/// A cell without the apostrophe that an export puts before what a spreadsheet would take for a formula.
fn plain(cell: &str) -> &str {
    cell.strip_prefix('\'').filter(|rest| *download::neutral(rest) != **rest).unwrap_or(cell)
}

/// The role of a word; an operator's where there is none.
fn role_of(cell: &str) -> Option<Role> {
    let word = cell.to_lowercase();
    if word.is_empty() {
        return Some(Role::Operator);
    }
    ROLES.iter().find(|(known, _)| *known == word).map(|(_, role)| *role)
}

/// The queues of their words, with blanks, commas or bars between; the call center's where the file has no such column.
fn queues_of(cell: Option<&str>) -> Option<Vec<Queue>> {
    let Some(cell) = cell else { return Some(vec![Queue::Immuni]) };
    let words = cell.split([' ', ',', '|', '/']).filter(|word| !word.is_empty());
    let queues: BTreeSet<usize> = words.map(queue_place).collect::<Option<_>>()?;
    Some(queues.into_iter().filter_map(|place| Queue::ALL.get(place).copied()).collect())
}

fn queue_place(word: &str) -> Option<usize> {
    let word = match word.to_lowercase().as_str() {
        "tamponi" => "swabs".to_owned(),
        "esenzioni" => "exemptions".to_owned(),
        other => other.to_owned(),
    };
    Queue::ALL.iter().position(|queue| queue.word() == word)
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEAD: &str = "Nome utente;Nome e cognome;Codice fiscale;Ruolo;Code di servizio\n";

    fn of(rows: &str) -> Vec<Line> {
        read(&format!("{HEAD}{rows}")).unwrap()
    }

    fn told(line: &Line) -> String {
        line.read.as_ref().map_or_else(
            |mistakes| format!("{mistakes:?}"),
            |invitee| {
                let (username, name) = (invitee.username.as_str(), &invitee.name);
                format!("{username}|{name}|{}|{}", invitee.role.word(), Queue::words(&invitee.queues))
            },
        )
    }

    #[test]
    fn files_of_many_hands_are_read_alike() {
        for text in [
            "Nome utente;Nome e cognome;Codice fiscale\nm.rossi;Maria Rossi;RSSMRA80A01H501U\n",
            "\u{feff}nome_utente,nome e cognome,codice fiscale\r\nM.Rossi,\"Maria Rossi\",rssmra80a01h501u\r\n",
            "fiscal code\tusername\tname\trole\nRSSMRA80A01H501U\tm.rossi\t Maria Rossi \t\n\n",
            "username;name;fiscal-code;status\n;;;\nm.rossi;Maria Rossi;RSSMRA80A01H501U;enabled",
        ] {
            let lines = read(text).unwrap();
            assert_eq!(lines.iter().map(told).collect::<Vec<_>>(), ["m.rossi|Maria Rossi|operator|immuni"], "{text}");
        }
    }

    #[test]
    fn all_that_is_wrong_with_a_line_is_told() {
        let lines = of("m.rossi;Maria Rossi;RSSMRA80A01H501U;Supervisore;tamponi, immuni\n\
             a;;RSSMRA80A01H501X;capo;altro\n\
             M.ROSSI;Altra;VRDLGU75B02F205A;;asl\n\
             l.verdi;'=1+1;VRDLGU75B02F205A;supervisor;\n\
             g.neri;Neri;NREGNN85D04A662V;;\n\
             p.bianchi;'＝Paola;NREGNN85D04A662V;;immuni\n\
             solo.nome\n");
        assert_eq!(
            lines.iter().map(told).collect::<Vec<_>>(),
            [
                "m.rossi|Maria Rossi|supervisor|immuni swabs",
                "[Username, Name, FiscalCode, Role, Queues]",
                "[Twice(2)]",
                "l.verdi|=1+1|supervisor|",
                "[Queues]",
                "p.bianchi|＝Paola|operator|immuni",
                "[Name, FiscalCode, Queues]",
            ]
        );
        assert_eq!(lines.iter().map(|line| line.number).collect::<Vec<_>>(), [2, 3, 4, 5, 6, 7, 8]);
    }

    #[test]
    fn a_line_has_the_number_that_an_editor_shows() {
        for end in ["\n", "\r\n"] {
            let text = format!("{HEAD}m.rossi;Maria Rossi;RSSMRA80A01H501U\n\n;;;\n a;b\n").replace('\n', end);
            let numbers = read(&text).unwrap().iter().map(|line| line.number).collect::<Vec<_>>();
            assert_eq!(numbers, [2, 5], "{end:?}");
        }
    }

    #[test]
    fn a_file_that_is_none_is_refused_as_a_whole() {
        let many = "a\n".repeat(MOST_LINES + 1);
        for (text, error) in [
            ("", SheetError::Empty),
            (HEAD, SheetError::Empty),
            ("Nome utente;Nome e cognome\na;b", SheetError::Missing("Codice fiscale")),
            ("Nome utente;Nome e cognome;Codice fiscale;Ruollo\na;b;c;d", SheetError::Unknown(4)),
            ("username;nome utente;name;fiscal code\na;b;c;d", SheetError::Unknown(2)),
            (&format!("{HEAD}{many}"), SheetError::TooMany),
        ] {
            assert_eq!(read(text).map(|_| ()), Err(error));
        }
        assert_eq!(read(&format!("{HEAD}{}", "a\n".repeat(MOST_LINES))).map(|lines| lines.len()), Ok(MOST_LINES));
        assert_eq!(text_of(&[0xe8, b';']), Err(SheetError::NotUtf8));
    }
}
