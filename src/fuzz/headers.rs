//! Headers that proxies set and others forge, and the paths that forms lead back to.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use axum::http::{HeaderMap, HeaderValue};
use ipnet::{IpNet, Ipv4Net};
use reqwest::Url;

use crate::server::{
    config::Server,
    same_site::SameSitePath,
    source::{FORWARDED_FOR, agent, client},
    tls_words,
};

/// A proxy of ours, a stranger, this machine.
const PEERS: [IpAddr; 3] = [
    IpAddr::V4(Ipv4Addr::new(10, 0, 0, 1)),
    IpAddr::V4(Ipv4Addr::new(203, 0, 113, 9)),
    IpAddr::V6(Ipv6Addr::LOCALHOST),
];
const FORGED: &str = "6.6.6.6, unknown";

/// A header a line.
pub(super) fn headers(data: &[u8]) {
    let lines: Vec<&[u8]> = data.split(|byte| *byte == b'\n').collect();
    forwarded(&lines);
    for line in &lines {
        if let Ok(text) = str::from_utf8(line) {
            for words in [tls_words::protocol, tls_words::cipher] {
                assert_eq!(words(words(text)), words(text));
            }
            path(text);
        }
        if let Ok(value) = HeaderValue::from_bytes(line) {
            let (browser, platform) = agent(Some(&value));
            for word in [browser, platform] {
                assert!(word.len() < 64 && !word.contains(char::is_control), "{word:?}");
            }
        }
    }
}

/// What strangers say of themselves is not heard, and what they put before our proxies' words changes nothing.
fn forwarded(lines: &[&[u8]]) {
    let Ok(ours) = Ipv4Net::new(Ipv4Addr::new(10, 0, 0, 0), 8) else { return };
    let server = Server { trusted_proxies: vec![IpNet::V4(ours)], ..Server::default() };
    let (mut sent, mut forged) = (HeaderMap::new(), HeaderMap::new());
    forged.append(FORWARDED_FOR, HeaderValue::from_static(FORGED));
    for value in lines.iter().filter_map(|line| HeaderValue::from_bytes(line).ok()) {
        sent.append(FORWARDED_FOR, value.clone());
        forged.append(FORWARDED_FOR, value);
    }
    for peer in PEERS {
        let found = client(&server, peer, &sent);
        assert!(server.takes_connections_from(peer) || found == peer, "a stranger was believed");
        assert!(server.takes_connections_from(found) || client(&server, peer, &forged) == found, "a forgery counted");
    }
}

/// A path of ours leads to us, in whatever way a browser reads it.
fn path(text: &str) {
    let Ok(base) = Url::parse("https://desk.example.it/login") else { return };
    for path in [text.parse::<SameSitePath>().ok(), Some(SameSitePath::of_ours(text))].into_iter().flatten() {
        let led = base.join(path.as_str());
        assert!(led.is_ok_and(|led| led.origin() == base.origin()), "{:?} leads elsewhere", path.as_str());
        assert_eq!(path.as_str().parse::<SameSitePath>().ok(), Some(path));
    }
}
