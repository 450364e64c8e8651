//! `centralino operator`: accounts from the command line, on the same database as the desk.

use std::io::{self, Write};

use clap::Subcommand;

use crate::{
    cli::console,
    domain::{
        fiscal_code::FiscalCode,
        operator::{Queue, Role, Status, Username},
    },
    features::{
        accounts::{
            demo::current_pin,
            invite::{ActivationPath, InviteError, Invitee, Office},
            second_factor::SecondFactorError,
        },
        login::service::unlock,
        registers::act::Act,
    },
    server::{
        clock::Clock,
        config::{Config, Environment},
        opened::{NotOpened, Opened},
    },
    storage::{Db, credentials::FirstFactor, registers::Action},
};

/// How many accounts are read at once.
const PAGE: i64 = 500;

/// What to do with accounts.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Makes an account and prints the link by which its owner activates it (24 hours, one use).
    Add {
        /// The name with which its owner signs in.
        #[arg(long)]
        username: Username,
        /// First and last name.
        #[arg(long)]
        name: String,
        /// The codice fiscale that Sistema TS knows.
        #[arg(long, value_parser = parse_fiscal_code)]
        fiscal_code: FiscalCode,
        /// operator or supervisor.
        #[arg(long, default_value = "operator")]
        role: Role,
        /// A desk: immuni, swabs, asl or exemptions. May be given more than once.
        #[arg(long = "queue", default_value = "immuni")]
        queues: Vec<Queue>,
    },
    /// Prints user name, name, role, status and queues of every account, tab-separated.
    List,
    /// Prints the PIN of this moment (sandbox environment only).
    Pin {
        /// Whose.
        username: Username,
    },
    /// Keeps an account out and ends its sessions at once.
    Disable {
        /// Which.
        username: Username,
    },
    /// Lets a disabled account in again.
    Enable {
        /// Which.
        username: Username,
    },
    /// Ends a lock-out after wrong passwords or PINs.
    Unlock {
        /// Which.
        username: Username,
    },
    /// Takes an account's password, second factor and recovery codes away and prints a new activation link.
    Reset {
        /// Which.
        username: Username,
    },
}

/// Why a command was not carried out.
#[derive(Debug, thiserror::Error)]
pub enum OperatorError {
    /// Standard output was refused by the system.
    #[error(transparent)]
    Io(#[from] io::Error),
    /// What the configuration names can't be opened.
    #[error(transparent)]
    NotOpened(#[from] NotOpened),
    /// The database refused.
    #[error("database: {0}")]
    Engine(#[from] sqlx::Error),
    /// No link was made.
    #[error(transparent)]
    Invite(#[from] InviteError),
    /// The PIN can't be told.
    #[error(transparent)]
    SecondFactor(#[from] SecondFactorError),
    /// There is no such account.
    #[error("no account has the user name {0}")]
    Unknown(String),
    /// The name is blank or longer than 100 characters.
    #[error("--name: expected first and last name, at most 100 characters, for example --name 'Maria Rossi'")]
    Name,
    /// PINs are told in the sandbox environment only.
    #[error("PINs are told in the sandbox environment only; here the environment is production")]
    Production,
    /// The account has no second factor.
    #[error("the account has no second factor")]
    NoSecondFactor,
}

/// Carries a command out; what it says for programs goes to `out`, what it says for people to standard error.
pub async fn run(command: Command, config: &Config, clock: Clock, out: &mut impl Write) -> Result<(), OperatorError> {
    let Opened { random, secrets, db } = Opened::open(config).await?;
    let by = console::by();
    let office = Office { db: &db, secrets: &secrets, clock: &clock, random: &random, by: &by };
    let done = carry_out(command, config, office, out).await;
    db.close().await;
    done
}

async fn carry_out(
    command: Command,
    config: &Config,
    office: Office<'_>,
    out: &mut impl Write,
) -> Result<(), OperatorError> {
    match command {
        Command::Add { username, name, fiscal_code, role, queues } => {
            let name = name.trim().to_owned();
            if name.is_empty() || name.chars().count() > 100 || name.chars().any(char::is_control) {
                return Err(OperatorError::Name);
            }
            let path = office.invite(&Invitee { username, name, fiscal_code, role, queues }).await?;
            print_link(config, &path, out)
        }
        Command::List => list(office.db, out).await,
        Command::Pin { username } => {
            if config.environment != Environment::Sandbox {
                return Err(OperatorError::Production);
            }
            print_pin(office, &username, out).await
        }
        Command::Disable { username } => {
            let account = find(office.db, &username).await?;
            let act = Act::done(Action::AccountDisabled).on(username.as_str());
            let record = office.record(act.changed("status", account.status.word(), Status::Disabled.word()));
            Ok(office.db.disable_operator(&account.operator, office.clock.now_ms(), &record).await?)
        }
        Command::Enable { username } => {
            let account = find(office.db, &username).await?;
            let after = if account.password_hash.is_some() { Status::Enabled } else { Status::Invited };
            let act = Act::done(Action::AccountEnabled).on(username.as_str());
            let record = office.record(act.changed("status", account.status.word(), after.word()));
            Ok(office.db.enable_operator(&account.operator, &record).await?)
        }
        Command::Unlock { username } => {
            let account = find(office.db, &username).await?;
            let record = office.record(Act::done(Action::AccountUnlocked).on(username.as_str()));
            Ok(unlock(office.db, office.secrets, &username, &account.operator, &record).await?)
        }
        Command::Reset { username } => {
            let account = find(office.db, &username).await?;
            print_link(config, &office.reset(&username, &account).await?, out)
        }
    }
}

async fn find(db: &Db, username: &Username) -> Result<FirstFactor, OperatorError> {
    let account = db.first_factor(username).await?;
    account.ok_or_else(|| OperatorError::Unknown(username.as_str().to_owned()))
}

fn print_link(config: &Config, path: &ActivationPath, out: &mut impl Write) -> Result<(), OperatorError> {
    Ok(writeln!(out, "{}{}", config.server.origin(), path.as_str())?)
}

async fn print_pin(office: Office<'_>, username: &Username, out: &mut impl Write) -> Result<(), OperatorError> {
    let account = find(office.db, username).await?;
    let factor = office.db.second_factor(&account.operator).await?.ok_or(OperatorError::NoSecondFactor)?;
    let pin = current_pin(office.secrets, &factor, office.clock.now())?;
    let (pin, seconds_left) = pin.ok_or(OperatorError::NoSecondFactor)?;
    writeln!(out, "{pin}")?;
    Ok(writeln!(io::stderr(), "shown for another {seconds_left} s")?)
}

async fn list(db: &Db, out: &mut impl Write) -> Result<(), OperatorError> {
    let mut after = String::new();
    loop {
        let page = db.operators_after(&after, PAGE).await?;
        for operator in &page {
            let queues = if operator.queues.is_empty() { "-" } else { &operator.queues };
            let (username, name) = (&operator.username, &operator.name);
            writeln!(out, "{username}\t{name}\t{}\t{}\t{queues}", operator.role, operator.status)?;
        }
        match page.last() {
            Some(last) => after.clone_from(&last.username),
            None => return Ok(()),
        }
    }
}

fn parse_fiscal_code(text: &str) -> Result<FiscalCode, String> {
    text.parse().map_err(|_| "not a codice fiscale: sixteen characters, the last one a check letter".to_owned())
}
