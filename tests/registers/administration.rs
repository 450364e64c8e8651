//! What was done to accounts, by whom, from where.

use centralino::{
    cli::operator::{Command, run},
    storage::registers::{Fact, Register, StoredEntry},
};
use clap::Parser;

use super::support::{entries, verify};
use crate::support::{Engine, TestApp, app::PASSWORD, on_both_engines};

on_both_engines!(acts_on_accounts_are_recorded_with_what_changed);

#[derive(Parser)]
struct Line {
    #[command(subcommand)]
    command: Command,
}

async fn type_line(app: &TestApp, line: &str) -> String {
    let words = std::iter::once("operator").chain(line.split(' '));
    let mut out = Vec::new();
    let command = Line::try_parse_from(words).expect("a command").command;
    run(command, &app.state.config, app.state.clock.clone(), &mut out).await.expect("carried out");
    String::from_utf8(out).expect("text")
}

fn told(entry: &StoredEntry) -> String {
    let changes = entry.read_details().changes.into_iter();
    let changes: Vec<_> = changes.map(|change| format!("{}:{}>{}", change.what, change.before, change.after)).collect();
    format!("{} {} {}", entry.action, entry.target, changes.join(" ")).trim_end().to_owned()
}

async fn acts_on_accounts_are_recorded_with_what_changed(engine: Engine) {
    let app = TestApp::start(engine).await;
    let add = "add --username m.rossi --name Rossi --fiscal-code RSSMRA80A01H501U --queue immuni --queue swabs";
    let link = type_line(&app, add).await;
    type_line(&app, "disable m.rossi").await;
    type_line(&app, "enable m.rossi").await;
    let path = link.trim_end().strip_prefix(&app.state.config.server.origin()).expect("an address").to_owned();
    let pin = type_line(&app, "pin m.rossi").await;
    app.activate_at(&path, PASSWORD, pin.trim_end()).await;
    type_line(&app, "unlock m.rossi").await;
    type_line(&app, "reset m.rossi").await;
    let entries = entries(&app, Register::Admin).await;
    assert_eq!(
        entries.iter().map(told).collect::<Vec<_>>(),
        [
            "account_added m.rossi name:>Rossi role:>operator queues:>immuni swabs status:>invited",
            "account_disabled m.rossi status:invited>disabled",
            "account_enabled m.rossi status:disabled>invited",
            "account_activated m.rossi status:invited>enabled",
            "account_unlocked m.rossi",
            "credentials_reset m.rossi status:enabled>invited",
        ]
    );
    for entry in &entries {
        let details = entry.read_details();
        let is_owner = entry.action == "account_activated";
        assert_eq!(details.fact(Fact::Namespace), if is_owner { "web" } else { "console" });
        assert_eq!(details.fact(Fact::Section), "accounts");
        assert!(if is_owner { entry.actor == "m.rossi" } else { entry.actor.starts_with("uid:") }, "{entry:?}");
    }
    let (token, everything) = (path.trim_start_matches("/activate/"), format!("{entries:?}"));
    for secret in [token, PASSWORD, pin.trim_end(), "RSSMRA80A01H501U"] {
        assert!(!everything.contains(secret), "{secret}");
    }
    assert_eq!(verify(&app, Register::Admin).await, Ok(6));
}
