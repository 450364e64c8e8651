//! The session of a browser: its secret id, and whether it may still be used.

use std::fmt;

use aws_lc_rs::digest::{SHA256, digest};
use axum::http::HeaderValue;
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use tower_sessions::session::Id;
use zeroize::{Zeroize, ZeroizeOnDrop};

use super::{
    config,
    random::{NoRandomness, Random},
};
use crate::{
    domain::operator::Status,
    storage::sessions::{EndedBecause, Stage, StoredSession},
};

/// The cookie's name: `__Host-` binds it to this host, to HTTPS and to no sub-path.
pub const COOKIE: &str = "__Host-session";
/// How long the second factor may follow the first, in milliseconds.
pub const PIN_WITHIN: i64 = 10 * 60 * 1000;

/// The secret id of a session: the 16 bytes of the library's [`Id`], whose own `Debug` prints them. The server stores
/// its hash alone, so that who reads the database can neither take a session over nor open what is sealed under a key
/// derived from it.
#[derive(Clone, PartialEq, Eq, Zeroize, ZeroizeOnDrop)]
pub struct SessionToken([u8; 16]);

impl fmt::Debug for SessionToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SessionToken(…)")
    }
}

impl From<Id> for SessionToken {
    fn from(id: Id) -> Self {
        Self(id.0.to_le_bytes())
    }
}

impl SessionToken {
    /// A new one.
    pub fn new(random: &Random) -> Result<Self, NoRandomness> {
        Ok(Self(random.bytes()?))
    }

    /// The bytes, for deriving keys and for the cookie, and nothing else.
    #[must_use]
    pub const fn expose(&self) -> &[u8; 16] {
        &self.0
    }

    /// What is stored of it.
    #[must_use]
    pub fn hash(&self) -> String {
        URL_SAFE_NO_PAD.encode(digest(&SHA256, &self.0))
    }
}

/// The `Set-Cookie` that takes the session's cookie away. The library's lacks `Secure`, without which a browser takes no
/// notice of a `__Host-` cookie.
#[must_use]
pub const fn clear_session_cookie() -> HeaderValue {
    HeaderValue::from_static("__Host-session=; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=0")
}

/// What a session may be used for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// The second factor is to come.
    AwaitsPin,
    /// Everything.
    Active,
    /// It lay idle: the PIN opens it again.
    Locked,
    /// Nothing.
    Over(WhyOver),
}

/// Why a session can't be used any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WhyOver {
    /// The operator left.
    SignedOut,
    /// The operator signed in elsewhere.
    Superseded,
    /// The account was disabled or its credentials were made anew.
    Withdrawn,
    /// It lasted as long as a session may.
    TooOld,
}

/// When a session locks and ends, milliseconds since 1970.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// When it locks unless it is used.
    pub locks_at: i64,
    /// When it ends, used or not.
    pub ends_at: i64,
}

impl Limits {
    /// Those of a session begun and last seen then.
    #[must_use]
    pub fn of(config: &config::Session, started_at: i64, last_seen: i64) -> Self {
        let ends_at = started_at + i64::from(config.absolute) * 1000;
        Self { locks_at: (last_seen + i64::from(config.idle) * 1000).min(ends_at), ends_at }
    }
}

/// Until when a proof of the second factor, given at `proved_at`, is fresh; milliseconds since 1970. After the clock was
/// set back one that is still to come is none: nobody knows how long ago it was.
#[must_use]
pub fn fresh_until(config: &config::Session, proved_at: Option<i64>, now: i64) -> i64 {
    proved_at.filter(|proved| *proved <= now).map_or(0, |proved| proved + i64::from(config.fresh_pin) * 1000)
}

/// What `session` may be used for at `now`, milliseconds since 1970.
#[must_use]
pub fn standing(config: &config::Session, session: &StoredSession, now: i64) -> Standing {
    let limits = Limits::of(config, session.started_at, session.last_seen);
    match (session.ended, session.stage) {
        (Some(EndedBecause::SignedOut), _) => Standing::Over(WhyOver::SignedOut),
        (Some(EndedBecause::Superseded), _) => Standing::Over(WhyOver::Superseded),
        (Some(EndedBecause::Withdrawn), _) => Standing::Over(WhyOver::Withdrawn),
        (Some(EndedBecause::Expired), _) => Standing::Over(WhyOver::TooOld),
        (None, _) if session.status != Status::Enabled => Standing::Over(WhyOver::Withdrawn),
        (None, Stage::Password) if now >= session.started_at + PIN_WITHIN => Standing::Over(WhyOver::TooOld),
        (None, Stage::Password) => Standing::AwaitsPin,
        (None, Stage::Full) if now >= limits.ends_at => Standing::Over(WhyOver::TooOld),
        (None, Stage::Full) if now >= limits.locks_at => Standing::Locked,
        (None, Stage::Full) => Standing::Active,
    }
}
