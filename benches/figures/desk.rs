//! The product: its own binary, in the environment of production, on a folder of its own.

use std::{
    fs::{self, File, Permissions},
    net::{Ipv4Addr, SocketAddr, TcpListener},
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::Command,
    sync::Arc,
    time::{Duration, Instant},
};

use centralino::{
    domain::operator::Queue,
    features::registers::keys::signer,
    server::{
        clock::Clock,
        config::{Config, Environment},
        random::Random,
        secrets::Secrets,
    },
    storage::{Db, registers::Register},
};
use tempfile::TempDir;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use crate::{
    Outcome,
    bulk::Bulk,
    client::Browser,
    people::{PASSWORD, People, Person},
    process::Process,
    registers, statistics,
    upstream::{Upstream, folder},
};

/// How long it may take to start before the run is given up.
const PATIENCE: Duration = Duration::from_secs(10);
/// How often a start is looked at.
const LOOK_EVERY: Duration = Duration::from_micros(500);

/// A running desk.
pub struct Desk {
    /// Its process.
    pub process: Process,
    /// Where it listens.
    pub address: SocketAddr,
    /// How long it took from the start of the process to the first page.
    pub started_in: Duration,
    /// Who can sign in.
    pub people: Arc<People>,
    ground: Ground,
}

/// The folder and the configuration of a desk.
pub struct Ground {
    folder: TempDir,
    environment: Vec<(&'static str, String)>,
}

impl Ground {
    /// A folder without a database. The desk will call the services at `services`.
    pub fn new(upstream: &Upstream, services: SocketAddr) -> Outcome<Self> {
        let folder = folder()?;
        let key = folder.path().join("server.key");
        fs::write(&key, "5a".repeat(32))?;
        fs::set_permissions(&key, Permissions::from_mode(0o600))?;
        let text = |path: PathBuf| path.to_string_lossy().into_owned();
        let environment = vec![
            ("CENTRALINO__ENVIRONMENT", "production".to_owned()),
            ("CENTRALINO__DATA", text(data(&folder))),
            ("CENTRALINO__SERVER__PUBLIC_URL", "https://desk.example.it".to_owned()),
            ("CENTRALINO__SERVER__TRUSTED_PROXIES", "127.0.0.1".to_owned()),
            // A hundred sessions do here what nobody does by hand.
            ("CENTRALINO__LIMITS__REQUESTS_PER_OPERATOR", "0".to_owned()),
            ("CENTRALINO__SECRETS__SERVER", text(key)),
            ("CENTRALINO__SISTEMA_TS__BASE_URL", format!("https://localhost:{}", services.port())),
            ("CENTRALINO__SISTEMA_TS__CA_FILE", text(upstream.file("ca.pem"))),
            ("CENTRALINO__SISTEMA_TS__CERTIFICATE_FILE", text(upstream.file("client.pem"))),
            ("CENTRALINO__SISTEMA_TS__KEY_FILE", text(upstream.file("client.key"))),
        ];
        Ok(Self { folder, environment })
    }

    /// The same, for the queue of swab tests too, as a region.
    pub fn with_swabs(mut self, upstream: &Upstream) -> Self {
        let address = self.environment.iter().find(|(name, _)| *name == "CENTRALINO__SISTEMA_TS__BASE_URL");
        let address = address.map(|(_, address)| address.clone()).unwrap_or_default();
        let file = |name: &str| upstream.file(name).to_string_lossy().into_owned();
        self.environment.extend([
            ("CENTRALINO__SWABS__BASE_URL", address),
            ("CENTRALINO__SWABS__CA_FILE", file("ca.pem")),
            ("CENTRALINO__SWABS__CERTIFICATE_FILE", file("region.pem")),
            ("CENTRALINO__SWABS__KEY_FILE", file("region.key")),
        ]);
        self
    }

    /// The same, which deletes nothing, however old.
    pub fn with_everything_kept(mut self) -> Self {
        self.environment.push(("CENTRALINO__REGISTERS__LEGAL_HOLD", "true".to_owned()));
        self
    }

    /// Puts so many entries of the registers, signed at their ends, and cases of a year into its database.
    pub async fn fill(&self, entries: i64, cases: i64) -> Outcome<()> {
        let bulk = Bulk::at(self.config()?.database_url()).await?;
        registers::fill(&bulk, entries).await?;
        bulk.execute(
            "UPDATE register_heads SET (seq, at, hash) = (SELECT seq, at, hash FROM register_entries AS e \
             WHERE e.register = register_heads.register ORDER BY seq DESC LIMIT 1)",
        )
        .await?;
        let signer = signer(&self.secrets()?)?;
        for register in Register::ALL.iter().copied() {
            let head = bulk.db.register_head(register).await?;
            bulk.db.keep_checkpoint(&signer.sign(register, &head, Clock::system().now_ms())).await?;
        }
        statistics::fill(&bulk, cases).await?;
        while bulk.db.add_up_cases(Clock::system().now_ms()).await? {}
        bulk.db.close().await;
        Ok(())
    }

    /// The size of the database and its log, in MB.
    fn database_mb(&self) -> Outcome<f64> {
        let files = fs::read_dir(data(&self.folder))?.collect::<Result<Vec<_>, _>>()?;
        let of_database = files.iter().filter(|file| file.file_name().to_string_lossy().contains(".db"));
        let sizes = of_database.map(|file| Ok(file.metadata()?.len())).collect::<std::io::Result<Vec<_>>>()?;
        #[expect(clippy::cast_precision_loss, reason = "told in whole megabytes")]
        Ok(sizes.iter().sum::<u64>() as f64 / 1e6)
    }

    fn config(&self) -> Outcome<Config> {
        let mut config = Config { environment: Environment::Production, ..Config::default() };
        config.data.0 = data(&self.folder);
        fs::create_dir_all(&config.data.0)?;
        Ok(config)
    }

    fn secrets(&self) -> Outcome<Secrets> {
        let key = self.folder.path().join("server.key");
        Ok(Secrets::load(&key, Environment::Production, &Random::system())?)
    }

    async fn people(&self, count: usize, queue: Queue) -> Outcome<People> {
        let (config, secrets) = (self.config()?, self.secrets()?);
        let db = Db::open(&config.database_url()).await?;
        let people = People::make(&db, secrets, count, queue).await?;
        db.close().await;
        Ok(people)
    }

    /// Starts the binary; how long it took until it answered with a page.
    pub async fn serve(&self) -> Outcome<(Process, SocketAddr, Duration)> {
        let address = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?;
        let log = File::create(self.folder.path().join("log"))?;
        let mut command = Command::new(env!("CARGO_BIN_EXE_centralino"));
        command.arg("serve").env_clear().envs(self.environment.iter().map(|(name, value)| (name, value)));
        command.env("CENTRALINO__SERVER__LISTEN", address.to_string());
        command.current_dir(&self.folder).stdout(log.try_clone()?).stderr(log);
        let start = Instant::now();
        let process = Process::start(&mut command)?;
        while start.elapsed() < PATIENCE {
            if is_serving(address).await {
                return Ok((process, address, start.elapsed()));
            }
            tokio::time::sleep(LOOK_EVERY).await;
        }
        let log = fs::read_to_string(self.folder.path().join("log"))?;
        Err(format!("the desk did not start: {log}").into())
    }
}

/// Whether the sign-in page comes. By hand, because whatever looks takes processor time from what starts.
async fn is_serving(address: SocketAddr) -> bool {
    let look = async {
        let mut stream = TcpStream::connect(address).await?;
        stream.write_all(b"GET /login HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n").await?;
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).await?;
        std::io::Result::Ok(answer)
    };
    look.await.is_ok_and(|answer| answer.starts_with(b"HTTP/1.1 200 "))
}

fn data(folder: &TempDir) -> PathBuf {
    let folder: &Path = folder.path();
    folder.join("data")
}

impl Desk {
    /// Makes a desk with as many operators, and starts it. It calls the services at `services`.
    pub async fn start(upstream: &Upstream, services: SocketAddr, operators: usize) -> Outcome<Self> {
        Self::on(Ground::new(upstream, services)?, operators, Queue::Immuni).await
    }

    /// Makes a desk of swab tests with two operators, and starts it.
    pub async fn of_swabs(upstream: &Upstream) -> Outcome<Self> {
        let ground = Ground::new(upstream, upstream.address)?.with_swabs(upstream);
        Self::on(ground, 2, Queue::Swabs).await
    }

    /// Makes a desk on a ground that is prepared, with as many operators, and starts it.
    pub async fn on_ground(ground: Ground, operators: usize) -> Outcome<Self> {
        Self::on(ground, operators, Queue::Immuni).await
    }

    /// The size of its database and the log of that, in MB.
    pub fn database_mb(&self) -> Outcome<f64> {
        self.ground.database_mb()
    }

    async fn on(ground: Ground, operators: usize, queue: Queue) -> Outcome<Self> {
        let people = Arc::new(ground.people(operators, queue).await?);
        let (process, address, started_in) = ground.serve().await?;
        Ok(Self { process, address, started_in, people, ground })
    }

    /// Ends the process and starts another on the same folder.
    pub async fn restart(self) -> Outcome<Self> {
        let Self { process, people, ground, .. } = self;
        drop(process);
        let (process, address, started_in) = ground.serve().await?;
        Ok(Self { process, address, started_in, people, ground })
    }

    /// A browser in which the person has signed in.
    pub async fn sign_in(&self, person: &Person) -> Outcome<Browser> {
        let pin = self.people.pin(person)?.ok_or("no PIN is left for now")?;
        sign_in(self.address, &person.username, &pin).await
    }
}

/// Signs in with password and PIN, in a new browser.
pub async fn sign_in(address: SocketAddr, username: &str, pin: &str) -> Outcome<Browser> {
    let mut browser = Browser::new(address)?;
    browser.post("/login", &[("username", username), ("password", PASSWORD)]).await?.leads_to("/login/pin")?;
    browser.post("/login/pin", &[("pin", pin)]).await?.leads_to("/")?;
    Ok(browser)
}
