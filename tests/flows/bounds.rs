//! How many requests are answered, to an operator and to an address.

use axum::http::{Method, header};

use crate::support::{Answer, Browser, Engine, TestApp, app::PASSWORD, on_both_engines};

on_both_engines!(
    an_operator_is_answered_so_often_a_minute,
    an_address_is_by_the_word_of_trusted_proxies_alone,
    sign_ins_from_an_address_are_fewer,
);

const MOST: u32 = 12;

fn is_too_many(answer: &Answer) {
    answer.shows(429, "Troppe richieste").shows(429, "<h1");
    let after: u64 = answer.headers[header::RETRY_AFTER].to_str().unwrap().parse().unwrap();
    assert!((1..=60).contains(&after), "{after}");
}

async fn an_operator_is_answered_so_often_a_minute(engine: Engine) {
    let app = TestApp::start_with(engine, |config| config.limits.requests_per_operator = MOST).await;
    let mut browser = app.signed_in(&app.operator("m.bianchi").await).await;
    let mut colleague = app.signed_in(&app.operator("l.verdi").await).await;
    for _ in 0..MOST {
        browser.get("/cases").await.shows(200, "I miei casi");
    }
    is_too_many(&browser.get("/cases").await);
    is_too_many(&browser.post("/cases", &[("call", "88213")]).await);
    assert_eq!(browser.post("/session/extend", &[]).await.status, 429);
    colleague.get("/cases").await.shows(200, "I miei casi");
    browser.cookies.insert("__Host-lingua".to_owned(), "en".to_owned());
    browser.get("/cases").await.shows(429, "Too many requests");
    assert_eq!(browser.post("/logout", &[]).await.location(), "/login", "who leaves may leave");
}

async fn from(browser: &mut Browser, method: Method, path: &str, address: &str) -> Answer {
    let request = browser.request(method, path).header("x-forwarded-for", address);
    let form = request.header("content-type", "application/x-www-form-urlencoded");
    browser.send(form.body(format!("username=nobody&password={}", PASSWORD.replace(' ', "+")))).await
}

async fn an_address_is_by_the_word_of_trusted_proxies_alone(engine: Engine) {
    for trusted in [true, false] {
        let app = TestApp::start_with(engine, |config| {
            config.limits.requests_per_address = MOST;
            config.server.trusted_proxies = trusted.then(|| "127.0.0.1/32".parse().unwrap()).into_iter().collect();
        })
        .await;
        let mut browser = app.browser();
        for _ in 0..MOST {
            from(&mut browser, Method::GET, "/login", "192.0.2.1").await.shows(200, "Accedi");
        }
        let next = from(&mut browser, Method::GET, "/login", "192.0.2.1").await;
        if trusted {
            is_too_many(&next);
        } else {
            next.shows(200, "Accedi");
        }
        from(&mut browser, Method::GET, "/login", "192.0.2.2").await.shows(200, "Accedi");
        assert_eq!(from(&mut browser, Method::GET, "/healthz", "192.0.2.1").await.status, 200, "probes are answered");
    }
}

async fn sign_ins_from_an_address_are_fewer(engine: Engine) {
    let app = TestApp::start_with(engine, |config| {
        config.limits.sign_ins_per_address = 3;
        config.server.trusted_proxies = vec!["127.0.0.1/32".parse().unwrap()];
    })
    .await;
    let mut browser = app.browser();
    for _ in 0..3 {
        from(&mut browser, Method::POST, "/login", "2001:db8::1").await.shows(422, "non corretti");
    }
    is_too_many(&from(&mut browser, Method::POST, "/login", "2001:db8::2").await);
    from(&mut browser, Method::GET, "/login", "2001:db8::1").await.shows(200, "Accedi");
    from(&mut browser, Method::POST, "/login", "2001:db8:0:1::1").await.shows(422, "non corretti");
}
