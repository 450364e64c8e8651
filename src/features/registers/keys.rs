//! The keys of the registers, derived from the server's secret: one that seals entries, one that signs checkpoints.

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
