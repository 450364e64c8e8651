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

    /// A number below `bound`, each as likely as the others; 0 below 0.
    pub fn below(&self, bound: u32) -> Result<u32, NoRandomness> {
        draw_below(bound, || Ok(u32::from_be_bytes(self.bytes()?)))
    }

    /// A UUIDv7: sorts by its instant.
    pub fn uuid_v7(&self, now: Timestamp) -> Result<String, NoRandomness> {
        let millis = u64::try_from(now.as_millisecond()).unwrap_or_default();
        Ok(uuid::Builder::from_unix_timestamp_millis(millis, &self.bytes()?).into_uuid().to_string())
    }
}

/// Draws until the number lies below the highest multiple of `bound`: the remainders of the few above would come up
/// more often than the others.
fn draw_below(bound: u32, mut draw: impl FnMut() -> Result<u32, NoRandomness>) -> Result<u32, NoRandomness> {
    let Some(above) = u32::MAX.checked_rem(bound).map(|rest| u32::MAX - rest) else { return Ok(0) };
    loop {
        let number = draw()?;
        if number < above {
            return Ok(number % bound);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_draw_that_would_favour_some_numbers_is_repeated() {
        // 4294967275 is the highest multiple of 25.
        let drawn = |numbers: &[u32]| {
            let mut numbers = numbers.iter().copied();
            draw_below(25, || numbers.next().ok_or(NoRandomness)).ok()
        };
        assert_eq!(drawn(&[u32::MAX, 4_294_967_275, 4_294_967_274]), Some(24));
        assert_eq!(drawn(&[25]), Some(0));
        assert_eq!(drawn(&[u32::MAX]), None, "another draw was asked for");
        assert_eq!(draw_below(0, || Ok(7)).ok(), Some(0));
        assert_eq!(draw_below(1, || Ok(7)).ok(), Some(0));
    }

    #[test]
    fn every_number_below_the_bound_comes_up() {
        let random = Random::system();
        let mut seen = [false; 25];
        for _ in 0..5_000 {
            seen[random.below(25).unwrap() as usize] = true;
        }
        assert_eq!(seen, [true; 25]);
    }
}
