//! Figures for Prometheus, on an address of their own.

use std::{net::SocketAddr, sync::LazyLock, time::Duration};

use axum::{Router, extract::State, http::header, response::IntoResponse, routing::get};
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
use tokio::{net::TcpListener, task::JoinHandle};

use super::{measures, state::AppState};

/// How often what was measured is put into its buckets.
const UPKEEP: Duration = Duration::from_secs(5);
/// Upper ends of the buckets of every duration, in seconds.
const BUCKETS: [f64; 14] = [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 15.0, 25.0];

/// The one collector of the process. Where another one is set already, this one stays empty.
static COLLECTOR: LazyLock<PrometheusHandle> = LazyLock::new(|| {
    let recorder = PrometheusBuilder::new().set_buckets(&BUCKETS).unwrap_or_default().build_recorder();
    let handle = recorder.handle();
    let _ = metrics::set_global_recorder(recorder);
    measures::describe();
    handle
});

/// Where the figures will be served: what is counted from here on is among them.
#[derive(Debug)]
pub struct Collecting {
    listener: TcpListener,
    address: SocketAddr,
}

/// Where the figures are served; they are until it is dropped.
#[derive(Debug)]
pub struct Figures {
    address: SocketAddr,
    tasks: [JoinHandle<()>; 2],
}

impl Collecting {
    /// Begins to collect, and takes the address.
    pub async fn at(listen: SocketAddr) -> std::io::Result<Self> {
        LazyLock::force(&COLLECTOR);
        let listener = TcpListener::bind(listen).await?;
        Ok(Self { address: listener.local_addr()?, listener })
    }
}

impl Figures {
    /// Serves what is collected, and what is now, under `/metrics`.
    pub fn serve(collecting: Collecting, state: AppState) -> Self {
        let Collecting { listener, address } = collecting;
        let collector = &*COLLECTOR;
        let routes = Router::new().route("/metrics", get(render)).with_state(state);
        let served = tokio::spawn(async {
            // It ends only with the process.
            let _ = axum::serve(listener, routes).await;
        });
        let upkeep = tokio::spawn(async {
            loop {
                tokio::time::sleep(UPKEEP).await;
                collector.run_upkeep();
            }
        });
        Self { address, tasks: [served, upkeep] }
    }

    /// Where they are served.
    #[must_use]
    pub const fn address(&self) -> SocketAddr {
        self.address
    }
}

impl Drop for Figures {
    fn drop(&mut self) {
        self.tasks.iter().for_each(JoinHandle::abort);
    }
}

async fn render(State(state): State<AppState>) -> impl IntoResponse {
    measures::look(&state).await;
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], COLLECTOR.render())
}
