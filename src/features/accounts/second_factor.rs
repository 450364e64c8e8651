//! The second factor: a time-based PIN of six digits (RFC 6238), one step of 30 s of drift either side.

use std::fmt;

use jiff::Timestamp;
use totp_rs::{Builder, Secret, Totp};
use zeroize::Zeroizing;

use crate::{
    domain::{operator::OperatorId, secret::Pin},
    server::{
        random::{NoRandomness, Random},
        sealing::{SealError, Sealer},
        secrets::Secrets,
    },
};

/// Seconds of a step.
pub const STEP: i64 = 30;
/// The name under which authenticator apps show the account.
const ISSUER: &str = "Centralino";

/// The secret that the server and the operator's telephone share: 160 bits.
#[derive(Clone)]
pub struct TotpSecret(Zeroizing<[u8; 20]>);

impl fmt::Debug for TotpSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TotpSecret(…)")
    }
}

/// Why a second factor can't be used. Holds nothing of it.
#[derive(Clone, Copy, Debug, thiserror::Error)]
pub enum SecondFactorError {
    /// It was sealed under another server's secret, or for another account.
    #[error("the second factor can't be opened: the server's secret is not the one it was sealed under")]
    OtherServer,
    /// It could not be sealed.
    #[error(transparent)]
    Seal(#[from] SealError),
    /// The system gave no randomness.
    #[error(transparent)]
    NoRandomness(#[from] NoRandomness),
    /// It can't be made into a code, for example because of a colon in the user name.
    #[error("the second factor can't be made")]
    Unfit,
}

impl TotpSecret {
    /// A new one.
    pub fn new(random: &Random) -> Result<Self, NoRandomness> {
        Ok(Self(Zeroizing::new(random.bytes()?)))
    }

    /// Sealed for storage, for this server and this account alone.
    pub fn seal(&self, secrets: &Secrets, operator: &OperatorId, random: &Random) -> Result<String, SecondFactorError> {
        Ok(sealer(secrets, operator)?.seal(self.0.as_slice(), &operator.0, random)?)
    }

    /// The reverse of [`TotpSecret::seal`].
    pub fn open(sealed: &str, secrets: &Secrets, operator: &OperatorId) -> Result<Self, SecondFactorError> {
        let opened = sealer(secrets, operator)?.open(sealed, &operator.0).map(Zeroizing::new);
        let opened = opened.ok_or(SecondFactorError::OtherServer)?;
        let bytes = opened.as_slice().try_into().map_err(|_| SecondFactorError::OtherServer)?;
        Ok(Self(Zeroizing::new(bytes)))
    }

    fn totp(&self, username: &str) -> Result<Totp, SecondFactorError> {
        Builder::new()
            .with_secret(Secret::new_stack(*self.0))
            .with_skew(1)
            .with_account_name(username)
            .with_issuer(Some(ISSUER))
            .build()
            .map_err(|_| SecondFactorError::Unfit)
    }

    /// The step that the PIN belongs to, if it is one of the three around `now`.
    pub fn step_of(&self, pin: &Pin, now: Timestamp) -> Result<Option<i64>, SecondFactorError> {
        let step = self.totp("")?.check(pin.expose(), seconds(now));
        Ok(step.and_then(|step| i64::try_from(step).ok()))
    }

    /// The PIN of `now`.
    pub fn pin(&self, now: Timestamp) -> Result<String, SecondFactorError> {
        Ok(self.totp("")?.generate(seconds(now)).to_string())
    }

    /// What the QR code says: an `otpauth:` address.
    pub fn address(&self, username: &str) -> Result<Zeroizing<String>, SecondFactorError> {
        Ok(Zeroizing::new(self.totp(username)?.to_url().map_err(|_| SecondFactorError::Unfit)?))
    }

    /// The secret for who can't scan, in base32, in groups of four.
    #[must_use]
    pub fn spelled(&self) -> Zeroizing<String> {
        let base32: Vec<char> = Secret::new_stack(*self.0).to_base32().chars().collect();
        let groups: Vec<String> = base32.chunks(4).map(|group| group.iter().collect()).collect();
        Zeroizing::new(groups.join(" "))
    }
}

fn sealer(secrets: &Secrets, operator: &OperatorId) -> Result<Sealer, SealError> {
    Sealer::new(secrets, "second factor", operator.0.as_bytes())
}

fn seconds(now: Timestamp) -> u64 {
    u64::try_from(now.as_second()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    fn ana() -> OperatorId {
        OperatorId("ana".to_owned())
    }

    /// The secret of RFC 6238, appendix B, whose eight digits end in the six that are used here.
    #[test]
    fn pins_are_those_of_the_standard() {
        let secret = TotpSecret(Zeroizing::new(*b"12345678901234567890"));
        for (second, pin) in [(59, "287082"), (1_111_111_109, "081804"), (1_234_567_890, "005924")] {
            assert_eq!(secret.pin(at(second)).unwrap(), pin);
        }
    }

    #[test]
    fn one_step_of_drift_either_side() {
        let secret = TotpSecret::new(&Random::system()).unwrap();
        let pin: Pin = secret.pin(at(3_000)).unwrap().parse().unwrap();
        for (second, step) in [(2_969, None), (2_970, Some(100)), (3_029, Some(100)), (3_059, Some(100)), (3_060, None)]
        {
            assert_eq!(secret.step_of(&pin, at(second)).unwrap(), step, "{second}");
        }
    }

    #[test]
    fn a_sealed_secret_opens_for_its_account_and_server_alone() {
        let (secrets, secret) = (Secrets::from_bytes(&[1; 32]), TotpSecret::new(&Random::system()).unwrap());
        let sealed = secret.seal(&secrets, &ana(), &Random::system()).unwrap();
        assert_ne!(sealed, secret.seal(&secrets, &ana(), &Random::system()).unwrap());
        assert_eq!(*TotpSecret::open(&sealed, &secrets, &ana()).unwrap().0, *secret.0);
        assert!(TotpSecret::open(&sealed, &Secrets::from_bytes(&[2; 32]), &ana()).is_err());
        assert!(TotpSecret::open(&sealed, &secrets, &OperatorId("eva".to_owned())).is_err());
        for broken in ["", "!", "AAAA", &sealed[..sealed.len() - 4]] {
            assert!(TotpSecret::open(broken, &secrets, &ana()).is_err(), "{broken}");
        }
    }

    #[test]
    fn an_authenticator_reads_the_address() {
        let secret = TotpSecret(Zeroizing::new(*b"12345678901234567890"));
        let address = secret.address("m.rossi").unwrap();
        assert!(address.starts_with("otpauth://totp/Centralino:m.rossi?secret=GEZDGNBV"), "{}", *address);
        assert_eq!(*secret.spelled(), "GEZD GNBV GY3T QOJQ GEZD GNBV GY3T QOJQ");
    }
}
