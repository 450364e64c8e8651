//! No more calls are in flight than may be; the others wait, the first to come the first to be sent, and not for ever.

use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use futures::future::join_all;
use tokio::time::sleep;

use super::rig::{Rig, summary};
use crate::support::upstream::{
    Act, http,
    xml::{verified, yes},
};

const NO_TURN: (&str, &str) = ("not_sent", "busy");
const DONE: (&str, &str) = ("done", "done");
/// How long an answer takes here.
const SLOW: Duration = Duration::from_millis(200);

/// An upstream that takes its time, and a client with so many places and so much patience.
async fn slow(places: usize, patience_ms: u64) -> Rig {
    let answer = http(200, "text/xml", verified(&yes()));
    Rig::with(
        |settings| {
            (settings.most_in_flight, settings.queue_ms, settings.deadline_ms) = (places, patience_ms, 20_000);
        },
        move |_| Act::SendLate(answer.clone(), SLOW),
    )
    .await
}

#[tokio::test]
async fn no_more_are_in_flight_than_may_be() {
    let rig = slow(3, 5_000).await;
    let started = Instant::now();
    let done = join_all((0..9).map(|_| rig.client.verify())).await;
    assert!(done.iter().all(|outcome| summary(outcome) == DONE), "{done:?}");
    assert_eq!(rig.upstream.seen.connections(), 3, "a connection for each that was in flight");
    assert!(started.elapsed() >= SLOW * 3, "three rounds of three");
}

#[tokio::test]
async fn who_came_first_is_sent_first() {
    let rig = slow(1, 10_000).await;
    let (ended, begun) = (Arc::new(Mutex::new(Vec::new())), AtomicUsize::new(0));
    let calls = (0..6).map(|nth| {
        let (client, ended) = (rig.client.clone(), Arc::clone(&ended));
        let place = begun.fetch_add(1, Ordering::SeqCst);
        async move {
            // One after the other comes to the queue, of two services.
            sleep(Duration::from_millis(20) * u32::try_from(place).expect("few")).await;
            if nth % 2 == 0 {
                client.verify().await.class();
            } else {
                client.unlock().await.class();
            }
            ended.lock().expect("no panic").push(place);
        }
    });
    join_all(calls).await;
    assert_eq!(*ended.lock().expect("no panic"), [0, 1, 2, 3, 4, 5]);
}

#[tokio::test]
async fn who_waits_too_long_was_not_sent() {
    let rig = slow(1, 50).await;
    let (first, second) = tokio::join!(rig.client.unlock(), async {
        sleep(Duration::from_millis(20)).await;
        rig.client.unlock().await
    });
    assert_eq!(first.class().word(), "uncertain", "the answer of another operation");
    assert_eq!(summary(&second), NO_TURN);
    assert_eq!(rig.upstream.seen.requests().len(), 1, "it never left");
    assert_eq!(summary(&rig.client.verify().await), DONE, "and has left the queue");
}

#[tokio::test]
async fn who_stops_waiting_leaves_the_queue() {
    let rig = slow(1, 5_000).await;
    let client = rig.client.clone();
    let first = tokio::spawn(async move { client.verify().await.class() });
    sleep(Duration::from_millis(50)).await;
    for _ in 0..3 {
        let client = rig.client.clone();
        let impatient = tokio::spawn(async move { client.verify().await.class() });
        sleep(Duration::from_millis(10)).await;
        impatient.abort();
    }
    assert_eq!(summary(&rig.client.verify().await), DONE);
    first.await.expect("it ends");
    assert_eq!(rig.upstream.seen.requests().len(), 2, "the first and the last");
}

/// A place that is given back while a call is in flight would let another one through.
#[tokio::test]
async fn a_call_that_is_dropped_gives_its_place_back() {
    let rig = slow(1, 2_000).await;
    for _ in 0..3 {
        let client = rig.client.clone();
        let dropped = tokio::spawn(async move { client.verify().await.class() });
        sleep(Duration::from_millis(50)).await;
        dropped.abort();
    }
    assert_eq!(summary(&rig.client.verify().await), DONE);
}
