//! What every page forbids the browser.

use axum::{
    extract::{Request, State},
    http::{HeaderName, HeaderValue, header},
    middleware::Next,
    response::Response,
};

use super::state::AppState;

/// The content security policy of a page whose inline script carries `nonce`.
#[must_use]
pub fn content_security_policy(nonce: &str) -> String {
    format!(
        "default-src 'none'; script-src 'self' 'nonce-{nonce}' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self'; \
         font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    )
}

const HEADERS: [(HeaderName, &str); 7] = [
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::X_FRAME_OPTIONS, "DENY"),
    (header::REFERRER_POLICY, "same-origin"),
    (header::CONTENT_SECURITY_POLICY, "default-src 'none'; base-uri 'none'; frame-ancestors 'none'"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    (
        HeaderName::from_static("permissions-policy"),
        "camera=(), microphone=(), geolocation=(), payment=(), usb=(), interest-cohort=()",
    ),
];

/// For two years, and for the names below the desk's: who has come once comes over HTTPS alone.
const HTTPS_ALONE: HeaderValue = HeaderValue::from_static("max-age=63072000; includeSubDomains");

/// Adds the headers that the answer does not have; pages are never stored. That a browser comes over HTTPS alone is
/// asked where it comes so: a trial on this machine is served without.
pub async fn layer(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    for (name, value) in HEADERS {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    }
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    if state.config.server.is_https() {
        headers.insert(header::STRICT_TRANSPORT_SECURITY, HTTPS_ALONE);
    }
    response
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    #[test]
    fn a_page_runs_what_is_ours_and_nothing_else() {
        let policy = content_security_policy("n0nce");
        let directives: BTreeMap<_, _> =
            policy.split(';').filter_map(|directive| directive.trim().split_once(' ')).collect();
        let ours = ["style-src", "img-src", "font-src", "connect-src", "form-action"].map(|name| (name, "'self'"));
        let nobodys = ["default-src", "base-uri", "frame-ancestors"].map(|name| (name, "'none'"));
        let scripts = ("script-src", "'self' 'nonce-n0nce' 'wasm-unsafe-eval'");
        assert_eq!(directives, ours.into_iter().chain(nobodys).chain([scripts]).collect());
    }
}
