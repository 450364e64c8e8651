//! An upstream that misbehaves on purpose: raw HTTP over TLS, every byte chosen by the test, everything received kept.
//! It shares nothing with the sandbox.

pub mod pki;
pub mod xml;

use std::{
    io,
    net::SocketAddr,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use rustls::{HandshakeKind, ServerConfig};
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    task::JoinHandle,
};
use tokio_rustls::{TlsAcceptor, server::TlsStream};

/// A request as it arrived.
#[derive(Clone)]
pub struct Received {
    pub head: String,
    pub body: String,
}

impl Received {
    /// A header's value as sent.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.head
            .lines()
            .filter_map(|line| line.split_once(": "))
            .find(|(known, _)| known.eq_ignore_ascii_case(name))
            .map(|it| it.1)
    }
}

/// What is done once a request has been read.
#[derive(Clone)]
pub enum Act {
    /// These bytes; the connection stays open.
    Send(Vec<u8>),
    /// These bytes, then a proper end of the connection.
    SendAndClose(Vec<u8>),
    /// These bytes, then an end without TLS's goodbye.
    SendAndCut(Vec<u8>),
    /// These bytes, after a while.
    SendLate(Vec<u8>, Duration),
    /// These bytes one at a time.
    Drip(Vec<u8>, Duration),
    /// These bytes, then those one at a time.
    SendThenDrip(Vec<u8>, Vec<u8>, Duration),
    /// Nothing, ever.
    Silence,
}

/// What was seen.
#[derive(Default)]
pub struct Seen {
    pub connections: AtomicUsize,
    pub full_handshakes: AtomicUsize,
    pub resumed_handshakes: AtomicUsize,
    pub requests: Mutex<Vec<Received>>,
}

impl Seen {
    pub fn connections(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }

    pub fn requests(&self) -> Vec<Received> {
        self.requests.lock().expect("no panic").clone()
    }

    pub fn only_request(&self) -> Received {
        let requests = self.requests();
        assert_eq!(requests.len(), 1, "exactly one request arrives");
        requests.into_iter().next().expect("one")
    }
}

/// A running upstream; it ends with this value.
pub struct Upstream {
    pub address: SocketAddr,
    pub seen: Arc<Seen>,
    task: JoinHandle<()>,
}

impl Drop for Upstream {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// Chooses by the number of the request, from 0.
type Script = Arc<dyn Fn(usize) -> Act + Send + Sync>;

impl Upstream {
    /// Serves TLS with `config`.
    pub async fn tls(config: ServerConfig, script: impl Fn(usize) -> Act + Send + Sync + 'static) -> Self {
        let acceptor = TlsAcceptor::from(Arc::new(config));
        let script: Script = Arc::new(script);
        Self::tcp(move |stream, seen| {
            let (acceptor, script) = (acceptor.clone(), Arc::clone(&script));
            async move {
                match acceptor.accept(stream).into_fallible().await {
                    Ok(stream) => {
                        count_handshake(&stream, &seen);
                        // A client may end a connection whenever it likes.
                        let _ = serve(stream, &script, &seen).await;
                    }
                    // The alert is on its way: closing now could overtake it with a reset.
                    Err((_, mut stream)) => drop(tokio::io::copy(&mut stream, &mut tokio::io::sink()).await),
                }
            }
        })
        .await
    }

    /// Serves bare TCP.
    pub async fn tcp<F>(serve: impl Fn(TcpStream, Arc<Seen>) -> F + Send + 'static) -> Self
    where
        F: Future<Output = ()> + Send + 'static,
    {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("bound");
        let seen = Arc::new(Seen::default());
        let task = tokio::spawn({
            let seen = Arc::clone(&seen);
            async move {
                while let Ok((stream, _)) = listener.accept().await {
                    seen.connections.fetch_add(1, Ordering::SeqCst);
                    tokio::spawn(serve(stream, Arc::clone(&seen)));
                }
            }
        });
        Self { address, seen, task }
    }
}

fn count_handshake(stream: &TlsStream<TcpStream>, seen: &Seen) {
    let counter = match stream.get_ref().1.handshake_kind() {
        Some(HandshakeKind::Resumed) => &seen.resumed_handshakes,
        _ => &seen.full_handshakes,
    };
    counter.fetch_add(1, Ordering::SeqCst);
}

async fn serve(mut stream: TlsStream<TcpStream>, script: &Script, seen: &Seen) -> io::Result<()> {
    while let Some(request) = read_request(&mut stream).await? {
        let number = {
            let mut requests = seen.requests.lock().expect("no panic");
            requests.push(request);
            requests.len() - 1
        };
        match script(number) {
            Act::Send(bytes) => {
                stream.write_all(&bytes).await?;
                stream.flush().await?;
            }
            Act::SendLate(bytes, after) => {
                tokio::time::sleep(after).await;
                stream.write_all(&bytes).await?;
                stream.flush().await?;
            }
            Act::SendAndClose(bytes) => {
                stream.write_all(&bytes).await?;
                return stream.shutdown().await;
            }
            Act::SendAndCut(bytes) => {
                stream.write_all(&bytes).await?;
                return stream.flush().await;
            }
            Act::Drip(bytes, every) => drip(&mut stream, bytes, every).await?,
            Act::SendThenDrip(first, then, every) => {
                stream.write_all(&first).await?;
                drip(&mut stream, then, every).await?;
            }
            Act::Silence => std::future::pending::<()>().await,
        }
    }
    Ok(())
}

async fn drip(stream: &mut TlsStream<TcpStream>, bytes: Vec<u8>, every: Duration) -> io::Result<()> {
    for byte in bytes {
        stream.write_all(&[byte]).await?;
        stream.flush().await?;
        tokio::time::sleep(every).await;
    }
    Ok(())
}

/// One request; none at the end of the connection.
pub async fn read_request(stream: &mut (impl AsyncRead + AsyncWrite + Unpin)) -> io::Result<Option<Received>> {
    let mut bytes = Vec::new();
    loop {
        if let Some(end) = bytes.windows(4).position(|window| window == b"\r\n\r\n") {
            let head = String::from_utf8_lossy(&bytes[..end]).into_owned();
            let mut request = Received { head, body: String::new() };
            let length = request.header("content-length").map_or(0, |length| length.parse().expect("a number"));
            let mut body = bytes.split_off(end + 4);
            while body.len() < length {
                let read = stream.read_buf(&mut body).await?;
                assert!(read > 0, "the request is whole");
            }
            request.body = String::from_utf8(body).expect("UTF-8");
            return Ok(Some(request));
        }
        if stream.read_buf(&mut bytes).await? == 0 {
            return Ok(None);
        }
    }
}

/// An HTTP response with its length.
pub fn http(status: u16, content_type: &str, body: impl AsRef<[u8]>) -> Vec<u8> {
    let body = body.as_ref();
    let mut bytes =
        format!("HTTP/1.1 {status} X\r\nContent-Type: {content_type}\r\nContent-Length: {}\r\n\r\n", body.len())
            .into_bytes();
    bytes.extend_from_slice(body);
    bytes
}
