//! What may be answered instead of an answer.

use std::time::Duration;

use super::{
    desk::{Desk, install},
    table::with_rows,
};
use crate::{
    sistema_ts::network::gzip,
    support::upstream::{
        Act, Upstream, http,
        pki::Pki,
        xml::{TRANSACTION, VERIFIED_NAMESPACE, fault, unlocked, verified, yes},
    },
};

const HTML: &str = "<html><body>Servizio non disponibile</body></html>";

fn html(status: u16) -> Act {
    Act::Send(http(status, "text/html", HTML))
}

fn xml(body: &str) -> Act {
    Act::Send(http(200, "text/xml; charset=UTF-8", body))
}

fn redirect(status: u16) -> Act {
    let head = format!("HTTP/1.1 {status} X\r\nLocation: https://localhost/altrove\r\nContent-Length: 0\r\n\r\n");
    Act::Send(head.into_bytes())
}

/// Every act is a server's, one after the other.
async fn expect(title: &str, acts: Vec<(&'static str, Act)>) {
    let pki = Pki::new();
    install(&pki, 365);
    let mut desk = Desk::new(&pki, |_| ()).await;
    desk.sign_in().await;
    let mut problems = Vec::new();
    for (row, act) in with_rows(title, acts) {
        let upstream = Upstream::tls(pki.server(), move |_| act.clone()).await;
        desk.turn_to(&upstream);
        problems.extend(desk.verify_and_compare(&row).await);
        assert_eq!(upstream.seen.requests().len(), 1, "{}: sent once, never repeated", row.name);
    }
    assert!(problems.is_empty(), "{problems:#?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn statuses() {
    let acts = vec![
        ("301", redirect(301)),
        ("302", redirect(302)),
        ("307", redirect(307)),
        ("308", redirect(308)),
        ("401 with HTML", html(401)),
        ("403 with HTML", html(403)),
        ("404 with HTML", html(404)),
        ("429 with HTML", html(429)),
        ("500 with HTML", html(500)),
        ("502 with HTML", html(502)),
        ("503 with HTML", html(503)),
        ("200 with HTML", html(200)),
        ("200 and nothing", xml("")),
    ];
    expect("Statuses", acts).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn messages() {
    let answer = verified(&yes());
    let soap12 = answer.replace("http://schemas.xmlsoap.org/soap/envelope/", "http://www.w3.org/2003/05/soap-envelope");
    let external =
        format!(r#"<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/hostname">]>{}"#, answer.replace("0000", "&x;"));
    let twice = answer.replace("<esito>0000</esito>", "<esito>0000</esito><esito>0000</esito>");
    let policy = fault("env:Client", "Rejected by policy. (from client)");
    let acts = vec![
        ("a refusal, esito 9999", xml(&verified(&format!("{TRANSACTION}<esito>9999</esito>")))),
        ("an esito that nobody knows", xml(&answer.replace("0000", "4242"))),
        ("a yes without its sampling date", xml(&answer.replace("<dataPrelievo>2021-01-08</dataPrelievo>", ""))),
        ("SOAP 1.2", xml(&soap12)),
        ("a fault of the service in a 200", xml(&fault("env:Server", "Errore interno"))),
        ("the fault \"Credenziali invalide\" in a 200", xml(&fault("env:Client", "Credenziali invalide"))),
        ("the fault \"Rejected by policy\" in a 200", xml(&policy)),
        ("truncated XML", xml(&answer[..answer.len() / 2])),
        ("a document type", xml(&format!("<!DOCTYPE a>{answer}"))),
        ("an external entity", xml(&external)),
        ("an entity that is not declared", xml(&answer.replace("0000", "&xxe;"))),
        ("a field twice", xml(&twice)),
        ("a foreign namespace", xml(&answer.replace(VERIFIED_NAMESPACE, "http://altro.example.it"))),
        ("the answer of another operation", xml(&unlocked(&yes()))),
        ("deep nesting", xml(&verified(&(yes() + &"<x>".repeat(100) + &"</x>".repeat(100))))),
    ];
    expect("Messages", acts).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sizes_and_times() {
    let answer = verified(&yes());
    let attributes = (0..20_000).map(|nth| format!(" a{nth}=\"\"")).collect::<Vec<_>>().concat();
    let whole = http(200, "text/xml", &answer);
    let head = b"HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\nTransfer-Encoding: chunked\r\n\r\n".to_vec();
    let endless = b"HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\n\r\n".to_vec();
    let acts = vec![
        ("no answer", Act::Silence),
        ("a byte every tenth of a second", Act::Drip(whole.clone(), Duration::from_millis(100))),
        ("chunks for ever", Act::SendThenDrip(head, b"1\r\n \r\n".repeat(2_000), Duration::from_millis(1))),
        ("an answer that is cut off", Act::SendAndCut(whole[..whole.len() - 20].to_vec())),
        ("100 MB", Act::SendAndClose([endless, vec![b' '; 100 << 20]].concat())),
        ("a gzip bomb", Act::Send(gzip(format!("{answer}{}", " ".repeat(64 << 20)).as_bytes()))),
        ("many attributes", xml(&answer.replace("<esito>", &format!("<esito{attributes}>")))),
        ("many elements", xml(&verified(&(yes() + &"<x/>".repeat(11_000))))),
    ];
    expect("Sizes and times", acts).await;
}
