//! Connections are kept and reused; one that has ended in the meantime loses no request and doubles none.

use std::{sync::atomic::Ordering, time::Duration};

use futures::future::join_all;
use rustls::version::{TLS12, TLS13};

use super::rig::{Client, Rig, summary};
use crate::support::upstream::{
    Act, Upstream, http,
    pki::Pki,
    xml::{verified, yes},
};

fn answer() -> Vec<u8> {
    http(200, "text/xml", verified(&yes()))
}

#[tokio::test]
async fn calls_one_after_another_need_one_handshake() {
    let rig = Rig::new(|_| Act::Send(answer())).await;
    for _ in 0..200 {
        assert_eq!(summary(&rig.client.verify().await), ("done", "done"));
    }
    assert_eq!(rig.upstream.seen.connections(), 1);
}

#[tokio::test]
async fn a_connection_that_ended_while_idle_costs_nothing() {
    for version in [&TLS12, &TLS13] {
        let pki = Pki::new();
        let config = pki.server_as("localhost", &[version], &pki.authority);
        let upstream = Upstream::tls(config, |_| Act::SendAndClose(answer())).await;
        let client = Client::new(&pki.settings(upstream.address.port()));
        for calls in 1..=20 {
            assert_eq!(summary(&client.unlock().await), ("uncertain", "wrong_operation"), "an answer came");
            assert_eq!(upstream.seen.requests().len(), calls, "each call arrives once");
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        let seen = &upstream.seen;
        assert_eq!(seen.connections(), 20);
        assert_eq!(seen.full_handshakes.load(Ordering::SeqCst), 1, "the other sessions are resumed: {version:?}");
    }
}

/// The server ends the connection at the very moment when the next request is on its way: either it is certain that
/// the request was not begun, and it goes out once on a new connection, or the call is uncertain. It never arrives
/// twice.
#[tokio::test]
async fn a_connection_that_ends_under_a_request_never_doubles_it() {
    let rig = Rig::new(|number| if number % 2 == 0 { Act::SendAndCut(answer()) } else { Act::Send(answer()) }).await;
    for calls in 1..=100 {
        let before = rig.upstream.seen.requests().len();
        let (class, word) = summary(&rig.client.unlock().await);
        let arrived = rig.upstream.seen.requests().len() - before;
        match (class, word) {
            ("uncertain", "wrong_operation") => assert_eq!(arrived, 1, "call {calls}"),
            ("uncertain", "reset") => assert!(arrived <= 1, "call {calls}"),
            other => panic!("{other:?}"),
        }
    }
}

#[tokio::test]
async fn a_thousand_calls_of_many_operators_need_few_full_handshakes() {
    let rig = Rig::with(|settings| settings.deadline_ms = 20_000, |_| Act::Send(answer())).await;
    assert_eq!(summary(&rig.client.verify().await), ("done", "done"));
    for _ in 0..50 {
        let outcomes = join_all((0..20).map(|_| rig.client.verify())).await;
        assert!(outcomes.iter().all(|outcome| summary(outcome) == ("done", "done")));
    }
    let full = rig.upstream.seen.full_handshakes.load(Ordering::SeqCst);
    assert!(full <= 5, "{full} full handshakes for 1,001 calls");
}
