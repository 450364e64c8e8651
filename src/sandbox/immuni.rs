//! The OTP service of the Immuni app, behind Sistema TS (seed 003, 3.3.2): what is unlocked lives 150 seconds, for
//! one upload of the app.
//!
//! No OTP is kept: only a hash under a key that dies with the process, until its end.

use std::collections::HashMap;

use aws_lc_rs::hmac;
use jiff::{SignedDuration, Timestamp};

use crate::domain::code::Otp;

/// How long an unlocked OTP lives.
pub(super) const LIFETIME: SignedDuration = SignedDuration::from_secs(150);

/// The unlocked OTPs.
pub(super) struct Immuni {
    key: hmac::Key,
    unlocked: HashMap<Vec<u8>, Unlocked>,
}

struct Unlocked {
    until: Timestamp,
    is_used: bool,
}

/// The OTP is unlocked already, or was used (the real service answers 409).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Conflict;

/// What the app meets when it uploads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Upload {
    /// The OTP lived: the upload is taken.
    Taken,
    /// The OTP was used for an upload before.
    Used,
    /// The OTP was not unlocked, or has died.
    Unknown,
}

impl Immuni {
    /// With nothing unlocked.
    pub(super) fn new(key: [u8; 32]) -> Self {
        Self { key: hmac::Key::new(hmac::HMAC_SHA256, &key), unlocked: HashMap::new() }
    }

    fn tag(&self, otp: &Otp) -> Vec<u8> {
        hmac::sign(&self.key, otp.to_wire().as_bytes()).as_ref().to_vec()
    }

    /// Unlocks an OTP for [`LIFETIME`].
    pub(super) fn unlock(&mut self, otp: &Otp, now: Timestamp) -> Result<(), Conflict> {
        self.bury(now);
        let tag = self.tag(otp);
        if self.unlocked.contains_key(&tag) {
            return Err(Conflict);
        }
        self.unlocked.insert(tag, Unlocked { until: now + LIFETIME, is_used: false });
        Ok(())
    }

    /// What the app does when its owner touches "Continua".
    pub(super) fn upload(&mut self, otp: &Otp, now: Timestamp) -> Upload {
        self.bury(now);
        let tag = self.tag(otp);
        match self.unlocked.get_mut(&tag) {
            None => Upload::Unknown,
            Some(unlocked) if unlocked.is_used => Upload::Used,
            Some(unlocked) => {
                unlocked.is_used = true;
                Upload::Taken
            }
        }
    }

    /// How many live.
    pub(super) fn living(&mut self, now: Timestamp) -> usize {
        self.bury(now);
        self.unlocked.len()
    }

    /// Forgets all.
    pub(super) fn clear(&mut self) {
        self.unlocked.clear();
    }

    fn bury(&mut self, now: Timestamp) {
        self.unlocked.retain(|_, unlocked| unlocked.until > now);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_otp_lives_150_seconds_for_one_upload() {
        let start: Timestamp = "2021-01-08T12:00:00Z".parse().expect("an instant");
        let after = |seconds| start + SignedDuration::from_secs(seconds);
        let otp: Otp = "59Y5QWWF4Z".parse().unwrap_or_else(|_| panic!("an OTP"));
        let mut immuni = Immuni::new([7; 32]);
        assert_eq!(immuni.upload(&otp, start), Upload::Unknown);
        assert_eq!(immuni.unlock(&otp, start), Ok(()));
        assert_eq!(immuni.unlock(&otp, after(1)), Err(Conflict));
        assert_eq!(immuni.upload(&otp, after(149)), Upload::Taken);
        assert_eq!(immuni.upload(&otp, after(149)), Upload::Used);
        assert_eq!(immuni.unlock(&otp, after(149)), Err(Conflict));
        assert_eq!((immuni.living(after(149)), immuni.living(after(150))), (1, 0));
        assert_eq!(immuni.upload(&otp, after(150)), Upload::Unknown);
    }
}
