//! Which Sistema TS the desks call: the configured one, or the sandbox started beside it.

use crate::{
    sandbox::{self, Running, Sandbox},
    server::{clock::Clock, config::Config, opened::NotOpened, random::Random},
    sistema_ts::{
        self, Asl, BuildError, Exemptions, SistemaTs, Swabs,
        queues::{Mode, Place},
        settings::{CredentialFiles, Settings},
    },
};

/// The client, and the sandbox if one was started.
pub struct Upstream {
    /// The one client of Sistema TS, over mutual TLS in every environment.
    pub sistema_ts: SistemaTs,
    /// The clients of the other queues.
    pub queues: Queues,
    /// Runs as long as it is held.
    pub sandbox: Option<Running>,
}

/// The clients of the other queues; none for a queue that is not configured.
#[derive(Clone, Debug)]
pub struct Queues {
    /// Reports of swab tests.
    pub swabs: Option<Swabs>,
    /// The health authority's OTP service.
    pub asl: Option<Asl>,
    /// The closure of exemptions.
    pub exemptions: Option<Exemptions>,
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
        let sistema_ts = SistemaTs::build(&settings, clock.clone())?;
        let queues = Queues::build(config, &settings, sandbox.as_ref(), clock)?;
        Ok(Self { sistema_ts, queues, sandbox })
    }
}

/// Starts the sandbox as the configuration has it.
pub async fn start_sandbox(config: &Config, clock: &Clock, random: &Random) -> Result<Running, UpstreamError> {
    let mut settings = sandbox::Settings::in_folder(config.sandbox_folder());
    settings.listen = config.sandbox.listen;
    settings.control = config.sandbox.control;
    settings.structures = config.sandbox_structures();
    Sandbox::start(settings, clock.clone(), random.clone()).await.map_err(|error| match error {
        sandbox::StartError::Listen { address, cause } => {
            let key = match address {
                address if address == config.sandbox.listen => "sandbox.listen",
                address if Some(address) == config.sandbox_structures() => "sandbox.structures",
                _ => "sandbox.control",
            };
            NotOpened::by(key, format!("{address}: {cause}")).into()
        }
        other => UpstreamError::Sandbox(other),
    })
}

impl Queues {
    /// Those that are configured, and the others where the sandbox serves them.
    fn build(config: &Config, common: &Settings, sandbox: Option<&Running>, clock: &Clock) -> Result<Self, BuildError> {
        let mut swabs = config.swabs.clone().unwrap_or_default();
        let mut asl = config.asl.clone().unwrap_or_default();
        let mut exemptions = config.exemptions.clone().unwrap_or_default();
        if !exemptions.names_no_upstream() {
            exemptions.warn_of_missing_token();
        }
        if let Some(sandbox) = sandbox {
            if swabs.names_no_upstream() {
                swabs.structure = swabs.structure.or_else(|| Some(sandbox.structure(STRUCTURE)?.structure.to_owned()));
                swabs = reporter(sandbox, swabs.mode).map_or(swabs.clone(), |place| swabs.towards(place));
            }
            if asl.names_no_upstream() {
                asl = reporter(sandbox, asl.mode).map_or(asl.clone(), |place| asl.towards(place));
            }
            if exemptions.names_no_upstream() {
                exemptions.user_id = exemptions.user_id.or_else(|| Some(CLOSER.to_owned()));
                exemptions = exemptions.towards(by_certificate(sandbox, BODY));
            }
        }
        let (is_swabs, is_asl) = (!swabs.names_no_upstream(), !asl.names_no_upstream());
        let is_exemptions = !exemptions.names_no_upstream();
        Ok(Self {
            swabs: is_swabs.then(|| Swabs::build(&swabs, common, clock.clone())).transpose()?,
            asl: is_asl.then(|| Asl::build(&asl, common, clock.clone())).transpose()?,
            exemptions: is_exemptions.then(|| Exemptions::build(&exemptions, common, clock.clone())).transpose()?,
        })
    }
}

/// Of what the sandbox issued, what is the desk's own, by the names of its files.
const REGION: &str = "region";
const STRUCTURE: &str = "structure";
const BODY: &str = "body";
/// The user of the exemptions' service whom the sandbox knows beside that territorial body.
const CLOSER: &str = "ASL201-OPER01";

/// The sandbox for a region or structure; none where it does not serve structures.
fn reporter(sandbox: &Running, mode: Mode) -> Option<Place> {
    if mode == Mode::Region {
        return Some(by_certificate(sandbox, REGION));
    }
    let issued = sandbox.structure(STRUCTURE)?;
    let credentials = CredentialFiles {
        user: issued.user.to_owned(),
        password_file: issued.password_file,
        pincode_file: issued.pincode_file,
        pincode_certificate_file: issued.pincode_certificate_file,
    };
    let base_url = sandbox.structures_url()?.to_owned();
    Some(Place { base_url, ca_file: sandbox.ca_file(), certificate: None, credentials: Some(credentials) })
}

fn by_certificate(sandbox: &Running, stem: &str) -> Place {
    Place {
        base_url: sandbox.base_url().to_owned(),
        ca_file: sandbox.ca_file(),
        certificate: Some(sandbox.files(stem)),
        credentials: None,
    }
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
