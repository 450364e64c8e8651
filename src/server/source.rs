//! From where a request comes, as the registers have it (seed 003, 4.3.8): address, browser, platform, route, TLS.
//!
//! All of it is somebody else's word: only what has the form it should have is taken, so that nothing can be smuggled
//! into a register.

use std::{
    convert::Infallible,
    net::{IpAddr, SocketAddr},
};

use axum::{
    extract::{ConnectInfo, FromRequestParts, MatchedPath},
    http::{Extensions, HeaderMap, HeaderValue, Method, header, request::Parts},
};
use ipnet::IpNet;
use woothee::parser::Parser;

use super::{
    config::Server, geoip::Place, known_device::KnownDevice, own_tls::Spoken, request_log::known, state::AppState,
    tls_words,
};

/// By whom the proxy says for whom it asks: the address before it last in the list.
pub(crate) const FORWARDED_FOR: &str = "x-forwarded-for";
/// In which a trusted proxy says how the browser speaks TLS with it.
const TLS_PROTOCOL: &str = "x-tls-protocol";
const TLS_CIPHER: &str = "x-tls-cipher";
/// The digits of a browser's major version: a longer number is something else.
const VERSION_DIGITS: usize = 4;

/// From where somebody acts. Empty texts are what is not known.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Source {
    /// Through what: `web`, `console` or `service`.
    pub namespace: &'static str,
    /// The address of the browser.
    pub ip: String,
    /// Where that is.
    pub place: Place,
    /// Name and major version of the browser.
    pub browser: String,
    /// The operating system.
    pub platform: String,
    /// The route, never the path as it came.
    pub path: String,
    /// The HTTP method.
    pub method: &'static str,
    /// TLS between the browser and the proxy, or the desk: the version.
    pub tls_protocol: String,
    /// The cipher suite.
    pub tls_cipher: String,
    /// On whose behalf.
    pub delegate: String,
    /// For which accounts the browser is known; no register has it.
    pub device: KnownDevice,
}

impl Source {
    /// The command line.
    #[must_use]
    pub fn console() -> Self {
        Self { namespace: "console", ..Self::default() }
    }

    /// The running program itself.
    #[must_use]
    pub fn service() -> Self {
        Self { namespace: "service", ..Self::default() }
    }
}

impl FromRequestParts<AppState> for Source {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Infallible> {
        let seen = Seen::of(&parts.extensions, &parts.headers, &parts.method, &state.config.server);
        Ok(Self { device: KnownDevice::of(&parts.headers, &state.secrets), ..seen.source(state) })
    }
}

/// What a [`Source`] is made of, taken from a request without reading it: most requests need none.
#[derive(Clone, Debug)]
pub struct Seen {
    client: Option<IpAddr>,
    agent: Option<HeaderValue>,
    route: Option<MatchedPath>,
    method: &'static str,
    spoken: Spoken,
}

impl Seen {
    /// Of a request.
    #[must_use]
    pub fn of(extensions: &Extensions, headers: &HeaderMap, method: &Method, server: &Server) -> Self {
        let has_proxy = peer_of(extensions).is_some_and(|peer| is_proxy(server, peer));
        let told = |name| if has_proxy { last(headers, name) } else { "" };
        // Behind a proxy it is how the browser speaks with the proxy, also where the proxy speaks TLS with the desk.
        let spoken = match extensions.get::<Spoken>() {
            Some(spoken) if !has_proxy => *spoken,
            _ => Spoken {
                protocol: tls_words::protocol(told(TLS_PROTOCOL)),
                cipher: tls_words::cipher(told(TLS_CIPHER)),
            },
        };
        Self {
            client: client_of(extensions, headers, server),
            agent: headers.get(header::USER_AGENT).cloned(),
            route: extensions.get::<MatchedPath>().cloned(),
            method: known(method.as_str()),
            spoken,
        }
    }

    /// As the registers have it.
    #[must_use]
    pub fn source(&self, state: &AppState) -> Source {
        let (browser, platform) = agent(self.agent.as_ref());
        Source {
            namespace: "web",
            ip: self.client.map(|client| client.to_string()).unwrap_or_default(),
            place: self.client.map(|client| state.geoip.place_of(client)).unwrap_or_default(),
            browser,
            platform,
            path: self.route.as_ref().map(|path| path.as_str().to_owned()).unwrap_or_default(),
            method: self.method,
            tls_protocol: self.spoken.protocol.to_owned(),
            tls_cipher: self.spoken.cipher.to_owned(),
            ..Source::default()
        }
    }
}

/// How many bits of an IPv6 address are a network's, of which one visitor can have all addresses.
const NETWORK: u8 = 64;

/// What is one visitor's of an address.
#[must_use]
pub fn network(ip: IpAddr) -> Option<IpNet> {
    let whole = if ip.is_ipv4() { 32 } else { NETWORK };
    IpNet::new(ip, whole).ok().map(|network| network.trunc())
}

/// The address of the browser, by the word of our own proxies alone.
#[must_use]
pub fn client_of(extensions: &Extensions, headers: &HeaderMap, server: &Server) -> Option<IpAddr> {
    peer_of(extensions).map(|peer| client(server, peer, headers))
}

/// Who opened the connection.
fn peer_of(extensions: &Extensions) -> Option<IpAddr> {
    extensions.get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip().to_canonical())
}

/// Whether `peer` is a proxy of ours: one of those named, or this machine where any are named.
fn is_proxy(server: &Server, peer: IpAddr) -> bool {
    !server.trusted_proxies.is_empty() && server.takes_connections_from(peer)
}

/// The last address in the list that is not a proxy's of ours: what stands before it anybody can have written.
pub(crate) fn client(server: &Server, peer: IpAddr, headers: &HeaderMap) -> IpAddr {
    if !is_proxy(server, peer) {
        return peer;
    }
    // Bytewise: what a browser has put before, whatever it is, does not hide what our proxies have put after.
    let lists: Vec<_> = headers.get_all(FORWARDED_FOR).iter().map(HeaderValue::as_bytes).collect();
    let mut last = peer;
    for address in lists.iter().rev().flat_map(|list| list.rsplit(|byte| *byte == b',')) {
        let address = str::from_utf8(address.trim_ascii()).unwrap_or_default();
        let Ok(address) = address.parse::<IpAddr>() else { break };
        last = address.to_canonical();
        if !is_proxy(server, last) {
            break;
        }
    }
    last
}

/// The last value of a header: the proxy's own, where it lets another one through.
fn last<'a>(headers: &'a HeaderMap, name: &str) -> &'a str {
    let value = headers.get_all(name).iter().next_back();
    value.and_then(|value| value.to_str().ok()).unwrap_or_default()
}

/// Browser and platform of the user agent, by names that the parser knows.
pub(crate) fn agent(header: Option<&HeaderValue>) -> (String, String) {
    let text = header.and_then(|value| value.to_str().ok()).unwrap_or_default();
    let Some(agent) = Parser::new().parse(text) else { return (String::new(), String::new()) };
    let known = |name: &str| if name == "UNKNOWN" { String::new() } else { name.to_owned() };
    let (name, platform) = (known(agent.name), known(agent.os));
    let major = agent.version.split('.').next().unwrap_or_default();
    let is_version = (1..=VERSION_DIGITS).contains(&major.len()) && major.bytes().all(|byte| byte.is_ascii_digit());
    let browser = if is_version && !name.is_empty() { format!("{name} {major}") } else { name };
    (browser, platform)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
        pairs.iter().map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap())).collect()
    }

    fn server(proxies: &[&str]) -> Server {
        let trusted_proxies = proxies.iter().map(|network| network.parse().unwrap()).collect();
        Server { trusted_proxies, ..Server::default() }
    }

    fn ip(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn a_network_of_ipv6_is_one_visitor_and_an_address_of_ipv4_is() {
        let network = |text| network(ip(text)).unwrap();
        assert_ne!(network("192.0.2.1"), network("192.0.2.2"));
        assert_eq!(network("2001:db8:1:2::1"), network("2001:db8:1:2:ffff::9"));
        assert_ne!(network("2001:db8:1:2::1"), network("2001:db8:1:3::1"));
    }

    #[test]
    fn the_address_is_the_one_that_our_own_proxies_saw() {
        let proxied = server(&["10.0.0.0/8"]);
        for (list, expected) in [
            ("203.0.113.7", "203.0.113.7"),
            ("192.0.2.1, 203.0.113.7", "203.0.113.7"),
            ("192.0.2.1, 203.0.113.7, 10.0.0.2", "203.0.113.7"),
            ("47135715", "10.0.0.1"),
            ("203.0.113.7, nonsense", "10.0.0.1"),
            ("", "10.0.0.1"),
        ] {
            let headers = headers(&[(FORWARDED_FOR, list)]);
            assert_eq!(client(&proxied, ip("10.0.0.1"), &headers), ip(expected), "{list}");
        }
        let headers = headers(&[(FORWARDED_FOR, "203.0.113.7")]);
        assert_eq!(client(&server(&[]), ip("198.51.100.4"), &headers), ip("198.51.100.4"), "nobody is trusted");
    }

    #[test]
    fn browsers_are_known_by_name_and_major_version() {
        let agents = [
            (
                "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.1.2 \
                 Safari/537.36",
                ("Chrome 120", "Windows 10"),
            ),
            ("Mozilla/5.0 (X11; Linux x86_64; rv:115.0) Gecko/20100101 Firefox/115.0", ("Firefox 115", "Linux")),
            ("Mozilla/5.0 (X11; Linux x86_64; rv:1.0) Gecko/20100101 Firefox/47135715.0", ("Firefox", "Linux")),
            ("CUN-H17KZ6247A", ("", "")),
        ];
        for (text, (browser, platform)) in agents {
            let (found, on) = agent(headers(&[("user-agent", text)]).get(header::USER_AGENT));
            assert_eq!((found.as_str(), on.as_str()), (browser, platform), "{text}");
        }
    }

    #[test]
    fn bytes_of_any_kind_hide_nothing_of_what_our_proxies_saw() {
        let mut headers = HeaderMap::new();
        let value = |bytes: &[u8]| HeaderValue::from_bytes(bytes).unwrap();
        headers.append(FORWARDED_FOR, value(b"192.0.2.1, \xff\xfe, 203.0.113.7"));
        headers.append(FORWARDED_FOR, value(b"10.0.0.2"));
        assert_eq!(client(&server(&["10.0.0.0/8"]), ip("10.0.0.1"), &headers), ip("203.0.113.7"));
    }

    #[test]
    fn of_several_values_the_last_one_is_the_proxys() {
        let mut headers = HeaderMap::new();
        headers.append(TLS_PROTOCOL, "TLSv1.2".parse().unwrap());
        headers.append(TLS_PROTOCOL, "TLSv1.3".parse().unwrap());
        assert_eq!(last(&headers, TLS_PROTOCOL), "TLSv1.3");
        assert_eq!(last(&headers, TLS_CIPHER), "");
    }
}
