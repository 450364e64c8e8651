//! The program as a process of the operating system: starting, answering, stopping.

mod framing;
mod hostile;
mod tls;

use std::{
    io::{BufRead, BufReader, Read},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use centralino::server::{application::Application, clock::Clock, config::Config};
use tempfile::TempDir;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    sync::oneshot,
    time::timeout,
};

const PROGRAM: &str = env!("CARGO_BIN_EXE_centralino");
/// More than any of this takes on a machine that does ten other things.
const LONG: Duration = Duration::from_secs(30);

fn config(folder: &TempDir) -> Config {
    let mut config = Config::default();
    config.data.0 = folder.path().join("data");
    config.server.listen.set_port(0);
    config.sandbox.listen.set_port(0);
    config.sandbox.control.set_port(0);
    config
}

/// A form that is sent but for its last byte: a request in flight.
async fn begin_request(address: std::net::SocketAddr) -> TcpStream {
    let mut stream = TcpStream::connect(address).await.expect("connects");
    let head = format!(
        "POST /login HTTP/1.1\r\nhost: {address}\r\ncontent-type: application/x-www-form-urlencoded\r\n\
         content-length: 21\r\n\r\nusername=x&password="
    );
    stream.write_all(head.as_bytes()).await.expect("sends");
    // Long enough to be taken up; a request that is not yet read would be turned away rightly.
    tokio::time::sleep(Duration::from_millis(300)).await;
    stream
}

#[tokio::test]
async fn a_stop_lets_the_request_in_flight_end_and_takes_no_other() {
    let folder = tempfile::tempdir().expect("folder");
    let application = Application::build(config(&folder), Clock::system()).await.expect("builds");
    let address = application.address().expect("address");
    let (stop, stopped) = oneshot::channel::<()>();
    let served = tokio::spawn(application.serve(async { drop(stopped.await) }));
    let mut request = begin_request(address).await;
    stop.send(()).expect("is served");
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert!(TcpStream::connect(address).await.is_err(), "a new connection is taken");
    assert!(!served.is_finished(), "the request in flight is cut");
    request.write_all(b"y").await.expect("sends the rest");
    let mut answer = Vec::new();
    timeout(LONG, request.read_to_end(&mut answer)).await.expect("in time").expect("answers");
    assert!(answer.starts_with(b"HTTP/1.1 422 "), "{}", String::from_utf8_lossy(&answer));
    timeout(LONG, served).await.expect("in time").expect("no panic").expect("stops");
}

#[tokio::test]
async fn a_request_that_does_not_end_does_not_keep_it_from_stopping() {
    let folder = tempfile::tempdir().expect("folder");
    let mut config = config(&folder);
    config.server.grace = 1;
    let application = Application::build(config, Clock::system()).await.expect("builds");
    let address = application.address().expect("address");
    let (stop, stopped) = oneshot::channel::<()>();
    let served = tokio::spawn(application.serve(async { drop(stopped.await) }));
    let _request = begin_request(address).await;
    stop.send(()).expect("is served");
    timeout(LONG, served).await.expect("in time").expect("no panic").expect("stops");
}

/// `centralino serve` in a folder of its own, on ports that are free.
struct Serving {
    child: Child,
    folder: TempDir,
    /// What it printed first.
    address: String,
}

impl Serving {
    fn start() -> Self {
        let folder = tempfile::tempdir().expect("folder");
        let mut child = Command::new(PROGRAM)
            .arg("serve")
            .current_dir(folder.path())
            .env("CENTRALINO__SERVER__LISTEN", "127.0.0.1:0")
            .env("CENTRALINO__SANDBOX__LISTEN", "127.0.0.1:0")
            .env("CENTRALINO__SANDBOX__CONTROL", "127.0.0.1:0")
            .env("CENTRALINO__LOG__LEVEL", "trace")
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("starts");
        let mut line = String::new();
        BufReader::new(child.stdout.as_mut().expect("stdout")).read_line(&mut line).expect("prints");
        let address = line.trim().strip_prefix("Centralino: http://").expect(&line).to_owned();
        Self { child, folder, address }
    }

    fn healthcheck(&self) -> bool {
        let mut check = Command::new(PROGRAM);
        check.arg("healthcheck").current_dir(self.folder.path()).env("CENTRALINO__SERVER__LISTEN", &self.address);
        check.stderr(Stdio::null()).status().expect("runs").success()
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn the_program_alone_in_an_empty_folder_serves_and_stops_at_sigterm() {
    let mut serving = Serving::start();
    assert!(serving.healthcheck(), "it is not ready");
    let pid = serving.child.id().to_string();
    assert!(Command::new("kill").args(["-TERM", &pid]).status().expect("runs").success());
    let until = Instant::now() + LONG;
    let status = loop {
        match serving.child.try_wait().expect("waits") {
            Some(status) => break status,
            None if Instant::now() > until => panic!("it does not stop"),
            None => std::thread::sleep(Duration::from_millis(50)),
        }
    };
    assert!(status.success(), "{status}");
    assert!(!serving.healthcheck(), "something still answers");
    let mut log = String::new();
    serving.child.stderr.take().expect("stderr").read_to_string(&mut log).expect("reads");
    assert!(log.contains("/readyz"), "the request is not logged: {log}");
    assert!(!log.contains("user_token"), "a warning about a queue that nobody configured: {log}");
}

#[test]
fn what_is_wrong_with_the_configuration_is_told_and_nothing_is_started() {
    let folder = tempfile::tempdir().expect("folder");
    let output = Command::new(PROGRAM)
        .arg("serve")
        .current_dir(folder.path())
        .env("CENTRALINO__ENVIRONMENT", "production")
        .env("CENTRALINO__SERVER__LISTEN", "0.0.0.0:0")
        .env("CENTRALINO__SANDBOX__ENABLED", "true")
        .output()
        .expect("runs");
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(!output.status.success());
    for key in
        ["sandbox.enabled", "server.trusted_proxies", "server.public_url", "secrets.server", "sistema_ts.base_url"]
    {
        assert!(told.contains(key), "{key} is not named in: {told}");
    }
    assert_eq!(folder.path().read_dir().expect("reads").count(), 0, "something was made");
}

#[test]
fn on_whose_behalf_a_command_is_given_is_recorded() {
    let folder = tempfile::tempdir().expect("folder");
    let run = |arguments: &[&str], delegate: &str| {
        let mut command = Command::new(PROGRAM);
        let output = command.args(arguments).current_dir(folder.path()).env("SUDO_UID", delegate).output();
        let output = output.expect("runs");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).expect("text")
    };
    let add = ["operator", "add", "--username", "m.rossi", "--name", "Rossi", "--fiscal-code", "RSSMRA80A01H501U"];
    run(&add, "4711");
    run(&["operator", "disable", "m.rossi"], "not a number");
    let entries = run(&["register", "export", "--register", "admin"], "4712");
    let lines: Vec<_> = entries.lines().collect();
    assert!(lines[0].contains("uid:4711") && lines[0].contains("account_added"), "{entries}");
    assert!(lines[1].contains("account_disabled") && !lines[1].contains("delegate"), "{entries}");
}
