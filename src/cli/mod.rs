//! The command line → one command.

pub mod code;
pub mod operator;

use std::{
    env,
    io::{self, Write},
    path::{Path, PathBuf},
    process::ExitCode,
};

use clap::{Parser, Subcommand};

use crate::server::{
    application::Application,
    clock::Clock,
    config::{self, Config},
    language::Language,
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
    /// Prints the commented configuration with every key and its default.
    Config,
    /// Makes and manages accounts.
    #[command(subcommand)]
    Operator(operator::Command),
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
        Command::Serve => {
            let config = load_config(config)?;
            tokio::runtime::Runtime::new()?.block_on(async {
                let application = Application::build(config, Clock::system()).await?;
                Ok(application.serve(std::future::pending()).await?)
            })
        }
        Command::Config => Ok(io::stdout().write_all(config::TEXT.as_bytes())?),
        Command::Operator(command) => {
            let config = load_config(config)?;
            let mut out = io::stdout();
            let carried_out = operator::run(command, &config, Clock::system(), &mut out);
            Ok(tokio::runtime::Runtime::new()?.block_on(carried_out)?)
        }
        Command::Code { language } => Ok(code::judge_lines(io::stdin(), io::stdout(), language)?),
    }
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
