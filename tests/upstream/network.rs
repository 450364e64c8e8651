//! What may happen before, while and after a request is sent.

use std::pin::Pin;

use rustls::version::{TLS12, TLS13};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use super::{
    desk::{Desk, install},
    table::with_rows,
};
use crate::support::upstream::{
    Act, Upstream, http,
    pki::{Authority, Pki, server},
    xml::{verified, yes},
};

type Starting = Pin<Box<dyn Future<Output = Upstream>>>;

/// A server that would say yes.
fn tls(config: rustls::ServerConfig) -> Starting {
    tls_that(config, Act::Send(http(200, "text/xml", verified(&yes()))))
}

fn tls_that(config: rustls::ServerConfig, act: Act) -> Starting {
    Box::pin(Upstream::tls(config, move |_| act.clone()))
}

fn tcp<F: Future<Output = ()> + Send + 'static>(serve: impl Fn(TcpStream) -> F + Send + 'static) -> Starting {
    Box::pin(Upstream::tcp(move |stream, _| serve(stream)))
}

/// Reads the greeting, answers these bytes, waits for the end.
fn greeting(answer: Vec<u8>) -> Starting {
    tcp(move |mut stream| {
        let answer = answer.clone();
        async move {
            let _ = stream.read(&mut [0; 4096]).await;
            let _ = stream.write_all(&answer).await;
            let _ = stream.read(&mut [0; 64]).await;
        }
    })
}

/// What a server that knows TLS 1.1 alone answers: a `ServerHello` of version 3.2, `TLS_RSA_WITH_AES_128_CBC_SHA`.
fn tls_1_1_hello() -> Vec<u8> {
    let body = [&[0x03, 0x02][..], &[7; 32], &[0, 0x00, 0x2F, 0]].concat();
    let length = u8::try_from(body.len()).expect("short");
    [&[0x16, 0x03, 0x02, 0, length + 4, 2, 0, 0, length][..], &body].concat()
}

/// A fatal alert, `handshake_failure`.
const ALERT: [u8; 7] = [0x15, 0x03, 0x03, 0, 2, 2, 40];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn connections() {
    let pki = Pki::new();
    install(&pki, 365);
    let (stranger, versions) = (Authority::new("Un'altra"), [&TLS13, &TLS12]);
    let (unknown, expired) = (stranger.server("localhost"), pki.authority.expired_server("localhost"));
    let servers = vec![
        (
            "a connection that never speaks",
            tcp(|stream| async move { drop((std::future::pending::<()>().await, stream)) }),
        ),
        ("a reset before anything is sent", tcp(|stream| async move { stream.set_zero_linger().expect("a socket") })),
        ("a TLS alert", greeting(ALERT.to_vec())),
        ("a server with TLS 1.1 only", greeting(tls_1_1_hello())),
        ("an unknown authority", tls(server(&unknown, &versions, &pki.authority))),
        ("another host name", tls(pki.server_as("altrove.example.it", &versions, &pki.authority))),
        ("an expired server certificate", tls(server(&expired, &versions, &pki.authority))),
        ("our certificate refused", tls(pki.server_as("localhost", &versions, &stranger))),
        ("a reset after the request was sent", tls_that(pki.server(), Act::SendAndCut(Vec::new()))),
    ];
    let mut desk = Desk::new(&pki, |_| ()).await;
    desk.sign_in().await;
    let mut problems = Vec::new();
    for (row, starting) in with_rows("Connections", servers) {
        let upstream = starting.await;
        desk.turn_to(&upstream);
        problems.extend(desk.verify_and_compare(&row).await);
        let sent = usize::from(row.class != "not_sent");
        assert_eq!(upstream.seen.requests().len(), sent, "{}", row.name);
    }
    assert!(problems.is_empty(), "{problems:#?}");
}
