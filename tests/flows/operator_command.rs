//! `centralino operator` beside a running desk, on the same database.

use centralino::{
    cli::operator::{Command, OperatorError, run},
    server::config::{Config, Environment},
};
use clap::Parser;

use super::activation::set_of;
use crate::support::{Engine, TestApp, app::PASSWORD, on_both_engines};

on_both_engines!(
    an_account_is_made_activated_and_managed,
    what_can_not_be_done_is_said,
    pins_are_told_in_the_sandbox_environment_alone,
);

#[derive(Parser)]
struct Line {
    #[command(subcommand)]
    command: Command,
}

const ADD: &str = "add --username m.rossi --name Rossi --fiscal-code RSSMRA80A01H501U --queue immuni --queue swabs";

/// What the command of this line prints.
pub async fn type_line(app: &TestApp, config: &Config, line: &str) -> Result<String, OperatorError> {
    let words = std::iter::once("operator").chain(line.split(' '));
    let command = Line::try_parse_from(words).expect("a command").command;
    let mut out = Vec::new();
    run(command, config, app.state.clock.clone(), &mut out).await?;
    Ok(String::from_utf8(out).expect("text"))
}

async fn an_account_is_made_activated_and_managed(engine: Engine) {
    let app = TestApp::start(engine).await;
    let config = &app.state.config;
    let link = type_line(&app, config, ADD).await.unwrap();
    let path = link.trim_end().strip_prefix(&config.server.origin()).expect("an address of the desk").to_owned();
    let pin = type_line(&app, config, "pin m.rossi").await.unwrap();
    let mut browser = app.browser();
    let step = |name: &str| format!("{path}/{name}");
    browser.post(&step("password"), &[("password", PASSWORD), ("again", PASSWORD)]).await;
    browser.post(&step("pin"), &[("pin", pin.trim_end())]).await;
    let set = set_of(&browser.get(&path).await);
    browser.post(&step("codes"), &[("set", &set)]).await;
    browser.get(&path).await.shows(200, "Account attivo");
    let listed = type_line(&app, config, "list").await.unwrap();
    assert_eq!(listed, "m.rossi\tRossi\toperator\tenabled\timmuni swabs\n");

    app.wait_seconds(30);
    let pin = type_line(&app, config, "pin M.Rossi").await.unwrap();
    browser.post("/login", &[("username", "m.rossi"), ("password", PASSWORD)]).await;
    assert_eq!(browser.post("/login/pin", &[("pin", pin.trim_end())]).await.location(), "/");
    type_line(&app, config, "disable m.rossi").await.unwrap();
    assert_eq!(browser.post("/session/extend", &[]).await.status, 401);
    type_line(&app, config, "enable m.rossi").await.unwrap();
    for _ in 0..10 {
        browser.post("/login", &[("username", "m.rossi"), ("password", "not the password")]).await;
    }
    type_line(&app, config, "unlock m.rossi").await.unwrap();
    let right = [("username", "m.rossi"), ("password", PASSWORD)];
    assert_eq!(browser.post("/login", &right).await.location(), "/login/pin");
    let link = type_line(&app, config, "reset m.rossi").await.unwrap();
    browser.post("/login", &right).await.shows(422, "non corretti");
    browser
        .get(link.trim_end().strip_prefix(&config.server.origin()).unwrap())
        .await
        .shows(200, "Attiva il tuo account");
    let listed = type_line(&app, config, "list").await.unwrap();
    assert_eq!(listed, "m.rossi\tRossi\toperator\tinvited\timmuni swabs\n");
}

async fn what_can_not_be_done_is_said(engine: Engine) {
    let app = TestApp::start(engine).await;
    let config = &app.state.config;
    type_line(&app, config, ADD).await.unwrap();
    let taken = type_line(&app, config, ADD).await.unwrap_err();
    assert_eq!(taken.to_string(), "the user name is taken");
    let unknown = type_line(&app, config, "disable m.verdi").await.unwrap_err();
    assert_eq!(unknown.to_string(), "no account has the user name m.verdi");
    for wrong in
        ["add --username x --name R --fiscal-code RSSMRA80A01H501U", "add --username m.x --name R --fiscal-code X"]
    {
        assert!(Line::try_parse_from(std::iter::once("operator").chain(wrong.split(' '))).is_err(), "{wrong}");
    }
}

async fn pins_are_told_in_the_sandbox_environment_alone(engine: Engine) {
    let app = TestApp::start(engine).await;
    type_line(&app, &app.state.config, ADD).await.unwrap();
    let mut config = app.state.config.clone();
    config.environment = Environment::Production;
    let refused = type_line(&app, &config, "pin m.rossi").await.unwrap_err();
    assert!(matches!(refused, OperatorError::Production));
}
