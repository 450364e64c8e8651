//! `centralino serve` as a process, in a folder that outlives it: killed and started again, with all that it said.

use std::{
    fs::{self, File},
    net::SocketAddr,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use centralino::{
    server::{config::Environment, random::Random, secrets::Secrets},
    storage::Db,
};
use tempfile::TempDir;

use crate::support::{Engine, browser::client, call::Control, postgres};

/// The program under test.
pub const PROGRAM: &str = env!("CARGO_BIN_EXE_centralino");
/// More than a start takes on a machine that does ten other things.
const LONG: Duration = Duration::from_mins(2);

/// The folder of an installation, and its database.
pub struct Place {
    folder: TempDir,
    database: String,
    runs: u32,
}

impl Place {
    /// A new one on this engine.
    pub async fn new(engine: Engine) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let database = match engine {
            Engine::Sqlite => Db::sqlite_url(&folder.path().join("data/centralino.db")),
            Engine::Postgres => postgres::database().await,
        };
        Self { folder, database, runs: 0 }
    }

    /// All that the program wrote, its output included.
    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    /// The address of the database.
    pub fn database(&self) -> &str {
        &self.database
    }

    /// The folder of the sandbox's certificates.
    pub fn sandbox(&self) -> PathBuf {
        self.path().join("data/sandbox")
    }

    /// The secret out of which this installation's keys come.
    pub fn secrets(&self) -> Secrets {
        let file = self.path().join("data/secrets/server.key");
        Secrets::load(&file, Environment::Sandbox, &Random::system()).expect("a secret")
    }

    /// Runs one of the program's commands.
    pub fn command(&self, words: &[&str]) -> Command {
        let mut command = Command::new(PROGRAM);
        command.args(words).current_dir(self.path()).stdin(Stdio::null());
        command.env("CENTRALINO__DATA", self.path().join("data")).env("CENTRALINO__DATABASE__URL", &self.database);
        command
    }

    /// Starts the desk at the most verbose level, with more of the environment.
    pub fn serve(&mut self, environment: &[(&str, &str)]) -> Serving {
        self.runs += 1;
        let file = |name: &str| self.path().join(format!("{name}-{}", self.runs));
        let (out, err) = (file("stdout"), file("stderr"));
        let mut command = self.command(&["serve"]);
        for name in ["SERVER__LISTEN", "SANDBOX__LISTEN", "SANDBOX__CONTROL", "METRICS__LISTEN"] {
            command.env(format!("CENTRALINO__{name}"), "127.0.0.1:0");
        }
        command.env("CENTRALINO__LOG__LEVEL", "trace").env("CENTRALINO__SISTEMA_TS__DEADLINE_MS", "6000");
        // As an administrator who looks for a fault would set them.
        command.env("RUST_LOG", "trace").env("RUST_BACKTRACE", "full").envs(environment.iter().copied());
        command.stdout(File::create(&out).expect("a file")).stderr(File::create(&err).expect("a file"));
        let child = command.spawn().expect("starts");
        Serving::once_up(child, &out, err)
    }
}

/// A running desk.
pub struct Serving {
    child: Child,
    err: PathBuf,
    /// Where the desk is.
    pub address: SocketAddr,
    /// Where figures are collected.
    pub figures: SocketAddr,
    /// Where the sandbox is told what to do.
    pub control: Control,
}

impl Serving {
    fn once_up(mut child: Child, out: &Path, err: PathBuf) -> Self {
        let until = Instant::now() + LONG;
        loop {
            let said = fs::read_to_string(out).expect("reads");
            let after = |mark: &str| -> Option<SocketAddr> {
                let rest = said.split_once(mark)?.1;
                let end = rest.find(|symbol: char| !symbol.is_ascii_digit() && !".:".contains(symbol))?;
                rest[..end].parse().ok()
            };
            let found = (after("Centralino: http://"), after("Prometheus: http://"), after("control: http://"));
            if let (Some(address), Some(figures), Some(control)) = found {
                return Self { child, err, address, figures, control: Control(control) };
            }
            let log = || fs::read_to_string(&err).expect("reads");
            assert!(child.try_wait().expect("waits").is_none(), "it ended: {}", log());
            assert!(Instant::now() < until, "it does not start: {said} {}", log());
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    /// What it has logged.
    pub fn log(&self) -> String {
        fs::read_to_string(&self.err).expect("reads")
    }

    /// What Prometheus would collect.
    pub async fn figures(&self) -> String {
        let answer = client().get(format!("http://{}/metrics", self.figures)).send().await.expect("an answer");
        answer.text().await.expect("text")
    }

    /// Cuts it off as a power failure would, and returns the log.
    pub fn kill(mut self) -> String {
        self.child.kill().expect("kills");
        self.child.wait().expect("ends");
        self.log()
    }

    /// Asks it to stop, and returns the log.
    pub fn stop(mut self) -> String {
        let asked = Command::new("kill").args(["-TERM", &self.child.id().to_string()]).status();
        assert!(asked.expect("runs").success());
        assert!(self.child.wait().expect("ends").success(), "it stops in disorder: {}", self.log());
        self.log()
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
