//! From a configuration to a listening server: the same code in tests (port 0) and in production.

use std::net::SocketAddr;

use axum::Router;
use tokio::net::TcpListener;
use tokio_util::task::TaskTracker;

use super::{
    clock::Clock,
    config::Config,
    files::private_folder,
    random::Random,
    router::router,
    secrets::{Secrets, SecretsError},
    state::{AppState, Inner},
    upstream::{Upstream, UpstreamError},
};
use crate::{
    features::{accounts::passwords::Passwords, desk::in_flight::InFlight},
    storage::{Db, OpenError},
};

/// A built application: its listener is bound, nothing is served yet.
#[derive(Debug)]
pub struct Application {
    listener: TcpListener,
    router: Router,
    state: AppState,
}

/// Why it could not be built.
#[derive(Debug, thiserror::Error)]
pub enum BuildError {
    /// A folder or socket was refused by the system.
    #[error(transparent)]
    Io(#[from] std::io::Error),
    /// The server's secret can't be used.
    #[error(transparent)]
    Secrets(#[from] SecretsError),
    /// The database could not be opened.
    #[error("database: {0}")]
    Database(#[from] OpenError),
    /// Sistema TS can't be called.
    #[error(transparent)]
    Upstream(#[from] UpstreamError),
}

impl Application {
    /// Opens the database, binds the port.
    pub async fn build(config: Config, clock: Clock) -> Result<Self, BuildError> {
        // An error says that it is set already: by the application before, in tests.
        let _ = any_spawner::Executor::init_tokio();
        private_folder(&config.data.0)?;
        let random = Random::system();
        let secrets = Secrets::load(&config.secret_file(), config.environment, &random)?;
        let db = Db::open(&config.database_url()).await?;
        let listener = TcpListener::bind(config.server.listen).await?;
        let Upstream { sistema_ts, sandbox } = Upstream::start(&config, &clock, &random).await?;
        let passwords = Passwords::new(&secrets);
        let (in_flight, tasks) = (InFlight::default(), TaskTracker::new());
        let state = AppState::new(Inner {
            config,
            clock,
            random,
            secrets,
            passwords,
            db,
            sistema_ts,
            sandbox,
            in_flight,
            tasks,
        });
        Ok(Self { listener, router: router(state.clone()), state })
    }

    /// Where it listens.
    pub fn address(&self) -> std::io::Result<SocketAddr> {
        self.listener.local_addr()
    }

    /// The running state.
    #[must_use]
    pub const fn state(&self) -> &AppState {
        &self.state
    }

    /// Serves until `stop` resolves, then lets the requests in flight end.
    pub async fn serve(self, stop: impl Future<Output = ()> + Send + 'static) -> std::io::Result<()> {
        let service = self.router.into_make_service_with_connect_info::<SocketAddr>();
        axum::serve(self.listener, service).with_graceful_shutdown(stop).await?;
        // A step whose browser has gone away still writes how it ended.
        self.state.tasks.close();
        self.state.tasks.wait().await;
        self.state.db.close().await;
        Ok(())
    }
}
