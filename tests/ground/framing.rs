//! Where a request ends and the next one begins: what a proxy might read in another way is read by the standard, or not
//! at all.

use centralino::server::{application::Application, clock::Clock};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    sync::oneshot,
    time::timeout,
};

use super::{LONG, config};

const NEXT: &str = "GET /healthz HTTP/1.1\r\nhost: desk\r\nconnection: close\r\n\r\n";
/// A form in chunks, whose user name the page shows again.
const BODY: &str = "10\r\nusername=chunked\r\n0\r\n\r\n";
const FORM: &str = "POST /login HTTP/1.1\r\nhost: desk\r\ncontent-type: application/x-www-form-urlencoded\r\n";

#[tokio::test]
async fn a_request_whose_length_is_told_in_two_ways_hides_no_other() {
    let folder = tempfile::tempdir().expect("folder");
    let application = Application::build(config(&folder), Clock::system()).await.expect("builds");
    let address = application.address().expect("address");
    let (stop, stopped) = oneshot::channel::<()>();
    let served = tokio::spawn(application.serve(async { drop(stopped.await) }));
    let length = BODY.len() + NEXT.len();
    for (head, status) in [
        // The chunks count, and after them the connection ends: what follows is nobody's.
        (format!("content-length: {length}\r\ntransfer-encoding: chunked"), "422"),
        (format!("transfer-encoding: chunked\r\ncontent-length: {length}"), "422"),
        (format!("content-length: {}\r\ncontent-length: {length}", BODY.len()), "400"),
        (format!("content-length: +{length}"), "400"),
        (format!("content-length : {length}"), "400"),
        ("transfer-encoding: chunked, identity".to_owned(), "400"),
        ("transfer-encoding: xchunked".to_owned(), "400"),
        ("transfer-encoding : chunked".to_owned(), "400"),
    ] {
        let mut stream = TcpStream::connect(address).await.expect("connects");
        stream.write_all(format!("{FORM}{head}\r\n\r\n{BODY}{NEXT}").as_bytes()).await.expect("sends");
        let mut answers = Vec::new();
        timeout(LONG, stream.read_to_end(&mut answers)).await.expect("in time").expect("answers");
        let answers = String::from_utf8(answers).expect("text");
        let said: Vec<_> = answers.split("HTTP/1.1 ").skip(1).map(|answer| &answer[..3]).collect();
        assert_eq!(said, [status], "{head}");
        assert_eq!(status == "422", answers.contains("value=\"chunked\""), "{head}: {answers}");
    }
    stop.send(()).expect("is served");
    timeout(LONG, served).await.expect("in time").expect("no panic").expect("stops");
}
