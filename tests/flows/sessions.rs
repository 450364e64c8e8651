//! Sessions: one an operator, over after nine hours or with the account.

use axum::http::{HeaderMap, HeaderValue, header};
use centralino::{
    domain::operator::Role,
    server::{housekeeping, session::SessionToken, session_store::LoginSessions},
    storage::sessions::{EndedBecause, StoredSession},
};
use tower_sessions::{SessionStore, session::Id};

use crate::support::{Browser, Engine, TestApp, app::PASSWORD, on_both_engines};

on_both_engines!(
    the_newer_session_wins_and_the_older_is_told,
    the_password_alone_ends_no_session,
    a_session_ends_after_nine_hours_however_used,
    disabling_ends_a_session_at_once,
    resetting_ends_a_session_and_its_credentials,
    leaving_leaves_nothing,
    the_database_holds_no_way_in,
    a_page_leads_to_where_one_can_sign_in_and_back,
    who_has_no_cookie_costs_the_database_nothing,
    reading_sets_no_cookie_and_notes_use_twice_a_minute,
    an_id_that_was_not_given_is_never_taken_up,
    use_brings_no_ended_session_back,
    what_is_long_over_is_forgotten,
);

async fn the_newer_session_wins_and_the_older_is_told(engine: Engine) {
    let app = TestApp::start(engine).await;
    let person = app.operator("m.bianchi").await;
    let mut older = app.signed_in(&person).await;
    app.wait_seconds(30);
    let mut newer = app.signed_in(&person).await;
    older.post("/session/extend", &[]).await.shows(401, "da un altro dispositivo");
    older.get("/login").await.shows(200, "da un altro dispositivo");
    assert_eq!(newer.post("/session/extend", &[]).await.status, 204);
}

async fn the_password_alone_ends_no_session(engine: Engine) {
    let app = TestApp::start(engine).await;
    let person = app.operator("m.bianchi").await;
    let mut browser = app.signed_in(&person).await;
    let mut other = app.browser();
    other.post("/login", &[("username", "m.bianchi"), ("password", PASSWORD)]).await;
    assert_eq!(browser.post("/session/extend", &[]).await.status, 204);
}

async fn a_session_ends_after_nine_hours_however_used(engine: Engine) {
    let app = TestApp::start(engine).await;
    let person = app.operator("m.bianchi").await;
    let mut browser = app.signed_in(&person).await;
    for _ in 0..9 * 6 - 1 {
        app.wait_seconds(600);
        assert_eq!(browser.post("/session/extend", &[]).await.status, 204);
    }
    app.wait_seconds(600);
    browser.post("/session/extend", &[]).await.shows(401, "durata massima");
    assert_eq!(browser.get("/login/pin").await.location(), "/login", "the PIN opens it no more");
    browser.get("/login").await.shows(200, "durata massima");
}

async fn disabling_ends_a_session_at_once(engine: Engine) {
    let app = TestApp::start(engine).await;
    let person = app.operator("m.bianchi").await;
    let mut browser = app.signed_in(&person).await;
    app.disable(&person).await.unwrap();
    browser.post("/session/extend", &[]).await.shows(401, "disabilitato");
    app.enable(&person).await.unwrap();
    assert_eq!(browser.post("/session/extend", &[]).await.status, 401, "what was ended stays ended");
}

async fn resetting_ends_a_session_and_its_credentials(engine: Engine) {
    let app = TestApp::start(engine).await;
    let person = app.operator("m.bianchi").await;
    let mut browser = app.signed_in(&person).await;
    let path = app.reset(&person).await;
    browser.post("/session/extend", &[]).await.shows(401, "reimpostate");
    let fields = [("username", "m.bianchi"), ("password", PASSWORD)];
    browser.post("/login", &fields).await.shows(422, "non corretti");
    browser.get(path.as_str()).await.shows(200, "Attiva il tuo account");
}

async fn leaving_leaves_nothing(engine: Engine) {
    let app = TestApp::start(engine).await;
    let person = app.operator("m.bianchi").await;
    let mut browser = app.signed_in(&person).await;
    for cookie in ["__Host-case", "__Host-call", "__Host-lingua"] {
        browser.cookies.insert(cookie.to_owned(), "any".to_owned());
    }
    let mut copy = browser.clone();
    let answer = browser.post("/logout", &[]).await;
    assert_eq!(answer.location(), "/login");
    assert_eq!(answer.headers["clear-site-data"], "\"cache\", \"storage\"");
    for cleared in answer.headers.get_all(header::SET_COOKIE) {
        let cleared = cleared.to_str().unwrap();
        assert!(cleared.contains("Max-Age=0") && cleared.contains("Secure"), "{cleared}");
    }
    assert_eq!(browser.cookies.keys().collect::<Vec<_>>(), ["__Host-device"], "which opens nothing:");
    assert_eq!(browser.post("/session/extend", &[]).await.status, 401);
    assert_eq!(browser.get("/login/pin").await.location(), "/login");
    assert_eq!(copy.post("/session/extend", &[]).await.status, 401, "a copy of the cookie is worth nothing");
    assert_eq!(browser.post("/logout", &[]).await.location(), "/login", "leaving twice does no harm");
}

async fn the_database_holds_no_way_in(engine: Engine) {
    if engine == Engine::Postgres {
        return; // The same values go through the same statements; only SQLite's files can be read from here.
    }
    let app = TestApp::start(engine).await;
    let (_, path) = app.invite("m.invited", "VRDLGU75B02F205A", Role::Operator).await;
    let person = app.operator("m.bianchi").await;
    let browser = app.signed_in(&person).await;
    app.browser().post("/login", &[("username", "canary.nobody"), ("password", "canary password")]).await;
    let token = browser.cookies["__Host-session"].clone();
    let files = std::fs::read_dir(app.data.path()).unwrap().flatten().filter(|entry| entry.path().is_file());
    let bytes: Vec<u8> = files.flat_map(|entry| std::fs::read(entry.path()).unwrap()).collect();
    let holds = |text: &str| bytes.windows(text.len()).any(|window| window == text.as_bytes());
    assert!(holds("m.bianchi"), "the files are those of the database");
    for secret in [PASSWORD, &token, path.trim_start_matches("/activate/"), "canary.nobody", "canary password"] {
        assert!(!holds(secret), "{secret}");
    }
}

async fn a_page_leads_to_where_one_can_sign_in_and_back(engine: Engine) {
    let app = TestApp::start(engine).await;
    let person = app.operator("m.bianchi").await;
    let mut browser = app.browser();
    assert_eq!(browser.get("/").await.location(), "/login");
    assert_eq!(browser.get("/?call=88213").await.location(), "/login", "a query is not remembered");
    assert_eq!(browser.get("/cases").await.location(), "/login?next=/cases");
    browser.post("/login", &[("username", "m.bianchi"), ("password", PASSWORD)]).await;
    assert_eq!(browser.get("/cases").await.location(), "/login/pin?next=/cases", "the second factor is missing");
    let mut browser = app.signed_in(&person).await;
    browser.get("/").await.shows(200, "Sportello").shows(200, "Maria Bianchi");
    app.wait_seconds(15 * 60);
    assert_eq!(browser.get("/cases").await.location(), "/login/pin?next=/cases", "it is locked");
    browser.cookies.insert("__Host-session".to_owned(), "AAAA".to_owned());
    assert_eq!(browser.get("/cases").await.location(), "/login?next=/cases", "that is no session's id");
}

/// The cookies of a browser as a request's headers, and the session's id among them.
pub fn carried(browser: &Browser) -> (HeaderMap, SessionToken) {
    let cookies: Vec<_> = browser.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
    let headers = HeaderMap::from_iter([(header::COOKIE, HeaderValue::from_str(&cookies.join("; ")).unwrap())]);
    let id: Id = browser.cookies["__Host-session"].parse().unwrap();
    (headers, id.into())
}

async fn who_has_no_cookie_costs_the_database_nothing(engine: Engine) {
    let app = TestApp::start(engine).await;
    app.state.db.close().await;
    let mut browser = app.browser();
    browser.get("/login").await.shows(200, "Accedi");
    assert_eq!(browser.get("/login/pin").await.location(), "/login");
    assert_eq!(browser.get("/cases").await.location(), "/login?next=/cases");
    assert_eq!(browser.post("/logout", &[]).await.location(), "/login");
    assert_eq!(browser.get("/healthz").await.status, 200);
    browser.cookies.insert("__Host-session".to_owned(), "A".repeat(22));
    assert_eq!(browser.get("/healthz").await.status, 200, "a probe asks for no session");
    assert_eq!(browser.get("/login").await.status, 503, "the database is closed");
}

async fn reading_sets_no_cookie_and_notes_use_twice_a_minute(engine: Engine) {
    let app = TestApp::start(engine).await;
    let person = app.operator("m.bianchi").await;
    let mut browser = app.signed_in(&person).await;
    let (_, token) = carried(&browser);
    let start = app.state.clock.now_ms();
    for (waited, noted) in [(0, 0), (29, 0), (1, 30), (29, 30), (1, 60)] {
        app.wait_seconds(waited);
        let page = browser.get("/").await;
        page.shows(200, "Sportello");
        assert!(!page.headers.contains_key(header::SET_COOKIE));
        let row = app.state.db.session(&token.hash()).await.unwrap().unwrap();
        let stored = StoredSession::try_from(row).unwrap();
        assert_eq!(stored.last_seen, start + noted * 1000);
    }
}

async fn an_id_that_was_not_given_is_never_taken_up(engine: Engine) {
    let app = TestApp::start(engine).await;
    let person = app.operator("m.bianchi").await;
    let (mut browser, planted) = (app.browser(), "A".repeat(22));
    browser.cookies.insert("__Host-session".to_owned(), planted.clone());
    let refused = browser.get("/cases").await;
    assert_eq!(refused.location(), "/login?next=/cases");
    assert!(!refused.headers.contains_key(header::SET_COOKIE), "what a slow request answers leaves the cookie alone");
    browser.post("/login", &[("username", "m.bianchi"), ("password", PASSWORD)]).await;
    assert_ne!(browser.cookies["__Host-session"], planted);
    assert_eq!(browser.post("/login/pin", &[("pin", &app.pin(&person, 0).await)]).await.location(), "/");
    browser.cookies.insert("__Host-session".to_owned(), planted);
    assert_eq!(browser.post("/session/extend", &[]).await.status, 401);
}

async fn use_brings_no_ended_session_back(engine: Engine) {
    let app = TestApp::start(engine).await;
    let person = app.operator("m.bianchi").await;
    let mut browser = app.signed_in(&person).await;
    let (_, token) = carried(&browser);
    let slow = browser.clone();
    browser.post("/logout", &[]).await;
    // What a request that was under way does at its end.
    let store = LoginSessions::new(&app.state);
    let id: Id = slow.cookies["__Host-session"].parse().unwrap();
    let record = store.load(&id).await.unwrap().unwrap();
    app.wait_seconds(60);
    store.save(&record).await.unwrap();
    let stored = StoredSession::try_from(app.state.db.session(&token.hash()).await.unwrap().unwrap()).unwrap();
    assert_eq!(stored.ended, Some(EndedBecause::SignedOut));
    assert_eq!(stored.last_seen, app.state.clock.now_ms() - 60_000);
    assert!(store.create(&mut record.clone()).await.is_err(), "nor does the library open one by itself");
}

async fn what_is_long_over_is_forgotten(engine: Engine) {
    let app = TestApp::start(engine).await;
    let person = app.operator("m.bianchi").await;
    let mut browser = app.signed_in(&person).await;
    let (_, token) = carried(&browser);
    browser.post("/logout", &[]).await;
    let wrong = [("username", "m.bianchi"), ("password", "not the password")];
    for _ in 0..9 {
        browser.post("/login", &wrong).await;
    }
    for (hours, is_remembered) in [(9 + 24, true), (1, false)] {
        app.wait_seconds(hours * 60 * 60);
        housekeeping::once(&app.state).await.unwrap();
        let row = app.state.db.session(&token.hash()).await.unwrap();
        assert_eq!(row.is_some(), is_remembered, "a day past its end, after {hours} hours");
    }
    app.wait_seconds(30 * 24 * 60 * 60);
    housekeeping::once(&app.state).await.unwrap();
    let forgotten = browser.post("/login", &wrong).await;
    assert!(!forgotten.text.contains("blocc"), "nine wrong ones a month ago lock nobody");
}
