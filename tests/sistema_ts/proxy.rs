//! The optional forward proxy: a tunnel for TLS, so that it sees nothing of the call.

use tokio::{
    io::{AsyncWriteExt, copy_bidirectional},
    net::TcpStream,
};

use super::rig::{CUN, Client, summary};
use crate::support::upstream::{
    Act, Upstream, http,
    pki::Pki,
    read_request,
    xml::{verified, yes},
};

/// A proxy that answers CONNECT with `status` and, where that is 200, opens the tunnel.
pub async fn proxy(status: u16) -> Upstream {
    Upstream::tcp(move |mut stream, seen| async move {
        let Ok(Some(request)) = read_request(&mut stream).await else { return };
        let target = request.head.split_whitespace().nth(1).expect("a target").replace("localhost", "127.0.0.1");
        seen.requests.lock().expect("no panic").push(request);
        let answer = format!("HTTP/1.1 {status} X\r\nContent-Length: 0\r\n\r\n");
        stream.write_all(answer.as_bytes()).await.expect("answered");
        if status == 200 {
            let mut upstream = TcpStream::connect(target).await.expect("the upstream");
            let _ = copy_bidirectional(&mut stream, &mut upstream).await;
        }
    })
    .await
}

#[tokio::test]
async fn calls_go_through_the_proxy_and_only_a_tunnel_is_asked_of_it() {
    let (pki, proxy) = (Pki::new(), proxy(200).await);
    let answer = http(200, "text/xml", verified(&yes()));
    let upstream = Upstream::tls(pki.server(), move |_| Act::Send(answer.clone())).await;
    let mut settings = pki.settings(upstream.address.port());
    settings.proxy = Some(format!("http://{}", proxy.address));
    settings.proxy_credentials_file = Some(pki.write("proxy", "centralino:se:greto\n"));
    let client = Client::new(&settings);
    assert_eq!(summary(&client.verify().await), ("done", "done"));
    let request = proxy.seen.only_request();
    assert!(request.head.starts_with(&format!("CONNECT localhost:{} ", upstream.address.port())));
    assert_eq!(request.header("Proxy-Authorization"), Some("Basic Y2VudHJhbGlubzpzZTpncmV0bw=="));
    assert!(!request.head.contains(CUN));
    let arrived = upstream.seen.only_request();
    assert_eq!(arrived.header("Proxy-Authorization"), None, "the proxy's password stays with the proxy");
}

#[tokio::test]
async fn a_proxy_that_opens_no_tunnel_is_certain_not_to_have_sent() {
    for status in [403, 407, 502] {
        let (pki, proxy) = (Pki::new(), proxy(status).await);
        let mut settings = pki.settings(1);
        settings.proxy = Some(format!("http://{}", proxy.address));
        assert_eq!(summary(&Client::new(&settings).unlock().await), ("not_sent", "proxy_refused"), "{status}");
    }
}

#[tokio::test]
async fn a_proxy_that_is_not_there_is_no_connection() {
    let pki = Pki::new();
    let mut settings = pki.settings(1);
    settings.proxy = Some("http://127.0.0.1:1".into());
    assert_eq!(summary(&Client::new(&settings).unlock().await), ("not_sent", "connect"));
}
