//! How browsers reach the desk.

use std::{
    net::{IpAddr, SocketAddr},
    path::PathBuf,
};

use ipnet::IpNet;
use serde::{Deserialize, Deserializer, de::Error};

use super::texts::networks;

/// `[server]`
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Server {
    /// The address to listen on.
    pub listen: SocketAddr,
    /// Scheme, host and port under which browsers reach the desk.
    pub public_url: Option<PublicUrl>,
    /// Who may stand between browsers and the desk.
    #[serde(deserialize_with = "networks")]
    pub trusted_proxies: Vec<IpNet>,
    /// PEM: the desk's own certificate and those between it and its authority; none where a proxy speaks TLS.
    pub tls_certificate_file: Option<PathBuf>,
    /// PEM: its key.
    pub tls_key_file: Option<PathBuf>,
    /// How many seconds the calls in flight have to end after a request to stop.
    pub grace: u32,
}

impl Default for Server {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 8080)),
            public_url: None,
            trusted_proxies: Vec::new(),
            tls_certificate_file: None,
            tls_key_file: None,
            grace: 40,
        }
    }
}

impl Server {
    /// Scheme, host and port with which links to the desk begin, without a slash at the end.
    #[must_use]
    pub fn origin(&self) -> String {
        let scheme = if self.has_tls() { "https" } else { "http" };
        self.public_url.as_ref().map_or_else(|| format!("{scheme}://{}", self.listen), |url| url.0.clone())
    }

    /// Whether the desk speaks TLS itself.
    #[must_use]
    pub const fn has_tls(&self) -> bool {
        self.tls_certificate_file.is_some() && self.tls_key_file.is_some()
    }

    /// Whether browsers come over HTTPS, to the desk or to a proxy before it.
    #[must_use]
    pub fn is_https(&self) -> bool {
        self.public_url.as_ref().map_or_else(|| self.has_tls(), PublicUrl::is_https)
    }

    /// Whether a connection from `peer` is taken: from anywhere where no proxies are named, else from them and from
    /// this machine.
    #[must_use]
    pub fn takes_connections_from(&self, peer: IpAddr) -> bool {
        let peer = peer.to_canonical();
        let is_trusted = || self.trusted_proxies.iter().any(|network| network.contains(&peer));
        self.trusted_proxies.is_empty() || peer.is_loopback() || is_trusted()
    }
}

/// `https://host` or `http://host`, with or without a port.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicUrl(String);

impl PublicUrl {
    /// Whether what browsers send travels encrypted.
    #[must_use]
    pub fn is_https(&self) -> bool {
        self.0.starts_with("https://")
    }
}

impl<'de> Deserialize<'de> for PublicUrl {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let origin = text.trim_end_matches('/').to_ascii_lowercase();
        let uri: http::Uri = origin.parse().map_err(|_| D::Error::custom("not an address of the web"))?;
        let is_origin = matches!(uri.scheme_str(), Some("http" | "https"))
            && uri.authority().is_some_and(|authority| !authority.as_str().contains('@'))
            && uri.path_and_query().is_none_or(|path| path.as_str() == "/");
        if is_origin { Ok(Self(origin)) } else { Err(D::Error::custom("not http:// or https:// and a host alone")) }
    }
}
