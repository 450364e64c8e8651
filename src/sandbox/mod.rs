//! Sistema TS, simulated: a real HTTPS server with mutual TLS on the contracts in `contracts/`.
//!
//! It shares `domain` and the contracts with the client and nothing else, so that one can't hide the other's mistake.
//! Its state lies in memory; only its certificates are kept.

mod certifications;
mod check;
mod codes;
mod contract;
mod control;
pub mod demo;
mod faults;
#[cfg(any(test, fuzzing))]
pub(crate) mod fuzz;
mod house;
mod immuni;
mod journal;
mod odd;
mod party;
mod pki;
mod profile;
mod register;
mod reply;
mod rules;
mod schema;
mod seed;
mod server;
mod services;
mod soap;
mod structures;
mod text;
mod tls;

use std::{
    net::{Ipv4Addr, SocketAddr},
    path::PathBuf,
    sync::Arc,
};

use tokio::{net::TcpListener, task::JoinHandle};

pub use self::{
    contract::ContractError,
    faults::Fault,
    pki::PkiError,
    profile::{Cancellation, ClosureChildren, ForeignSource, Profile, SchemaViolation, UnknownCertificate},
    schema::SchemaError,
    structures::IssuedToStructure,
    tls::TlsError,
};
use crate::server::{
    clock::Clock,
    random::{NoRandomness, Random},
};

/// Where the sandbox lives and listens.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The folder of its certificates; made if it is not there.
    pub dir: PathBuf,
    /// Where the services listen.
    pub listen: SocketAddr,
    /// Where the services listen for structures, which have credentials and no certificate; none: nowhere.
    pub structures: Option<SocketAddr>,
    /// Where the control address listens: the loopback alone.
    pub control: SocketAddr,
    /// How it behaves where the sources leave a choice.
    pub profile: Profile,
}

impl Settings {
    /// The usual addresses, 127.0.0.1:8443 and 127.0.0.1:8444; structures are not served.
    #[must_use]
    pub fn in_folder(dir: PathBuf) -> Self {
        let loopback = |port| SocketAddr::from((Ipv4Addr::LOCALHOST, port));
        Self { dir, listen: loopback(8443), structures: None, control: loopback(8444), profile: Profile::default() }
    }
}

/// Why the sandbox does not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The control address could be reached from outside.
    #[error("the sandbox's control address has to be on the loopback, as 127.0.0.1:8444 is: {0} is not")]
    ControlIsPublic(SocketAddr),
    /// An address can't be listened on.
    #[error("the sandbox can't listen on {address}: {cause}")]
    Listen {
        /// Which.
        address: SocketAddr,
        /// Why.
        cause: std::io::Error,
    },
    /// Its certificates can't be had.
    #[error(transparent)]
    Pki(#[from] PkiError),
    /// Its certificates can't be used.
    #[error(transparent)]
    Tls(#[from] TlsError),
    /// Its contracts can't be read.
    #[error(transparent)]
    Contract(#[from] ContractError),
    /// No key for what it must not remember.
    #[error(transparent)]
    Random(#[from] NoRandomness),
}

/// The simulated Sistema TS.
#[derive(Clone, Copy, Debug)]
pub struct Sandbox;

impl Sandbox {
    /// Starts it; it runs until it is stopped or dropped.
    pub async fn start(settings: Settings, clock: Clock, random: Random) -> Result<Running, StartError> {
        let Settings { dir, listen, structures, control, profile } = settings;
        if !control.ip().is_loopback() {
            return Err(StartError::ControlIsPublic(control));
        }
        let pki = pki::open(&dir, clock.now())?;
        let issued = structures.map(|_| structures::open(&dir, clock.now(), &random)).transpose()?;
        let house = Arc::new(house::House::new(services::all()?, issued, profile, clock, random)?);
        let (services, address) = bind(listen).await?;
        let (control, control_address) = bind(control).await?;
        let base_url = local(address);
        let listener = tls::Listener::new(&pki, Arc::clone(&house), &base_url)?;
        let mut tasks = vec![tokio::spawn(listener.run(services))];
        let mut structures_url = None;
        if let Some(structures) = structures {
            let (socket, address) = bind(structures).await?;
            let base = local(address);
            tasks.push(tokio::spawn(tls::Listener::for_structures(&pki, Arc::clone(&house), &base)?.run(socket)));
            structures_url = Some(base);
        }
        let router = control::router(house);
        tasks.push(tokio::spawn(async {
            // It ends only by being stopped.
            let _ = axum::serve(control, router).await;
        }));
        Ok(Running { address, control_address, base_url, structures_url, dir, tasks })
    }
}

/// What a client on this machine puts before a path.
fn local(address: SocketAddr) -> String {
    format!("https://localhost:{}", address.port())
}

async fn bind(address: SocketAddr) -> Result<(TcpListener, SocketAddr), StartError> {
    let failed = |cause| StartError::Listen { address, cause };
    let listener = TcpListener::bind(address).await.map_err(failed)?;
    let bound = listener.local_addr().map_err(failed)?;
    Ok((listener, bound))
}

/// A sandbox that runs.
#[derive(Debug)]
pub struct Running {
    address: SocketAddr,
    control_address: SocketAddr,
    base_url: String,
    structures_url: Option<String>,
    dir: PathBuf,
    tasks: Vec<JoinHandle<()>>,
}

impl Running {
    /// Where the services listen.
    #[must_use]
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// Where the control address listens.
    #[must_use]
    pub const fn control_address(&self) -> SocketAddr {
        self.control_address
    }

    /// What a client on this machine puts before the paths of the services: `https://localhost:` and the port.
    #[must_use]
    pub fn base_url(&self) -> &str {
        &self.base_url
    }

    /// The authority to trust: `ca.pem`.
    #[must_use]
    pub fn ca_file(&self) -> PathBuf {
        self.dir.join("ca.pem")
    }

    /// The same for structures, where they are served.
    #[must_use]
    pub fn structures_url(&self) -> Option<&str> {
        self.structures_url.as_deref()
    }

    /// The certificate and key of the call center.
    #[must_use]
    pub fn client_files(&self) -> (PathBuf, PathBuf) {
        self.files(pki::CALL_CENTER)
    }

    /// The certificate and key of a client that it does not know.
    #[must_use]
    pub fn unknown_client_files(&self) -> (PathBuf, PathBuf) {
        self.files(pki::UNKNOWN_CLIENT)
    }

    /// The certificate and key of a client by the name of its files: `region`, `region-2`, `body`, `body-2`.
    #[must_use]
    pub fn files(&self, stem: &str) -> (PathBuf, PathBuf) {
        (pki::pem(&self.dir, stem), pki::key(&self.dir, stem))
    }

    /// What was issued to a structure, by the name of its files: `structure`, `structure-2`.
    #[must_use]
    pub fn structure(&self, stem: &str) -> Option<IssuedToStructure> {
        structures::issued(&self.dir, stem)
    }

    /// Stops listening and cuts what is open.
    pub async fn stop(mut self) {
        for task in self.tasks.drain(..) {
            task.abort();
            let _ = task.await;
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        for task in &self.tasks {
            task.abort();
        }
    }
}
