//! The circuit breaker over the wire: what opens it, what it does while it is open, what closes it.

use std::time::Duration;

use centralino::sistema_ts::{breaker::Circuit, reasons::FailureReason, settings::Settings};
use tokio::time::sleep;

use super::rig::{Rig, summary};
use crate::support::upstream::{
    Act, http,
    xml::{fault, unlocked, verified, yes},
};

const HELD_BACK: (&str, &str) = ("not_sent", "circuit_open");
/// As long as it is open in these tests, and a little more.
const PAUSE: Duration = Duration::from_millis(1_100);

fn three_failures_a_second(settings: &mut Settings) {
    (settings.breaker_failures, settings.breaker_seconds) = (3, 1);
}

fn no() -> Vec<u8> {
    http(200, "text/xml", verified("<esito>9999</esito>"))
}

fn yes_to_all() -> Vec<u8> {
    http(200, "text/xml", verified(&yes()))
}

#[tokio::test]
async fn after_failures_in_a_row_calls_end_at_once_until_one_is_answered() {
    let unlocked = http(200, "text/xml", unlocked(&yes()));
    let script = move |nth| if nth < 4 { Act::SendAndClose(Vec::new()) } else { Act::Send(unlocked.clone()) };
    let rig = Rig::with(three_failures_a_second, script).await;
    for _ in 0..3 {
        assert_eq!(summary(&rig.client.unlock().await), ("uncertain", "reset"), "each keeps its own class");
    }
    assert!(matches!(rig.client.0.circuit(), Circuit::Open { why: FailureReason::Reset, .. }));
    assert_eq!(summary(&rig.client.unlock().await), HELD_BACK);
    assert_eq!(summary(&rig.client.verify().await), HELD_BACK, "and is not repeated");
    assert_eq!(rig.upstream.seen.requests().len(), 3, "nothing was sent");
    sleep(PAUSE).await;
    assert!(matches!(rig.client.0.circuit(), Circuit::HalfOpen { .. }));
    assert_eq!(summary(&rig.client.unlock().await), ("uncertain", "reset"), "one is tried, and never repeated");
    assert_eq!(summary(&rig.client.unlock().await), HELD_BACK);
    assert_eq!(rig.upstream.seen.requests().len(), 4);
    sleep(PAUSE).await;
    assert_eq!(summary(&rig.client.unlock().await), ("done", "done"));
    assert_eq!(rig.client.0.circuit(), Circuit::Closed);
}

#[tokio::test]
async fn one_call_at_a_time_is_tried() {
    let slow = yes_to_all();
    let script = move |nth| match nth {
        0..3 => Act::Send(http(503, "text/html", "<html>busy</html>")),
        _ => Act::SendThenDrip(slow[..40].to_vec(), slow[40..].to_vec(), Duration::from_millis(1)),
    };
    let rig = Rig::with(three_failures_a_second, script).await;
    for _ in 0..3 {
        assert_eq!(summary(&rig.client.verify().await), ("uncertain", "http_status"));
    }
    sleep(PAUSE).await;
    let (first, second) = tokio::join!(rig.client.verify(), rig.client.verify());
    let mut both = [summary(&first), summary(&second)];
    both.sort_unstable();
    assert_eq!(both, [("done", "done"), HELD_BACK]);
    assert_eq!(summary(&rig.client.verify().await), ("done", "done"));
}

#[tokio::test]
async fn answers_never_open_it_whatever_they_say() {
    let odd = [
        no(),
        http(404, "text/html", "<html>no</html>"),
        http(500, "text/xml", fault("env:Server", "Errore interno")),
        http(200, "text/html", "<html>welcome</html>"),
        http(200, "text/xml", "<broken"),
    ];
    for answer in odd {
        let rig = Rig::with(three_failures_a_second, move |_| Act::Send(answer.clone())).await;
        for _ in 0..6 {
            assert_ne!(summary(&rig.client.verify().await), HELD_BACK);
        }
        assert_eq!(rig.upstream.seen.requests().len(), 6);
        assert_eq!(rig.client.0.circuit(), Circuit::Closed);
    }
}

#[tokio::test]
async fn a_refusal_between_failures_begins_the_row_anew() {
    let script = |nth| if nth % 3 == 2 { Act::Send(no()) } else { Act::SendAndCut(Vec::new()) };
    let rig = Rig::with(three_failures_a_second, script).await;
    for nth in 0..9 {
        let expected = if nth % 3 == 2 { ("refused", "esito") } else { ("uncertain", "reset") };
        assert_eq!(summary(&rig.client.verify().await), expected, "{nth}");
    }
}

#[tokio::test]
async fn nine_failures_do_not_open_it_unless_configured_so() {
    let rig = Rig::new(|_| Act::SendAndClose(Vec::new())).await;
    for _ in 0..9 {
        assert_eq!(summary(&rig.client.unlock().await), ("uncertain", "reset"));
    }
    assert_eq!(rig.client.0.circuit(), Circuit::Closed);
    assert_eq!(summary(&rig.client.unlock().await), ("uncertain", "reset"));
    assert_eq!(summary(&rig.client.unlock().await), HELD_BACK);
    let never = Rig::with(|settings| settings.breaker_failures = 0, |_| Act::SendAndClose(Vec::new())).await;
    for _ in 0..12 {
        assert_eq!(summary(&never.client.unlock().await), ("uncertain", "reset"));
    }
}

#[tokio::test]
async fn what_fails_before_the_request_counts_once_a_call() {
    let pki = crate::support::upstream::pki::Pki::new();
    let free = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let mut settings = pki.settings(free.local_addr().expect("bound").port());
    drop(free);
    three_failures_a_second(&mut settings);
    let client = super::rig::Client::new(&settings);
    for _ in 0..3 {
        assert_eq!(summary(&client.verify().await), ("not_sent", "connect"), "tried twice, counted once");
    }
    assert_eq!(summary(&client.verify().await), HELD_BACK);
}
