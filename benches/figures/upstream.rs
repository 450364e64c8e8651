//! The simulated Sistema TS in a process of its own, a wire that counts connections, and the figure of handshakes.

use std::{
    net::{Ipv4Addr, SocketAddr},
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use serde::Deserialize;
use tempfile::TempDir;
use tokio::net::{TcpListener, TcpStream};

use crate::{Outcome, child, client, desk::Desk, process::Process, report::Figure, verify::Call};

/// How many calls are counted.
const CALLS: usize = 1_000;
/// How many operators make them at once, in the second count.
const OPERATORS: usize = 4;

/// A running sandbox; it ends with the last copy.
#[derive(Clone)]
pub struct Upstream {
    folder: Arc<TempDir>,
    control: String,
    http: reqwest::Client,
    /// Where its services listen.
    pub address: SocketAddr,
    _process: Arc<Process>,
}

/// A caller who is positive.
#[derive(Clone, Deserialize)]
pub struct Caller {
    /// The last eight digits of the health card.
    pub card: String,
    /// The CUN.
    pub cun: String,
}

/// The folder in which everything is kept while it is measured: on the disk of the build, not in memory.
pub fn folder() -> Outcome<TempDir> {
    Ok(tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR"))?)
}

impl Upstream {
    /// Starts it.
    pub fn start() -> Outcome<Self> {
        let folder = folder()?;
        let path = folder.path().to_str().ok_or("a folder that is no text")?;
        let (process, line) = Process::child(&[child::SANDBOX, path])?;
        let (address, control) = line.split_once(' ').ok_or("the sandbox announced no addresses")?;
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, address.parse::<SocketAddr>()?.port()));
        let control = format!("http://{control}");
        let (folder, process) = (Arc::new(folder), Arc::new(process));
        Ok(Self { folder, control, http: client::builder().build()?, address, _process: process })
    }

    /// One of the files that a client needs.
    pub fn file(&self, name: &str) -> PathBuf {
        let folder: &Path = self.folder.path();
        folder.join(name)
    }

    /// A new caller.
    pub async fn caller(&self) -> Outcome<Caller> {
        let request = self.http.post(format!("{}/callers", self.control));
        let request = request.header("content-type", "application/json").body(r#"{"scenario":"positive"}"#);
        let answer = request.send().await?.error_for_status()?;
        Ok(serde_json::from_slice(&answer.bytes().await?)?)
    }

    /// A one-time code that no app has used.
    pub async fn otp(&self) -> Outcome<String> {
        let answer = self.http.get(format!("{}/otp", self.control)).send().await?.error_for_status()?;
        let answer: serde_json::Value = serde_json::from_slice(&answer.bytes().await?)?;
        Ok(answer.get("otp").and_then(serde_json::Value::as_str).ok_or("no OTP")?.to_owned())
    }

    /// Takes a file of people and tests over.
    pub async fn seed(&self, file: &serde_json::Value) -> Outcome<()> {
        let request = self.http.post(format!("{}/seed", self.control)).header("content-type", "application/json");
        request.body(file.to_string()).send().await?.error_for_status()?;
        Ok(())
    }
}

/// A wire to the services that counts the connections that are opened over it.
struct CountingWire {
    address: SocketAddr,
    opened: Arc<AtomicU64>,
}

impl CountingWire {
    async fn to(upstream: SocketAddr) -> Outcome<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let (address, opened) = (listener.local_addr()?, Arc::new(AtomicU64::new(0)));
        let counter = Arc::clone(&opened);
        tokio::spawn(async move {
            while let Ok((mut near, _)) = listener.accept().await {
                counter.fetch_add(1, Ordering::Relaxed);
                tokio::spawn(async move {
                    // A connection that is cut is the product's to notice.
                    let _ = near.set_nodelay(true);
                    if let Ok(mut far) = TcpStream::connect(upstream).await {
                        let _ = far.set_nodelay(true);
                        let _ = tokio::io::copy_bidirectional(&mut near, &mut far).await;
                    }
                });
            }
        });
        Ok(Self { address, opened })
    }

    fn opened(&self) -> u64 {
        self.opened.load(Ordering::Relaxed)
    }
}

/// Full TLS handshakes for 1,000 verifications of one operator, and of several at once.
pub async fn figures(upstream: &Upstream) -> Outcome<Vec<Figure>> {
    let mut figures = Vec::new();
    for operators in [1, OPERATORS] {
        let wire = CountingWire::to(upstream.address).await?;
        let desk = Desk::start(upstream, wire.address, operators).await?;
        let mut tasks = tokio::task::JoinSet::new();
        for person in desk.people.all() {
            let (mut browser, caller) = (desk.sign_in(person).await?, upstream.caller().await?);
            tasks.spawn(async move {
                for _ in 0..CALLS / operators {
                    let call = Call::open(&mut browser).await?;
                    call.verify(&mut browser, &caller).await?;
                    call.close(&mut browser).await?;
                }
                Outcome::Ok(())
            });
        }
        while let Some(done) = tasks.join_next().await {
            done??;
        }
        let opened = wire.opened();
        let name = match operators {
            1 => "full TLS handshakes with the upstream per 1,000 calls, one operator".to_owned(),
            _ => format!("the same, {operators} operators at once"),
        };
        figures.push(Figure::limit(name, &opened.to_string(), "at most 5", opened <= 5));
    }
    Ok(figures)
}
