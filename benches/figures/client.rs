//! What browsers send: one person's, with cookies, and many connections at once.

use std::{collections::BTreeMap, net::SocketAddr, sync::Arc};

use reqwest::{Client, ClientBuilder, RequestBuilder, header, redirect::Policy};

use crate::Outcome;

/// What a browser of today takes.
const ENCODINGS: &str = "gzip, deflate, br, zstd";

/// A client over HTTP/1.1 that follows nothing and leaves bodies as they come. It trusts nobody until it is told whom:
/// reading the system's hundred and more authorities anew takes each new browser more time than all its requests.
pub fn builder() -> ClientBuilder {
    // An error says that it is installed already.
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    Client::builder().http1_only().no_proxy().no_gzip().redirect(Policy::none()).tls_certs_only([])
}

/// One person's browser without JavaScript.
#[derive(Clone)]
pub struct Browser {
    client: Client,
    base: String,
    cookies: BTreeMap<String, String>,
}

/// What came back.
pub struct Answer {
    /// The status.
    pub status: u16,
    /// Where it leads on to; empty for a page.
    pub location: String,
    /// The body as it came, compressed or not.
    pub body: Vec<u8>,
}

impl Answer {
    /// The body as text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// Checks that it leads on to `location`, or to a path below where it ends in a slash.
    pub fn leads_to(&self, location: &str) -> Outcome<()> {
        let is_there = if location.len() > 1 && location.ends_with('/') {
            self.location.starts_with(location)
        } else {
            self.location == location
        };
        if self.status == 303 && is_there {
            Ok(())
        } else {
            Err(format!("{} to {:?} instead of 303 to {location:?}", self.status, self.location).into())
        }
    }
}

impl Browser {
    /// A new one, on a connection of its own.
    pub fn new(address: SocketAddr) -> Outcome<Self> {
        let client = builder().pool_max_idle_per_host(1).build()?;
        Ok(Self { client, base: format!("http://{address}"), cookies: BTreeMap::new() })
    }

    /// Opens a page, in the encoding that it is served in.
    pub async fn get(&mut self, path: &str) -> Outcome<Answer> {
        let request = self.client.get(format!("{}{path}", self.base));
        self.send(request.header(header::ACCEPT_ENCODING, ENCODINGS)).await
    }

    /// Opens a page, not compressed.
    pub async fn read(&mut self, path: &str) -> Outcome<Answer> {
        let request = self.client.get(format!("{}{path}", self.base));
        self.send(request).await
    }

    /// Sends a form.
    pub async fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Outcome<Answer> {
        let request = self.client.post(format!("{}{path}", self.base));
        let request = request.header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        self.send(request.body(serde_urlencoded::to_string(fields)?)).await
    }

    /// What it sends as its cookies.
    pub fn cookies(&self) -> String {
        let pairs: Vec<_> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        pairs.join("; ")
    }

    async fn send(&mut self, request: RequestBuilder) -> Outcome<Answer> {
        let request = request.header("sec-fetch-site", "same-origin").header(header::COOKIE, self.cookies());
        let response = request.send().await?;
        for cookie in response.headers().get_all(header::SET_COOKIE) {
            let cookie = cookie::Cookie::parse(cookie.to_str()?.to_owned())?;
            if cookie.max_age().is_some_and(cookie::time::SignedDuration::is_zero) {
                self.cookies.remove(cookie.name());
            } else {
                self.cookies.insert(cookie.name().to_owned(), cookie.value().to_owned());
            }
        }
        let location = response.headers().get(header::LOCATION).map(|value| value.to_str()).transpose()?;
        let (status, location) = (response.status().as_u16(), location.unwrap_or_default().to_owned());
        Ok(Answer { status, location, body: response.bytes().await?.to_vec() })
    }
}

/// A page as one visitor asks for it.
#[derive(Clone)]
pub struct Visit {
    /// The whole address.
    pub url: String,
    /// The visitor's cookies.
    pub cookies: String,
}

impl Visit {
    /// A page for whoever comes.
    pub fn open(address: SocketAddr, path: &str) -> Self {
        Self { url: format!("http://{address}{path}"), cookies: String::new() }
    }

    async fn make(&self, client: &Client) -> Outcome<()> {
        let request = client.get(&self.url).header(header::ACCEPT_ENCODING, ENCODINGS);
        let response = request.header(header::COOKIE, &self.cookies).send().await?;
        let status = response.status();
        response.bytes().await?;
        if status == 200 { Ok(()) } else { Err(format!("{}: {status}", self.url).into()) }
    }
}

/// Connections that stay open.
pub struct Connections(Vec<Client>);

impl Connections {
    /// As many as are wanted; opened at their first use.
    pub fn new(count: usize) -> Outcome<Self> {
        let clients = (0..count).map(|_| builder().pool_max_idle_per_host(1).build());
        Ok(Self(clients.collect::<Result<_, _>>()?))
    }

    /// Makes `count` requests in all, each connection one after the other, the visits in turn.
    pub async fn load(&self, visits: &Arc<Vec<Visit>>, count: usize) -> Outcome<()> {
        let step = self.0.len();
        let mut tasks = tokio::task::JoinSet::new();
        for (start, client) in self.0.iter().cloned().enumerate() {
            let visits = Arc::clone(visits);
            tasks.spawn(async move {
                for visit in visits.iter().cycle().skip(start % visits.len()).step_by(step).take(count / step) {
                    visit.make(&client).await?;
                }
                Outcome::Ok(())
            });
        }
        while let Some(done) = tasks.join_next().await {
            done??;
        }
        Ok(())
    }
}
