//! The command line of Centralino.

use std::process::ExitCode;

/// Pages are made of many small pieces, which the system's allocator gives and takes back more slowly.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    centralino::cli::run()
}
