//! The command line → one command.

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::server::{application::Application, clock::Clock, config::Config};

#[derive(Debug, Parser)]
#[command(name = "centralino", version, about)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serves the desk.
    Serve,
}

/// Runs the command of the process's arguments.
#[must_use]
pub fn run() -> ExitCode {
    let cli = Cli::parse();
    let Ok(runtime) = tokio::runtime::Runtime::new() else { return ExitCode::FAILURE };
    match cli.command {
        Command::Serve => runtime.block_on(async {
            let Ok(application) = Application::build(Config::default(), Clock::system()).await else {
                return ExitCode::FAILURE;
            };
            match application.serve(std::future::pending()).await {
                Ok(()) => ExitCode::SUCCESS,
                Err(_) => ExitCode::FAILURE,
            }
        }),
    }
}
