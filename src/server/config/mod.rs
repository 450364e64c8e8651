//! The configuration: one TOML file, every value overridable by an environment variable, checked at start.
//!
//! `centralino.toml` documents every key, and is where the examples in error messages come from.

mod check;
mod load;
mod reference;
mod sections;
mod server;
pub mod texts;
pub mod word;

use std::{net::SocketAddr, path::PathBuf};

use serde::Deserialize;

pub use load::{Problem, Problems};
pub use reference::TEXT;
pub use sections::{
    Backup, Cases, Database, DatabaseUrl, Desk, Geoip, Limits, Log, LogFormat, LogLevel, Metrics, Passwords, Registers,
    Sandbox, SecretFiles, Session,
};
pub use server::{PublicUrl, Server};

use crate::{
    sistema_ts::{
        queues::{AslSettings, ExemptionSettings, Mode, SwabSettings},
        settings::Settings,
    },
    storage::Db,
};

/// Everything that can be set. Each key is documented in `centralino.toml`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// Whether this is a place to try things or the real thing.
    #[serde(deserialize_with = "word::word")]
    pub environment: Environment,
    /// The folder of the database, the secrets and the sandbox.
    pub data: DataFolder,
    /// How browsers reach the desk.
    pub server: Server,
    /// Where things are kept.
    pub database: Database,
    /// Where backups are, and how many.
    pub backup: Backup,
    /// Where the secrets are.
    pub secrets: SecretFiles,
    /// What passwords are judged by.
    pub passwords: Passwords,
    /// How long sessions last.
    pub session: Session,
    /// How many requests somebody may make.
    pub limits: Limits,
    /// How the registers are kept.
    pub registers: Registers,
    /// How long cases are kept.
    pub cases: Cases,
    /// Where addresses are looked up.
    pub geoip: Geoip,
    /// How the desk looks.
    pub desk: Desk,
    /// Where Sistema TS is and who we are to it; none for "the sandbox".
    pub sistema_ts: Option<Settings>,
    /// The services of swab tests; none for "the sandbox", or none.
    pub swabs: Option<SwabSettings>,
    /// The health authority's OTP service; likewise.
    pub asl: Option<AslSettings>,
    /// The closure of exemptions; likewise.
    pub exemptions: Option<ExemptionSettings>,
    /// The simulated Sistema TS.
    pub sandbox: Sandbox,
    /// What is logged.
    pub log: Log,
    /// Where figures are collected.
    pub metrics: Metrics,
}

/// Where the desk runs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Environment {
    /// Against the sandbox, with demo accounts; secrets are made when absent.
    #[default]
    Sandbox,
    /// Against Sistema TS, with real callers.
    Production,
}

/// A folder, `centralino-data` by default.
#[derive(Clone, Debug, Deserialize)]
#[serde(transparent)]
pub struct DataFolder(pub PathBuf);

impl Default for DataFolder {
    fn default() -> Self {
        Self(PathBuf::from("centralino-data"))
    }
}

impl Config {
    /// The address of the database.
    #[must_use]
    pub fn database_url(&self) -> String {
        let in_data = || Db::sqlite_url(&self.data.0.join("centralino.db"));
        self.database.url.as_ref().map_or_else(in_data, |url| url.0.clone())
    }

    /// The file of the server's secret.
    #[must_use]
    pub fn secret_file(&self) -> PathBuf {
        self.secrets.server.clone().unwrap_or_else(|| self.data.0.join("secrets/server.key"))
    }

    /// The file of the database, where it is SQLite's.
    #[must_use]
    pub fn database_file(&self) -> Option<PathBuf> {
        Db::sqlite_file(&self.database_url())
    }

    /// The folder of the backups.
    #[must_use]
    pub fn backup_folder(&self) -> PathBuf {
        self.backup.folder.clone().unwrap_or_else(|| self.data.0.join("backups"))
    }

    /// The folder of the sandbox's certificates.
    #[must_use]
    pub fn sandbox_folder(&self) -> PathBuf {
        self.data.0.join("sandbox")
    }

    /// Whether the sandbox is started beside the desk.
    #[must_use]
    pub fn has_sandbox(&self) -> bool {
        self.sandbox.enabled.unwrap_or(self.environment == Environment::Sandbox)
    }

    /// Whether the Sistema TS that the desk calls is the sandbox started beside it.
    #[must_use]
    pub fn calls_its_sandbox(&self) -> bool {
        self.has_sandbox() && self.sistema_ts.as_ref().is_none_or(Settings::names_no_upstream)
    }

    /// Where the sandbox listens for structures; none for nowhere.
    #[must_use]
    pub fn sandbox_structures(&self) -> Option<SocketAddr> {
        let Sandbox { listen, structures, .. } = self.sandbox;
        let modes = [self.swabs.as_ref().map(|it| it.mode), self.asl.as_ref().map(|it| it.mode)];
        let port = match listen.port() {
            Sandbox::USUAL_PORT => Some(Sandbox::USUAL_STRUCTURES_PORT),
            _ => modes.contains(&Some(Mode::Structure)).then_some(0),
        };
        structures.or(port.map(|port| SocketAddr::new(listen.ip(), port)))
    }

    /// Whether demo accounts are made.
    #[must_use]
    pub fn has_demo_accounts(&self) -> bool {
        let is_trial = || self.environment == Environment::Sandbox && self.calls_its_sandbox();
        self.sandbox.demo_accounts.unwrap_or_else(is_trial)
    }

    /// How lines of the log look.
    #[must_use]
    pub fn log_format(&self) -> LogFormat {
        self.log.format.unwrap_or(match self.environment {
            Environment::Sandbox => LogFormat::Pretty,
            Environment::Production => LogFormat::Json,
        })
    }
}
