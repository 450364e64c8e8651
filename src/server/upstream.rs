//! Which Sistema TS the desk calls: the configured one, or the sandbox started beside it.

use crate::{
    sandbox::{self, Running, Sandbox},
    server::{clock::Clock, config::Config, opened::NotOpened, random::Random},
    sistema_ts::{self, SistemaTs, settings::Settings},
};

/// The client, and the sandbox if one was started.
pub struct Upstream {
    /// The one client of Sistema TS, over mutual TLS in every environment.
    pub sistema_ts: SistemaTs,
    /// Runs as long as it is held.
    pub sandbox: Option<Running>,
}

/// Why there is none.
#[derive(Debug, thiserror::Error)]
pub enum UpstreamError {
    /// The sandbox can't listen.
    #[error(transparent)]
    NotOpened(#[from] NotOpened),
    /// The sandbox does not start.
    #[error("sandbox: {0}")]
    Sandbox(sandbox::StartError),
    /// The client can't be built.
    #[error(transparent)]
    Client(#[from] sistema_ts::BuildError),
}

impl Upstream {
    /// Starts the sandbox where the configuration has one, and builds the client for it or for what is configured.
    pub async fn start(config: &Config, clock: &Clock, random: &Random) -> Result<Self, UpstreamError> {
        let sandbox = if config.has_sandbox() { Some(start_sandbox(config, clock, random).await?) } else { None };
        let settings = config.sistema_ts.clone().unwrap_or_default();
        let settings = match &sandbox {
            Some(sandbox) if config.calls_its_sandbox() => towards(sandbox, settings),
            _ => settings,
        };
        Ok(Self { sistema_ts: SistemaTs::build(&settings, clock.clone())?, sandbox })
    }
}

/// Starts the sandbox as the configuration has it.
pub async fn start_sandbox(config: &Config, clock: &Clock, random: &Random) -> Result<Running, UpstreamError> {
    let mut settings = sandbox::Settings::in_folder(config.sandbox_folder());
    settings.listen = config.sandbox.listen;
    settings.control = config.sandbox.control;
    Sandbox::start(settings, clock.clone(), random.clone()).await.map_err(|error| match error {
        sandbox::StartError::Listen { address, cause } => {
            let key = if address == config.sandbox.listen { "sandbox.listen" } else { "sandbox.control" };
            NotOpened::by(key, format!("{address}: {cause}")).into()
        }
        other => UpstreamError::Sandbox(other),
    })
}

fn towards(sandbox: &Running, settings: Settings) -> Settings {
    let (certificate_file, key_file) = sandbox.client_files();
    Settings {
        base_url: sandbox.base_url().to_owned(),
        ca_file: sandbox.ca_file(),
        certificate_file,
        key_file,
        ..settings
    }
}
