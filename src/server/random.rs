//! Where randomness comes from: the cryptographic generator of aws-lc-rs.

use aws_lc_rs::rand::{SecureRandom, SystemRandom};
use jiff::Timestamp;

/// The source of randomness.
#[derive(Clone, Debug, Default)]
pub struct Random(SystemRandom);

/// The operating system gave no randomness.
#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error("the operating system gave no randomness")]
pub struct NoRandomness;

impl Random {
    /// The system's generator.
    #[must_use]
    pub fn system() -> Self {
        Self::default()
    }

    /// `N` random bytes.
    pub fn bytes<const N: usize>(&self) -> Result<[u8; N], NoRandomness> {
        let mut bytes = [0; N];
        self.0.fill(&mut bytes).map_err(|_| NoRandomness)?;
        Ok(bytes)
    }

    /// A UUIDv7: sorts by its instant.
    pub fn uuid_v7(&self, now: Timestamp) -> Result<String, NoRandomness> {
        let millis = u64::try_from(now.as_millisecond()).unwrap_or_default();
        Ok(uuid::Builder::from_unix_timestamp_millis(millis, &self.bytes()?).into_uuid().to_string())
    }
}
