//! A caller's data where no page of ours puts them: addresses, headers, broken bodies, other forms' fields.

use std::net::SocketAddr;

use axum::http::{Method, header};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use super::{call::Callers, visitor::Visitor};

const FORM: &str = "application/x-www-form-urlencoded";

/// Every value that somebody could have on the clipboard.
pub fn values(callers: &Callers) -> Vec<String> {
    let caller = &callers.positive[3];
    let onset = centralino::domain::dates::display(callers.onset);
    vec![
        caller.cun.clone(),
        caller.cun.to_lowercase(),
        callers.otps[10].clone(),
        caller.card.clone(),
        onset,
        caller.sampled_on.clone(),
    ]
}

/// What anybody can send, signed in or not.
pub async fn anywhere(visitor: &mut Visitor, callers: &Callers) {
    for value in values(callers) {
        let escaped = value.replace('/', "%2F");
        for path in [
            format!("/{escaped}"),
            format!("/?cun={escaped}"),
            format!("/cases/{escaped}"),
            format!("/cases/{escaped}/verify"),
            format!("/cases/{escaped}/close?otp={escaped}"),
            format!("/cases?after={escaped}&page={escaped}"),
            format!("/login?next=/cases/{escaped}"),
            format!("/login/pin?next=/{escaped}"),
            format!("/activate/{escaped}"),
            format!("/v-{escaped}/{escaped}.js"),
            format!("/confirm?cun={escaped}"),
            format!("/%{escaped}%"),
        ] {
            visitor.get(&path).await;
            for method in ["POST", "PUT", "DELETE", "OPTIONS", "TRACE", "INVENTED"] {
                let method = Method::from_bytes(method.as_bytes()).expect("a method");
                visitor
                    .send(method, &path, |request| {
                        request.header(header::CONTENT_TYPE, FORM).body(format!("cun={escaped}"))
                    })
                    .await;
            }
        }
        if value != callers.positive[3].card {
            // Digits alone may be the number of a call, which waits for its case.
            visitor.get(&format!("/?call={escaped}")).await;
        }
        if !value.contains('/') {
            headers(visitor, &value).await;
        }
        sign_in_forms(visitor, &value).await;
    }
}

async fn headers(visitor: &mut Visitor, value: &str) {
    let method = Method::from_bytes(value.as_bytes()).expect("a method");
    visitor.send(method, "/login", |request| request).await;
    for name in [
        "referer",
        "user-agent",
        "x-request-id",
        "origin",
        "host",
        "accept-language",
        "x-forwarded-for",
        "traceparent",
        "sec-fetch-site",
    ] {
        visitor.send(Method::GET, "/login", |request| request.header(name, value)).await;
        visitor.send(Method::POST, "/cases", |request| request.header(name, value)).await;
    }
    for cookie in
        ["__Host-session", "__Host-case", "__Host-deferred", "__Host-call", "__Host-closed", "__Host-lingua", value]
    {
        let set = format!("{cookie}={value}");
        visitor.send(Method::GET, "/", |request| request.header(header::COOKIE, set)).await;
    }
}

async fn sign_in_forms(visitor: &mut Visitor, value: &str) {
    let next = format!("/cases/{value}");
    visitor
        .post("/login", &[("username", value), ("password", value), ("next", &next)])
        .await
        .shows(422, "role=\"alert\"");
    visitor.post("/login", &[("username", &format!("{value}\0")), ("password", value)]).await;
    visitor.post("/language", &[("language", value), ("back", &next), ("next", &next), ("to", &next)]).await;
    visitor.post("/language", &[("language", "it"), ("back", &next)]).await;
    visitor.post("/session/extend", &[("cun", value)]).await;
    visitor.post("/session/unlock", &[("pin", value)]).await;
    // The language is switched on a page in which it was typed, here and at an open case.
    for page in ["/login", "/confirm", "/cases", "/cases/search", &visitor.case.clone(), &next] {
        let typed = ["username", "next", "card", "cun", "otp", "onset", "q", "call", "pin"].map(|name| (name, value));
        let fields = [&[("language", "it")], typed.as_slice()].concat();
        visitor.post(&format!("/language?back={}", page.replace('/', "%2F")), &fields).await;
    }
}

/// The PIN's form, of somebody whose password was right.
pub async fn at_the_pin(visitor: &mut Visitor, callers: &Callers) {
    for value in values(callers) {
        visitor.post("/login/pin", &[("pin", &value), ("next", &format!("/cases/{value}"))]).await;
    }
}

/// The forms of an invitation. A CUN is long enough for a password, and is kept as the hash of one at most.
pub async fn activation(visitor: &mut Visitor, path: &str, callers: &Callers) {
    for value in values(callers) {
        let fields = [("password", value.as_str()), ("again", &value), ("pin", &value), ("username", &value)];
        let answer = visitor.post(&format!("{path}/password"), &fields).await;
        assert!(answer.status == 303 || answer.text.contains("role=\"alert\""), "{}", answer.text);
    }
    let fields = [("password", "sette nani e mezzo"), ("again", "sette nani e mezzo")];
    assert_eq!(visitor.post(&format!("{path}/password"), &fields).await.location(), path);
    for value in values(callers) {
        let fields = [("pin", value.as_str()), ("set", &value)];
        visitor.post(&format!("{path}/pin"), &fields).await.shows(422, "role=\"alert\"");
        assert_eq!(visitor.post(&format!("{path}/codes"), &fields).await.location(), path);
    }
}

/// Bodies that are no form, sent by somebody at an open case.
pub async fn broken_bodies(visitor: &mut Visitor, callers: &Callers) {
    let acts = ["verify", "unlock", "confirm", "cancel", "close"].map(|act| format!("{}/{act}", visitor.case));
    for path in acts.iter().map(String::as_str).chain(["/confirm", "/cases", "/cases/search", "/logout/", "/language"])
    {
        for value in values(callers) {
            let huge = format!("key={value}&cun={value}&card={}", value.repeat(8000));
            for (kind, body) in [
                (FORM, format!("cun={value}&cun={value}&card={value}")),
                (FORM, format!("key={value}&cun={value}&otp={value}&onset={value}&call[]={value}")),
                (FORM, format!("{value}=%GG%{value}&=%FF%FE{value}")),
                (FORM, huge),
                ("application/json", format!("{{\"cun\":\"{value}\"}}")),
                (
                    "multipart/form-data; boundary=x",
                    format!("--x\r\nContent-Disposition: form-data; name=\"{value}\"\r\n\r\n{value}"),
                ),
                ("text/plain", value.clone()),
                ("", value.clone()),
            ] {
                visitor.send(Method::POST, path, |request| request.header(header::CONTENT_TYPE, kind).body(body)).await;
            }
        }
    }
}

/// What is no HTTP, and what breaks off.
pub async fn broken_messages(address: SocketAddr, callers: &Callers) {
    for value in values(callers) {
        for message in [
            format!("GET /{value} HTTP/9.9\r\n\r\n"),
            format!("{value}\r\n\r\n"),
            format!("GET / HTTP/1.1\r\nhost: x\r\n{value}\r\n\r\n"),
            format!("GET / HTTP/1.1\r\nhost: x\r\n{value} x: y\r\n\r\n"),
            format!("POST /login HTTP/1.1\r\nhost: x\r\ncontent-length: {value}\r\n\r\n"),
            format!(
                "POST /login HTTP/1.1\r\nhost: x\r\ncontent-type: {FORM}\r\ncontent-length: 999\r\n\r\nusername={value}"
            ),
            format!("POST /login HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n{value}\r\n"),
        ] {
            let mut stream = TcpStream::connect(address).await.expect("connects");
            // The desk may have hung up already.
            let _ = stream.write_all(message.as_bytes()).await;
            let _ = stream.shutdown().await;
            let _ = stream.read_to_end(&mut Vec::new()).await;
        }
    }
}
