//! The client's certificate: refused when it can't serve, warned about before it ends, renewed without a restart.

use centralino::{
    server::clock::Clock,
    sistema_ts::{BuildError, SistemaTs, settings::Settings},
};
use jiff::{SignedDuration, Timestamp, ToSpan};

use super::{
    privacy::Log,
    rig::{Client, Rig, summary},
};
use crate::support::upstream::{
    Act, Upstream, http,
    pki::{Authority, Pki},
    xml::{verified, yes},
};

fn refused(settings: &Settings) -> (&'static str, String) {
    match SistemaTs::build(settings, Clock::system()) {
        Err(BuildError::Identity(error)) => {
            let text = error.to_string();
            assert!(text.starts_with(&format!("sistema_ts.{} (", error.key)), "{text}");
            assert!(text.contains("; for example: "), "{text}");
            (error.key, error.problem)
        }
        other => panic!("refused for its identity: {other:?}"),
    }
}

#[test]
fn an_identity_that_cannot_serve_is_refused_at_start() {
    let pki = Pki::new();
    let settings = pki.settings(1);
    let with = |change: fn(&Pki, &mut Settings)| {
        let mut settings = settings.clone();
        change(&pki, &mut settings);
        refused(&settings)
    };
    assert_eq!(with(|pki, settings| settings.ca_file = pki.path("nowhere.pem")).0, "ca_file");
    assert_eq!(with(|pki, settings| settings.ca_file = pki.write("empty.pem", "")).0, "ca_file");
    assert_eq!(with(|pki, settings| settings.certificate_file = pki.path("nowhere.pem")).0, "certificate_file");
    assert_eq!(with(|pki, settings| settings.certificate_file = pki.write("x.pem", "ciao")).0, "certificate_file");
    assert_eq!(with(|pki, settings| settings.key_file = pki.write("x.key", "ciao")).0, "key_file");
    assert_eq!(with(|pki, settings| settings.key_file = pki.path("client.pem")).0, "key_file");
    let encrypted = "-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----\n";
    let path = pki.write("encrypted.key", encrypted);
    let (key, problem) = refused(&Settings { key_file: path, ..settings });
    assert_eq!(key, "key_file");
    assert!(problem.contains("encrypted"), "{problem}");
}

#[test]
fn a_key_of_another_certificate_is_refused() {
    let pki = Pki::new();
    pki.write("client.key", &pki.authority.client(-1, 365).key_pem);
    let (key, problem) = refused(&pki.settings(1));
    assert_eq!(key, "key_file");
    assert!(problem.contains("does not belong to the certificate"), "{problem}");
}

#[test]
fn a_certificate_out_of_its_time_is_refused() {
    let pki = Pki::new();
    pki.install(&pki.authority.client(-30, -1));
    let (key, problem) = refused(&pki.settings(1));
    assert_eq!(key, "certificate_file");
    assert!(problem.contains("ended at"), "{problem}");
    pki.install(&pki.authority.client(1, 30));
    assert!(refused(&pki.settings(1)).1.contains("valid only from"));
}

#[test]
fn the_end_is_warned_about_from_30_days_before() {
    for (days, is_warned) in [(29, true), (32, false)] {
        let pki = Pki::new();
        pki.install(&pki.authority.client(-1, days));
        let log = Log::start();
        let client = SistemaTs::build(&pki.settings(1), Clock::system()).expect("a client");
        assert_eq!(log.text().contains("ends soon"), is_warned, "{days} days before");
        let left = client.expires_at().duration_since(Clock::system().now());
        assert!(left > SignedDuration::from_hours(24 * (days - 1)) && left <= SignedDuration::from_hours(24 * days));
    }
}

/// A clock that stands now, to be turned.
fn standing() -> Clock {
    Clock::standing_at(Clock::system().now())
}

#[tokio::test]
async fn the_warning_comes_once_a_day() {
    let pki = Pki::new();
    pki.install(&pki.authority.client(-1, 20));
    let clock = standing();
    let log = Log::start();
    let client = Client(SistemaTs::build(&pki.settings(1), clock.clone()).expect("a client"));
    let warnings = || log.text().matches("ends soon").count();
    for (hours, wanted) in [(1, 1), (22, 1), (2, 2), (23, 2), (2, 3)] {
        clock.advance(SignedDuration::from_hours(hours));
        let _ = client.unlock().await;
        assert_eq!(warnings(), wanted);
    }
}

#[tokio::test]
async fn a_certificate_that_ends_while_in_use_is_not_tried() {
    let pki = Pki::new();
    let upstream = Upstream::tls(pki.server(), |_| Act::Silence).await;
    let clock = standing();
    let client = Client(SistemaTs::build(&pki.settings(upstream.address.port()), clock.clone()).expect("a client"));
    clock.advance(SignedDuration::from_hours(24 * 366));
    assert_eq!(summary(&client.verify().await), ("not_sent", "certificate_expired"));
    assert_eq!(upstream.seen.connections(), 0);
}

#[tokio::test]
async fn a_renewed_certificate_is_taken_over_without_a_restart() {
    let pki = Pki::new();
    let newer = Authority::new("La nuova");
    let answer = http(200, "text/xml", verified(&yes()));
    // An upstream that knows only the clients of the newer authority.
    let config = pki.server_as("localhost", &[&rustls::version::TLS13], &newer);
    let upstream = Upstream::tls(config, move |_| Act::Send(answer.clone())).await;
    let clock = standing();
    let client = Client(SistemaTs::build(&pki.settings(upstream.address.port()), clock.clone()).expect("a client"));
    let old_end = client.0.expires_at();
    assert_eq!(summary(&client.verify().await), ("not_sent", "client_certificate"));

    pki.install(&newer.client(-1, 200));
    assert_eq!(summary(&client.verify().await), ("not_sent", "client_certificate"), "it is not time to look");
    clock.advance(SignedDuration::from_secs(31));
    assert_eq!(summary(&client.verify().await), ("done", "done"));
    assert!(client.0.expires_at() < old_end);
    assert!(matches!(client.0.reload(), Ok(false)), "nothing has changed since");
}

#[tokio::test]
async fn a_renewal_gone_wrong_leaves_the_identity_in_use() {
    let answer = http(200, "text/xml", verified(&yes()));
    let rig = Rig::new(move |_| Act::Send(answer.clone())).await;
    rig.pki.write("client.key", "half written");
    assert!(matches!(rig.client.0.reload(), Err(BuildError::Identity(_))));
    assert_eq!(summary(&rig.client.verify().await), ("done", "done"));
    rig.pki.install(&rig.pki.authority.client(-1, 100));
    assert!(matches!(rig.client.0.reload(), Ok(true)));
    assert_eq!(summary(&rig.client.verify().await), ("done", "done"));
    let end: Timestamp = rig.client.0.expires_at();
    assert!(end < Clock::system().now() + (24 * 101).hours());
}
