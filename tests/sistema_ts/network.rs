//! What the network may do, and what is certain about it: `not_sent` only where the request can't have left.

use std::{
    io::Write,
    time::{Duration, Instant},
};

use centralino::sistema_ts::call_center::Communication;
use rustls::version::{TLS12, TLS13};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
};

use super::rig::{Client, Rig, summary};
use crate::support::upstream::{
    Act, Upstream, http,
    pki::{Authority, NAME, Pki, server},
    xml::{verified, yes},
};

fn yes_over_http() -> Vec<u8> {
    http(200, "text/xml", verified(&yes()))
}

/// A client of an upstream of bare TCP, and what its three services come to.
async fn all_over_tcp(upstream: &Upstream, pki: &Pki) -> [(&'static str, &'static str); 3] {
    let client = Client::new(&pki.settings(upstream.address.port()));
    all(&client).await
}

async fn all(client: &Client) -> [(&'static str, &'static str); 3] {
    [
        summary(&client.verify().await),
        summary(&client.unlock().await),
        summary(&client.confirm(Communication::Confirm).await),
    ]
}

#[tokio::test]
async fn a_port_where_nobody_listens() {
    let pki = Pki::new();
    let free = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let client = Client::new(&pki.settings(free.local_addr().expect("bound").port()));
    drop(free);
    assert_eq!(all(&client).await, [("not_sent", "connect"); 3]);
}

#[tokio::test]
async fn a_host_that_has_no_address() {
    let pki = Pki::new();
    let mut settings = pki.settings(443);
    settings.base_url = "https://sistema-ts.invalid".into();
    settings.connect_timeout_ms = 5_000;
    settings.deadline_ms = 20_000;
    assert_eq!(summary(&Client::new(&settings).unlock().await), ("not_sent", "dns"));
}

#[tokio::test]
async fn a_connection_closed_before_tls() {
    let upstream = Upstream::tcp(|stream, _| async move { drop(stream) }).await;
    assert_eq!(all_over_tcp(&upstream, &Pki::new()).await, [("not_sent", "connect"); 3]);
    assert_eq!(upstream.seen.connections(), 4, "only the verification is repeated, once");
}

#[tokio::test]
async fn a_connection_that_never_speaks() {
    let upstream = Upstream::tcp(|stream, _| async move {
        let _kept = stream;
        std::future::pending::<()>().await;
    })
    .await;
    let client = Client::new(&Pki::new().settings(upstream.address.port()));
    let started = Instant::now();
    assert_eq!(summary(&client.unlock().await), ("not_sent", "connect_timeout"));
    assert!(started.elapsed() < Duration::from_millis(1_500), "the limit of connecting is its own");
}

#[tokio::test]
async fn a_server_that_does_not_speak_tls() {
    let upstream = Upstream::tcp(|mut stream, _| async move {
        let _ = stream.write_all(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n").await;
    })
    .await;
    let pki = Pki::new();
    assert_eq!(all_over_tcp(&upstream, &pki).await.map(|it| it.0), ["not_sent"; 3]);
}

#[tokio::test]
async fn only_tls_1_2_and_1_3_are_offered() {
    let (heard, hello) = tokio::sync::oneshot::channel();
    let heard = std::sync::Mutex::new(Some(heard));
    let heard = std::sync::Arc::new(heard);
    let upstream = Upstream::tcp(move |mut stream, _| {
        let heard = heard.clone();
        async move {
            let mut bytes = vec![0; 4096];
            let read = stream.read(&mut bytes).await.expect("a ClientHello");
            bytes.truncate(read);
            if let Some(heard) = heard.lock().expect("no panic").take() {
                heard.send(bytes).expect("heard");
            }
            // A fatal alert, protocol_version: what a server of TLS 1.0 answers.
            let _ = stream.write_all(&[0x15, 0x03, 0x01, 0, 2, 2, 70]).await;
            let _ = stream.read(&mut [0]).await;
        }
    })
    .await;
    assert_eq!(all_over_tcp(&upstream, &Pki::new()).await, [("not_sent", "tls"); 3]);
    let hello = hello.await.expect("a ClientHello");
    let supported_versions = [0x00, 0x2B, 0x00, 0x05, 0x04, 0x03, 0x04, 0x03, 0x03];
    assert!(
        hello.windows(supported_versions.len()).any(|window| window == supported_versions),
        "1.3 and 1.2, no other"
    );
}

#[tokio::test]
async fn both_versions_of_tls_are_spoken() {
    for version in [&TLS12, &TLS13] {
        let pki = Pki::new();
        let config = pki.server_as("localhost", &[version], &pki.authority);
        let upstream = Upstream::tls(config, |_| Act::Send(yes_over_http())).await;
        let client = Client::new(&pki.settings(upstream.address.port()));
        assert_eq!(summary(&client.verify().await), ("done", "done"), "{version:?}");
    }
}

#[tokio::test]
async fn a_server_of_another_authority_is_not_spoken_to() {
    let pki = Pki::new();
    let stranger = Authority::new("Un'altra");
    let config = server(&stranger.server("localhost"), &[&TLS13], &pki.authority);
    let upstream = Upstream::tls(config, |_| Act::Send(yes_over_http())).await;
    let client = Client::new(&pki.settings(upstream.address.port()));
    assert_eq!(all(&client).await, [("not_sent", "server_certificate"); 3]);
    assert!(upstream.seen.requests().is_empty());
}

#[tokio::test]
async fn a_server_of_another_name_is_not_spoken_to() {
    let pki = Pki::new();
    let config = pki.server_as("altrove.example.it", &[&TLS13, &TLS12], &pki.authority);
    let upstream = Upstream::tls(config, |_| Act::Send(yes_over_http())).await;
    let client = Client::new(&pki.settings(upstream.address.port()));
    assert_eq!(all(&client).await, [("not_sent", "server_certificate"); 3]);
    assert!(upstream.seen.requests().is_empty());
}

/// In TLS 1.3 the request leaves before the server has looked at our certificate; it is refused all the same before
/// anything of the request is read.
#[tokio::test]
async fn a_server_that_refuses_our_certificate_has_read_nothing() {
    for version in [&TLS12, &TLS13] {
        // Another authority, and another key of the same authority: the servers' alerts differ.
        for name in ["Un'altra", NAME] {
            let pki = Pki::new();
            let config = pki.server_as("localhost", &[version], &Authority::new(name));
            let upstream = Upstream::tls(config, |_| Act::Send(yes_over_http())).await;
            let client = Client::new(&pki.settings(upstream.address.port()));
            assert_eq!(all(&client).await, [("not_sent", "client_certificate"); 3], "{version:?} {name}");
            assert!(upstream.seen.requests().is_empty());
        }
    }
}

/// The same refusal without its alert can't be told from a loss after the request was read.
#[tokio::test]
async fn an_end_right_after_the_handshake_is_uncertain() {
    let pki = Pki::new();
    let acceptor =
        tokio_rustls::TlsAcceptor::from(std::sync::Arc::new(pki.server_as("localhost", &[&TLS13], &pki.authority)));
    let upstream = Upstream::tcp(move |stream, _| {
        let acceptor = acceptor.clone();
        async move { drop(acceptor.accept(stream).await) }
    })
    .await;
    let client = Client::new(&pki.settings(upstream.address.port()));
    let (class, _) = summary(&client.unlock().await);
    // The end may be seen before the request is begun, which is certain, or after.
    assert!(matches!(class, "uncertain" | "not_sent"), "{class}");
}

#[tokio::test]
async fn silence_after_the_request_is_uncertain_and_never_repeated() {
    let rig = Rig::new(|_| Act::Silence).await;
    let started = Instant::now();
    assert_eq!(all(&rig.client).await, [("uncertain", "timeout"); 3]);
    assert!(started.elapsed() < Duration::from_secs(8), "three deadlines of 2 s");
    assert_eq!(rig.upstream.seen.requests().len(), 3, "each once");
}

#[tokio::test]
async fn an_end_after_the_request_is_uncertain_and_never_repeated() {
    for act in [Act::SendAndClose(Vec::new()), Act::SendAndCut(Vec::new())] {
        let rig = Rig::new(move |_| act.clone()).await;
        assert_eq!(all(&rig.client).await, [("uncertain", "reset"); 3]);
        assert_eq!(rig.upstream.seen.requests().len(), 3, "each once");
    }
}

#[tokio::test]
async fn an_answer_cut_off_is_uncertain() {
    let answer = yes_over_http();
    for cut in [1, 10, 60, answer.len() / 2, answer.len() - 1] {
        for close in [Act::SendAndClose, Act::SendAndCut] {
            let act = close(answer[..cut].to_vec());
            let rig = Rig::new(move |_| act.clone()).await;
            assert_eq!(summary(&rig.client.verify().await), ("uncertain", "reset"), "after {cut} bytes");
            assert_eq!(rig.upstream.seen.requests().len(), 1);
        }
    }
}

/// Without a length, only TLS's goodbye says that the answer is whole.
#[tokio::test]
async fn an_answer_without_length_that_is_cut_is_uncertain() {
    let body = verified(&yes());
    let bytes = format!("HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\n\r\n{body}").into_bytes();
    let rig = Rig::new(move |_| Act::SendAndCut(bytes.clone())).await;
    assert_eq!(summary(&rig.client.verify().await), ("uncertain", "reset"));
}

#[tokio::test]
async fn a_byte_a_second_does_not_keep_a_call_open() {
    let every = Duration::from_millis(100);
    let answer = yes_over_http();
    let end = answer.windows(4).position(|window| window == b"\r\n\r\n").expect("a head") + 4;
    let (head, body) = (answer[..end].to_vec(), answer[end..].to_vec());
    let heads = Rig::new(move |_| Act::Drip(answer.clone(), every)).await;
    let bodies = Rig::new(move |_| Act::SendThenDrip(head.clone(), body.clone(), every)).await;
    for client in [&heads.client, &bodies.client] {
        let started = Instant::now();
        assert_eq!(summary(&client.verify().await), ("uncertain", "timeout"));
        assert!(
            started.elapsed() < Duration::from_millis(2_900),
            "the deadline of 2 s is one for all: {:?}",
            started.elapsed()
        );
    }
}

#[tokio::test]
async fn redirects_are_not_followed() {
    for status in [301, 302, 303, 307, 308] {
        let rig = Rig::new(move |_| {
            Act::Send(format!("HTTP/1.1 {status} X\r\nLocation: /altrove\r\nContent-Length: 0\r\n\r\n").into_bytes())
        })
        .await;
        assert_eq!(summary(&rig.client.unlock().await), ("uncertain", "http_status"), "{status}");
        assert_eq!(rig.upstream.seen.requests().len(), 1);
    }
}

#[tokio::test]
async fn what_is_no_http_is_uncertain() {
    for bytes in [&b"garbage\r\n\r\n"[..], b"HTTP/3.0 200 OK\r\n\r\n", b"\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"] {
        let bytes = bytes.to_vec();
        let rig = Rig::new(move |_| Act::SendAndClose(bytes.clone())).await;
        assert_eq!(summary(&rig.client.unlock().await).0, "uncertain");
    }
    let endless = [b"HTTP/1.1 200 OK\r\nX: ".to_vec(), vec![b'a'; 2_000_000]].concat();
    let rig = Rig::new(move |_| Act::SendAndClose(endless.clone())).await;
    assert_eq!(summary(&rig.client.unlock().await), ("uncertain", "reset"), "a head without end");
}

#[tokio::test]
async fn the_declared_length_is_judged_before_the_body_is_read() {
    let rig = Rig::new(|_| {
        Act::Send(b"HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\nContent-Length: 9999999\r\n\r\n".to_vec())
    })
    .await;
    let started = Instant::now();
    assert_eq!(summary(&rig.client.verify().await), ("uncertain", "too_large"));
    assert!(started.elapsed() < Duration::from_secs(1));
}

/// An answer that is compressed.
pub fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut writer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    writer.write_all(bytes).expect("memory");
    let body = writer.finish().expect("memory");
    let head = format!(
        "HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\nContent-Encoding: gzip\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    [head.into_bytes(), body].concat()
}

#[tokio::test]
async fn a_compressed_answer_is_read_and_a_bomb_is_not() {
    let small = gzip(verified(&yes()).as_bytes());
    let rig = Rig::new(move |_| Act::Send(small.clone())).await;
    assert_eq!(summary(&rig.client.verify().await), ("done", "done"));
    let bomb = gzip(format!("{}{}", verified(&yes()), " ".repeat(64 * 1024 * 1024)).as_bytes());
    assert!(bomb.len() < 128 * 1024, "small enough to pass the cap as it travels");
    let rig = Rig::new(move |_| Act::Send(bomb.clone())).await;
    assert_eq!(summary(&rig.client.verify().await), ("uncertain", "too_large"));
    let broken = gzip(verified(&yes()).as_bytes()).iter().rev().copied().collect::<Vec<_>>();
    let head = format!(
        "HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\nContent-Encoding: gzip\r\nContent-Length: {}\r\n\r\n",
        broken.len()
    );
    let broken = [head.into_bytes(), broken].concat();
    let rig = Rig::new(move |_| Act::Send(broken.clone())).await;
    assert_eq!(summary(&rig.client.verify().await).0, "uncertain");
}
