//! The configuration: one TOML file, every value overridable by an environment variable, checked at start.

use std::{net::SocketAddr, path::PathBuf};

use serde::Deserialize;

/// Everything that can be set. Each key is documented in `centralino.toml`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// Whether this is a place to try things or the real thing.
    pub environment: Environment,
    /// The folder of the database, the secrets and the sandbox.
    pub data: DataFolder,
    /// How browsers reach the desk.
    pub server: Server,
    /// How long sessions last.
    pub session: Session,
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

/// `[server]`
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Server {
    /// The address to listen on.
    pub listen: SocketAddr,
}

impl Default for Server {
    fn default() -> Self {
        Self { listen: SocketAddr::from(([127, 0, 0, 1], 8080)) }
    }
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
}

impl Default for Session {
    fn default() -> Self {
        Self { idle: 15 * 60, absolute: 9 * 60 * 60, warning: 60 }
    }
}
