//! The database is full, can only be read, or is gone for a while: the operator is told, what was typed is kept, no step
//! is half done, and all is well again by itself.

use std::{fs, path::Path, process::Command, time::Duration};

use centralino::{server::config::DatabaseUrl, storage::Db};
use sqlx::{AssertSqlSafe, Connection, PgConnection};
use tokio::time::{Instant, sleep};

use super::own_server::OwnServer;
use crate::support::{Engine, TestApp, call::Call, on_both_engines};

on_both_engines!(a_full_disk_is_told_and_passes, a_database_that_can_only_be_read_is_told_and_passes);

/// A call whose form for the verification is filled in and not yet sent.
struct Waiting {
    call: Call,
    path: String,
    fields: Vec<(&'static str, String)>,
}

impl Waiting {
    async fn at_the_first_step(app: &TestApp) -> Self {
        let mut call = app.call(&app.operator("m.bianchi").await).await;
        let (key, caller) = (call.key().await, app.caller("positive").await);
        let fields = vec![("key", key), ("card", caller.card), ("cun", caller.cun)];
        Self { path: format!("{}/verify", call.path), call, fields }
    }

    /// Sends the form, as a browser does at the first time and whenever the page that followed is reloaded.
    async fn send(&mut self) -> crate::support::Answer {
        let fields: Vec<_> = self.fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
        self.call.browser.post(&self.path, &fields).await
    }

    /// The form is refused for now, and nothing of it has left.
    async fn is_put_off(&mut self, app: &TestApp, why: &str) {
        let told = self.send().await;
        told.shows(503, "Archivio non disponibile").shows(503, why).shows(503, "la ricarichi (tasto F5)");
        assert!(told.headers.contains_key("retry-after"));
        assert!(!told.text.contains(&self.fields[2].1), "what was typed is the browser's to keep");
        assert_eq!(app.received("verify").await, 0, "no step is half done");
    }

    /// Sent once more as it is, the form is carried out, once; the call goes on to its end.
    async fn goes_on(mut self, app: &TestApp) {
        self.send().await.location();
        self.call.page().await.shows(200, "Sblocca codice");
        assert_eq!(app.received("verify").await, 1);
        self.call.unlock(&app.otp().await).await.shows(200, "Conferma sblocco");
        self.call.step("confirm", &[]).await.shows(200, "Sblocco confermato");
        assert_eq!(self.call.browser.post(&format!("{}/close", self.call.path), &[("sure", "1")]).await.status, 303);
    }
}

/// Waits until `/readyz` answers this.
async fn readiness(app: &TestApp, status: u16, text: &str) {
    let until = Instant::now() + Duration::from_secs(20);
    loop {
        let answer = app.browser().get("/readyz").await;
        if answer.status.as_u16() == status && answer.text.contains(text) {
            return;
        }
        assert!(Instant::now() < until, "{} {}, not {status} {text}", answer.status, answer.text);
        sleep(Duration::from_millis(200)).await;
    }
}

/// Runs a statement where the application writes.
async fn execute(app: &TestApp, sql: &str) {
    let statement = AssertSqlSafe(sql.to_owned());
    match &app.state.db {
        Db::Sqlite { writer, .. } => sqlx::query(statement).execute(writer).await.map(drop),
        Db::Postgres(pool) => sqlx::query(statement).execute(pool).await.map(drop),
    }
    .expect(sql);
}

/// A disk of its own of a few megabytes, where this account may make one.
struct SmallDisk(tempfile::TempDir);

impl SmallDisk {
    fn mount() -> Option<Self> {
        let folder = tempfile::tempdir().expect("a folder");
        let mut mount = Command::new("mount");
        mount.args(["-t", "tmpfs", "-o", "size=8m,mode=0700", "tmpfs"]).arg(folder.path());
        let is_mounted = mount.output().is_ok_and(|run| run.status.success());
        is_mounted.then_some(Self(folder))
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    /// Leaves no room.
    fn fill(&self) {
        let mut size = 1 << 20;
        while size > 0 {
            let name =
                self.path().join(format!("filler-{size}-{}", fs::read_dir(self.path()).expect("a folder").count()));
            if fs::write(&name, vec![1; size]).is_err() {
                size /= 2;
            }
        }
    }

    /// Makes room again.
    fn clear(&self) {
        for entry in fs::read_dir(self.path()).expect("a folder").flatten() {
            if entry.file_name().to_string_lossy().starts_with("filler-") {
                fs::remove_file(entry.path()).expect("removed");
            }
        }
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(self.path()).status();
    }
}

/// Fills the disk of the application's database, and empties it again: a real one where that can be had. Else the engine
/// is made to say what it says of a full one: SQLite by a limit to its pages, PostgreSQL by its own code.
enum Disk {
    Real(SmallDisk),
    Pages,
    Code,
}

impl Disk {
    async fn fill(&self, app: &TestApp) {
        match self {
            Self::Real(disk) => {
                // Else the next changes would be written over what is in the journal already.
                execute(app, "PRAGMA wal_checkpoint(TRUNCATE)").await;
                disk.fill();
            }
            Self::Pages => {
                execute(app, "CREATE TABLE filler (content BLOB)").await;
                for (name, when) in [("a", "INSERT ON steps"), ("b", "UPDATE ON write_probe")] {
                    let fill = "INSERT INTO filler VALUES (zeroblob(1000000))";
                    execute(app, &format!("CREATE TRIGGER full_{name} BEFORE {when} BEGIN {fill}; END")).await;
                }
                execute(app, "PRAGMA max_page_count = 1").await;
            }
            Self::Code => {
                let raise = "CREATE FUNCTION disk_full() RETURNS trigger LANGUAGE plpgsql AS \
                    'BEGIN RAISE EXCEPTION ''no space left on device'' USING ERRCODE = ''53100''; END'";
                execute(app, raise).await;
                for (name, when) in [("a", "INSERT ON steps"), ("b", "UPDATE ON write_probe")] {
                    let sql =
                        format!("CREATE TRIGGER full_{name} BEFORE {when} FOR EACH ROW EXECUTE FUNCTION disk_full()");
                    execute(app, &sql).await;
                }
            }
        }
    }

    async fn clear(&self, app: &TestApp) {
        match self {
            Self::Real(disk) => disk.clear(),
            Self::Pages => {
                for sql in ["PRAGMA max_page_count = 1073741823", "DROP TRIGGER full_a", "DROP TRIGGER full_b"] {
                    execute(app, sql).await;
                }
            }
            Self::Code => {
                for sql in ["DROP TRIGGER full_a ON steps", "DROP TRIGGER full_b ON write_probe"] {
                    execute(app, sql).await;
                }
            }
        }
    }
}

async fn a_full_disk_is_told_and_passes(engine: Engine) {
    let small = if engine == Engine::Sqlite { SmallDisk::mount() } else { None };
    let url = small.as_ref().map(|disk| Db::sqlite_url(&disk.path().join("centralino.db")));
    let app = TestApp::start_with(engine, |config| {
        if let Some(url) = url {
            config.database.url = Some(DatabaseUrl(url));
        }
    })
    .await;
    let disk = match (engine, small) {
        (_, Some(small)) => Disk::Real(small),
        (Engine::Sqlite, None) => Disk::Pages,
        (Engine::Postgres, None) => Disk::Code,
    };
    let mut waiting = Waiting::at_the_first_step(&app).await;
    readiness(&app, 200, "ready").await;
    disk.fill(&app).await;
    let why = "il disco dell'archivio è pieno";
    waiting.is_put_off(&app, why).await;
    readiness(&app, 503, "the disk of the database is full").await;
    // Once more, and over and over: what failed leaves nothing behind that would make the next attempt fail too.
    for _ in 0..3 {
        waiting.is_put_off(&app, why).await;
    }
    waiting.call.page().await.shows(200, "Verifica positività");
    disk.clear(&app).await;
    readiness(&app, 200, "ready").await;
    waiting.goes_on(&app).await;
    drop(app);
    drop(disk);
}

async fn a_database_that_can_only_be_read_is_told_and_passes(engine: Engine) {
    let app = TestApp::start(engine).await;
    let mut waiting = Waiting::at_the_first_step(&app).await;
    set_read_only(&app, true).await;
    waiting.is_put_off(&app, "l'archivio si può leggere ma non scrivere").await;
    readiness(&app, 503, "the database can only be read").await;
    waiting.call.page().await.shows(200, "Verifica positività");
    set_read_only(&app, false).await;
    readiness(&app, 200, "ready").await;
    waiting.goes_on(&app).await;
}

/// SQLite refuses by a switch of the connection that writes; PostgreSQL as one that has become a replica does, having
/// ended all connections.
async fn set_read_only(app: &TestApp, is_on: bool) {
    let Db::Postgres(_) = &app.state.db else {
        return execute(app, &format!("PRAGMA query_only = {}", u8::from(is_on))).await;
    };
    let url = app.state.config.database_url();
    let mut outside = PgConnection::connect(&url).await.expect("a connection");
    for sql in [
        "SET default_transaction_read_only = off",
        &format!(
            "DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET default_transaction_read_only = {is_on}', current_database()); END $$"
        ),
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
         WHERE datname = current_database() AND pid <> pg_backend_pid()",
    ] {
        sqlx::query(AssertSqlSafe(sql.to_owned())).execute(&mut outside).await.expect(sql);
    }
    outside.close().await.expect("closed");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_database_that_is_gone_for_half_a_minute_is_told_and_comes_back() {
    let server = OwnServer::start();
    let app =
        TestApp::start_with(Engine::Postgres, |config| config.database.url = Some(DatabaseUrl(server.url()))).await;
    let mut waiting = Waiting::at_the_first_step(&app).await;
    let mut unlocking = app.call(&app.operator("l.rossi").await).await;
    unlocking.verify(&app.caller("positive").await).await.shows(200, "Sblocca codice");
    let before = app.received("verify").await;
    let (key, otp, path) = (unlocking.key().await, app.otp().await, format!("{}/unlock", unlocking.path));
    // One step is with Sistema TS when the database goes.
    app.fault("unlock", "slow").await;
    let fields = [("key", key.as_str()), ("otp", &otp), ("asymptomatic", "1")];
    let go = async {
        while app.received("unlock").await == 0 {
            sleep(Duration::from_millis(20)).await;
        }
        server.stop();
        Instant::now()
    };
    let (told, gone) = tokio::join!(unlocking.browser.post(&path, &fields), go);
    told.shows(200, "Codice sbloccato").shows(200, "Centralino non è riuscito a registrare questo esito");
    readiness(&app, 503, "the database does not answer").await;
    let mut tries = 0;
    while gone.elapsed() < Duration::from_secs(30) {
        let start = Instant::now();
        waiting.send().await.shows(503, "l'archivio non risponde");
        assert!(start.elapsed() < Duration::from_secs(15), "nobody waits for ever: {:?}", start.elapsed());
        assert_eq!(app.browser().get("/healthz").await.status, 200, "the process lives");
        assert_eq!(app.browser().get("/login").await.status, 200, "and has its pages");
        tries += 1;
        sleep(Duration::from_secs(1)).await;
    }
    assert!(tries > 1 && app.received("verify").await == before, "no step is half done");
    server.start_again();
    readiness(&app, 200, "ready").await;
    // What was told is recorded with the next page, and nobody has to sign in again.
    let page = unlocking.page().await;
    page.shows(200, "Codice sbloccato").shows(200, "Conferma sblocco");
    assert!(!page.text.contains("non è riuscito a registrare"), "it is recorded now");
    assert_eq!(app.received("unlock").await, 1);
    waiting.send().await.location();
    waiting.call.page().await.shows(200, "Sblocca codice");
    assert_eq!(app.received("verify").await, before + 1);
}
