//! `centralino operator`: accounts from the command line, on the same database as the desk.

use std::{
    io::{self, Write},
    path::PathBuf,
};

use clap::{Args, Subcommand};

use crate::{
    cli::{
        console,
        import::{self, ImportError},
    },
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
        operators::fields::name_of,
    },
    server::{
        clock::Clock,
        config::{Config, Environment},
        opened::{NotOpened, Opened},
    },
    storage::{
        Db,
        operators::{
            account::Administered,
            acts::Acted,
            list::{ListedOperator, Wanted},
            rules::{Authority, Edit, Refusal},
        },
    },
};

/// How many accounts are read at once.
const PAGE: u32 = 500;

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
    /// Prints user name, name, role, status and queues of the accounts, tab-separated, in the order of their names.
    List(Filters),
    /// Changes what is given of an account, and leaves the rest.
    Edit {
        /// Which.
        username: Username,
        /// How it is to be.
        #[command(flatten)]
        changes: Changes,
    },
    /// Makes the accounts of a CSV file, all or none, and prints the outcome of each line and the links, tab-separated.
    Import {
        /// The file: UTF-8, the names of the columns in its first line.
        file: PathBuf,
        /// Prints what would happen, and does nothing.
        #[arg(long)]
        dry_run: bool,
    },
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
    /// Ends an account's sessions.
    EndSessions {
        /// Which.
        username: Username,
    },
    /// Takes an account's password, second factor and recovery codes away and prints a new activation link.
    Reset {
        /// Which.
        username: Username,
        /// Even if it is the last enabled supervisor's: until the new link is used nobody can manage accounts.
        #[arg(long)]
        last_supervisor: bool,
    },
}

/// How an account is to be; what is not said stays as it is.
#[derive(Debug, Args)]
pub struct Changes {
    /// First and last name.
    #[arg(long)]
    name: Option<String>,
    /// The codice fiscale that Sistema TS knows.
    #[arg(long, value_parser = parse_fiscal_code)]
    fiscal_code: Option<FiscalCode>,
    /// operator or supervisor.
    #[arg(long)]
    role: Option<Role>,
    /// A desk, in place of those so far: immuni, swabs, asl or exemptions. May be given more than once.
    #[arg(long = "queue")]
    queues: Vec<Queue>,
    /// No desk at all, for a supervisor.
    #[arg(long, conflicts_with = "queues")]
    no_queue: bool,
}

/// Which accounts; what is not said is any.
#[derive(Debug, Args)]
pub struct Filters {
    /// Words of the name, the user name or the codice fiscale, or parts of them.
    #[arg(long, default_value = "")]
    search: String,
    /// operator or supervisor.
    #[arg(long)]
    role: Option<Role>,
    /// immuni, swabs, asl or exemptions.
    #[arg(long)]
    queue: Option<Queue>,
    /// invited, enabled or disabled.
    #[arg(long)]
    status: Option<Status>,
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
    /// An operator without a desk could do nothing.
    #[error("--queue: an operator needs at least one desk")]
    NoQueue,
    /// The account may not be changed so.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// A file was not imported.
    #[error(transparent)]
    Import(#[from] ImportError),
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
    let may_reset_last = matches!(command, Command::Reset { last_supervisor: true, .. });
    let authority = Authority::Console { may_reset_last };
    let (db, secrets, random) = (&db, &secrets, &random);
    let office = Office { db, secrets, clock: &clock, random, by: &by, authority, form: None };
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
            let name = name_of(&name).ok_or(OperatorError::Name)?.to_owned();
            let invited = office.invite(&Invitee { username, name, fiscal_code, role, queues }).await?;
            print_link(config, &invited.path, out)
        }
        Command::List(filters) => list(office.db, filters, out).await,
        Command::Import { file, dry_run } => {
            Ok(import::run(office, &file, dry_run, &config.server.origin(), out).await?)
        }
        Command::Pin { username } => {
            if config.environment != Environment::Sandbox {
                return Err(OperatorError::Production);
            }
            print_pin(office, &username, out).await
        }
        Command::Reset { username, .. } => {
            let account = find(office.db, &username).await?;
            let (acted, path) = office.reset(&account.id).await?;
            done(acted)?;
            print_link(config, &path, out)
        }
        Command::Edit { username, changes } => edit(office, &username, changes).await,
        Command::Disable { username } => done(office.disable(&find(office.db, &username).await?.id).await?),
        Command::Enable { username } => done(office.enable(&find(office.db, &username).await?.id).await?),
        Command::Unlock { username } => done(office.unlock(&find(office.db, &username).await?).await?),
        Command::EndSessions { username } => done(office.end_sessions(&find(office.db, &username).await?.id).await?),
    }
}

async fn edit(office: Office<'_>, username: &Username, changes: Changes) -> Result<(), OperatorError> {
    let account = find(office.db, username).await?;
    let Changes { name, fiscal_code, role, queues, no_queue } = changes;
    let name = name.unwrap_or(account.name);
    let name = name_of(&name).ok_or(OperatorError::Name)?;
    let role = role.unwrap_or(account.role);
    let queues = if queues.is_empty() && !no_queue { account.queues } else { queues };
    if role == Role::Operator && queues.is_empty() {
        return Err(OperatorError::NoQueue);
    }
    let fiscal_code = &fiscal_code.unwrap_or(account.fiscal_code);
    let edit = Edit { version: Some(account.version), name, fiscal_code, role, queues: &queues };
    done(office.edit(&account.id, edit).await?)
}

fn done(acted: Acted) -> Result<(), OperatorError> {
    match acted {
        Acted::Done | Acted::Unchanged | Acted::Before => Ok(()),
        Acted::Refused(refusal) => Err(refusal.into()),
    }
}

async fn find(db: &Db, username: &Username) -> Result<Administered, OperatorError> {
    let account = db.operator_named(username).await?;
    account.ok_or_else(|| OperatorError::Unknown(username.as_str().to_owned()))
}

fn print_link(config: &Config, path: &ActivationPath, out: &mut impl Write) -> Result<(), OperatorError> {
    Ok(writeln!(out, "{}{}", config.server.origin(), path.as_str())?)
}

async fn print_pin(office: Office<'_>, username: &Username, out: &mut impl Write) -> Result<(), OperatorError> {
    let account = find(office.db, username).await?;
    let factor = office.db.second_factor(&account.id).await?.ok_or(OperatorError::NoSecondFactor)?;
    let pin = current_pin(office.secrets, &factor, office.clock.now())?;
    let (pin, seconds_left) = pin.ok_or(OperatorError::NoSecondFactor)?;
    writeln!(out, "{pin}")?;
    Ok(writeln!(io::stderr(), "shown for another {seconds_left} s")?)
}

async fn list(db: &Db, filters: Filters, out: &mut impl Write) -> Result<(), OperatorError> {
    let Filters { search, role, queue, status } = filters;
    let wanted = Wanted { text: search, role, queue, status };
    let mut after = None;
    loop {
        let page = db.operators(&wanted, after.as_deref(), PAGE).await?;
        for ListedOperator { username, name, role, status, queues, .. } in &page.operators {
            let queues = if queues.is_empty() { "-".to_owned() } else { Queue::words(queues) };
            writeln!(out, "{username}\t{name}\t{}\t{}\t{queues}", role.word(), status.word())?;
        }
        after = page.next;
        if after.is_none() {
            return Ok(());
        }
    }
}

fn parse_fiscal_code(text: &str) -> Result<FiscalCode, String> {
    text.parse().map_err(|_| "not a codice fiscale: sixteen characters, the last one a check letter".to_owned())
}
