//! The keys of the registers, derived from the server's secret: one that seals entries, one that signs checkpoints.
//!
//! After the secret was changed, what was sealed and signed under the former one is still known, and nothing new is.

use crate::{
    server::secrets::Secrets,
    storage::registers::{
        chain::Seal,
        checkpoints::{NoSigner, Signer},
    },
};

/// The key that seals the hash of every entry.
#[must_use]
pub fn seal(secrets: &Secrets) -> Seal {
    Seal::new(&secrets.derive("register seals", b""))
}

/// The key that signs checkpoints.
pub fn signer(secrets: &Secrets) -> Result<Signer, NoSigner> {
    Signer::new(&secrets.derive("register checkpoints", b""))
}

/// With what a register is verified: the keys of the server's secret and of those that it replaced, the oldest first.
#[derive(Debug)]
pub struct Keyring {
    /// The keys of the seals.
    pub seals: Vec<Seal>,
    /// The public keys of what was signed.
    pub public_keys: Vec<String>,
}

impl Keyring {
    /// Of these secrets.
    pub fn new(secrets: &Secrets) -> Result<Self, NoSigner> {
        let public_keys = secrets.succession().map(|secret| signer(&secret).map(|signer| signer.public_key()));
        Ok(Self {
            seals: secrets.succession().map(|secret| seal(&secret)).collect(),
            public_keys: public_keys.collect::<Result<_, _>>()?,
        })
    }
}
