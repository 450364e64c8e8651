//! `centralino healthcheck`: asks the desk on this machine whether it can work, for containers and monitors.

use std::{
    error::Error,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    time::Duration,
};

use axum::http::{Request, StatusCode, header};
use http_body_util::Empty;
use hyper::{body::Bytes, client::conn::http1};
use hyper_util::rt::TokioIo;
use rustls::pki_types::CertificateDer;
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::TcpStream,
};

use super::own_tls;
use crate::server::{config::Config, own_tls::Files};

/// How long the desk has to answer.
const PATIENCE: Duration = Duration::from_secs(3);

/// Fails unless `/readyz` answers 200 in time.
pub async fn run(config: &Config) -> Result<(), Box<dyn Error>> {
    let address = on_this_machine(config.server.listen);
    let tls = Files::of(&config.server).map(|files| files.chain()).transpose()?;
    match tokio::time::timeout(PATIENCE, ask(address, tls)).await {
        Ok(Ok(StatusCode::OK)) => Ok(()),
        Ok(Ok(status)) => Err(format!("{address} answers {status}: it is not ready").into()),
        Ok(Err(error)) => Err(format!("{address} does not answer: {error}").into()),
        Err(_) => Err(format!("{address} does not answer within {} seconds", PATIENCE.as_secs()).into()),
    }
}

/// Where to reach what listens on `listen`: an address that stands for all is none to connect to.
fn on_this_machine(listen: SocketAddr) -> SocketAddr {
    let ip = match listen.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        ip => ip,
    };
    SocketAddr::new(ip, listen.port())
}

async fn ask(address: SocketAddr, tls: Option<Vec<CertificateDer<'static>>>) -> Result<StatusCode, Box<dyn Error>> {
    let stream = TcpStream::connect(address).await?;
    match tls {
        None => ask_over(stream, address).await,
        Some(chain) => ask_over(own_tls::connect(stream, address.ip(), chain).await?, address).await,
    }
}

async fn ask_over(
    stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
    address: SocketAddr,
) -> Result<StatusCode, Box<dyn Error>> {
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
    let connection = tokio::spawn(connection);
    let request = Request::get("/readyz").header(header::HOST, address.to_string()).body(Empty::<Bytes>::new())?;
    let status = sender.send_request(request).await?.status();
    connection.abort();
    Ok(status)
}
