//! The recovery codes between the moment when they are shown and the moment when their owner has saved them.
//!
//! Until then nothing keeps them but the owner's browser, in a cookie sealed under the link's token: the page can be
//! opened again, in the other language too, and a browser that has lost them gets others. Their hashes are stored when
//! the account is activated.

use std::fmt;

use axum::http::{HeaderMap, HeaderValue};
use zeroize::Zeroizing;

use crate::{
    domain::operator::OperatorId,
    features::accounts::recovery::{COUNT, RecoveryCode},
    server::{
        errors::AppError,
        host_cookie,
        random::Random,
        sealing::{SealError, Sealer},
        secrets::Secrets,
    },
};

const COOKIE: &str = "__Host-activation";

/// A set of recovery codes that is shown, and not stored yet.
#[derive(Clone)]
pub struct ShownCodes(pub Vec<RecoveryCode>);

impl fmt::Debug for ShownCodes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ShownCodes(…)")
    }
}

impl ShownCodes {
    /// What is stored of them.
    #[must_use]
    pub fn hashes(&self, secrets: &Secrets, operator: &OperatorId) -> Vec<String> {
        self.0.iter().map(|code| code.hash(secrets, operator)).collect()
    }

    /// As a text, a code a line.
    #[must_use]
    pub fn text(&self) -> Zeroizing<String> {
        let lines: Vec<_> = self.0.iter().map(RecoveryCode::spelled).collect();
        Zeroizing::new(lines.iter().map(|line| line.as_str()).collect::<Vec<_>>().join("\n"))
    }

    /// The cookie that carries them, for the holder of the link.
    pub fn close(
        &self,
        secrets: &Secrets,
        random: &Random,
        token: &str,
        operator: &OperatorId,
    ) -> Result<HeaderValue, AppError> {
        let sealed = sealer(secrets, token).and_then(|key| key.seal(self.text().as_bytes(), &operator.0, random));
        host_cookie::set(COOKIE, sealed.map_err(AppError::internal)?, None)
    }

    /// What the browser carries, if it belongs to this link.
    #[must_use]
    pub fn open(headers: &HeaderMap, secrets: &Secrets, token: &str, operator: &OperatorId) -> Option<Self> {
        let sealed = host_cookie::value(COOKIE, headers)?;
        let plain = Zeroizing::new(sealer(secrets, token).ok()?.open(&sealed, &operator.0)?);
        let text = std::str::from_utf8(&plain).ok()?;
        let codes: Vec<_> = text.lines().filter_map(RecoveryCode::parse).collect();
        (codes.len() == COUNT).then_some(Self(codes))
    }

    /// The cookie that clears them.
    pub fn clear() -> Result<HeaderValue, AppError> {
        host_cookie::clear(COOKIE)
    }
}

fn sealer(secrets: &Secrets, token: &str) -> Result<Sealer, SealError> {
    Sealer::new(secrets, "shown recovery codes", token.as_bytes())
}

#[cfg(test)]
mod tests {
    use axum::http::header;

    use super::*;

    fn carried(set: &HeaderValue) -> HeaderMap {
        let pair = set.to_str().expect("text").split(';').next().expect("a pair").to_owned();
        HeaderMap::from_iter([(header::COOKIE, HeaderValue::from_str(&pair).expect("a header"))])
    }

    #[test]
    fn the_codes_come_back_to_their_link_and_account_alone() {
        let (secrets, random, ana) = (Secrets::from_bytes(&[1; 32]), Random::system(), OperatorId("ana".to_owned()));
        let codes = ShownCodes(RecoveryCode::set(&random).expect("a set"));
        let cookie = codes.close(&secrets, &random, "link", &ana).expect("sealed");
        let (value, headers) = (cookie.to_str().expect("text"), carried(&cookie));
        assert!(codes.0.iter().all(|code| !value.contains(code.spelled().as_str())), "{value}");
        assert_eq!(ShownCodes::open(&headers, &secrets, "link", &ana).map(|codes| codes.0), Some(codes.0));
        assert!(ShownCodes::open(&headers, &secrets, "other", &ana).is_none());
        assert!(ShownCodes::open(&headers, &secrets, "link", &OperatorId("eva".to_owned())).is_none());
        let gone = carried(&ShownCodes::clear().expect("a cookie"));
        assert!(ShownCodes::open(&gone, &secrets, "link", &ana).is_none());
    }
}
