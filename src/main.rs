//! The command line of Centralino.

use std::process::ExitCode;

fn main() -> ExitCode {
    centralino::cli::run()
}
