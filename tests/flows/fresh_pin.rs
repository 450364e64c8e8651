//! "Conferma con il PIN": a sensitive act wants a PIN of the last five minutes.

use std::net::SocketAddr;

use axum::{Router, routing::post};
use centralino::{
    features::{accounts::recovery::RecoveryCode, login::fresh_pin::Confirmed},
    server::{
        auth::{SignedIn, Supervisor},
        layers, session_store,
    },
    storage::registers::Register,
};
use serde::Deserialize;
use tokio::net::TcpListener;

use crate::{
    registers::support::{accesses, execute, verify},
    support::{
        Browser, Engine, TestApp,
        app::{PASSWORD, Person},
        on_both_engines,
    },
};

on_both_engines!(
    a_recent_pin_is_not_asked_for_again,
    without_one_the_form_waits_and_is_carried_along,
    wrong_pins_count_and_lock,
    a_pin_is_good_for_one_proof,
    a_recovery_code_is_as_good,
    opening_a_lock_is_a_proof,
    who_may_not_call_is_not_asked,
    no_password_is_carried,
);

#[derive(Deserialize)]
struct Act {
    name: String,
    number: i64,
}

async fn act(_: SignedIn<Supervisor>, Confirmed(act): Confirmed<Act>) -> String {
    format!("done: {} {}", act.name, act.number)
}

/// A browser in which the person has signed in, at a desk that knows one more act.
async fn beside(app: &TestApp, person: &Person) -> Browser {
    let routes = Router::new().route("/act", post(act)).route_layer(session_store::layer(&app.state));
    let routes = layers::around(routes, app.state.clone()).into_make_service_with_connect_info::<SocketAddr>();
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    tokio::spawn(axum_server::Server::<SocketAddr>::from_listener(listener).serve(routes));
    let mut browser = Browser::new(address);
    browser.cookies = app.signed_in(person).await.cookies;
    browser
}

const FORM: [(&str, &str); 2] = [("name", "\"><b>Ada & Eva"), ("number", "7")];
const DONE: &str = "done: \"><b>Ada & Eva 7";

/// The same form with what was typed into the field of the PIN.
fn with_pin(pin: &str) -> Vec<(&str, &str)> {
    FORM.into_iter().chain([("pin", pin)]).collect()
}

async fn a_recent_pin_is_not_asked_for_again(engine: Engine) {
    let app = TestApp::start(engine).await;
    let person = app.supervisor("s.gialli").await;
    let mut browser = beside(&app, &person).await;
    app.wait_seconds(299);
    browser.post("/act", &FORM).await.shows(200, DONE);
    app.wait_seconds(1);
    browser.post("/act", &FORM).await.shows(401, "Conferma con il PIN");
}

async fn without_one_the_form_waits_and_is_carried_along(engine: Engine) {
    let app = TestApp::start(engine).await;
    let person = app.supervisor("s.gialli").await;
    let mut browser = beside(&app, &person).await;
    app.wait_seconds(300);
    let page = browser.post("/act", &FORM).await;
    page.shows(401, "Conferma con il PIN").shows(401, "Verifica PIN");
    page.shows(401, r#"<input type="hidden" name="name" value="&quot;&gt;&lt;b&gt;Ada &amp; Eva">"#);
    page.shows(401, r#"<input type="hidden" name="number" value="7">"#);
    browser.post("/act", &with_pin(" ")).await.shows(422, "Scriva il PIN");
    let refused = browser.post("/act", &with_pin(&app.pin(&person, 9).await)).await;
    refused.shows(422, "PIN non corretto").shows(422, "<title>Errore: Conferma con il PIN");
    refused.shows(422, r#"name="number" value="7""#);
    browser.post("/act", &with_pin(&app.pin(&person, 0).await)).await.shows(200, DONE);
    app.wait_seconds(299);
    browser.post("/act", &FORM).await.shows(200, DONE);
    let expected = ["password done", "sign_in done", "fresh_pin refused wrong", "fresh_pin done"];
    assert_eq!(accesses(&app).await, expected.map(|act| format!("s.gialli {act}")));
    assert_eq!(verify(&app, Register::Access).await, Ok(4));
}

async fn wrong_pins_count_and_lock(engine: Engine) {
    let app = TestApp::start(engine).await;
    let person = app.supervisor("s.gialli").await;
    let mut browser = beside(&app, &person).await;
    app.wait_seconds(300);
    let wrong = app.pin(&person, 9).await;
    for left in [4, 3, 2, 1] {
        let refused = browser.post("/act", &with_pin(&wrong)).await;
        refused.shows(422, &format!("rimasti prima del blocco: {left}."));
    }
    browser.post("/act", &with_pin(&wrong)).await.shows(422, "Riprovi tra 15 min 0 s");
    let right = app.pin(&person, 0).await;
    browser.post("/act", &with_pin(&right)).await.shows(422, "Riprovi tra 15 min 0 s");
    assert!(accesses(&app).await.contains(&"s.gialli lock_out done".to_owned()));
}

async fn a_pin_is_good_for_one_proof(engine: Engine) {
    let app = TestApp::start(engine).await;
    let person = app.supervisor("s.gialli").await;
    let mut browser = beside(&app, &person).await;
    app.wait_seconds(300);
    let pin = app.pin(&person, 1).await;
    browser.post("/act", &with_pin(&pin)).await.shows(200, DONE);
    let right = [("username", person.username), ("password", PASSWORD)];
    let mut other = app.browser();
    other.post("/login", &right).await;
    other.post("/login/pin", &[("pin", &pin)]).await.shows(422, "già stato usato");
    app.wait_seconds(30);
    assert_eq!(other.post("/login/pin", &[("pin", &app.pin(&person, 1).await)]).await.location(), "/");
    browser.post("/act", &FORM).await.shows(401, "da un altro dispositivo");
}

async fn a_recovery_code_is_as_good(engine: Engine) {
    let app = TestApp::start(engine).await;
    let person = app.supervisor("s.gialli").await;
    let mut browser = beside(&app, &person).await;
    app.wait_seconds(300);
    let none = RecoveryCode::set(&app.state.random).expect("codes")[0].spelled().to_string();
    browser.post("/act", &with_pin(&none)).await.shows(422, "Codice di recupero non valido");
    let code = RecoveryCode::set(&app.state.random).expect("codes")[0].clone();
    let hash = code.hash(&app.state.secrets, &person.id);
    let sql = format!("INSERT INTO recovery_codes (operator_id, code_hash) VALUES ('{}', '{hash}')", person.id.0);
    execute(&app.state.db, &sql).await;
    let code = code.spelled().to_string();
    browser.post("/act", &with_pin(&code)).await.shows(200, DONE);
    app.wait_seconds(300);
    browser.post("/act", &with_pin(&code)).await.shows(422, "Codice di recupero non valido");
}

async fn opening_a_lock_is_a_proof(engine: Engine) {
    let app = TestApp::start(engine).await;
    let person = app.supervisor("s.gialli").await;
    let mut browser = beside(&app, &person).await;
    app.wait_seconds(i64::from(app.state.config.session.idle));
    browser.post("/act", &FORM).await.shows(401, "La sessione si è bloccata");
    let mut desk = app.browser();
    desk.cookies = browser.cookies;
    assert_eq!(desk.post("/login/pin", &[("pin", &app.pin(&person, 0).await)]).await.location(), "/");
    browser.cookies = desk.cookies;
    browser.post("/act", &FORM).await.shows(200, DONE);
}

async fn who_may_not_call_is_not_asked(engine: Engine) {
    let app = TestApp::start(engine).await;
    let person = app.operator("m.bianchi").await;
    let mut browser = beside(&app, &person).await;
    app.wait_seconds(300);
    browser.post("/act", &with_pin(&app.pin(&person, 0).await)).await.shows(403, "Operazione non permessa");
    browser.cookies.clear();
    browser.post("/act", &FORM).await.shows(401, "L'accesso non è stato effettuato");
}

async fn no_password_is_carried(engine: Engine) {
    let app = TestApp::start(engine).await;
    let person = app.supervisor("s.gialli").await;
    let mut browser = beside(&app, &person).await;
    let page = browser.post("/act", &[("name", "Ada"), ("number", "7"), ("password", "segretissima 1")]).await;
    assert!(page.status == 500 && !page.text.contains("segretissima"), "{}", page.text);
}
