//! Lock-outs: ten wrong passwords or five wrong PINs in a row, a quarter of an hour.

use centralino::{
    domain::operator::Role,
    features::accounts::{invite::Office, recovery::RecoveryCode},
    storage::operators::acts::Acted,
};

use crate::support::{Browser, Engine, TestApp, app::PASSWORD, on_both_engines};

on_both_engines!(
    ten_wrong_passwords_lock,
    a_right_password_clears_the_wrong_ones,
    attempts_at_once_do_not_get_past_the_limit,
    five_wrong_pins_lock_every_session,
    a_lock_out_outlives_the_process_and_can_be_ended,
    a_disabled_account_says_so_to_its_owner_alone,
    recovery_codes_are_guessed_no_more_often_than_pins,
);

async fn wrong_password(browser: &mut Browser, times: usize) -> String {
    let mut text = String::new();
    for _ in 0..times {
        text = browser.post("/login", &[("username", "m.bianchi"), ("password", "not the password")]).await.text;
    }
    text
}

async fn ten_wrong_passwords_lock(engine: Engine) {
    let app = TestApp::start(engine).await;
    app.operator("m.bianchi").await;
    let mut browser = app.browser();
    assert!(wrong_password(&mut browser, 7).await.contains("rimasti prima del blocco: 3."));
    assert!(wrong_password(&mut browser, 2).await.contains("rimasti prima del blocco: 1."));
    assert!(wrong_password(&mut browser, 1).await.contains("Riprovi tra 15 min 0 s"));
    for blanks in ["\u{3000}", " ", "\t "] {
        let padded = format!("M.Bianchi{}x", blanks.repeat(191));
        let other = [("username", padded.as_str()), ("password", "not the password")];
        browser.post("/login", &other).await.shows(422, "Riprovi tra 15 min 0 s");
    }
    app.wait_seconds(61);
    let right = [("username", "m.bianchi"), ("password", PASSWORD)];
    browser.post("/login", &right).await.shows(422, "Riprovi tra 13 min 59 s");
    app.wait_seconds(15 * 60 - 62);
    browser.post("/login", &right).await.shows(422, "Riprovi tra 0 min 1 s");
    app.wait_seconds(1);
    assert_eq!(browser.post("/login", &right).await.location(), "/login/pin");
}

async fn a_right_password_clears_the_wrong_ones(engine: Engine) {
    let app = TestApp::start(engine).await;
    app.operator("m.bianchi").await;
    let mut browser = app.browser();
    let right = [("username", "m.bianchi"), ("password", PASSWORD)];
    for _ in 0..2 {
        wrong_password(&mut browser, 9).await;
        assert_eq!(browser.post("/login", &right).await.location(), "/login/pin");
    }
}

async fn attempts_at_once_do_not_get_past_the_limit(engine: Engine) {
    let app = TestApp::start(engine).await;
    app.operator("m.bianchi").await;
    let attempts = (0..24).map(|_| {
        let mut browser = app.browser();
        tokio::spawn(async move { wrong_password(&mut browser, 1).await })
    });
    let mut judged = 0;
    for attempt in attempts.collect::<Vec<_>>() {
        judged += usize::from(attempt.await.unwrap().contains("non corretti"));
    }
    assert_eq!(judged, 9, "the tenth wrong one locks, the others are not judged");
}

async fn five_wrong_pins_lock_every_session(engine: Engine) {
    let app = TestApp::start(engine).await;
    let person = app.operator("m.bianchi").await;
    let right = [("username", "m.bianchi"), ("password", PASSWORD)];
    let mut browser = app.browser();
    browser.post("/login", &right).await;
    let wrong = app.pin(&person, 50).await;
    for left in (1..5).rev() {
        let says = format!("rimasti prima del blocco: {left}.");
        browser.post("/login/pin", &[("pin", &wrong)]).await.shows(422, &says);
    }
    browser.post("/login/pin", &[("pin", &wrong)]).await.shows(422, "Riprovi tra 15 min 0 s");
    let mut other = app.browser();
    other.post("/login", &right).await;
    let pin = app.pin(&person, 0).await;
    other.post("/login/pin", &[("pin", &pin)]).await.shows(422, "Riprovi tra 15 min 0 s");
    app.wait_seconds(15 * 60);
    other.post("/login", &right).await;
    assert_eq!(other.post("/login/pin", &[("pin", &app.pin(&person, 0).await)]).await.location(), "/");
}

async fn a_lock_out_outlives_the_process_and_can_be_ended(engine: Engine) {
    let app = TestApp::start(engine).await;
    let person = app.operator("m.bianchi").await;
    wrong_password(&mut app.browser(), 10).await;
    let right = [("username", "m.bianchi"), ("password", PASSWORD)];
    let locked_in_the_database = centralino::storage::Db::open(&app.state.config.database_url()).await.unwrap();
    let mut browser = app.browser();
    browser.post("/login", &right).await.shows(422, "Riprovi tra");
    let account = locked_in_the_database.operator(&person.id).await.unwrap().unwrap();
    let office = Office { db: &locked_in_the_database, ..app.office() };
    assert_eq!(office.unlock(&account).await.unwrap(), Acted::Done);
    assert_eq!(browser.post("/login", &right).await.location(), "/login/pin");
}

async fn a_disabled_account_says_so_to_its_owner_alone(engine: Engine) {
    let app = TestApp::start(engine).await;
    let person = app.operator("m.bianchi").await;
    app.disable(&person).await.unwrap();
    let mut browser = app.browser();
    assert!(wrong_password(&mut browser, 1).await.contains("Nome utente o password non corretti."));
    let right = [("username", "m.bianchi"), ("password", PASSWORD)];
    browser.post("/login", &right).await.shows(422, "disabilitato");
    app.enable(&person).await.unwrap();
    assert_eq!(browser.post("/login", &right).await.location(), "/login/pin");
}

async fn recovery_codes_are_guessed_no_more_often_than_pins(engine: Engine) {
    let app = TestApp::start(engine).await;
    app.operator("m.bianchi").await;
    app.invite("m.other", "VRDLGU75B02F205A", Role::Operator).await;
    let mut browser = app.browser();
    browser.post("/login", &[("username", "m.bianchi"), ("password", PASSWORD)]).await;
    for code in RecoveryCode::set(&app.state.random).unwrap().iter().take(4) {
        browser.post("/login/pin", &[("pin", &code.spelled())]).await.shows(422, "non valido o già usato");
    }
    browser.post("/login/pin", &[("pin", "0000-0000-0000")]).await.shows(422, "Riprovi tra 15 min 0 s");
}
