//! What goes back on the wire, broken answers included.

use std::{
    io::{self, Write as _},
    time::Duration,
};

use futures::{Stream, StreamExt as _, stream};
use http_body_util::{BodyExt as _, Full, StreamBody, combinators::UnsyncBoxBody};
use hyper::{
    Response, StatusCode,
    body::{Bytes, Frame},
    header::{CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE, HeaderValue, LOCATION},
};

/// The body of a reply; an error breaks the connection.
pub(super) type Body = UnsyncBoxBody<Bytes, io::Error>;

/// What XML travels as.
pub(super) const XML: &str = "text/xml;charset=UTF-8";
const HUGE: usize = 64 << 20;
const BOMB: usize = 256 << 20;
const BLOCK: usize = 64 << 10;

/// What happens at the end of a request.
pub(super) enum Reply {
    /// A response, whole or not.
    Http(Response<Body>),
    /// A response, after a while.
    Late(Duration, Response<Body>),
    /// Nothing, until the client gives up.
    Silence,
    /// The connection is reset.
    Reset,
}

/// A whole response.
pub(super) fn whole(status: StatusCode, content_type: &'static str, body: impl Into<Bytes>) -> Response<Body> {
    let mut response = Response::new(Full::new(body.into()).map_err(|never| match never {}).boxed_unsync());
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
    response
}

/// A page for people, as servers in front of the service send.
pub(super) fn page(status: StatusCode) -> Response<Body> {
    let title = status.canonical_reason().unwrap_or("Error");
    let code = status.as_str();
    let page = format!(
        "<!DOCTYPE html>\n<html><head><title>{code} {title}</title></head><body><center><h1>{code} {title}</h1>\
         </center><hr><center>nginx</center></body></html>\n"
    );
    whole(status, "text/html", page)
}

/// A redirect that nobody should follow.
pub(super) fn redirect() -> Response<Body> {
    let mut response = page(StatusCode::FOUND);
    response.headers_mut().insert(LOCATION, HeaderValue::from_static("/altrove"));
    response
}

fn streamed(parts: impl Stream<Item = io::Result<Bytes>> + Send + 'static) -> Response<Body> {
    let mut response = Response::new(StreamBody::new(parts.map(|part| part.map(Frame::data))).boxed_unsync());
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(XML));
    response
}

/// Half of `text`, announced as the whole, then a reset.
pub(super) fn cut_short(text: String) -> Response<Body> {
    let length = text.len();
    let half = Bytes::from(text).slice(..length / 2);
    let broken = stream::once(async {
        // Long enough for the half to be sent.
        tokio::time::sleep(Duration::from_millis(50)).await;
        Err(io::ErrorKind::ConnectionReset.into())
    });
    let mut response = streamed(stream::iter([Ok(half)]).chain(broken));
    response.headers_mut().insert(CONTENT_LENGTH, HeaderValue::from(length));
    response
}

/// A byte a second.
pub(super) fn byte_a_second(text: String) -> Response<Body> {
    let length = text.len();
    let bytes = stream::iter(text.into_bytes()).then(|byte| async move {
        tokio::time::sleep(Duration::from_secs(1)).await;
        Ok(Bytes::from(vec![byte]))
    });
    let mut response = streamed(bytes);
    response.headers_mut().insert(CONTENT_LENGTH, HeaderValue::from(length));
    response
}

/// `text`, then blanks without end.
pub(super) fn chunked_forever(text: String) -> Response<Body> {
    let blanks = stream::repeat(()).then(|()| async {
        tokio::time::sleep(Duration::from_millis(20)).await;
        Ok(Bytes::from_static(&[b' '; 1024]))
    });
    streamed(stream::iter([Ok(Bytes::from(text))]).chain(blanks))
}

/// `text`, then 64 MB of blanks.
pub(super) fn huge(text: String) -> Response<Body> {
    let blank = Bytes::from(vec![b' '; BLOCK]);
    let blanks = stream::iter(0..HUGE / BLOCK).map(move |_| Ok(blank.clone()));
    streamed(stream::iter([Ok(Bytes::from(text))]).chain(blanks))
}

/// 256 MB of blanks in one or two.
pub(super) fn gzip_bomb() -> io::Result<Response<Body>> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    let blanks = vec![b' '; BLOCK];
    for _ in 0..BOMB / BLOCK {
        encoder.write_all(&blanks)?;
    }
    let mut response = whole(StatusCode::OK, XML, encoder.finish()?);
    response.headers_mut().insert(CONTENT_ENCODING, HeaderValue::from_static("gzip"));
    Ok(response)
}
