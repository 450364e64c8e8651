//! The configuration: one TOML file, every value overridable by an environment variable, checked at start.
//!
//! `centralino.toml` documents every key, and is where the examples in error messages come from.

mod check;
mod load;
mod reference;

use std::{
    net::{IpAddr, SocketAddr},
    path::PathBuf,
};

use ipnet::IpNet;
use serde::{Deserialize, Deserializer, de::Error};

pub use load::{Problem, Problems};
pub use reference::TEXT;

use super::language::Language;
use crate::{domain::spelling::Alphabet, sistema_ts::settings::Settings, storage::Db};

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
    /// Where things are kept.
    pub database: Database,
    /// Where the secrets are.
    pub secrets: SecretFiles,
    /// How long sessions last.
    pub session: Session,
    /// How the registers are kept.
    pub registers: Registers,
    /// How the desk looks.
    pub desk: Desk,
    /// Where Sistema TS is and who we are to it; none for "the sandbox".
    pub sistema_ts: Option<Settings>,
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

/// `[server]`
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Server {
    /// The address to listen on.
    pub listen: SocketAddr,
    /// Scheme, host and port under which browsers reach the desk.
    pub public_url: Option<PublicUrl>,
    /// Who may stand between browsers and the desk.
    #[serde(deserialize_with = "networks")]
    pub trusted_proxies: Vec<IpNet>,
    /// How many seconds the calls in flight have to end after a request to stop.
    pub grace: u32,
}

impl Default for Server {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 8080)),
            public_url: None,
            trusted_proxies: Vec::new(),
            grace: 40,
        }
    }
}

impl Server {
    /// Scheme, host and port with which links to the desk begin, without a slash at the end.
    #[must_use]
    pub fn origin(&self) -> String {
        self.public_url.as_ref().map_or_else(|| format!("http://{}", self.listen), |url| url.0.clone())
    }

    /// Whether a connection from `peer` is taken: from anywhere where no proxies are named, else from them and from
    /// this machine.
    #[must_use]
    pub fn takes_connections_from(&self, peer: IpAddr) -> bool {
        let peer = peer.to_canonical();
        let is_trusted = || self.trusted_proxies.iter().any(|network| network.contains(&peer));
        self.trusted_proxies.is_empty() || peer.is_loopback() || is_trusted()
    }
}

/// `https://host` or `http://host`, with or without a port.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicUrl(String);

impl PublicUrl {
    /// Whether what browsers send travels encrypted.
    #[must_use]
    pub fn is_https(&self) -> bool {
        self.0.starts_with("https://")
    }
}

impl<'de> Deserialize<'de> for PublicUrl {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let origin = text.trim_end_matches('/').to_ascii_lowercase();
        let uri: http::Uri = origin.parse().map_err(|_| D::Error::custom("not an address of the web"))?;
        let is_origin = matches!(uri.scheme_str(), Some("http" | "https"))
            && uri.authority().is_some_and(|authority| !authority.as_str().contains('@'))
            && uri.path_and_query().is_none_or(|path| path.as_str() == "/");
        if is_origin { Ok(Self(origin)) } else { Err(D::Error::custom("not http:// or https:// and a host alone")) }
    }
}

/// A list of addresses and networks, or one text with commas between them.
fn networks<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<IpNet>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Networks {
        List(Vec<String>),
        Text(String),
    }
    let texts = match Networks::deserialize(deserializer)? {
        Networks::List(texts) => texts,
        Networks::Text(text) => text.split(',').map(str::to_owned).collect(),
    };
    let network = |text: &str| text.parse().or_else(|_| text.parse::<IpAddr>().map(IpNet::from));
    let texts = texts.iter().map(|text| text.trim()).filter(|text| !text.is_empty());
    texts
        .map(|text| network(text).map_err(|_| D::Error::custom(format!("`{text}` is no address and no network"))))
        .collect()
}

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

/// `[desk]`
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Desk {
    /// The alphabet with which codes are read back in Italian.
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
    /// Where they are told to misbehave.
    pub control: SocketAddr,
}

impl Default for Sandbox {
    fn default() -> Self {
        let loopback = |port| SocketAddr::from(([127, 0, 0, 1], port));
        Self { enabled: None, demo_accounts: None, listen: loopback(8443), control: loopback(8444) }
    }
}

/// `[log]`
#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Log {
    /// From which level on.
    pub level: LogLevel,
    /// For whom; none for "by the environment".
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

    /// Whether demo accounts are made.
    #[must_use]
    pub fn has_demo_accounts(&self) -> bool {
        self.sandbox.demo_accounts.unwrap_or(self.environment == Environment::Sandbox)
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
