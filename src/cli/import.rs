//! `centralino operator import`: many accounts from a CSV file, as the supervisors' page makes them.

use std::{
    fs,
    io::{self, Write},
    path::{Path, PathBuf},
};

use crate::{
    features::{
        accounts::invite::{InviteError, Office},
        sheets::{
            import_page::reasons,
            plan::{Kind, Outcome, Plan},
            sheet::{self, SheetError},
        },
    },
    server::language::Language,
};

/// Why nothing was imported.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// The file can't be opened.
    #[error("{}: {}", .0.display(), .1)]
    Open(PathBuf, #[source] io::Error),
    /// Its content can't be read.
    #[error("{}: {}", .0.display(), .1)]
    Sheet(PathBuf, #[source] SheetError),
    /// A line is refused, and a file is imported whole or not at all.
    #[error("{0} lines are refused: nothing was imported")]
    Refused(usize),
    /// No account was made.
    #[error(transparent)]
    Invite(#[from] InviteError),
    /// Standard output was refused by the system.
    #[error(transparent)]
    Io(#[from] io::Error),
    /// The database refused.
    #[error("database: {0}")]
    Engine(#[from] sqlx::Error),
}

/// Prints number, user name, outcome and, of what is refused, the reason of each line, tab-separated; applies the file
/// unless it is a dry run, and prints the links of the accounts that were made in the place of the reason.
pub async fn run(
    office: Office<'_>,
    file: &Path,
    is_dry: bool,
    origin: &str,
    out: &mut impl Write,
) -> Result<(), ImportError> {
    let bytes = fs::read(file).map_err(|error| ImportError::Open(file.to_owned(), error))?;
    let lines = sheet::text_of(&bytes).and_then(sheet::read);
    let plan = Plan::of(lines.map_err(|error| ImportError::Sheet(file.to_owned(), error))?, office.db).await?;
    let refused = plan.count(Kind::Refused);
    let prepared = match plan.to_make() {
        Some(invitees) if !is_dry => office.prepare(invitees, None).await?,
        _ => Vec::new(),
    };
    if !prepared.is_empty() {
        office.make(&prepared, None).await?;
    }
    let mut activations = prepared.iter().map(|it| format!("{origin}{}", it.path().as_str()));
    for planned in &plan.0 {
        let told = match &planned.outcome {
            Outcome::Created(_) => activations.next().unwrap_or_default(),
            other => reasons(other, Language::En),
        };
        writeln!(out, "{}\t{}\t{}\t{told}", planned.number, planned.username, planned.outcome.kind().word())?;
    }
    if refused > 0 { Err(ImportError::Refused(refused)) } else { Ok(()) }
}
