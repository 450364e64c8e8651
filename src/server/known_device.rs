//! The browsers with which an account's owner has signed in before: a sealed cookie that names the account. Its wrong
//! passwords are counted apart from those of strangers, who so can't keep the owner out (ASVS 5.0, 6.1.1). It opens
//! nothing, and has nothing of a caller.

use std::fmt;

use axum::http::{HeaderMap, HeaderValue};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::{Deserialize, Serialize};

use super::{
    errors::AppError,
    host_cookie,
    random::Random,
    sealing::{SealError, Sealer},
    secrets::Secrets,
};
use crate::domain::operator::OperatorId;

/// The cookie's name.
pub const COOKIE: &str = "__Host-device";
/// For how many milliseconds after its last sign-in a device is known: 90 days.
const LIFE: i64 = 90 * 24 * 60 * 60 * 1000;
/// How many accounts it is known for, where operators change seats; the one that signed in longest ago is forgotten.
const MOST: usize = 6;

/// What a browser says of itself, as it was sealed. Prints nothing.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct KnownDevice(Vec<Known>);

/// One account that has signed in with it.
#[derive(Clone, PartialEq, Eq, Deserialize, Serialize)]
struct Known {
    /// Whose.
    operator: String,
    /// Of which password: another one makes the device a stranger.
    mark: String,
    /// Under which name it counts; random, the same until the device is forgotten.
    id: String,
    /// Until when, milliseconds since 1970.
    until: i64,
}

impl fmt::Debug for KnownDevice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("KnownDevice(…)")
    }
}

impl KnownDevice {
    /// What a request carries; nothing, if we did not seal it.
    #[must_use]
    pub fn of(headers: &HeaderMap, secrets: &Secrets) -> Self {
        let opened = || {
            let sealed = host_cookie::find(COOKIE, headers)?;
            serde_json::from_slice(&sealer(secrets).ok()?.open(sealed, "")?).ok()
        };
        Self(opened().unwrap_or_default())
    }

    /// Under which key the wrong passwords of this device count; none where it is a stranger to the account, or the
    /// account has another password since. `now` in milliseconds since 1970.
    #[must_use]
    pub fn subject(
        &self,
        operator: &OperatorId,
        password_hash: Option<&str>,
        secrets: &Secrets,
        now: i64,
    ) -> Option<String> {
        let known = self.known(operator, &mark(secrets, operator, password_hash?), now)?;
        let context = format!("{}\0{}", operator.0, known.id);
        Some(URL_SAFE_NO_PAD.encode(secrets.derive("wrong passwords of a device", context.as_bytes())))
    }

    /// The cookie of this device after its account has signed in with it, or has chosen another password.
    pub fn remembered(
        self,
        operator: &OperatorId,
        password_hash: &str,
        secrets: &Secrets,
        random: &Random,
        now: i64,
    ) -> Result<HeaderValue, AppError> {
        let mark = mark(secrets, operator, password_hash);
        let id = match self.known(operator, &mark, now) {
            Some(known) => known.id.clone(),
            None => URL_SAFE_NO_PAD.encode(random.bytes::<16>()?),
        };
        let newest = Known { operator: operator.0.clone(), mark, id, until: now + LIFE };
        let others = self.0.into_iter().filter(|known| known.operator != operator.0 && now < known.until);
        let all: Vec<_> = std::iter::once(newest).chain(others).take(MOST).collect();
        let plain = serde_json::to_vec(&all).map_err(AppError::internal)?;
        let sealed = sealer(secrets).and_then(|sealer| sealer.seal(&plain, "", random)).map_err(AppError::internal)?;
        host_cookie::set(COOKIE, sealed, Some(time::Duration::milliseconds(LIFE)))
    }

    fn known(&self, operator: &OperatorId, mark: &str, now: i64) -> Option<&Known> {
        self.0.iter().find(|known| known.operator == operator.0 && known.mark == mark && now < known.until)
    }
}

fn sealer(secrets: &Secrets) -> Result<Sealer, SealError> {
    Sealer::new(secrets, COOKIE, &[])
}

/// What tells one password of an account from the next, and tells nothing of either.
fn mark(secrets: &Secrets, operator: &OperatorId, password_hash: &str) -> String {
    let context = format!("{}\0{password_hash}", operator.0);
    let mut mark = URL_SAFE_NO_PAD.encode(secrets.derive("password of a known device", context.as_bytes()));
    mark.truncate(22);
    mark
}

#[cfg(test)]
mod tests {
    use axum::http::header;

    use super::*;

    const NOW: i64 = 1_610_000_000_000;

    fn operator(id: &str) -> OperatorId {
        OperatorId(id.to_owned())
    }

    /// The device of a browser that keeps the cookie.
    fn with(cookie: &HeaderValue, secrets: &Secrets) -> KnownDevice {
        let text = cookie.to_str().unwrap();
        assert!(text.contains("HttpOnly") && text.contains("Secure") && text.contains("Max-Age=7776000"), "{text}");
        let pair = text.split(';').next().unwrap();
        KnownDevice::of(&HeaderMap::from_iter([(header::COOKIE, pair.parse().unwrap())]), secrets)
    }

    #[test]
    fn a_device_is_known_for_its_account_and_password_and_for_ninety_days() {
        let (secrets, random, ana) = (Secrets::from_bytes(&[7; 32]), Random::system(), operator("ana"));
        let none = KnownDevice::default();
        assert_eq!(none.subject(&ana, Some("hash"), &secrets, NOW), None);
        let cookie = none.remembered(&ana, "hash", &secrets, &random, NOW).unwrap();
        let device = with(&cookie, &secrets);
        let subject = device.subject(&ana, Some("hash"), &secrets, NOW).expect("known");
        assert_eq!(device.subject(&ana, Some("other"), &secrets, NOW), None, "the password was changed");
        assert_eq!(device.subject(&ana, None, &secrets, NOW), None, "it was reset");
        assert_eq!(device.subject(&operator("eva"), Some("hash"), &secrets, NOW), None);
        assert_eq!(device.subject(&ana, Some("hash"), &secrets, NOW + LIFE), None);
        assert_eq!(with(&cookie, &Secrets::from_bytes(&[8; 32])), KnownDevice::default(), "another server's");
        // Signing in again goes on with the same count.
        let again = device.remembered(&ana, "hash", &secrets, &random, NOW + 1).unwrap();
        assert_eq!(with(&again, &secrets).subject(&ana, Some("hash"), &secrets, NOW + 1), Some(subject));
    }

    #[test]
    fn a_seat_that_is_changed_is_known_for_the_last_six() {
        let (secrets, random) = (Secrets::from_bytes(&[7; 32]), Random::system());
        let mut device = KnownDevice::default();
        for id in ["a", "b", "c", "d", "e", "f", "g"] {
            let cookie = device.remembered(&operator(id), "hash", &secrets, &random, NOW).unwrap();
            assert!(cookie.len() < 1500, "{}", cookie.len());
            device = with(&cookie, &secrets);
        }
        let is_known = |id: &str| device.subject(&operator(id), Some("hash"), &secrets, NOW).is_some();
        assert!(!is_known("a") && ["b", "g"].iter().all(|id| is_known(id)));
        let subjects: std::collections::BTreeSet<_> =
            ["b", "c"].iter().map(|id| device.subject(&operator(id), Some("hash"), &secrets, NOW)).collect();
        assert_eq!(subjects.len(), 2, "each account has its own count");
    }
}
