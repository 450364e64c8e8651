//! What is wrong with our way out or with our own certificate.

use centralino::{
    server::clock::Clock,
    sistema_ts::{SistemaTs, settings::Settings},
};
use jiff::{SignedDuration, Timestamp};

use super::{
    desk::{Desk, install},
    table::{Row, with_rows},
};
use crate::{
    sistema_ts::proxy::proxy,
    support::upstream::{Upstream, pki::Pki},
};

/// Days from now to an instant.
fn days_to(instant: &str) -> i64 {
    let then: Timestamp = instant.parse().expect("an instant");
    #[expect(clippy::disallowed_methods, reason = "certificates of the tests are made by the clock of the machine")]
    let now = Timestamp::now();
    then.duration_since(now).as_hours() / 24
}

async fn expect(pki: &Pki, row: &Row, change: impl FnOnce(&mut Settings)) {
    let mut desk = Desk::new(pki, change).await;
    desk.sign_in().await;
    assert_eq!(desk.verify_and_compare(row).await, [""; 0]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ways_out() {
    let pki = Pki::new();
    install(&pki, 365);
    let closed = proxy(403).await;
    let names = ["nobody listens", "a host without an address", "a proxy that refuses", "our certificate expired"];
    let rows = with_rows("Ourselves", names.map(|name| (name, ())).into());
    let [(listens, ()), (dns, ()), (refusing, ()), (expired, ())] = &rows[..] else { panic!("four rows") };
    expect(&pki, listens, |settings| settings.base_url = "https://localhost:1".into()).await;
    let unknown = |settings: &mut Settings| {
        settings.base_url = "https://sistema-ts.invalid".into();
        (settings.connect_timeout_ms, settings.deadline_ms) = (5_000, 11_000);
    };
    expect(&pki, dns, unknown).await;
    expect(&pki, refusing, |settings| settings.proxy = Some(format!("http://{}", closed.address))).await;
    // It ends after the desk has started.
    install(&pki, days_to("2021-01-12T09:00:00Z"));
    let mut desk = Desk::new(&pki, |_| ()).await;
    desk.app.wait_seconds(3 * 24 * 3600);
    desk.sign_in().await;
    let upstream = Upstream::tls(pki.server(), |_| panic!("nothing is sent")).await;
    desk.turn_to(&upstream);
    assert_eq!(desk.verify_and_compare(expired).await, [""; 0]);
    assert_eq!(upstream.seen.connections(), 0, "nothing is tried");
}

/// A renewal that can't be used is told in words, and calls go on as before.
#[test]
fn a_certificate_that_cannot_be_used_is_refused_in_words_at_the_start_and_at_a_renewal() {
    let (pki, clock) = (Pki::new(), Clock::system());
    let usable = SistemaTs::build(&pki.settings(1), clock.clone()).expect("a client");
    let end = usable.expires_at();
    let (other, ended) = (pki.authority.client(-1, 365), pki.authority.client(-20, -10));
    let mismatched = || drop(pki.write("client.key", &other.key_pem));
    let expired = || pki.install(&ended);
    let cases: [(&dyn Fn(), &str, &str); 2] = [
        (&mismatched, "sistema_ts.key_file", "it does not belong to the certificate"),
        (&expired, "sistema_ts.certificate_file", "put a renewed one in its place"),
    ];
    for (spoil, key, words) in cases {
        spoil();
        let at_renewal = usable.reload().expect_err("refused").to_string();
        let at_start = SistemaTs::build(&pki.settings(1), clock.clone()).expect_err("refused").to_string();
        for told in [at_renewal, at_start] {
            assert!(told.starts_with(key) && told.contains(words), "{told}");
        }
        assert_eq!(usable.expires_at(), end, "the one in use stays");
    }
    assert!(end.duration_since(clock.now()) > SignedDuration::from_hours(24));
}
