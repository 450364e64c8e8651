//! Every layer, seen from a browser.

use axum::{
    http::{HeaderMap, header},
    routing::{get, post},
};
use http_body_util::BodyExt;
use tower::ServiceExt;

use super::*;
use crate::server::{application::Application, clock::Clock, config::Config};

struct Answer {
    status: StatusCode,
    headers: HeaderMap,
    text: String,
}

async fn ask(change: impl FnOnce(&mut Config), request: Request) -> Answer {
    let (_folder, state) = state(change).await;
    ask_of(&around(routes(), state), request).await
}

/// An application's state, and the folder that it needs.
async fn state(change: impl FnOnce(&mut Config)) -> (tempfile::TempDir, AppState) {
    let folder = tempfile::tempdir().unwrap();
    let mut config = Config::default();
    config.data.0 = folder.path().to_owned();
    config.server.listen.set_port(0);
    config.sandbox.listen.set_port(0);
    config.sandbox.control.set_port(0);
    change(&mut config);
    let application = Application::build(config, Clock::system()).await.unwrap();
    (folder, application.state().clone())
}

fn routes() -> Router<AppState> {
    Router::new()
        .route("/panics", get(|| async { panics("CANARY") }))
        .route("/fails", get(|| async { crate::server::errors::AppError::internal("CANARY").into_response() }))
        .route("/form", post(|body: String| async move { body.len().to_string() }))
}

async fn ask_of(desk: &Router, request: Request) -> Answer {
    let response = desk.clone().oneshot(request).await.unwrap();
    let (parts, body) = response.into_parts();
    let text = String::from_utf8(body.collect().await.unwrap().to_bytes().to_vec()).unwrap();
    Answer { status: parts.status, headers: parts.headers, text }
}

fn panics(text: &str) {
    panic!("{text}");
}

fn request(method: &str, path: &str, headers: &[(&str, &str)], body: impl Into<Body>) -> Request {
    let mut request = axum::http::Request::builder().method(method).uri(path).header("host", "desk.example.it");
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let mut request = request.body(body.into()).unwrap();
    request.extensions_mut().insert(ConnectInfo(SocketAddr::from(([10, 0, 0, 1], 40000))));
    request
}

#[tokio::test]
async fn what_has_no_page_gets_one_in_the_visitor_s_language_with_a_way_on() {
    for (method, path, status, title) in [
        ("GET", "/no/such/CANARY", 404, "Pagina non trovata"),
        ("GET", "/form", 405, "Pagina da aprire in un altro modo"),
        ("GET", "/fails", 500, "Qualcosa non ha funzionato"),
    ] {
        let answer = ask(|_| (), request(method, path, &[], Body::empty())).await;
        assert_eq!(answer.status.as_u16(), status, "{path}");
        assert!(answer.text.contains(title) && answer.text.contains("href=\"/\""), "{path}: {}", answer.text);
        assert!(answer.headers[header::CONTENT_SECURITY_POLICY].to_str().unwrap().contains("form-action"));
        assert_eq!(answer.headers[header::CACHE_CONTROL], "no-store");
        assert_eq!(path == "/fails", answer.text.contains(answer.headers["x-request-id"].to_str().unwrap()));
        assert_eq!(path != "/fails", !answer.text.contains("riferimento"), "{path}");
    }
    let answer = ask(|_| (), request("GET", "/no", &[("cookie", "__Host-lingua=en")], Body::empty())).await;
    assert!(answer.text.contains("Page not found"), "{}", answer.text);
    let answer = ask(|_| (), request("GET", "/form", &[], Body::empty())).await;
    assert_eq!(answer.headers[header::ALLOW], "POST", "what the answer said besides is kept");
}

#[tokio::test]
async fn over_https_a_browser_is_told_to_come_so_alone() {
    for (url, asked) in [
        (Some("https://desk.example.it"), Some("max-age=63072000; includeSubDomains")),
        (Some("http://desk.example.it"), None),
        (None, None),
    ] {
        let at = |config: &mut Config| {
            config.server.public_url = url.map(|url| serde_json::from_value(url.into()).unwrap());
        };
        for path in ["/form", "/no/such", "/panics"] {
            let answer = ask(at, request("GET", path, &[], Body::empty())).await;
            let header = answer.headers.get(header::STRICT_TRANSPORT_SECURITY);
            assert_eq!(header.map(|value| value.to_str().unwrap()), asked, "{url:?} {path}");
        }
    }
}

#[tokio::test]
async fn every_answer_says_what_it_is_and_what_is_forbidden_with_it() {
    for (method, path, status) in [("POST", "/form", 200), ("GET", "/no", 404), ("TRACE", "/form", 405)] {
        let answer = ask(|_| (), request(method, path, &[("x-told", "CANARY")], Body::empty())).await;
        assert_eq!(answer.status.as_u16(), status, "{method}");
        assert!(!answer.text.contains("CANARY"), "{method} echoes");
        let said = |name: &str| answer.headers[name].to_str().unwrap();
        assert!(said("content-type").ends_with("; charset=utf-8"), "{method}");
        assert!(said("content-security-policy").contains("default-src 'none'"), "{method}");
        assert!(said("content-security-policy").contains("frame-ancestors 'none'"), "{method}");
        for (name, value) in [
            ("x-content-type-options", "nosniff"),
            ("x-frame-options", "DENY"),
            ("referrer-policy", "same-origin"),
            ("cross-origin-opener-policy", "same-origin"),
            ("cross-origin-resource-policy", "same-origin"),
            ("cache-control", "no-store"),
        ] {
            assert_eq!(said(name), value, "{method} {name}");
        }
        for what in ["camera", "microphone", "geolocation", "payment", "usb"] {
            let forbids = said("permissions-policy").split(", ").any(|part| part == format!("{what}=()"));
            assert!(forbids, "{method} {what}");
        }
        assert!(!answer.headers.contains_key("access-control-allow-origin"), "{method}");
    }
}

#[tokio::test]
async fn a_panic_is_a_page_that_does_not_tell_its_payload() {
    let answer = ask(|_| (), request("GET", "/panics", &[], Body::empty())).await;
    assert_eq!(answer.status.as_u16(), 500);
    assert!(answer.text.contains("Qualcosa non ha funzionato") && !answer.text.contains("CANARY"));
}

#[tokio::test]
async fn a_form_has_at_most_64_kilobytes() {
    for (size, status) in [(LARGEST_BODY, 200), (LARGEST_BODY + 1, 413)] {
        let body = vec![b'a'; size];
        let answer = ask(|_| (), request("POST", "/form", &[], body)).await;
        assert_eq!(answer.status.as_u16(), status, "{size} bytes: {}", answer.text);
        assert_eq!(status == 413, answer.text.contains("Modulo troppo lungo"));
    }
}

#[tokio::test]
async fn a_form_that_comes_a_byte_at_a_time_is_not_waited_for() {
    let bytes = futures::stream::unfold((), |()| async {
        tokio::time::sleep(Duration::from_millis(100)).await;
        Some((Ok::<_, std::io::Error>(Bytes::from_static(b"a")), ()))
    });
    let form = request("POST", "/form", &[], Body::from_stream(bytes));
    let (_folder, state) = state(|_| ()).await;
    let desk = within(Duration::from_millis(300), routes()).with_state(state);
    // It would never end by itself.
    assert_eq!(ask_of(&desk, form).await.status.as_u16(), 504);
}

#[tokio::test]
async fn other_sites_change_nothing() {
    for (headers, status) in [
        (&[("sec-fetch-site", "cross-site")][..], 403),
        (&[("sec-fetch-site", "same-site")], 403),
        (&[("origin", "https://evil.example")], 403),
        (&[("origin", "null")], 403),
        (&[("sec-fetch-site", "same-origin"), ("origin", "https://desk.example.it")], 200),
        (&[("origin", "http://desk.example.it")], 200),
        (&[], 200),
    ] {
        let answer = ask(|_| (), request("POST", "/form", headers, "x")).await;
        assert_eq!(answer.status.as_u16(), status, "{headers:?}");
        assert_eq!(status == 403, answer.text.contains("Operazione non permessa"), "{headers:?}");
    }
}

#[tokio::test]
async fn where_proxies_are_named_others_are_turned_away() {
    for (proxy, status) in [("10.0.0.1", 200), ("10.0.0.2", 403)] {
        let trust = |config: &mut Config| {
            config.server.trusted_proxies = vec![proxy.parse::<std::net::IpAddr>().unwrap().into()];
        };
        let answer = ask(trust, request("POST", "/form", &[], "x")).await;
        assert_eq!(answer.status.as_u16(), status);
    }
}
