//! A part of a register that was exported with its proof: who has the server's secret can tell whether it is whole, and
//! who has only the public key, whether its last hash was signed and the hashes follow from the entries.

use std::io::{self, BufRead};

use serde::{Deserialize, Serialize};

use super::keys;
use crate::{
    server::secrets::Secrets,
    storage::registers::{
        Head, Register, StoredEntry,
        chain::{Flaw, Start, Walk},
        checkpoints::{Checkpoint, NoSigner},
        find::Places,
    },
};

/// The last line of an export.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub struct Proof {
    /// That the last entry of the export was in its place with its hash, signed.
    pub checkpoint: Checkpoint,
    /// With which the signature is checked.
    pub public_key: String,
}

/// Why an export is not taken for whole.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// The file can't be read.
    #[error(transparent)]
    Io(#[from] io::Error),
    /// There is no key to compare with.
    #[error(transparent)]
    NoSigner(#[from] NoSigner),
    /// The file does not end with a proof that this program signed: it was cut off, or made by somebody else.
    #[error("the export does not end with a proof signed by this program")]
    NoProof,
    /// A line is neither entry nor proof.
    #[error("line {0} of the export is no entry")]
    NoEntry(usize),
    /// The entries do not hold.
    #[error("the export is not whole: {0}")]
    NotWhole(#[from] Flaw),
}

/// Walks an export. Its register, and which entries it holds.
pub fn verify(file: impl BufRead, secrets: &Secrets) -> Result<(Register, Places), ExportError> {
    let lines: Vec<String> = file.lines().collect::<Result<_, _>>()?;
    let (last, entries) = lines.split_last().ok_or(ExportError::NoProof)?;
    let Proof { checkpoint, .. } = serde_json::from_str(last).map_err(|_| ExportError::NoProof)?;
    if !checkpoint.is_signed_by(&keys::signer(secrets)?.public_key()) {
        return Err(ExportError::NoProof);
    }
    let register = checkpoint.register().map_err(|_| ExportError::NoProof)?;
    let read = |(at, line): (usize, &String)| {
        serde_json::from_str::<StoredEntry>(line).map_err(|_| ExportError::NoEntry(at + 1))
    };
    let entries: Vec<_> = entries.iter().enumerate().map(read).collect::<Result<_, _>>()?;
    let first = entries.first().ok_or(ExportError::NoProof)?;
    let places = Places { first: first.seq, last: checkpoint.seq };
    let start = Start { seq: first.seq - 1, hash: first.previous.clone() };
    let head = Head { seq: checkpoint.seq, at: checkpoint.at, hash: checkpoint.hash };
    let seal = keys::seal(secrets);
    let mut walk = Walk::new(register, &seal, start, head, Vec::new());
    entries.iter().try_for_each(|entry| walk.step(entry))?;
    walk.end()?;
    Ok((register, places))
}
