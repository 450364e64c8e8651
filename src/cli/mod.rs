//! The command line → one command.

pub mod backup;
pub mod code;
pub mod console;
pub mod healthcheck;
pub mod import;
pub mod operator;
mod own_tls;
pub mod register;
pub mod serve;

use std::{
    env,
    io::{self, Write},
    path::{Path, PathBuf},
    process::ExitCode,
};

use clap::{Parser, Subcommand};

use crate::server::{
    clock::Clock,
    config::{self, Config},
    language::Language,
    telemetry,
};

#[derive(Debug, Parser)]
#[command(name = "centralino", version, about)]
struct Cli {
    /// The file of the configuration. Default: centralino.toml, where it is there.
    #[arg(long, short, global = true, env = "CENTRALINO_CONFIG", value_name = "FILE")]
    config: Option<PathBuf>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serves the desk.
    Serve,
    /// Serves the simulated Sistema TS alone.
    Sandbox,
    /// Succeeds when the desk that the configuration describes answers on this machine and is ready.
    Healthcheck,
    /// Prints the commented configuration with every key and its default.
    Config,
    /// Makes and manages accounts.
    #[command(subcommand)]
    Operator(operator::Command),
    /// Proves that the registers are whole, signs where they stand.
    #[command(subcommand)]
    Register(register::Command),
    #[command(flatten)]
    Backups(backup::Command),
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
    telemetry::hush_panics();
    let cli = Cli::parse();
    match run_command(cli.command, cli.config.as_deref()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // Nothing is left to be done where even standard error is gone.
            let _ = writeln!(io::stderr(), "centralino: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run_command(command: Command, config: Option<&Path>) -> Result<(), Box<dyn std::error::Error>> {
    match command {
        Command::Serve => runtime()?.block_on(serve::run(load_config(config)?)),
        Command::Sandbox => runtime()?.block_on(serve::run_sandbox(&load_config(config)?)),
        Command::Healthcheck => runtime()?.block_on(healthcheck::run(&load_config(config)?)),
        Command::Config => Ok(io::stdout().write_all(config::TEXT.as_bytes())?),
        Command::Operator(command) => {
            let config = load_config(config)?;
            let mut out = io::stdout();
            let carried_out = operator::run(command, &config, Clock::system(), &mut out);
            Ok(runtime()?.block_on(carried_out)?)
        }
        Command::Register(command) => {
            let config = load_config(config)?;
            Ok(runtime()?.block_on(register::run(command, &config, &Clock::system(), &mut io::stdout()))?)
        }
        Command::Backups(command) => {
            let config = load_config(config)?;
            Ok(runtime()?.block_on(backup::run(command, &config, &Clock::system(), &mut io::stdout()))?)
        }
        Command::Code { language } => Ok(code::judge_lines(io::stdin(), io::stdout(), language)?),
    }
}

fn runtime() -> io::Result<tokio::runtime::Runtime> {
    tokio::runtime::Runtime::new()
}

/// The configuration of `file` and of the process's environment.
fn load_config(file: Option<&Path>) -> Result<Config, config::Problems> {
    Config::load(
        file,
        env::vars_os().filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?))),
    )
}

fn parse_language(tag: &str) -> Result<Language, String> {
    Language::from_tag(tag).ok_or_else(|| "expected it or en".to_owned())
}
