//! The built site (style, fonts, islands), embedded in the binary and served under a path that names its content.

use std::sync::LazyLock;

use aws_lc_rs::digest::{Context, SHA256};
use axum::{
    extract::{Path, Request},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use rust_embed::{EmbeddedFile, RustEmbed};

#[derive(RustEmbed)]
#[folder = "target/site"]
#[allow_missing = true]
struct Files;

/// `/v-` and a hash of everything embedded: what is under it never changes.
static ROOT: LazyLock<String> = LazyLock::new(|| {
    let mut names: Vec<_> = Files::iter().collect();
    names.sort();
    let mut context = Context::new(&SHA256);
    for name in names {
        context.update(name.as_bytes());
        if let Some(file) = Files::get(&name) {
            context.update(&file.metadata.sha256_hash());
        }
    }
    let digest = context.finish();
    let start = digest.as_ref().iter().take(8).fold(0, |start, byte| start << 8 | u64::from(*byte));
    format!("/v-{start:016x}")
});

/// The path under which the site's files are, without a slash at its end.
#[must_use]
pub fn root() -> &'static str {
    &ROOT
}

/// Whether the browser part was built into this binary.
#[must_use]
pub fn has_islands() -> bool {
    Files::get("pkg/centralino.js").is_some()
}

/// Serves a file of the site in the best encoding that the browser takes.
pub async fn serve(Path((version, path)): Path<(String, String)>, request: Request) -> Response {
    if Some(version.as_str()) != root().strip_prefix("/v-") {
        return StatusCode::NOT_FOUND.into_response();
    }
    let path = built_name(&path);
    let Some((file, encoding)) = best(path, request.headers()) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let mut response = file.data.into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, content_type(path));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=31536000, immutable"));
    headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    if let Some(encoding) = encoding {
        headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static(encoding));
    }
    response
}

/// Leptos asks for `…_bg.wasm` unless cargo-leptos compiled it; the file is named the same either way.
fn built_name(path: &str) -> &str {
    if path == "pkg/centralino_bg.wasm" { "pkg/centralino.wasm" } else { path }
}

fn best(path: &str, headers: &HeaderMap) -> Option<(EmbeddedFile, Option<&'static str>)> {
    let accepted = headers.get(header::ACCEPT_ENCODING).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let takes = |encoding: &str| accepted.split(',').any(|one| one.trim().split(';').next() == Some(encoding));
    [("br", "br"), ("gzip", "gz")]
        .into_iter()
        .filter(|(encoding, _)| takes(encoding))
        .find_map(|(encoding, suffix)| Some((Files::get(&format!("{path}.{suffix}"))?, Some(encoding))))
        .or_else(|| Some((Files::get(path)?, None)))
}

fn content_type(path: &str) -> HeaderValue {
    HeaderValue::from_static(match path.rsplit_once('.').map_or("", |(_, suffix)| suffix) {
        "css" => "text/css; charset=utf-8",
        "js" => "text/javascript; charset=utf-8",
        "wasm" => "application/wasm",
        "woff2" => "font/woff2",
        "svg" => "image/svg+xml; charset=utf-8",
        "ico" => "image/x-icon",
        "png" => "image/png",
        "txt" => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    })
}
