//! What no browser sends: heads without end, hosts that are not ours, paths that climb, line ends within values.

use std::{net::SocketAddr, time::Duration};

use centralino::server::{application::Application, clock::Clock};
use tempfile::TempDir;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    sync::oneshot,
    time::{Instant, timeout},
};

use super::{LONG, config};

/// A desk in this process, until it is dropped.
struct Desk {
    address: SocketAddr,
    _folder: TempDir,
    _stop: oneshot::Sender<()>,
}

impl Desk {
    async fn start() -> Self {
        Self::start_with(|application| application).await
    }

    async fn start_with(change: impl FnOnce(Application) -> Application) -> Self {
        let folder = tempfile::tempdir().expect("folder");
        let application = change(Application::build(config(&folder), Clock::system()).await.expect("builds"));
        let address = application.address().expect("address");
        let (stop, stopped) = oneshot::channel::<()>();
        tokio::spawn(application.serve(async { drop(stopped.await) }));
        Self { address, _folder: folder, _stop: stop }
    }

    /// The answer to these bytes; its head alone, where the body is not text.
    async fn ask(&self, head: &str, body: &str) -> String {
        let mut stream = TcpStream::connect(self.address).await.expect("connects");
        let request = format!("{head}\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}", body.len());
        // Who is refused early may not take all of it.
        let _ = stream.write_all(request.as_bytes()).await;
        let mut answer = Vec::new();
        let _ = timeout(LONG, stream.read_to_end(&mut answer)).await.expect("in time");
        String::from_utf8_lossy(&answer).into_owned()
    }

    async fn get(&self, path: &str, headers: &str) -> String {
        self.ask(&format!("GET {path} HTTP/1.1\r\nhost: desk{headers}"), "").await
    }
}

fn status(answer: &str) -> &str {
    answer.get(9..12).unwrap_or_default()
}

#[tokio::test]
async fn a_flood_of_headers_is_refused() {
    let desk = Desk::start().await;
    assert_eq!(status(&desk.get("/login", &"\r\nx-many: 1".repeat(50)).await), "200");
    assert_eq!(status(&desk.get("/login", &"\r\nx-many: 1".repeat(500)).await), "431");
    let long = format!("\r\nx-long: {}", "a".repeat(1024 * 1024));
    let answer = desk.get("/login", &long).await;
    assert!(["431", ""].contains(&status(&answer)), "{answer}");
    let answer = desk.get(&format!("/{}", "a".repeat(1024 * 1024)), "").await;
    assert!(["414", "431", ""].contains(&status(&answer)), "{answer}");
}

#[tokio::test]
async fn a_head_that_does_not_end_is_cut() {
    let desk = Desk::start_with(|application| application.with_heads_within(Duration::from_secs(1))).await;
    let mut stream = TcpStream::connect(desk.address).await.expect("connects");
    stream.write_all(b"GET /login HTTP/1.1\r\nhost: desk\r\n").await.expect("sends");
    let begun = Instant::now();
    let mut answer = Vec::new();
    // One more byte now and then does not help.
    while begun.elapsed() < LONG && stream.write_all(b"x").await.is_ok() {
        if matches!(timeout(Duration::from_millis(300), stream.read_buf(&mut answer)).await, Ok(Ok(0) | Err(_))) {
            break;
        }
    }
    assert!(begun.elapsed() < LONG, "it is never cut");
    assert!(!answer.starts_with(b"HTTP/1.1 200"), "{}", String::from_utf8_lossy(&answer));
}

#[tokio::test]
async fn the_name_of_another_host_is_repeated_nowhere() {
    let desk = Desk::start().await;
    for (path, expected) in
        [("/", "303"), ("/login", "200"), ("/no/such", "404"), ("/cases", "303"), ("/logout", "405")]
    {
        let head = format!(
            "GET {path} HTTP/1.1\r\nhost: evil.example\r\nx-forwarded-host: evil.example\r\n\
             forwarded: host=evil.example\r\nreferer: http://evil.example/"
        );
        let answer = desk.ask(&head, "").await;
        assert_eq!(status(&answer), expected, "{path}");
        assert!(!answer.contains("evil.example"), "{path}: {answer}");
        let location = answer.lines().find_map(|line| line.strip_prefix("location: "));
        assert!(
            location.is_none_or(|location| location.starts_with('/') && !location.starts_with("//")),
            "{location:?}"
        );
    }
}

#[tokio::test]
async fn a_line_end_in_a_value_makes_no_header() {
    let desk = Desk::start().await;
    let planted = "%0d%0aset-cookie:%20planted=1%0d%0a%0d%0aplanted";
    let form = "content-type: application/x-www-form-urlencoded\r\nsec-fetch-site: same-origin";
    let post = |path: &str| format!("POST {path} HTTP/1.1\r\nhost: desk\r\n{form}");
    for answer in [
        desk.get(&format!("/login?next=/cases{planted}"), "").await,
        desk.get(&format!("/cases/{planted}"), "").await,
        desk.get(&format!("/?call={planted}"), "").await,
        desk.ask(&post("/login"), &format!("username=x&password=y&next=/cases{planted}")).await,
        desk.ask(&post("/language"), &format!("language=en&back=/cases{planted}")).await,
        desk.ask(&post(&format!("/language?back=/{planted}")), "language=en").await,
    ] {
        let (head, _) = answer.split_once("\r\n\r\n").expect("a head");
        assert!(!head.contains("planted"), "{head}");
        assert!(["200", "303", "400", "404", "422"].contains(&status(head)), "{head}");
    }
}

#[tokio::test]
async fn no_path_climbs_out_of_the_site() {
    let desk = Desk::start().await;
    let page = desk.get("/login", "").await;
    let (_, rest) = page.split_once("href=\"/v-").expect("a file");
    let version = rest.split('/').next().expect("a version");
    for trick in [
        "../../etc/passwd",
        "..%2f..%2fetc%2fpasswd",
        "%2e%2e/%2e%2e/etc/passwd",
        "....//....//etc/passwd",
        "..\\..\\etc\\passwd",
        "/etc/passwd",
        "%00",
        "pkg%00.css",
        "%c0%ae%c0%ae/etc/passwd",
    ] {
        let answer = desk.get(&format!("/v-{version}/{trick}"), "").await;
        assert!(["400", "404"].contains(&status(&answer)) && !answer.contains("root:"), "{trick}: {answer}");
    }
    // A page is a page by its one path alone: what a proxy may let through is none here.
    for trick in ["//login", "/login/", "/./login", "/x/../login", "/login;a=b", "/%6cogin%00", "/LOGIN"] {
        let answer = desk.get(trick, "").await;
        assert_ne!(status(&answer), "200", "{trick}");
        assert!(!answer.contains("name=\"password\""), "{trick}");
    }
}

#[tokio::test]
async fn pages_are_never_compressed_and_files_are() {
    let desk = Desk::start().await;
    let page = desk.get("/login?next=/cases", "\r\naccept-encoding: gzip, deflate, br, zstd").await;
    assert_eq!(status(&page), "200");
    let (head, body) = page.split_once("\r\n\r\n").expect("a head");
    assert!(!head.contains("content-encoding"), "a secret and what a stranger wrote share a compressed answer: {head}");
    let sheet = body.split('"').find(|part| part.starts_with("/v-") && part.contains(".css")).expect("a style sheet");
    let file = desk.get(sheet, "\r\naccept-encoding: gzip, deflate, br, zstd").await;
    assert!(file.contains("content-encoding: "), "{}", file.split("\r\n\r\n").next().unwrap_or_default());
}
