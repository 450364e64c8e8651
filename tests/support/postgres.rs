//! A PostgreSQL of the tests' own, started by the first test that needs it and shared by all, each with its own
//! database. Test runners give each test a process, so the server belongs to none of them: it stops by itself, and its
//! folder goes, when no test has used it for half a minute.

use std::{
    fs::{self, File},
    io::{Read, Seek},
    os::unix::fs::{MetadataExt, PermissionsExt},
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::OnceLock,
};

use sqlx::{AssertSqlSafe, ConnectOptions, Connection, PgConnection, postgres::PgConnectOptions};

/// Waits until nobody has held the lock on `users` for half a minute, then stops the server and removes its folder.
const WATCH: &str = r#"
idle=0
while [ $idle -lt 6 ]; do
  sleep 5
  if flock -n -x "$1/users" true; then idle=$((idle + 1)); else idle=0; fi
done
exec flock -x "$1/start" sh -c '"$@"; rm -rf "$0/data"' "$1" $2 stop -D "$1/data" -m immediate -s
"#;

/// Holds the shared lock that keeps the server running, as long as this process lives.
static IN_USE: OnceLock<File> = OnceLock::new();

/// The address of a new, empty database.
pub async fn database() -> String {
    let folder = tokio::task::spawn_blocking(running).await.expect("PostgreSQL");
    let name = format!("test_{}", uuid::Uuid::from_u64_pair(rand_bits(), rand_bits()).simple());
    let options = PgConnectOptions::new().socket(&folder).username("postgres").database("postgres");
    let mut connection: PgConnection = options.disable_statement_logging().connect().await.expect("a connection");
    let create = AssertSqlSafe(format!("CREATE DATABASE {name}"));
    sqlx::query(create).execute(&mut connection).await.expect("a database");
    connection.close().await.expect("closed");
    format!("postgres://postgres@localhost/{name}?host={}", folder.display())
}

fn rand_bits() -> u64 {
    let random = centralino::server::random::Random::system();
    u64::from_ne_bytes(random.bytes().expect("randomness"))
}

/// The folder of the running server, which is where its socket is.
fn running() -> PathBuf {
    let folder = std::env::temp_dir().join(format!("centralino-test-postgres-{}", user_id()));
    fs::create_dir_all(&folder).expect("a folder");
    fs::set_permissions(&folder, fs::Permissions::from_mode(0o711)).expect("a mode");
    let users = IN_USE.get_or_init(|| File::create(folder.join("users")).expect("a lock"));
    users.lock_shared().expect("a shared lock");
    let start = File::create(folder.join("start")).expect("a lock");
    start.lock().expect("the lock");
    let data = folder.join("data");
    if !is_running(&data) {
        start_server(&folder, &data);
    }
    data
}

fn is_running(data: &Path) -> bool {
    data.exists()
        && as_postgres("pg_ctl").args(["status", "-D"]).arg(data).output().is_ok_and(|run| run.status.success())
}

/// Makes a server in a folder that is not there, and starts it.
pub fn make_server(data: &Path) {
    fs::create_dir(data).expect("a folder");
    if user_id() == 0 {
        run(Command::new("chown").arg("postgres").arg(data));
    }
    run(as_postgres("initdb").args(["-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync", "-D"]).arg(data));
    start(data);
}

/// Starts the server of a folder.
pub fn start(data: &Path) {
    let options = format!(
        "-c listen_addresses= -c unix_socket_directories={} -c fsync=off -c max_connections=400 -c log_statement=none",
        data.display()
    );
    run(as_postgres("pg_ctl")
        .args(["start", "-w", "-s", "-o", &options, "-l"])
        .arg(data.join("log"))
        .arg("-D")
        .arg(data));
}

fn start_server(folder: &Path, data: &Path) {
    let _ = fs::remove_dir_all(data);
    make_server(data);
    let pg_ctl = as_postgres("pg_ctl");
    let words: Vec<_> = std::iter::once(pg_ctl.get_program()).chain(pg_ctl.get_args()).collect();
    let words: Vec<_> = words.iter().map(|word| word.to_string_lossy()).collect();
    // In a session of its own, so that it outlives this process and whoever waits for this process's children.
    run(Command::new("setsid").args(["--fork", "sh", "-c", WATCH, "watch"]).arg(folder).arg(words.join(" ")));
}

/// A program of PostgreSQL's, which refuses to run as root.
pub fn as_postgres(program: &str) -> Command {
    let program = binaries().join(program);
    if user_id() != 0 {
        return Command::new(program);
    }
    let mut command = Command::new("setpriv");
    command.args(["--reuid=postgres", "--regid=postgres", "--clear-groups"]).arg(program).current_dir("/");
    command
}

fn binaries() -> PathBuf {
    let mut versions: Vec<_> = fs::read_dir("/usr/lib/postgresql")
        .map(|entries| entries.flatten().map(|entry| entry.path().join("bin")).collect())
        .unwrap_or_default();
    versions.sort();
    versions.pop().expect("PostgreSQL's server: apt-get install postgresql")
}

fn user_id() -> u32 {
    fs::metadata("/proc/self").expect("/proc").uid()
}

/// Runs to the end. Its output goes to a file, not to a pipe: a started server would hold a pipe open.
pub fn run(command: &mut Command) {
    let output = tempfile::tempfile().expect("a file");
    let copy = || Stdio::from(output.try_clone().expect("a file"));
    let status = command.stdin(Stdio::null()).stdout(copy()).stderr(copy()).status().expect("a process");
    if !status.success() {
        let (mut output, mut text) = (output, String::new());
        output.rewind().expect("a file");
        output.read_to_string(&mut text).expect("text");
        panic!("{command:?}: {status}\n{text}");
    }
}
