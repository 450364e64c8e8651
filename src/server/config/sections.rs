//! The sections that are plain values with their defaults.

use std::{net::SocketAddr, path::PathBuf};

use serde::Deserialize;

use super::{
    texts::files,
    word::{maybe_word, word},
};
use crate::{domain::spelling::Alphabet, server::language::Language};

/// `[database]`
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Database {
    /// The address; none for a SQLite file in the data folder.
    pub url: Option<DatabaseUrl>,
}

/// The address of a database, whose password is not printed.
#[derive(Clone, Deserialize)]
#[serde(transparent)]
pub struct DatabaseUrl(pub String);

impl std::fmt::Debug for DatabaseUrl {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("DatabaseUrl(…)")
    }
}

/// `[secrets]`
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SecretFiles {
    /// The file of the server's secret; none for the one in the data folder.
    pub server: Option<PathBuf>,
    /// The files of the secrets that it replaced, the oldest first.
    #[serde(deserialize_with = "files")]
    pub previous: Vec<PathBuf>,
}

/// `[passwords]`
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Passwords {
    /// A file of SHA-1 hashes of leaked passwords, in ascending order; none for the list in the program alone.
    pub breached_file: Option<PathBuf>,
}

/// `[session]`: all in seconds.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Session {
    /// After how many seconds without use a session locks to the PIN.
    pub idle: u32,
    /// After how many seconds a session ends, used or not.
    pub absolute: u32,
    /// How many seconds before it locks the page warns.
    pub warning: u32,
    /// For how many seconds a PIN is fresh enough for a sensitive act.
    pub fresh_pin: u32,
}

impl Default for Session {
    fn default() -> Self {
        Self { idle: 15 * 60, absolute: 9 * 60 * 60, warning: 60, fresh_pin: 5 * 60 }
    }
}

/// `[limits]`: a minute each; 0 for no bound.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Limits {
    /// Requests of an operator.
    pub requests_per_operator: u32,
    /// Requests from an address.
    pub requests_per_address: u32,
    /// Sign-ins and activations from an address.
    pub sign_ins_per_address: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Self { requests_per_operator: 1200, requests_per_address: 60_000, sign_ins_per_address: 600 }
    }
}

/// `[registers]`
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Registers {
    /// After how many minutes the end of a register that has grown is signed.
    pub checkpoint_minutes: u32,
    /// For how many months entries are kept.
    pub retention_months: u32,
    /// Whether nothing is purged, however old.
    pub legal_hold: bool,
}

impl Default for Registers {
    fn default() -> Self {
        Self { checkpoint_minutes: 60, retention_months: 12, legal_hold: false }
    }
}

/// `[cases]`
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Cases {
    /// For how many months a case is kept after it was closed.
    pub retention_months: u32,
}

impl Default for Cases {
    fn default() -> Self {
        Self { retention_months: 12 }
    }
}

/// `[backup]`
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Backup {
    /// The folder of the backups; none for the one in the data folder.
    pub folder: Option<PathBuf>,
    /// How many of the newest stay, however old.
    pub keep: u32,
    /// For how many days the others stay.
    pub keep_days: u32,
}

impl Default for Backup {
    fn default() -> Self {
        Self { folder: None, keep: 7, keep_days: 30 }
    }
}

/// `[geoip]`
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Geoip {
    /// The `MaxMind` database in which addresses are looked up; none for "nowhere".
    pub database_file: Option<PathBuf>,
}

/// `[desk]`
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Desk {
    /// The alphabet with which codes are read back in Italian.
    #[serde(deserialize_with = "word")]
    pub alphabet: Alphabet,
}

impl Default for Desk {
    fn default() -> Self {
        Self { alphabet: Alphabet::Cities }
    }
}

impl Desk {
    /// The alphabet with which codes are read back in `language`.
    #[must_use]
    pub const fn alphabet_in(&self, language: Language) -> Alphabet {
        match language {
            Language::It => self.alphabet,
            Language::En => Alphabet::Nato,
        }
    }
}

/// `[sandbox]`
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Sandbox {
    /// Whether it is started beside the desk; none for "in the sandbox environment".
    pub enabled: Option<bool>,
    /// Whether demo accounts are made; none for "in the sandbox environment".
    pub demo_accounts: Option<bool>,
    /// Where the simulated services listen.
    pub listen: SocketAddr,
    /// Where they listen for structures; none: beside `listen`, where that is the usual address or a queue needs it.
    pub structures: Option<SocketAddr>,
    /// Where they are told to misbehave.
    pub control: SocketAddr,
}

impl Default for Sandbox {
    fn default() -> Self {
        let loopback = |port| SocketAddr::from(([127, 0, 0, 1], port));
        let (enabled, demo_accounts, structures) = (None, None, None);
        Self { enabled, demo_accounts, listen: loopback(Self::USUAL_PORT), structures, control: loopback(8444) }
    }
}

impl Sandbox {
    /// The usual port of the simulated services.
    pub const USUAL_PORT: u16 = 8443;
    /// The usual one for structures.
    pub const USUAL_STRUCTURES_PORT: u16 = 8445;
}

/// `[log]`
#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Log {
    /// From which level on.
    #[serde(deserialize_with = "word")]
    pub level: LogLevel,
    /// For whom; none for "by the environment".
    #[serde(deserialize_with = "maybe_word")]
    pub format: Option<LogFormat>,
}

/// How much is logged.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogLevel {
    /// What failed.
    Error,
    /// What will fail soon.
    Warn,
    /// A line a request.
    #[default]
    Info,
    /// A line a decision.
    Debug,
    /// Everything.
    Trace,
}

/// How a line of the log looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    /// For people.
    Pretty,
    /// For machines.
    Json,
}

/// `[metrics]`
#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Metrics {
    /// Where Prometheus collects; none for nowhere.
    pub listen: Option<SocketAddr>,
}
