//! Who came in, was refused, left.

use std::time::Duration;

use axum::http::{Method, header};
use centralino::{
    domain::{operator::Role, secret::Password},
    features::{accounts::recovery::RecoveryCode, login::service::first_step},
    server::{housekeeping, source::Source},
    storage::registers::{Fact, Register},
};

use super::support::{accesses, entries, verify};
use crate::support::{Engine, TestApp, app::PASSWORD, on_both_engines};

on_both_engines!(
    a_sign_in_and_a_sign_out_are_recorded,
    a_lock_is_recorded_once_each_time,
    a_second_factor_for_a_session_that_is_over_is_recorded,
    a_disabled_account_is_locked_out_like_any_other,
    a_connection_that_is_dropped_cuts_nothing_off,
    an_end_that_nobody_saw_is_recorded_after_a_long_stop,
    a_sign_in_whose_pin_never_comes_ends_and_is_recorded,
    refusals_are_recorded_with_their_stage_and_nothing_typed,
    a_lock_out_is_recorded,
    a_newer_sign_in_ends_the_older_and_an_end_of_time_is_recorded,
    an_entry_tells_from_where,
);

async fn a_sign_in_and_a_sign_out_are_recorded(engine: Engine) {
    let app = TestApp::start(engine).await;
    let person = app.operator("m.bianchi").await;
    let mut browser = app.signed_in(&person).await;
    app.wait_seconds(i64::from(app.state.config.session.idle) + 1);
    assert_eq!(browser.post("/login/pin", &[("pin", &app.pin(&person, 0).await)]).await.location(), "/");
    browser.post("/logout", &[]).await;
    browser.post("/logout", &[]).await;
    let expected = ["password done", "sign_in done", "lock done", "unlock done", "sign_out done"];
    assert_eq!(accesses(&app).await, expected.map(|act| format!("m.bianchi {act}")));
    assert_eq!(verify(&app, Register::Access).await, Ok(5));
}

async fn a_lock_is_recorded_once_each_time(engine: Engine) {
    let app = TestApp::start(engine).await;
    let person = app.operator("m.bianchi").await;
    let mut browser = app.signed_in(&person).await;
    for _ in 0..2 {
        app.wait_seconds(i64::from(app.state.config.session.idle));
        housekeeping::once(&app.state).await.expect("a round");
        housekeeping::once(&app.state).await.expect("another");
        assert_eq!(browser.post("/login/pin", &[("pin", &app.pin(&person, 0).await)]).await.location(), "/");
        housekeeping::once(&app.state).await.expect("one more");
    }
    let expected = ["password", "sign_in", "lock", "unlock", "lock", "unlock"];
    assert_eq!(accesses(&app).await, expected.map(|act| format!("m.bianchi {act} done")));
}

async fn a_second_factor_for_a_session_that_is_over_is_recorded(engine: Engine) {
    let app = TestApp::start(engine).await;
    let person = app.operator("m.bianchi").await;
    let right = [("username", "m.bianchi"), ("password", PASSWORD)];
    let pin = app.pin(&person, 0).await;
    let mut disabled = app.browser();
    disabled.post("/login", &right).await;
    app.disable(&person).await.expect("disabled");
    assert_eq!(disabled.post("/login/pin", &[("pin", &pin)]).await.location(), "/login");
    app.enable(&person).await.expect("enabled");
    let mut late = app.browser();
    late.post("/login", &right).await;
    app.wait_seconds(10 * 60);
    assert_eq!(late.post("/login/pin", &[("pin", &pin)]).await.location(), "/login");
    assert_eq!(app.browser().post("/login/pin", &[("pin", &pin)]).await.location(), "/login");
    let expected = [
        "m.bianchi password done",
        "m.bianchi sign_in refused withdrawn",
        "m.bianchi password done",
        "m.bianchi sign_in refused too_old",
        "unknown:session sign_in refused no_session",
    ];
    assert_eq!(accesses(&app).await, expected);
}

/// A right password of an account that may not sign in counts like a wrong one, and locks like one.
async fn a_disabled_account_is_locked_out_like_any_other(engine: Engine) {
    let app = TestApp::start(engine).await;
    let person = app.operator("m.bianchi").await;
    app.disable(&person).await.expect("disabled");
    let mut browser = app.browser();
    for _ in 0..10 {
        browser.post("/login", &[("username", "m.bianchi"), ("password", PASSWORD)]).await;
    }
    let found = accesses(&app).await;
    assert_eq!(found.len(), 11);
    assert_eq!(found[9..], ["m.bianchi password refused disabled", "m.bianchi lock_out done"]);
}

/// Whoever hangs up while the password is judged is recorded all the same.
async fn a_connection_that_is_dropped_cuts_nothing_off(engine: Engine) {
    let app = TestApp::start(engine).await;
    app.operator("m.bianchi").await;
    for _ in 0..3 {
        let password = Password::new("wrong".to_owned());
        let attempt = std::pin::pin!(first_step(&app.state, Source::default(), "m.bianchi", password));
        assert!(futures::poll!(attempt).is_pending(), "it was too quick to be dropped");
    }
    let recorded = async {
        while accesses(&app).await.len() < 3 {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(10), recorded).await.expect("all are recorded");
}

/// A server that was stopped for days still records how its sessions ended.
async fn an_end_that_nobody_saw_is_recorded_after_a_long_stop(engine: Engine) {
    let app = TestApp::start(engine).await;
    let person = app.operator("m.bianchi").await;
    app.signed_in(&person).await;
    app.wait_seconds(5 * 24 * 3600);
    app.browser().post("/login", &[("username", "m.bianchi"), ("password", PASSWORD)]).await;
    housekeeping::once(&app.state).await.expect("a round");
    let expected = ["password done", "sign_in done", "password done", "expiry done"];
    assert_eq!(accesses(&app).await, expected.map(|act| format!("m.bianchi {act}")));
}

async fn a_sign_in_whose_pin_never_comes_ends_and_is_recorded(engine: Engine) {
    let app = TestApp::start(engine).await;
    let person = app.operator("m.bianchi").await;
    let right = [("username", "m.bianchi"), ("password", PASSWORD)];
    let (mut given_up, mut used) = (app.browser(), app.browser());
    given_up.post("/login", &right).await;
    used.post("/login", &right).await;
    assert_eq!(used.post("/login/pin", &[("pin", &app.pin(&person, 0).await)]).await.location(), "/");
    app.wait_seconds(10 * 60 - 1);
    housekeeping::once(&app.state).await.expect("a round");
    assert_eq!(accesses(&app).await.len(), 3, "there is still time");
    app.wait_seconds(1);
    housekeeping::once(&app.state).await.expect("a round");
    housekeeping::once(&app.state).await.expect("another");
    assert_eq!(given_up.post("/login/pin", &[("pin", &app.pin(&person, 0).await)]).await.location(), "/login");
    used.get("/").await.shows(200, "Sportello");
    // Nobody was there for days: it is not forgotten before it is recorded.
    app.browser().post("/login", &right).await;
    app.wait_seconds(5 * 24 * 3600);
    app.browser().post("/login", &right).await;
    housekeeping::once(&app.state).await.expect("a round");
    let expected = [
        "password done",
        "password done",
        "sign_in done",
        "sign_in_expiry done",
        "sign_in refused too_old",
        "password done",
        "password done",
        "expiry done",
        "sign_in_expiry done",
    ];
    assert_eq!(accesses(&app).await, expected.map(|act| format!("m.bianchi {act}")));
}

async fn refusals_are_recorded_with_their_stage_and_nothing_typed(engine: Engine) {
    let app = TestApp::start(engine).await;
    let person = app.operator("m.bianchi").await;
    let mut browser = app.browser();
    for (username, password) in
        [("M.Bianchi", "segretissima 1"), ("CUN-H17KZ6247A", "segretissima 2"), ("nessuno", "x")]
    {
        browser.post("/login", &[("username", username), ("password", password)]).await;
    }
    browser.post("/login", &[("username", "nessuno"), ("password", PASSWORD)]).await;
    browser.post("/login", &[("username", "m.bianchi"), ("password", PASSWORD)]).await;
    let code = RecoveryCode::set(&app.state.random).expect("codes")[0].spelled().to_string();
    for pin in ["47135715", &code, &app.pin(&person, 9).await] {
        browser.post("/login/pin", &[("pin", pin)]).await;
    }
    let found = accesses(&app).await;
    assert_eq!(found[0], "m.bianchi password refused wrong");
    assert!(found[1].starts_with("unknown:") && found[2].starts_with("unknown:"), "{found:?}");
    assert!(found[1] != found[2] && found[2] == found[3], "the same name is seen to be the same: {found:?}");
    let rest = ["password done", "sign_in refused malformed", "sign_in refused no_such_code", "sign_in refused wrong"];
    assert_eq!(found[4..], rest.map(|act| format!("m.bianchi {act}")));
    let everything = format!("{:?}", entries(&app, Register::Access).await).to_lowercase();
    for typed in ["h17kz", "segretissima", "nessuno", "sette nani", "47135715", &code.to_lowercase()] {
        assert!(!everything.contains(typed), "{typed}");
    }
}

async fn a_lock_out_is_recorded(engine: Engine) {
    let app = TestApp::start(engine).await;
    app.operator("m.bianchi").await;
    let mut browser = app.browser();
    for _ in 0..11 {
        browser.post("/login", &[("username", "m.bianchi"), ("password", "not the password")]).await;
    }
    let found = accesses(&app).await;
    let tail = ["password refused wrong", "lock_out done", "password refused locked"];
    assert_eq!(found.len(), 12);
    assert_eq!(found[9..], tail.map(|act| format!("m.bianchi {act}")));
}

async fn a_newer_sign_in_ends_the_older_and_an_end_of_time_is_recorded(engine: Engine) {
    let app = TestApp::start(engine).await;
    let person = app.operator("m.bianchi").await;
    let _older = app.signed_in(&person).await;
    app.wait_seconds(30);
    let mut browser = app.signed_in(&person).await;
    app.wait_seconds(i64::from(app.state.config.session.absolute));
    housekeeping::once(&app.state).await.expect("a round");
    housekeeping::once(&app.state).await.expect("another");
    let expected = ["password done", "sign_in done", "password done", "superseded done", "sign_in done", "expiry done"];
    assert_eq!(accesses(&app).await, expected.map(|act| format!("m.bianchi {act}")));
    assert_eq!(browser.get("/").await.location(), "/login");
    browser.get("/login").await.shows(200, "sessione");
}

async fn an_entry_tells_from_where(engine: Engine) {
    let app = TestApp::start_with(engine, |config| {
        config.server.trusted_proxies = vec!["198.51.100.0/24".parse().expect("a network")];
    })
    .await;
    app.invite("s.neri", "RSSMRA80A01H501U", Role::Supervisor).await;
    let mut browser = app.browser();
    let request = browser
        .request(Method::POST, "/login?next=/cases/47135715")
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .header(header::USER_AGENT, "Mozilla/5.0 (X11; Linux x86_64; rv:115.0) Gecko/20100101 Firefox/115.0")
        .header("x-forwarded-for", "192.0.2.66, 203.0.113.7, 198.51.100.4")
        .header("x-tls-protocol", "TLSv1.3")
        .header("x-tls-cipher", "TLS_AES_256_GCM_SHA384")
        .body("username=s.neri&password=x");
    browser.send(request).await;
    let entries = entries(&app, Register::Access).await;
    let (entry, details) = (&entries[0], entries[0].read_details());
    assert_eq!((entry.actor.as_str(), entry.ip.as_str()), ("s.neri", "203.0.113.7"));
    for (fact, value) in [
        (Fact::LoginType, "password"),
        (Fact::Browser, "Firefox 115"),
        (Fact::Platform, "Linux"),
        (Fact::Application, "Centralino"),
        (Fact::Version, env!("CARGO_PKG_VERSION")),
        (Fact::Path, "/login"),
        (Fact::Method, "POST"),
        (Fact::TlsProtocol, "TLSv1.3"),
        (Fact::TlsCipher, "TLS_AES_256_GCM_SHA384"),
    ] {
        assert_eq!(details.fact(fact), value, "{fact:?}");
    }
}
