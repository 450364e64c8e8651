//! The desk's own TLS, as a browser meets it.

use std::{net::SocketAddr, sync::Arc, time::Duration};

use centralino::server::{application::Application, clock::Clock, config::Config};
use reqwest::Client;
use rustls::{
    ClientConfig, RootCertStore, SupportedProtocolVersion,
    crypto::{CryptoProvider, aws_lc_rs::default_provider},
    pki_types::{CertificateDer, ServerName, pem::PemObject},
    version::{TLS12, TLS13},
};
use tempfile::TempDir;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    sync::oneshot,
    task::JoinHandle,
    time::{Instant, sleep, timeout},
};
use tokio_rustls::{TlsConnector, client::TlsStream};

use super::{LONG, config};
use crate::support::upstream::pki::{Authority, Issued};

const REQUEST: &[u8] = b"GET /healthz HTTP/1.1\r\nhost: localhost\r\n\r\n";

/// A desk that speaks TLS itself.
struct Desk {
    authority: Authority,
    folder: TempDir,
    address: SocketAddr,
    stop: Option<oneshot::Sender<()>>,
    served: JoinHandle<std::io::Result<()>>,
}

fn install(folder: &TempDir, issued: &Issued) {
    std::fs::write(folder.path().join("desk.key"), &issued.key_pem).expect("a file");
    std::fs::write(folder.path().join("desk.pem"), &issued.pem).expect("a file");
}

fn with_tls(folder: &TempDir) -> Config {
    let mut config = config(folder);
    config.server.tls_certificate_file = Some(folder.path().join("desk.pem"));
    config.server.tls_key_file = Some(folder.path().join("desk.key"));
    config
}

impl Desk {
    async fn start() -> Self {
        let (folder, authority) = (tempfile::tempdir().expect("folder"), Authority::new("desks"));
        install(&folder, &authority.server("localhost"));
        let application = Application::build(with_tls(&folder), Clock::system()).await.expect("builds");
        let address = application.address().expect("address");
        let (stop, stopped) = oneshot::channel::<()>();
        let served = tokio::spawn(application.serve(async { drop(stopped.await) }));
        Self { authority, folder, address, stop: Some(stop), served }
    }

    fn tls(&self, versions: &[&'static SupportedProtocolVersion]) -> ClientConfig {
        self.tls_of(default_provider(), versions)
    }

    fn tls_of(&self, provider: CryptoProvider, versions: &[&'static SupportedProtocolVersion]) -> ClientConfig {
        let mut roots = RootCertStore::empty();
        let authority = CertificateDer::from_pem_slice(self.authority.pem.as_bytes()).expect("a certificate");
        roots.add(authority).expect("an authority");
        ClientConfig::builder_with_provider(Arc::new(provider))
            .with_protocol_versions(versions)
            .expect("versions")
            .with_root_certificates(roots)
            .with_no_client_auth()
    }

    fn browser(&self, versions: &[&'static SupportedProtocolVersion]) -> Client {
        let client = Client::builder().tls_backend_preconfigured(self.tls(versions)).no_proxy();
        client.redirect(reqwest::redirect::Policy::none()).build().expect("a client")
    }

    fn url(&self, path: &str) -> String {
        format!("https://localhost:{}{path}", self.address.port())
    }

    async fn connect(&self) -> TlsStream<TcpStream> {
        self.connect_by(self.tls(&[&TLS13, &TLS12])).await
    }

    async fn connect_by(&self, config: ClientConfig) -> TlsStream<TcpStream> {
        let connector = TlsConnector::from(Arc::new(config));
        let name = ServerName::try_from("localhost").expect("a name");
        let tcp = TcpStream::connect(self.address).await.expect("connects");
        connector.connect(name, tcp).await.expect("a handshake")
    }
}

/// The certificate that a connection was shown.
fn shown(stream: &TlsStream<TcpStream>) -> Vec<u8> {
    stream.get_ref().1.peer_certificates().expect("certificates")[0].to_vec()
}

async fn is_answered(stream: &mut TlsStream<TcpStream>) -> bool {
    let mut answer = Vec::new();
    let is_sent = stream.write_all(REQUEST).await.is_ok();
    // The last of the headers and the one word.
    while is_sent && !answer.ends_with(b"ok\n") {
        match timeout(LONG, stream.read_buf(&mut answer)).await.expect("in time") {
            Ok(1..) => (),
            _ => return false,
        }
    }
    answer.starts_with(b"HTTP/1.1 200")
}

#[tokio::test]
async fn tls_1_2_and_1_3_are_spoken_and_what_is_older_is_refused() {
    let desk = Desk::start().await;
    for version in [&TLS12, &TLS13] {
        let answer = desk.browser(&[version]).get(desk.url("/login")).send().await.expect("an answer");
        assert_eq!((answer.status().as_u16(), answer.version()), (200, reqwest::Version::HTTP_11));
        assert!(answer.headers().contains_key("strict-transport-security"));
    }
    // The first message of TLS 1.1, with suites that everybody had.
    let suites = [0xc0, 0x13, 0xc0, 0x14, 0x00, 0x2f, 0x00, 0x35];
    let mut hello = vec![3, 2];
    hello.extend([7; 32]);
    hello.extend([0, 0, 8]);
    hello.extend(suites);
    hello.extend([1, 0]);
    // Kinds of signatures, without which the version would not be looked at.
    hello.extend([0, 10, 0, 13, 0, 6, 0, 4, 4, 3, 4, 1]);
    let length = u8::try_from(hello.len()).expect("short");
    let mut record = vec![0x16, 3, 1, 0, length + 4, 1, 0, 0, length];
    record.extend(hello);
    let mut tcp = TcpStream::connect(desk.address).await.expect("connects");
    tcp.write_all(&record).await.expect("sends");
    let mut answer = Vec::new();
    timeout(LONG, tcp.read_to_end(&mut answer)).await.expect("in time").expect("reads");
    // A fatal alert: protocol_version.
    assert_eq!((answer.first(), answer.get(5..7)), (Some(&0x15), Some(&[2, 70][..])), "{answer:?}");
    let mut plain = TcpStream::connect(desk.address).await.expect("connects");
    plain.write_all(REQUEST).await.expect("sends");
    let mut answer = Vec::new();
    let _ = timeout(LONG, plain.read_to_end(&mut answer)).await.expect("in time");
    assert!(!answer.starts_with(b"HTTP"), "plain HTTP is not answered");
}

#[tokio::test]
async fn the_strongest_suite_is_taken_whichever_a_browser_names_first() {
    let desk = Desk::start().await;
    for version in [&TLS12, &TLS13] {
        let mut weakest_first = default_provider();
        weakest_first.cipher_suites.reverse();
        let mut taken = Vec::new();
        for provider in [default_provider(), weakest_first] {
            let stream = desk.connect_by(desk.tls_of(provider, &[version])).await;
            taken.push(stream.get_ref().1.negotiated_cipher_suite().expect("a suite").suite());
        }
        assert_eq!(taken[0], taken[1], "{version:?}");
    }
}

#[tokio::test]
async fn cookies_are_of_this_host_and_secure() {
    let desk = Desk::start().await;
    let browser = desk.browser(&[&TLS13]);
    let form = browser.post(desk.url("/language")).header("sec-fetch-site", "same-origin");
    let form = form.header("content-type", "application/x-www-form-urlencoded").body("language=en&path=%2Flogin");
    let answer = form.send().await.expect("an answer");
    let cookies: Vec<_> = answer.headers().get_all("set-cookie").iter().map(|it| it.to_str().expect("text")).collect();
    assert!(!cookies.is_empty(), "{:?}", answer.status());
    assert!(cookies.iter().all(|it| it.starts_with("__Host-") && it.contains("Secure")), "{cookies:?}");
}

#[tokio::test]
async fn a_renewed_certificate_is_taken_over_and_open_connections_live_on() {
    let desk = Desk::start().await;
    let mut old = desk.connect().await;
    assert!(is_answered(&mut old).await);
    let first = shown(&old);
    // A key of another certificate leaves the pair in use.
    std::fs::write(desk.folder.path().join("desk.key"), desk.authority.server("localhost").key_pem).expect("a file");
    sleep(Duration::from_secs(4)).await;
    assert_eq!(shown(&desk.connect().await), first);
    let renewed = desk.authority.server("localhost");
    install(&desk.folder, &renewed);
    let begun = Instant::now();
    let mut new = desk.connect().await;
    while shown(&new) == first {
        assert!(begun.elapsed() < LONG, "it is not taken over");
        sleep(Duration::from_millis(200)).await;
        new = desk.connect().await;
    }
    assert!(is_answered(&mut new).await && is_answered(&mut old).await, "both are served");
}

#[tokio::test]
async fn what_is_wrong_with_a_file_is_told_with_its_key() {
    let (folder, authority) = (tempfile::tempdir().expect("folder"), Authority::new("desks"));
    let refused = async || Application::build(with_tls(&folder), Clock::system()).await.expect_err("built").to_string();
    let one = authority.server("localhost");
    install(&folder, &one);
    std::fs::write(folder.path().join("desk.key"), authority.server("localhost").key_pem).expect("a file");
    let told = refused().await;
    assert!(told.contains("server.tls_key_file") && told.contains("does not belong to the certificate"), "{told}");
    std::fs::write(folder.path().join("desk.key"), "ciao").expect("a file");
    assert!(refused().await.contains("server.tls_key_file"), "no key");
    install(&folder, &one);
    std::fs::write(folder.path().join("desk.pem"), "ciao").expect("a file");
    assert!(refused().await.contains("server.tls_certificate_file"), "no certificate");
    install(&folder, &authority.server_until("localhost", -1));
    let told = refused().await;
    assert!(told.contains("server.tls_certificate_file") && told.contains("ended at"), "{told}");
}

#[tokio::test]
async fn a_handshake_that_does_not_go_on_is_cut() {
    let desk = Desk::start().await;
    let begun = Instant::now();
    let mut slow = TcpStream::connect(desk.address).await.expect("connects");
    slow.write_all(&[0x16, 3, 1]).await.expect("sends");
    let mut answer = Vec::new();
    let _ = timeout(LONG, slow.read_to_end(&mut answer)).await.expect("it is cut");
    assert!(answer.is_empty() && begun.elapsed() >= Duration::from_secs(9), "{:?}", begun.elapsed());
}

#[tokio::test]
async fn a_stop_lets_the_request_in_flight_end() {
    let mut desk = Desk::start().await;
    let mut stream = desk.connect().await;
    let head = "POST /login HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/x-www-form-urlencoded\r\n\
                content-length: 21\r\n\r\nusername=x&password=";
    stream.write_all(head.as_bytes()).await.expect("sends");
    stream.flush().await.expect("sends");
    sleep(Duration::from_millis(300)).await;
    desk.stop.take().expect("once").send(()).expect("is served");
    sleep(Duration::from_millis(300)).await;
    assert!(TcpStream::connect(desk.address).await.is_err(), "a new connection is taken");
    stream.write_all(b"y").await.expect("sends the rest");
    let mut answer = vec![0; 12];
    timeout(LONG, stream.read_exact(&mut answer)).await.expect("in time").expect("answers");
    assert!(answer.starts_with(b"HTTP/1.1 422"), "{}", String::from_utf8_lossy(&answer));
    drop(stream);
    timeout(LONG, desk.served).await.expect("in time").expect("no panic").expect("stops");
}
