//! `centralino register` beside a running desk, on the same database.

use std::fs;

use centralino::cli::register::{Command, RegisterError, run};
use clap::Parser;

use super::support::execute;
use crate::support::{Engine, TestApp, on_both_engines};

on_both_engines!(
    whole_registers_are_told_to_be,
    a_broken_register_fails_and_its_place_is_named,
    a_checkpoint_kept_elsewhere_sees_what_the_database_does_not,
);

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
        "UPDATE register_heads SET seq = 0, hash = '' WHERE register = 'access'",
    ] {
        execute(&app.state.db, sql).await;
    }
    type_line(&app, "verify").await.1.expect("nothing to be seen in the database");
    let error = type_line(&app, &verify).await.1.expect_err("it is seen").to_string();
    assert_eq!(
        error,
        "the register access is not whole: the register is truncated: entry 1 and what followed are gone"
    );
    app.state.db.record(&[app.record(centralino::storage::registers::Action::Expiry)]).await.expect("an entry");
    fs::write(&file, "not json\n").expect("a file");
    let error = type_line(&app, &verify).await.1.expect_err("no checkpoint").to_string();
    assert!(error.contains("line 1 is no checkpoint"), "{error}");
}
