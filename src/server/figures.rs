//! Figures for Prometheus, on an address of their own.

use std::{net::SocketAddr, sync::LazyLock, time::Duration};

use axum::{Router, http::header, response::IntoResponse, routing::get};
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
use tokio::{net::TcpListener, task::JoinHandle};

/// How often what was measured is put into its buckets.
const UPKEEP: Duration = Duration::from_secs(5);
/// Upper ends of the buckets of every duration, in seconds.
const BUCKETS: [f64; 12] = [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 15.0];

/// The one collector of the process. Where another one is set already, this one stays empty.
static COLLECTOR: LazyLock<PrometheusHandle> = LazyLock::new(|| {
    let recorder = PrometheusBuilder::new().set_buckets(&BUCKETS).unwrap_or_default().build_recorder();
    let handle = recorder.handle();
    let _ = metrics::set_global_recorder(recorder);
    handle
});

/// Where the figures are served; they are until it is dropped.
#[derive(Debug)]
pub struct Figures {
    address: SocketAddr,
    tasks: [JoinHandle<()>; 2],
}

impl Figures {
    /// Begins to collect, and serves what is collected under `/metrics` of `listen`.
    pub async fn serve(listen: SocketAddr) -> std::io::Result<Self> {
        let listener = TcpListener::bind(listen).await?;
        let address = listener.local_addr()?;
        let collector = &*COLLECTOR;
        let routes = Router::new().route("/metrics", get(render));
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
        Ok(Self { address, tasks: [served, upkeep] })
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

async fn render() -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], COLLECTOR.render())
}
