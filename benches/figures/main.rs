//! `make bench`: every figure of the product beside its floor, both measured in the same run, alternated, compared by
//! the medians of paired ratios. `docs/performance.md` says what each of them means.
//!
//! The product is its own binary, built as it is released and configured as in production; it and the floors are
//! processes of their own, so that their processor time and memory are theirs alone.

mod bulk;
mod child;
mod client;
mod desk;
mod floor;
mod import;
mod list;
mod load;
mod memory;
mod numbers;
mod pages;
mod people;
#[path = "../../tests/support/postgres.rs"]
#[expect(clippy::expect_used, clippy::panic, reason = "the tests' own, where what fails ends a test")]
mod postgres;
mod process;
mod registers;
mod report;
mod sign_in;
mod start;
mod statistics;
mod storm;
mod swab_list;
mod upstream;
mod verify;
mod weight;

use std::{env, error::Error, io::Write, process::ExitCode};

use report::Report;

/// What went wrong is told and ends the run.
type Outcome<T> = Result<T, Box<dyn Error + Send + Sync>>;

/// How often each pair is measured.
const ROUNDS: usize = 5;
/// The parts of a run.
const PARTS: [&str; 11] = [
    "pages",
    "verify",
    "handshakes",
    "accounts",
    "start",
    "weight",
    "swab-list",
    "list",
    "import",
    "registers",
    "statistics",
];

fn main() -> ExitCode {
    let words: Vec<String> = env::args().skip(1).collect();
    let ended = match words.split_first() {
        Some((first, role)) if first == child::MARK => block_on(child::run(role)),
        // cargo adds `--bench`; what is no option names parts of the run.
        _ => block_on(figures(words.iter().filter(|word| !word.starts_with('-')).map(String::as_str).collect())),
    };
    match ended {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            say(&format!("figures: {error}"));
            ExitCode::FAILURE
        }
    }
}

fn block_on(work: impl Future<Output = Outcome<()>>) -> Outcome<()> {
    tokio::runtime::Runtime::new()?.block_on(work)
}

/// Tells who waits.
fn say(text: &str) {
    // Whoever closed standard error does not want to know.
    let _ = writeln!(std::io::stderr(), "{text}");
}

/// What stands below the table of the figures.
fn rounds() -> String {
    format!("Medians of {ROUNDS} rounds.")
}

/// Measures the `wanted` parts, and all of them where none is named; only all of them are written down.
async fn figures(wanted: Vec<&str>) -> Outcome<()> {
    let mut report = Report::default();
    let upstream = upstream::Upstream::start()?;
    if wanted == ["load"] {
        return load::run(&upstream).await;
    }
    for part in PARTS.into_iter().filter(|part| wanted.is_empty() || wanted.contains(part)) {
        say(part);
        report.add(match part {
            "pages" => pages::figures(&upstream).await?,
            "verify" => verify::figures(&upstream).await?,
            "handshakes" => upstream::figures(&upstream).await?,
            "accounts" => memory::figures(&upstream).await?,
            "start" => start::figures(&upstream).await?,
            "swab-list" => swab_list::figures(&upstream).await?,
            "list" => list::figures().await?,
            "import" => import::figures().await?,
            "registers" => registers::figures().await?,
            "statistics" => statistics::figures().await?,
            _ => weight::figures(&upstream).await?,
        });
    }
    if wanted.is_empty() { report.write(report::MARKS, &rounds()) } else { report.print(&rounds()) }
}
