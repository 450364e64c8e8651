//! A browser without JavaScript: it keeps cookies as they are set, follows nothing by itself.

use std::{
    collections::BTreeMap,
    io::{Cursor, Read},
    net::SocketAddr,
};

use axum::http::{HeaderMap, Method, StatusCode, header};
use reqwest::{Client, RequestBuilder, redirect::Policy};

/// One person's browser.
#[derive(Clone)]
pub struct Browser {
    client: Client,
    base: String,
    /// Name and value of each cookie.
    pub cookies: BTreeMap<String, String>,
}

/// A client that follows nothing and asks no proxy.
pub fn client() -> Client {
    // Another test of this process may have done so.
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    Client::builder().redirect(Policy::none()).no_proxy().build().expect("a client")
}

/// What came back.
#[derive(Debug)]
pub struct Answer {
    /// The status.
    pub status: StatusCode,
    /// The headers.
    pub headers: HeaderMap,
    /// The body as text.
    pub text: String,
    /// The body as it came.
    pub bytes: Vec<u8>,
}

impl Browser {
    /// A new one, without cookies.
    pub fn new(address: SocketAddr) -> Self {
        Self { client: client(), base: format!("http://{address}"), cookies: BTreeMap::new() }
    }

    /// A new one before a desk at this origin, which this client can reach.
    pub const fn at(origin: String, client: Client) -> Self {
        Self { client, base: origin, cookies: BTreeMap::new() }
    }

    /// Goes on before a desk that listens elsewhere now.
    pub fn move_to(&mut self, address: SocketAddr) {
        self.base = format!("http://{address}");
    }

    /// Opens a page.
    pub async fn get(&mut self, path: &str) -> Answer {
        let request = self.request(Method::GET, path);
        self.send(request).await
    }

    /// Sends a form.
    pub async fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let request = self.form(path, fields);
        self.send(request).await
    }

    /// The request of a form, still to be sent.
    pub fn form(&self, path: &str, fields: &[(&str, &str)]) -> RequestBuilder {
        let mut body = form_urlencoded(fields);
        if body.is_empty() {
            body.push('&');
        }
        self.request(Method::POST, path)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header(header::ORIGIN, &self.base)
            .body(body)
    }

    /// A request as a page of the desk makes it, still to be filled and sent.
    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.client.request(method, format!("{}{path}", self.base)).header("sec-fetch-site", "same-origin")
    }

    /// Sends a request with the cookies, and keeps those that come back.
    pub async fn send(&mut self, request: RequestBuilder) -> Answer {
        self.try_send(request).await.expect("an answer")
    }

    /// Sends a request with the cookies and with its headers as they are, and keeps nothing.
    pub async fn send_as_it_is(&self, mut request: reqwest::Request) -> Answer {
        let cookies: Vec<_> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        request.headers_mut().insert(header::COOKIE, cookies.join("; ").parse().expect("a value"));
        let response = self.client.execute(request).await.expect("an answer");
        let (status, headers) = (response.status(), response.headers().clone());
        let bytes = response.bytes().await.expect("a body").to_vec();
        Answer { status, headers, text: String::from_utf8_lossy(&bytes).into_owned(), bytes }
    }

    /// The same, to a desk that may die over it.
    pub async fn try_send(&mut self, request: RequestBuilder) -> Result<Answer, reqwest::Error> {
        let cookies: Vec<_> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let response = request.header(header::COOKIE, cookies.join("; ")).send().await?;
        let (status, headers) = (response.status(), response.headers().clone());
        for cookie in headers.get_all(header::SET_COOKIE) {
            let cookie = cookie::Cookie::parse(cookie.to_str().expect("text").to_owned()).expect("a cookie");
            if cookie.max_age() == Some(cookie::time::Duration::ZERO) {
                self.cookies.remove(cookie.name());
            } else {
                self.cookies.insert(cookie.name().to_owned(), cookie.value().to_owned());
            }
        }
        let bytes = response.bytes().await?.to_vec();
        Ok(Answer { status, headers, text: String::from_utf8_lossy(&bytes).into_owned(), bytes })
    }
}

fn form_urlencoded(fields: &[(&str, &str)]) -> String {
    let escape = |text: &str| {
        let escape = |byte: u8| {
            if byte.is_ascii_alphanumeric() { char::from(byte).to_string() } else { format!("%{byte:02X}") }
        };
        text.bytes().map(escape).collect::<String>()
    };
    fields.iter().map(|(name, value)| format!("{name}={}", escape(value))).collect::<Vec<_>>().join("&")
}

impl Answer {
    /// Where a 303 leads.
    pub fn location(&self) -> &str {
        assert_eq!(self.status, StatusCode::SEE_OTHER, "{}", self.text);
        self.headers[header::LOCATION].to_str().expect("text")
    }

    /// The page, which must have this status and hold this text.
    #[track_caller]
    pub fn shows(&self, status: u16, text: &str) -> &Self {
        assert_eq!(self.status.as_u16(), status, "{}", self.text);
        assert!(self.text.contains(text), "no {text:?} in {}", self.text);
        self
    }

    /// The files of an archive, such as a workbook is: their names and texts.
    pub fn unzipped(&self) -> BTreeMap<String, String> {
        let mut archive = zip::ZipArchive::new(Cursor::new(&self.bytes)).expect("an archive");
        let mut files = BTreeMap::new();
        for place in 0..archive.len() {
            let (mut file, mut text) = (archive.by_index(place).expect("a file"), String::new());
            file.read_to_string(&mut text).expect("text");
            files.insert(file.name().expect("a name").into_owned(), text);
        }
        files
    }

    /// The page without what differs from one rendering to the next.
    pub fn without_nonce(&self) -> String {
        let mut text = self.text.clone();
        while let Some(start) = text.find("nonce=\"") {
            let end = start + 7 + text[start + 7..].find('"').expect("a quote");
            text.replace_range(start..=end, "");
        }
        text
    }
}
