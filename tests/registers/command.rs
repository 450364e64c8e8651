//! `centralino register` beside a running desk, on the same database.

use std::{fs, os::unix::fs::PermissionsExt};

use centralino::{
    cli::register::{Command, RegisterError, run},
    server::config::Config,
    storage::registers::{Action, Fact, Register},
};
use clap::Parser;

use super::support::{entries, execute};
use crate::support::{Engine, TestApp, on_both_engines};

on_both_engines!(
    whole_registers_are_told_to_be,
    a_broken_register_fails_and_its_place_is_named,
    a_checkpoint_kept_elsewhere_sees_what_the_database_does_not,
    after_a_change_of_the_secret_a_register_goes_on,
    a_part_of_a_register_is_exported,
);

/// A changed secret is a new key from the next entry on; the older one must be named, and comes no more.
async fn after_a_change_of_the_secret_a_register_goes_on(engine: Engine) {
    let app = app_with_entries(engine).await;
    type_line(&app, "checkpoint").await.1.expect("signed");
    let (old, new) = (app.data.path().join("secrets/server.key"), app.data.path().join("new.key"));
    fs::write(&new, "5a".repeat(32)).expect("a file");
    fs::set_permissions(&new, fs::Permissions::from_mode(0o600)).expect("a mode");
    let mut config = app.state.config.clone();
    config.secrets.server = Some(new);
    let line = |line: &str, config: &Config| {
        let command =
            Line::try_parse_from(std::iter::once("register").chain(line.split(' '))).expect("a command").command;
        let (config, clock) = (config.clone(), app.state.clock.clone());
        async move { run(command, &config, &clock, &mut Vec::new()).await }
    };
    let error = line("verify", &config).await.expect_err("the old key is not known").to_string();
    assert!(error.contains("entry 1") || error.contains("not signed"), "{error}");
    config.secrets.previous = vec![old];
    line("verify", &config).await.expect("it is, once it is named");
    // The export's own entry is sealed under the new key.
    line("export --register access", &config).await.expect("exported");
    line("verify", &config).await.expect("whole");
    line("checkpoint", &config).await.expect("signed under the new key");
    line("verify", &config).await.expect("whole");
    // What is written under the old key after that is not taken, whoever has found it.
    app.state.db.record(&[app.record(Action::AccountAdded)]).await.expect("an entry");
    let error = line("verify", &config).await.expect_err("the old key comes no more").to_string();
    assert_eq!(error, "the register admin is not whole: entry 4 is not as it was written");
}

async fn a_part_of_a_register_is_exported(engine: Engine) {
    let app = app_with_entries(engine).await;
    let (csv, done) = type_line(&app, "export --register access --format csv").await;
    done.expect("exported");
    assert_eq!(csv.lines().count(), 3, "{csv}");
    let (proved, done) = type_line(&app, "export --register access --from 2021-01-10 --to 10/01/2021").await;
    done.expect("exported");
    let file = app.data.path().join("export.jsonl");
    fs::write(&file, &proved).expect("a file");
    let verify = format!("verify --export {}", file.display());
    let (said, done) = type_line(&app, &verify).await;
    done.expect("whole");
    assert_eq!(said, "access\twhole\t1-2\n");
    let admin = entries(&app, Register::Admin).await;
    let parts: Vec<_> = admin.iter().map(|entry| entry.read_details().fact(Fact::Part).to_owned()).collect();
    assert_eq!(parts[2..], ["", "from=2021-01-10&to=2021-01-10"]);
    execute(&app.state.db, "UPDATE register_entries SET ip = 'x' WHERE register = 'access' AND seq = 2").await;
    assert!(type_line(&app, "export --register access").await.1.is_err(), "a broken one is not proved");
}

#[derive(Parser)]
struct Line {
    #[command(subcommand)]
    command: Command,
}

async fn type_line(app: &TestApp, line: &str) -> (String, Result<(), RegisterError>) {
    let words = std::iter::once("register").chain(line.split(' '));
    let (mut out, command) = (Vec::new(), Line::try_parse_from(words).expect("a command").command);
    let done = run(command, &app.state.config, &app.state.clock, &mut out).await;
    (String::from_utf8(out).expect("text"), done)
}

async fn app_with_entries(engine: Engine) -> TestApp {
    let app = TestApp::start(engine).await;
    app.signed_in(&app.operator("m.bianchi").await).await;
    app
}

async fn whole_registers_are_told_to_be(engine: Engine) {
    let app = app_with_entries(engine).await;
    let (said, done) = type_line(&app, "verify").await;
    assert_eq!(said, "access\twhole\t2\nadmin\twhole\t2\n");
    done.expect("both are whole");
}

async fn a_broken_register_fails_and_its_place_is_named(engine: Engine) {
    let app = app_with_entries(engine).await;
    execute(&app.state.db, "UPDATE register_entries SET target = 'x' WHERE register = 'admin' AND seq = 2").await;
    let (said, done) = type_line(&app, "verify").await;
    assert_eq!(said, "access\twhole\t2\nadmin\tnot whole\tentry 2 is not as it was written\n");
    let error = done.expect_err("one is not whole").to_string();
    assert_eq!(error, "the register admin is not whole: entry 2 is not as it was written");
    let (_, done) = type_line(&app, "checkpoint").await;
    assert!(matches!(done, Err(RegisterError::Checkpoint(_))), "nobody signs a broken chain: {done:?}");
}

async fn a_checkpoint_kept_elsewhere_sees_what_the_database_does_not(engine: Engine) {
    let app = app_with_entries(engine).await;
    let (printed, done) = type_line(&app, "checkpoint").await;
    done.expect("signed");
    assert_eq!(printed.lines().count(), 2);
    let file = app.data.path().join("checkpoints");
    fs::write(&file, &printed).expect("a file");
    let verify = format!("verify --checkpoints {}", file.display());
    type_line(&app, &verify).await.1.expect("whole");
    // Everything that the database knows of the end of the register is gone.
    for sql in [
        "DELETE FROM register_entries WHERE register = 'access'",
        "DELETE FROM register_checkpoints WHERE register = 'access'",
        "UPDATE register_heads SET seq = 0, at = 0, hash = '' WHERE register = 'access'",
    ] {
        execute(&app.state.db, sql).await;
    }
    let error = type_line(&app, "verify").await.1.expect_err("the file in the data folder tells").to_string();
    assert!(error.contains("entry 1 and what followed are gone"), "{error}");
    assert!(type_line(&app, "checkpoint").await.1.is_err(), "nor is it signed");
    fs::remove_dir_all(app.data.path().join("registers")).expect("that is gone too");
    type_line(&app, "verify").await.1.expect("nothing to be seen any more");
    let error = type_line(&app, &verify).await.1.expect_err("it is seen").to_string();
    assert_eq!(
        error,
        "the register access is not whole: the register is truncated: entry 1 and what followed are gone"
    );
    app.state.db.record(&[app.record(Action::Expiry)]).await.expect("an entry");
    fs::write(&file, "not json\n").expect("a file");
    let error = type_line(&app, &verify).await.1.expect_err("no checkpoint").to_string();
    assert!(error.contains("line 1 is no checkpoint"), "{error}");
}
