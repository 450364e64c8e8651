//! Two instances as processes behind HAProxy with deploy/haproxy.cfg as it is, on a PostgreSQL of their own, before one
//! simulated Sistema TS that outlives them.

use std::{
    fs::{self, File},
    net::{SocketAddr, TcpListener},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use centralino::{
    sandbox::{Running, Sandbox, Settings},
    server::{clock::Clock, config::Environment, random::Random, secrets::Secrets},
};
use reqwest::{Certificate, Client, redirect::Policy};
use tempfile::TempDir;

use super::{balancer::haproxy, own_server::OwnServer};
use crate::{
    canary::process::PROGRAM,
    support::{Browser, browser::client, call::Control},
};

/// More than a start takes on a machine that does ten other things.
const LONG: Duration = Duration::from_mins(2);
const NAMES: [&str; 2] = ["one", "two"];

/// All of it; it ends with this.
pub struct Fleet {
    /// The database of both instances.
    pub database: OwnServer,
    folder: TempDir,
    sandbox: Running,
    addresses: [SocketAddr; 2],
    instances: [Option<Process>; 2],
    origin: String,
    client: Client,
    _balancer: Process,
}

/// Ends with this.
struct Process(Child);

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// An address at which nobody listens.
fn free() -> SocketAddr {
    TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr()).expect("an address")
}

/// Starts a program, whose output goes to a file.
fn start(command: &mut Command, output: &Path) -> Process {
    let file = File::options().create(true).append(true).open(output).expect("a file");
    let copy = file.try_clone().expect("a file");
    Process(command.stdin(Stdio::null()).stdout(copy).stderr(file).spawn().expect("starts"))
}

/// Waits until this address answers with 200.
async fn answers(client: &Client, url: &str, output: &Path) {
    let until = Instant::now() + LONG;
    while !client.get(url).send().await.is_ok_and(|answer| answer.status() == 200) {
        let said = || fs::read_to_string(output).unwrap_or_default();
        assert!(Instant::now() < until, "{url} does not answer: {}", said());
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

impl Fleet {
    /// Starts all.
    pub async fn start() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let mut settings = Settings::in_folder(folder.path().join("sandbox"));
        (settings.listen, settings.control) = (([127, 0, 0, 1], 0).into(), ([127, 0, 0, 1], 0).into());
        let sandbox = Sandbox::start(settings, Clock::system(), Random::system()).await.expect("a sandbox");
        let made = rcgen::generate_simple_self_signed(["127.0.0.1".to_owned()]).expect("a certificate");
        let pem = folder.path().join("desk.pem");
        fs::write(&pem, made.cert.pem() + &made.signing_key.serialize_pem()).expect("writes");
        // Installs the cryptography.
        drop(client());
        let trusted = Certificate::from_pem(made.cert.pem().as_bytes()).expect("a certificate");
        let client = Client::builder().tls_certs_only([trusted]).no_proxy().redirect(Policy::none());
        let client = client.timeout(Duration::from_secs(30)).build().expect("a client");
        let (addresses, http, https) = ([free(), free()], free(), free());
        let [one, two] = addresses.map(|address| address.to_string());
        let mut balancer = haproxy(&pem, [&one, &two]);
        balancer.arg("-db").env("CENTRALINO_HTTP", http.to_string()).env("CENTRALINO_HTTPS", https.to_string());
        let balancer = start(balancer.env("CENTRALINO_LOG", "stdout"), &folder.path().join("balancer.log"));
        let (database, origin) = (OwnServer::start(), format!("https://{https}"));
        let instances = [None, None];
        let mut fleet = Self { database, folder, sandbox, addresses, instances, origin, client, _balancer: balancer };
        for at in 0..NAMES.len() {
            fleet.start_instance(at).await;
        }
        answers(&fleet.client, &format!("{}/login", fleet.origin), &fleet.folder.path().join("balancer.log")).await;
        fleet
    }

    /// One of the program's commands, as it is typed beside an instance.
    pub fn command(&self, at: usize, word: &str) -> Command {
        let (certificate, key) = self.sandbox.client_files();
        let mut command = Command::new(PROGRAM);
        command.arg(word).current_dir(self.folder.path());
        command.env("CENTRALINO__DATA", self.folder.path().join(NAMES[at]));
        command.env("CENTRALINO__DATABASE__URL", self.database.url());
        command.env("CENTRALINO__SECRETS__SERVER", self.secret());
        command.env("CENTRALINO__SERVER__LISTEN", self.addresses[at].to_string());
        command.env("CENTRALINO__SERVER__PUBLIC_URL", &self.origin);
        command.env("CENTRALINO__SERVER__TRUSTED_PROXIES", "127.0.0.1");
        command.env("CENTRALINO__SANDBOX__ENABLED", "false").env("CENTRALINO__SANDBOX__DEMO_ACCOUNTS", "true");
        command.env("CENTRALINO__SISTEMA_TS__BASE_URL", self.sandbox.base_url());
        command.env("CENTRALINO__SISTEMA_TS__CA_FILE", self.sandbox.ca_file());
        command.env("CENTRALINO__SISTEMA_TS__CERTIFICATE_FILE", certificate);
        command.env("CENTRALINO__SISTEMA_TS__KEY_FILE", key);
        command
    }

    fn secret(&self) -> PathBuf {
        self.folder.path().join("server.key")
    }

    /// The secret of both instances.
    pub fn secrets(&self) -> Secrets {
        Secrets::load(&self.secret(), Environment::Sandbox, &Random::system()).expect("a secret")
    }

    /// Starts an instance and waits until it is ready.
    pub async fn start_instance(&mut self, at: usize) {
        let output = self.folder.path().join(format!("{}.log", NAMES[at]));
        self.instances[at] = Some(start(&mut self.command(at, "serve"), &output));
        answers(&client(), &format!("http://{}/readyz", self.addresses[at]), &output).await;
    }

    /// Cuts an instance off with SIGKILL, as a power failure would.
    pub fn kill(&mut self, at: usize) {
        drop(self.instances[at].take().expect("a running instance"));
    }

    /// A new browser before the balancer.
    pub fn browser(&self) -> Browser {
        Browser::at(self.origin.clone(), self.client.clone())
    }

    /// Where the simulated Sistema TS is told what to do.
    pub const fn control(&self) -> Control {
        Control(self.sandbox.control_address())
    }
}
