//! `centralino serve` and `centralino sandbox`: until SIGTERM or SIGINT.

use std::{
    error::Error,
    fmt::Write as _,
    io::{self, Write as _},
};

use rust_i18n::t;

use crate::{
    features::accounts::demo,
    sandbox,
    server::{
        application::Application,
        clock::Clock,
        config::{Config, Environment},
        language::Language,
        random::Random,
        shutdown, telemetry,
        upstream::start_sandbox,
    },
};

/// Serves the desk, and the sandbox beside it where there is one.
pub async fn run(config: Config) -> Result<(), Box<dyn Error>> {
    telemetry::install(config.log.level, config.log_format())?;
    let application = Application::build(config, Clock::system()).await?;
    if application.state().config.has_demo_accounts() {
        demo::ensure(application.state()).await?;
    }
    print(&announcement(&application).await?);
    Ok(application.serve(shutdown::requested()).await?)
}

/// Runs the simulated Sistema TS alone.
pub async fn run_sandbox(config: &Config) -> Result<(), Box<dyn Error>> {
    if config.environment == Environment::Production {
        return Err("the sandbox does not run in production; set environment = \"sandbox\"".into());
    }
    telemetry::install(config.log.level, config.log_format())?;
    let sandbox = start_sandbox(config, &Clock::system(), &Random::system()).await?;
    print(&format!("{}{}", addresses(&sandbox), callers()?));
    shutdown::requested().await;
    sandbox.stop().await;
    Ok(())
}

fn print(text: &str) {
    // Whoever closed standard output does not want to know.
    let _ = io::stdout().write_all(text.as_bytes());
}

/// Where the desk is and, in the sandbox, who may be tried.
async fn announcement(application: &Application) -> Result<String, Box<dyn Error>> {
    let state = application.state();
    let server = &state.config.server;
    let address = match (&server.public_url, server.has_tls()) {
        (Some(_), _) => server.origin(),
        (None, true) => format!("https://{}", application.address()?),
        (None, false) => format!("http://{}", application.address()?),
    };
    let mut text = format!("Centralino: {address}\n");
    if let Some(address) = application.figures_address() {
        writeln!(text, "Prometheus: http://{address}/metrics")?;
    }
    if let Some(sandbox) = &state.sandbox {
        text.push_str(&addresses(sandbox));
    }
    if state.config.has_demo_accounts() {
        text.push_str(&accounts(&demo::accounts(state).await?)?);
    } else if state.config.environment == Environment::Sandbox {
        text.push_str(
            "\nNo demo accounts: make one with `centralino operator add`, or set sandbox.demo_accounts = true.\n",
        );
    }
    if state.config.calls_its_sandbox() {
        text.push_str(&callers()?);
    }
    Ok(text)
}

fn addresses(sandbox: &sandbox::Running) -> String {
    let structures = sandbox.structures_url().map(|url| format!("structures: {url}, ")).unwrap_or_default();
    format!("Sandbox: {} ({structures}control: http://{})\n", sandbox.base_url(), sandbox.control_address())
}

fn accounts(accounts: &[demo::DemoAccount]) -> Result<String, std::fmt::Error> {
    let mut text = format!("\n{:<14}{:<20}PIN (centralino operator pin …)\n", "Nome utente", "Password");
    for account in accounts {
        writeln!(text, "{:<14}{:<20}{} ({} s)", account.username, account.password, account.pin, account.seconds_left)?;
    }
    Ok(text)
}

/// Invented people: nothing here is a caller's.
fn callers() -> Result<String, std::fmt::Error> {
    let mut text = format!("\n{:<10}{:<16}{}\n", "Tessera", "CUN", "Assistito di prova");
    for caller in sandbox::demo::callers() {
        let scenario = t!(format!("login.caller_{}", caller.scenario.word()), locale = Language::It.tag());
        writeln!(text, "{:<10}{:<16}{scenario}", caller.card, caller.cun)?;
    }
    writeln!(text, "\nOTP: {}", sandbox::demo::OTPS.join(" "))?;
    Ok(text)
}
