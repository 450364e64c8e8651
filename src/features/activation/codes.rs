//! The recovery codes between the moment when they are shown and the moment when their owner has saved them: of an
//! activation, and of a profile.
//!
//! Until then nothing keeps them but the owner's browser, in a cookie sealed under a token that only it has: the page can
//! be opened again, in the other language too, and a browser that has lost them gets others. Their hashes are stored when
//! their owner says that they are saved.

use std::fmt;

use axum::{
    http::{HeaderMap, HeaderValue, header},
    response::{IntoResponse, Response},
};
use rust_i18n::t;
use zeroize::Zeroizing;

use crate::{
    domain::operator::OperatorId,
    features::accounts::recovery::{COUNT, RecoveryCode},
    server::{
        errors::AppError,
        host_cookie,
        language::Language,
        random::Random,
        sealing::{SealError, Sealer},
        secrets::Secrets,
    },
};

/// A set of recovery codes that is shown, and not stored yet.
#[derive(Clone)]
pub struct ShownCodes(pub Vec<RecoveryCode>);

impl fmt::Debug for ShownCodes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ShownCodes(…)")
    }
}

impl ShownCodes {
    /// As a text, a code a line.
    #[must_use]
    pub fn text(&self) -> Zeroizing<String> {
        let lines: Vec<_> = self.0.iter().map(RecoveryCode::spelled).collect();
        Zeroizing::new(lines.iter().map(|line| line.as_str()).collect::<Vec<_>>().join("\n"))
    }

    /// As a file to be kept.
    pub fn file(&self, username: &str, language: Language) -> Response {
        let title = t!("activation.file_title", locale = language.tag(), name = username);
        let text = format!("{title}\n\n{}\n", *self.text());
        let headers = [
            (header::CONTENT_TYPE, "text/plain; charset=utf-8"),
            (header::CONTENT_DISPOSITION, "attachment; filename=\"centralino-codici-di-recupero.txt\""),
        ];
        (headers, text).into_response()
    }
}

/// Whose browser carries codes, in which cookie, sealed under what.
#[derive(Clone, Copy)]
pub struct Bearer<'a> {
    /// The name of the cookie.
    pub cookie: &'static str,
    /// The server's secret.
    pub secrets: &'a Secrets,
    /// What this browser has and nothing stores: the token of a link, the id of a session.
    pub token: &'a [u8],
    /// Whose account it is.
    pub operator: &'a OperatorId,
}

/// A set of codes, and whether the browser has still to be given it.
pub struct CodesToShow {
    /// The codes.
    pub codes: ShownCodes,
    /// The cookie that carries them from now on; none if the browser has them.
    pub cookie: Option<HeaderValue>,
    /// The name of the set, by which its form says which codes its page showed.
    pub set: String,
}

impl Bearer<'_> {
    /// The codes that this browser was shown before, else new ones.
    pub fn codes_to_show(&self, headers: &HeaderMap, random: &Random) -> Result<CodesToShow, AppError> {
        let (codes, cookie) = if let Some(codes) = self.open(headers) {
            (codes, None)
        } else {
            let codes = ShownCodes(RecoveryCode::set(random)?);
            let cookie = self.close(&codes, random)?;
            (codes, Some(cookie))
        };
        let set = name_of(&self.hashes(&codes));
        Ok(CodesToShow { codes, cookie, set })
    }

    /// What is stored of the codes that were saved; none if those that the browser carries are not those of the page.
    #[must_use]
    pub fn saved(&self, headers: &HeaderMap, set: &str) -> Option<Vec<String>> {
        let hashes = self.open(headers).map(|codes| self.hashes(&codes));
        hashes.filter(|hashes| name_of(hashes) == set)
    }

    /// What the browser carries, if it is this one's.
    #[must_use]
    pub fn open(&self, headers: &HeaderMap) -> Option<ShownCodes> {
        let sealed = host_cookie::value(self.cookie, headers)?;
        let plain = Zeroizing::new(self.sealer().ok()?.open(&sealed, &self.operator.0)?);
        let text = std::str::from_utf8(&plain).ok()?;
        let codes: Vec<_> = text.lines().filter_map(RecoveryCode::parse).collect();
        (codes.len() == COUNT).then_some(ShownCodes(codes))
    }

    /// The cookie that clears them.
    pub fn clear(&self) -> Result<HeaderValue, AppError> {
        host_cookie::clear(self.cookie)
    }

    fn close(&self, codes: &ShownCodes, random: &Random) -> Result<HeaderValue, AppError> {
        let sealed = self.sealer().and_then(|key| key.seal(codes.text().as_bytes(), &self.operator.0, random));
        host_cookie::set(self.cookie, sealed.map_err(AppError::internal)?, None)
    }

    fn hashes(&self, codes: &ShownCodes) -> Vec<String> {
        codes.0.iter().map(|code| code.hash(self.secrets, self.operator)).collect()
    }

    fn sealer(&self) -> Result<Sealer, SealError> {
        Sealer::new(self.secrets, "shown recovery codes", self.token)
    }
}

/// The name of a set of codes: the hash of its first one.
fn name_of(hashes: &[String]) -> String {
    hashes.first().cloned().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn carried(set: &HeaderValue) -> HeaderMap {
        let pair = set.to_str().expect("text").split(';').next().expect("a pair").to_owned();
        HeaderMap::from_iter([(header::COOKIE, HeaderValue::from_str(&pair).expect("a header"))])
    }

    #[test]
    fn the_codes_come_back_to_their_link_and_account_alone() {
        let (secrets, random, ana) = (Secrets::from_bytes(&[1; 32]), Random::system(), OperatorId("ana".to_owned()));
        let eva = OperatorId("eva".to_owned());
        let bearer = Bearer { cookie: "__Host-test", secrets: &secrets, token: b"link", operator: &ana };
        let shown = bearer.codes_to_show(&HeaderMap::new(), &random).expect("a set");
        let (codes, cookie) = (shown.codes, shown.cookie.expect("a cookie"));
        let (value, headers) = (cookie.to_str().expect("text"), carried(&cookie));
        assert!(codes.0.iter().all(|code| !value.contains(code.spelled().as_str())), "{value}");
        let again = bearer.codes_to_show(&headers, &random).expect("a set");
        assert!(again.cookie.is_none() && again.codes.0 == codes.0 && again.set == shown.set);
        assert_eq!(bearer.saved(&headers, &shown.set).map(|hashes| hashes.len()), Some(COUNT));
        assert!(bearer.saved(&headers, "another set").is_none());
        assert!(Bearer { token: b"other", ..bearer }.open(&headers).is_none());
        assert!(Bearer { operator: &eva, ..bearer }.open(&headers).is_none());
        assert!(bearer.open(&carried(&bearer.clear().expect("a cookie"))).is_none());
    }
}
