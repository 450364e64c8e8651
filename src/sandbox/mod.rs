//! Sistema TS, simulated: a real HTTPS server with mutual TLS on the contracts in `contracts/`.
//!
//! It shares `domain` and the contracts with the client and nothing else, so that one can't hide the other's mistake.
//! Its state lies in memory; only its certificates are kept.

mod check;
mod contract;
mod control;
pub mod demo;
mod faults;
mod house;
mod immuni;
mod odd;
mod pki;
mod profile;
mod register;
mod reply;
mod rules;
mod schema;
mod server;
mod services;
mod soap;
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
    profile::{Cancellation, ForeignSource, Profile, SchemaViolation, UnknownCertificate},
    schema::SchemaError,
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
    /// Where the control address listens: the loopback alone.
    pub control: SocketAddr,
    /// How it behaves where the sources leave a choice.
    pub profile: Profile,
}

impl Settings {
    /// The usual addresses, 127.0.0.1:8443 and 127.0.0.1:8444.
    #[must_use]
    pub fn in_folder(dir: PathBuf) -> Self {
        let loopback = |port| SocketAddr::from((Ipv4Addr::LOCALHOST, port));
        Self { dir, listen: loopback(8443), control: loopback(8444), profile: Profile::default() }
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
        let Settings { dir, listen, control, profile } = settings;
        if !control.ip().is_loopback() {
            return Err(StartError::ControlIsPublic(control));
        }
        let pki = pki::open(&dir, clock.now())?;
        let house = Arc::new(house::House::new(services::all()?, profile, clock, random)?);
        let (services, address) = bind(listen).await?;
        let (control, control_address) = bind(control).await?;
        let base_url = format!("https://localhost:{}", address.port());
        let listener = tls::Listener::new(pki, Arc::clone(&house), &base_url)?;
        let router = control::router(house);
        let tasks = vec![
            tokio::spawn(listener.run(services)),
            tokio::spawn(async {
                // It ends only by being stopped.
                let _ = axum::serve(control, router).await;
            }),
        ];
        Ok(Running { address, control_address, base_url, dir, tasks })
    }
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

    /// The certificate and key of a client that it knows.
    #[must_use]
    pub fn client_files(&self) -> (PathBuf, PathBuf) {
        (self.dir.join("client.pem"), self.dir.join("client.key"))
    }

    /// The certificate and key of a client that it does not know.
    #[must_use]
    pub fn unknown_client_files(&self) -> (PathBuf, PathBuf) {
        (self.dir.join("unknown-client.pem"), self.dir.join("unknown-client.key"))
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
