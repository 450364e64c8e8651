//! The sealed cookies in which the operator's browser carries what a desk needs between two pages.
//!
//! Nothing else holds it: no instance, no database (seed 003, 2.5, 4.2, 5.2). A cookie is bound to the operator and the
//! login session, and dies half an hour after it was sealed.

use axum::http::{HeaderMap, HeaderValue};
use jiff::{SignedDuration, Timestamp};
use serde::Serialize;

use crate::{
    domain::operator::OperatorId,
    server::{
        errors::AppError,
        host_cookie,
        random::Random,
        sealing::{SealError, Sealer},
        secrets::Secrets,
    },
};

/// How long a sealed cookie can be opened.
pub const LIFE: SignedDuration = SignedDuration::from_mins(30);
/// The most bytes of a cookie's content: sealed, in base64 and with its name they fit into the 4096 that every browser
/// keeps.
const MOST_PLAIN: usize = 3000;

/// Which of the cookies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Drawer {
    /// Of the open case.
    Case,
    /// Of the deferred confirmations, and of those in cases closed since.
    Deferred,
    /// Of the reports of swab tests.
    Swabs,
    /// Of the health authority's OTPs.
    Asl,
    /// Of the closure of exemptions.
    Exemptions,
}

impl Drawer {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Case, Self::Deferred, Self::Swabs, Self::Asl, Self::Exemptions];

    const fn cookie(self) -> &'static str {
        match self {
            Self::Case => "__Host-case",
            Self::Deferred => "__Host-deferred",
            Self::Swabs => "__Host-swabs",
            Self::Asl => "__Host-asl",
            Self::Exemptions => "__Host-exemptions",
        }
    }
}

/// What a cookie carries. Where this is implemented a caller's data is serialised, and nowhere else.
pub trait Content: Sized {
    /// As bytes that can be opened until then, within the bounds of a cookie.
    fn into_plain(self, until: Timestamp) -> Result<Vec<u8>, SealError>;

    /// From such bytes; none once their time is over.
    fn from_plain(plain: &[u8], now: Timestamp) -> Option<Self>;
}

/// The bytes of `wire`, from which one thing after the other is left out until they fit.
pub fn within_bounds<W: Serialize>(mut wire: W, leave_out: &[fn(&mut W)]) -> Result<Vec<u8>, SealError> {
    let plain = |wire: &W| serde_json::to_vec(wire).map_err(|_| SealError);
    let mut bytes = plain(&wire)?;
    for leave_out in leave_out {
        if bytes.len() > MOST_PLAIN {
            leave_out(&mut wire);
            bytes = plain(&wire)?;
        }
    }
    Ok(bytes)
}

/// Seals and opens the cookies of one operator's login session.
pub struct Sealed<'a> {
    secrets: &'a Secrets,
    random: &'a Random,
    operator: &'a OperatorId,
    token: &'a [u8],
}

impl<'a> Sealed<'a> {
    /// `token` is the login session's own.
    #[must_use]
    pub const fn new(secrets: &'a Secrets, random: &'a Random, operator: &'a OperatorId, token: &'a [u8]) -> Self {
        Self { secrets, random, operator, token }
    }

    fn sealer(&self, drawer: Drawer) -> Result<Sealer, SealError> {
        Sealer::new(self.secrets, drawer.cookie(), self.token)
    }

    /// The cookie that carries `content`.
    pub fn close(&self, drawer: Drawer, content: impl Content, now: Timestamp) -> Result<HeaderValue, AppError> {
        let plain = content.into_plain(now + LIFE).map_err(AppError::internal)?;
        self.set_cookie(drawer, &plain)
    }

    fn set_cookie(&self, drawer: Drawer, plain: &[u8]) -> Result<HeaderValue, AppError> {
        let sealed = self.sealer(drawer).and_then(|key| key.seal(plain, &self.operator.0, self.random));
        host_cookie::set(drawer.cookie(), sealed.map_err(AppError::internal)?, None)
    }

    /// What the browser carries, if it is this session's and still alive.
    #[must_use]
    pub fn open<C: Content>(&self, drawer: Drawer, headers: &HeaderMap, now: Timestamp) -> Option<C> {
        C::from_plain(&self.open_raw(drawer, headers)?, now)
    }

    fn open_raw(&self, drawer: Drawer, headers: &HeaderMap) -> Option<Vec<u8>> {
        let value = host_cookie::value(drawer.cookie(), headers)?;
        self.sealer(drawer).ok()?.open(&value, &self.operator.0)
    }

    /// The cookies sealed anew under `new_token`, when the session's token changes: a call survives the PIN.
    pub fn carry_over(&self, headers: &HeaderMap, new_token: &[u8]) -> Result<Vec<HeaderValue>, AppError> {
        let renewed = Sealed::new(self.secrets, self.random, self.operator, new_token);
        let carry = |drawer| Some(renewed.set_cookie(drawer, &self.open_raw(drawer, headers)?));
        Drawer::ALL.into_iter().filter_map(carry).collect()
    }
}

/// Whether the browser carries anything in `drawer`, readable or not.
#[must_use]
pub fn is_carried(drawer: Drawer, headers: &HeaderMap) -> bool {
    host_cookie::value(drawer.cookie(), headers).is_some()
}

/// The cookie that clears `drawer`.
pub fn clear(drawer: Drawer) -> Result<HeaderValue, AppError> {
    host_cookie::clear(drawer.cookie())
}
