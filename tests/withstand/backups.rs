//! Backups made while operators work, and going back to them.

use std::{
    fs,
    path::{Path, PathBuf},
    sync::Arc,
};

use centralino::{
    cli::backup::{Command, CommandError, run},
    server::{
        clock::Clock,
        config::{Config, DatabaseUrl},
    },
    storage::registers::{Action, Register},
};
use clap::Parser;

use super::work::{AtWork, whole_call};
use crate::{
    registers::support::{entries, execute},
    support::{Engine, TestApp, call::Call, on_both_engines, postgres::database},
};

on_both_engines!(
    a_backup_made_while_operators_work_is_restored_on_either_engine_and_they_sign_in,
    what_is_no_whole_backup_is_not_restored,
    nothing_that_is_there_is_overwritten,
    old_backups_go,
);

#[derive(Parser)]
struct Line {
    #[command(subcommand)]
    command: Command,
}

/// Types a command; what it said.
pub async fn type_line(config: &Config, clock: &Clock, words: &[&str]) -> (String, Result<(), CommandError>) {
    let words = std::iter::once("centralino").chain(words.iter().copied());
    let (mut out, command) = (Vec::new(), Line::try_parse_from(words).expect("a command").command);
    let done = run(command, config, clock, &mut out).await;
    (String::from_utf8(out).expect("text"), done)
}

/// Makes a backup of a running installation.
async fn back_up(app: &TestApp, words: &[&str]) -> PathBuf {
    let (said, done) = type_line(&app.state.config, &app.state.clock, &[&["backup"], words].concat()).await;
    done.expect("a backup");
    PathBuf::from(said.split('\t').nth(1).expect("a folder"))
}

/// An empty installation, with nothing but the server's secret, on this engine.
async fn empty(app: &TestApp, engine: Engine) -> (tempfile::TempDir, Config) {
    let folder = tempfile::tempdir().expect("a folder");
    let mut config = app.state.config.clone();
    config.data.0 = folder.path().join("data");
    config.secrets.server = Some(app.state.config.secret_file());
    config.database.url = match engine {
        Engine::Sqlite => None,
        Engine::Postgres => Some(DatabaseUrl(database().await)),
    };
    (folder, config)
}

async fn a_backup_made_while_operators_work_is_restored_on_either_engine_and_they_sign_in(engine: Engine) {
    let app = Arc::new(TestApp::start(engine).await);
    let later = app.operator("a.verdi").await;
    let (first, second) = (app.operator("m.bianchi").await, app.operator("l.rossi").await);
    let mut before = Call { browser: app.signed_in(&app.operator("p.neri").await).await, path: String::new() };
    let case = whole_call(&app, &mut before).await;
    let at_work = [AtWork::begin(&app, &first).await, AtWork::begin(&app, &second).await];
    let mut folders = Vec::new();
    for words in [&[][..], &["--with-secret"], &[]] {
        folders.push(back_up(&app, words).await);
    }
    let mut taken = 0;
    for at_work in at_work {
        taken += at_work.end().await.len();
    }
    assert!(taken > 2, "they worked meanwhile");
    for (folder, has_secret) in folders.iter().zip([false, true, false]) {
        assert_eq!(folder.join("secrets/server.key").exists(), has_secret);
        let (said, done) = type_line(&app.state.config, &app.state.clock, &["restore", "--check", text(folder)]).await;
        done.expect("whole");
        assert!(said.starts_with("whole\t"), "{said}");
    }
    for target in [Engine::Sqlite, Engine::Postgres] {
        let (_folder, config) = empty(&app, target).await;
        let (said, done) = type_line(&config, &app.state.clock, &["restore", text(&folders[2])]).await;
        done.expect("restored");
        assert!(said.starts_with("restored\t") && !said.contains("lost"), "{said}");
        let (data, secret, url) = (config.data.clone(), config.secrets.clone(), config.database.clone());
        let restored = TestApp::start_with(target, |config| {
            (config.data, config.secrets, config.database) = (data, secret, url);
        })
        .await;
        let mut call = Call { browser: restored.signed_in(&later).await, path: String::new() };
        let kept = restored.state.db.case(&case, &restored.person("p.neri").await.id).await.expect("an answer");
        assert_eq!(kept.expect("the case").0.transactions.len(), 3, "what was acknowledged before is there");
        whole_call(&restored, &mut call).await;
        for register in [Register::Access, Register::Admin] {
            crate::registers::support::verify(&restored, register).await.expect("whole");
        }
        let acts = entries(&restored, Register::Admin).await;
        let has = |action: Action| acts.iter().any(|entry| entry.action == action.word());
        assert!(has(Action::BackupMade) && has(Action::BackupRestored));
    }
}

fn text(path: &Path) -> &str {
    path.to_str().expect("text")
}

async fn what_is_no_whole_backup_is_not_restored(engine: Engine) {
    let app = TestApp::start(engine).await;
    app.signed_in(&app.operator("m.bianchi").await).await;
    let folder = back_up(&app, &[]).await;
    let (_place, config) = empty(&app, engine).await;
    let refused = async |config: &Config| {
        let (_, done) = type_line(config, &app.state.clock, &["restore", text(&folder)]).await;
        assert!(!config.data.0.join("centralino.db").exists(), "nothing was put anywhere");
        done.expect_err("refused").to_string()
    };
    let change = |name: &str, change: fn(Vec<u8>) -> Vec<u8>| {
        let file = folder.join(name);
        let before = fs::read(&file).expect("a file");
        fs::write(&file, change(before.clone())).expect("writes");
        move || fs::write(&file, before).expect("writes")
    };
    let undo = change("centralino.db", |mut bytes| {
        let middle = bytes.len() / 2;
        bytes[middle] ^= 1;
        bytes
    });
    assert!(refused(&config).await.contains("centralino.db is not as it was"));
    undo();
    let undo = change("centralino.db", |bytes| bytes[..bytes.len() - 4096].to_vec());
    assert!(refused(&config).await.contains("centralino.db is not as it was"));
    undo();
    let undo = change("manifest.json", |bytes| {
        String::from_utf8(bytes).expect("text").replacen("\"rows\": 1", "\"rows\": 2", 1).into_bytes()
    });
    assert!(refused(&config).await.contains("manifest was altered"));
    undo();
    let mut other = config.clone();
    let key = app.data.path().join("other.key");
    fs::write(&key, "5a".repeat(32)).expect("a file");
    fs::set_permissions(&key, std::os::unix::fs::PermissionsExt::from_mode(0o600)).expect("a mode");
    other.secrets.server = Some(key);
    assert!(refused(&other).await.contains("other.key is not the one under which"));
    // Whoever has the secret, but breaks a register, gets no backup at all.
    execute(&app.state.db, "UPDATE register_entries SET ip = 'x' WHERE register = 'access' AND seq = 1").await;
    let (_, done) = type_line(&app.state.config, &app.state.clock, &["backup"]).await;
    assert!(done.expect_err("not proved").to_string().contains("access is not whole: entry 1"));
    let drafts = fs::read_dir(app.state.config.backup_folder()).expect("a folder").count();
    assert_eq!(drafts, 1, "what was not proved is gone");
    let (said, done) = type_line(&config, &app.state.clock, &["restore", text(&folder)]).await;
    done.expect("the backup itself is whole");
    assert!(said.contains("access\twhole\t2"), "{said}");
}

async fn nothing_that_is_there_is_overwritten(engine: Engine) {
    let app = TestApp::start(engine).await;
    app.signed_in(&app.operator("m.bianchi").await).await;
    let folder = back_up(&app, &[]).await;
    let running = app.state.config.clone();
    let restore = async |config: &Config, words: &[&str]| {
        let words = [&["restore"], words, &[text(&folder)]].concat();
        let (said, done) = type_line(config, &app.state.clock, &words).await;
        done.map(|()| said).map_err(|error| error.to_string())
    };
    let error = restore(&running, &["--replace"]).await.expect_err("it is in use");
    assert!(error.contains("in use") || error.contains("not empty"), "{error}");
    let (_place, config) = empty(&app, engine).await;
    restore(&config, &[]).await.expect("restored");
    let error = restore(&config, &[]).await.expect_err("there is something now");
    assert!(error.contains("--replace"), "{error}");
    if engine == Engine::Postgres {
        let error = restore(&config, &["--replace"]).await.expect_err("a database is never emptied");
        assert!(error.contains("not empty"), "{error}");
        return;
    }
    // What came after the backup is lost, and is told to be.
    let db = centralino::storage::Db::open(&config.database_url()).await.expect("a database");
    db.record(&[app.record(Action::AccountAdded)]).await.expect("an entry");
    db.close().await;
    let checkpoint = Line::try_parse_from(["centralino", "backup"]).expect("a command").command;
    run(checkpoint, &config, &app.state.clock, &mut Vec::new()).await.expect("a backup");
    let registrar = centralino::cli::register::Command::Checkpoint;
    centralino::cli::register::run(registrar, &config, &app.state.clock, &mut Vec::new()).await.expect("signed");
    let said = restore(&config, &["--replace"]).await.expect("restored");
    let set_aside = said.lines().find_map(|line| line.strip_prefix("set aside\t")).expect("what was there");
    assert!(Path::new(set_aside).join("centralino.db").is_file());
    assert!(Path::new(set_aside).join("registers/checkpoint-admin.json").is_file());
    assert!(said.contains("lost\tadmin\tentries "), "{said}");
    centralino::cli::register::run(
        centralino::cli::register::Command::Verify { checkpoints: None, export: None },
        &config,
        &app.state.clock,
        &mut Vec::new(),
    )
    .await
    .expect("what was put back holds");
}

async fn old_backups_go(engine: Engine) {
    let app = TestApp::start_with(engine, |config| (config.backup.keep, config.backup.keep_days) = (2, 1)).await;
    app.operator("m.bianchi").await;
    let foreign = app.state.config.backup_folder().join("centralino-not-ours");
    fs::create_dir_all(&foreign).expect("a folder");
    let mut made = Vec::new();
    for _ in 0..4 {
        made.push(back_up(&app, &[]).await);
        app.wait_seconds(10 * 60 * 60);
    }
    let left: Vec<_> = made.iter().map(|folder| folder.exists()).collect();
    assert_eq!(left, [false, true, true, true], "the oldest is of more than a day ago, and two newer ones are there");
    assert!(foreign.exists());
    let rights =
        |path: &Path| std::os::unix::fs::PermissionsExt::mode(&fs::metadata(path).expect("a file").permissions());
    assert_eq!(rights(&made[3]) & 0o777, 0o700);
    for name in ["centralino.db", "manifest.json"] {
        assert_eq!(rights(&made[3].join(name)) & 0o777, 0o600, "{name}");
    }
}
