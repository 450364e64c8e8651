//! From a configuration to a listening server: the same code in tests (port 0) and in production.

use std::{io, net::SocketAddr, time::Duration};

use axum::Router;
use axum_server::Handle;
use hyper_util::rt::TokioTimer;
use tokio::{net::TcpListener, sync::Semaphore};
use tokio_util::task::TaskTracker;

use super::{
    bounds::Bounds,
    clock::Clock,
    config::Config,
    figures::{Collecting, Figures},
    geoip::Geoip,
    health::Readiness,
    housekeeping,
    opened::{NotOpened, Opened},
    own_tls::{Files, OwnTls},
    router::router,
    state::{AppState, Inner},
    upstream::{Upstream, UpstreamError},
};
use crate::features::{
    accounts::{
        breached::{BreachedFile, BreachedFileError},
        passwords::Passwords,
    },
    requests::in_flight::InFlight,
};

/// How long a browser has to send the head of a request, also the next one on a connection that is kept.
const HEADERS_WITHIN: Duration = Duration::from_mins(1);

/// A built application: its listener is bound, nothing is served yet.
#[derive(Debug)]
pub struct Application {
    listener: TcpListener,
    heads_within: Duration,
    tls: Option<OwnTls>,
    figures: Option<Figures>,
    router: Router,
    state: AppState,
}

/// Why it could not be built.
#[derive(Debug, thiserror::Error)]
pub enum BuildError {
    /// What the configuration names can't be opened, or not be listened on.
    #[error(transparent)]
    NotOpened(#[from] NotOpened),
    /// The file of leaked passwords can't be used.
    #[error("passwords.breached_file: {0}")]
    Breached(#[from] BreachedFileError),
    /// Sistema TS can't be called.
    #[error(transparent)]
    Upstream(#[from] UpstreamError),
}

impl Application {
    /// Opens the database, binds the port.
    pub async fn build(config: Config, clock: Clock) -> Result<Self, BuildError> {
        // An error says that it is set already: by the application before, in tests.
        let _ = any_spawner::Executor::init_tokio();
        let Opened { random, secrets, db } = Opened::open(&config).await?;
        let geoip = Geoip::open(config.geoip.database_file.as_deref());
        let geoip = geoip.map_err(|error| NotOpened::by("geoip.database_file", error))?;
        let refused = |key, address| move |error: io::Error| NotOpened::by(key, format!("{address}: {error}"));
        let tls = Files::of(&config.server).map(|files| OwnTls::open(files, clock.clone())).transpose();
        let tls = tls.map_err(|error| NotOpened::by(error.key, error))?;
        let listen = config.server.listen;
        let listener = TcpListener::bind(listen).await.map_err(refused("server.listen", listen))?;
        let collecting = match config.metrics.listen {
            Some(listen) => Some(Collecting::at(listen).await.map_err(refused("metrics.listen", listen))?),
            None => None,
        };
        let Upstream { sistema_ts, queues, sandbox } = Upstream::start(&config, &clock, &random).await?;
        let breached = config.passwords.breached_file.as_deref().map(BreachedFile::open).transpose()?;
        let passwords = Passwords::new(&secrets).with_breached(breached);
        let (in_flight, tasks) = (InFlight::default(), TaskTracker::new());
        let bounds = Bounds::new(&config.limits);
        let state = AppState::new(Inner {
            bounds,
            config,
            clock,
            random,
            secrets,
            passwords,
            db,
            geoip,
            sistema_ts,
            queues,
            sandbox,
            in_flight,
            reports: Semaphore::new(1),
            readiness: Readiness::default(),
            tasks,
        });
        let figures = collecting.map(|collecting| Figures::serve(collecting, state.clone()));
        let heads_within = HEADERS_WITHIN;
        Ok(Self { listener, heads_within, tls, figures, router: router(state.clone()), state })
    }

    /// The same, hearing the head of a request for as long.
    #[must_use]
    pub fn with_heads_within(self, heads_within: Duration) -> Self {
        Self { heads_within, ..self }
    }

    /// Where it listens.
    pub fn address(&self) -> std::io::Result<SocketAddr> {
        self.listener.local_addr()
    }

    /// Where its figures are collected, if anywhere.
    #[must_use]
    pub fn figures_address(&self) -> Option<SocketAddr> {
        self.figures.as_ref().map(Figures::address)
    }

    /// The running state.
    #[must_use]
    pub const fn state(&self) -> &AppState {
        &self.state
    }

    /// Serves until `stop` resolves, then takes no more connections and gives the requests in flight
    /// `server.grace` seconds to end.
    pub async fn serve(self, stop: impl Future<Output = ()> + Send + 'static) -> std::io::Result<()> {
        let grace = Duration::from_secs(self.state.config.server.grace.into());
        let handle = Handle::new();
        let mut server =
            axum_server::Server::<SocketAddr>::from_listener(self.listener).handle(handle.clone()).http1_only();
        server.http_builder().http1().timer(TokioTimer::new()).header_read_timeout(self.heads_within);
        let stopping = tokio::spawn(async move {
            stop.await;
            tracing::info!(seconds = grace.as_secs(), "stopping when the requests in flight have ended");
            handle.graceful_shutdown(Some(grace));
        });
        let housekeeping = tokio::spawn(housekeeping::keep(self.state.clone()));
        let counting = tokio::spawn(housekeeping::keep_counts(self.state.clone()));
        let service = self.router.into_make_service_with_connect_info::<SocketAddr>();
        let result = match self.tls {
            Some(tls) => {
                let renewing = tokio::spawn(tls.clone().keep());
                let result = server.acceptor(tls).serve(service).await;
                renewing.abort();
                result
            }
            None => server.serve(service).await,
        };
        stopping.abort();
        housekeeping.abort();
        counting.abort();
        // A step whose browser has gone away still writes how it ended.
        self.state.tasks.close();
        let _ = tokio::time::timeout(grace, self.state.tasks.wait()).await;
        housekeeping::write_counts(&self.state).await;
        self.state.db.close().await;
        result
    }
}
