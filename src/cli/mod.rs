//! The command line → one command.

pub mod code;

use std::{
    io::{self, Write},
    process::ExitCode,
};

use clap::{Parser, Subcommand};

use crate::server::{application::Application, clock::Clock, config::Config, language::Language};

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
    /// Judges codes: reads values from standard input, one a line, and prints for each, tab-separated, the value as
    /// normalised, cun, otp or -, valid or invalid, and the reason in words.
    Code {
        /// The language of the reasons: it or en.
        #[arg(long, default_value = "it", value_parser = parse_language)]
        language: Language,
    },
}

/// Runs the command of the process's arguments.
#[must_use]
pub fn run() -> ExitCode {
    match run_command(Cli::parse().command) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // Nothing is left to be done where even standard error is gone.
            let _ = writeln!(io::stderr(), "centralino: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run_command(command: Command) -> Result<(), Box<dyn std::error::Error>> {
    match command {
        Command::Serve => tokio::runtime::Runtime::new()?.block_on(async {
            let application = Application::build(Config::default(), Clock::system()).await?;
            Ok(application.serve(std::future::pending()).await?)
        }),
        Command::Code { language } => Ok(code::judge_lines(io::stdin(), io::stdout(), language)?),
    }
}

fn parse_language(tag: &str) -> Result<Language, String> {
    Language::from_tag(tag).ok_or_else(|| "expected it or en".to_owned())
}
