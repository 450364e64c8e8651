//! `make bench`: every figure of the product beside its floor, both measured in the same run, alternated, compared by
//! the medians of paired ratios. `docs/performance.md` says what each of them means.
//!
//! The product is its own binary, built as it is released and configured as in production; it and the floors are
//! processes of their own, so that their processor time and memory are theirs alone.

mod child;
mod client;
mod desk;
mod floor;
mod memory;
mod numbers;
mod pages;
mod people;
mod process;
mod report;
mod sign_in;
mod start;
mod storm;
mod upstream;
mod verify;
mod weight;

use std::{env, error::Error, io::Write, process::ExitCode};

use report::Report;

/// What went wrong is told and ends the run.
type Outcome<T> = Result<T, Box<dyn Error + Send + Sync>>;

/// How often each pair is measured.
const ROUNDS: usize = 5;

fn main() -> ExitCode {
    // What cargo adds (`--bench`) and filters are passed over.
    let words: Vec<String> = env::args().skip(1).collect();
    let ended = match words.split_first() {
        Some((first, role)) if first == child::MARK => block_on(child::run(role)),
        _ => block_on(figures()),
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

async fn figures() -> Outcome<()> {
    let mut report = Report::default();
    let upstream = upstream::Upstream::start()?;
    say("weight, start");
    report.add(weight::figures(&upstream).await?);
    report.add(start::figures(&upstream).await?);
    say("pages");
    report.add(pages::figures(&upstream).await?);
    say("verify, handshakes");
    report.add(verify::figures(&upstream).await?);
    report.add(upstream::figures(&upstream).await?);
    say("sign-ins, memory, storm");
    report.add(memory::figures(&upstream).await?);
    report.finish()
}
