//! A part of a register that was exported with its proof: the whole of a period, as a chain from the entry before the
//! first to the last, both ends signed. Who has the server's secret can verify every entry; who has only the public key,
//! that the hashes follow from each other and that both ends were signed.

use std::io::{self, BufRead};

use serde::{Deserialize, Serialize};

use super::keys::Keyring;
use crate::{
    server::secrets::Secrets,
    storage::registers::{
        Head, Register, StoredEntry,
        chain::{Flaw, Walk},
        checkpoints::{NoSigner, Signer, is_signed},
        find::Places,
    },
};

/// What the signed statement begins with.
const FORM: &str = "centralino export 1";

/// The last line of an export, under `proof`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub struct Proof {
    /// The word of the register.
    pub register: String,
    /// From this instant on, milliseconds since 1970; none for "from the beginning".
    pub from: Option<i64>,
    /// Before this instant; none for "until it was exported".
    pub until: Option<i64>,
    /// The place of the first entry; 0 where the period has none.
    pub first: i64,
    /// The hash of the entry before it.
    pub previous: String,
    /// The place of the last entry; 0 where the period has none.
    pub last: i64,
    /// Its instant.
    pub at: i64,
    /// Its hash.
    pub hash: String,
    /// When it was exported, milliseconds since 1970.
    pub signed_at: i64,
    /// With which the signature is checked, base64url.
    pub public_key: String,
    /// Ed25519 over all of these, base64url.
    pub signature: String,
}

/// The last line as it is written.
#[derive(Deserialize, Serialize)]
pub struct LastLine {
    /// The proof.
    pub proof: Proof,
}

impl Proof {
    /// Signed over what was walked: from after `start` to `end`, which are the same where the period has no entry.
    #[must_use]
    pub fn new(
        register: Register,
        period: (Option<i64>, Option<i64>),
        start: &Head,
        end: &Head,
        signer: &Signer,
        now: i64,
    ) -> Self {
        let (from, until) = period;
        let first = if end.seq > start.seq { start.seq + 1 } else { 0 };
        let (previous, end) = if first > 0 { (start.hash.clone(), end.clone()) } else { Default::default() };
        let (public_key, register) = (signer.public_key(), register.word().to_owned());
        let Head { seq: last, at, hash } = end;
        let signature = String::new();
        let mut proof =
            Self { register, from, until, first, previous, last, at, hash, signed_at: now, public_key, signature };
        proof.signature = signer.signature(&proof.statement());
        proof
    }

    /// What is signed.
    fn statement(&self) -> String {
        let Self { register, first, previous, last, at, hash, signed_at, .. } = self;
        let end = |instant: Option<i64>| instant.map_or_else(|| "-".to_owned(), |instant| instant.to_string());
        let (from, until) = (end(self.from), end(self.until));
        format!("{FORM}\n{register}\n{from}\n{until}\n{first}\n{previous}\n{last}\n{at}\n{hash}\n{signed_at}\n")
    }

    fn is_in_period(&self, entry: &StoredEntry) -> bool {
        self.from.is_none_or(|from| entry.at >= from) && self.until.is_none_or(|until| entry.at < until)
    }
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
    /// An entry is not of the period that was signed.
    #[error("line {0} of the export is not of its period")]
    OutOfPeriod(usize),
    /// The entries do not hold.
    #[error("the export is not whole: {0}")]
    NotWhole(#[from] Flaw),
}

/// Walks an export, line by line. Its register, and which entries it holds; none where its period has none.
pub fn verify(file: impl BufRead, secrets: &Secrets) -> Result<(Register, Option<Places>), ExportError> {
    let lines: Vec<String> = file.lines().collect::<Result<_, _>>()?;
    let (last, entries) = lines.split_last().ok_or(ExportError::NoProof)?;
    let LastLine { proof } = serde_json::from_str(last).map_err(|_| ExportError::NoProof)?;
    let Keyring { seals, public_keys } = Keyring::new(secrets)?;
    let statement = proof.statement();
    if !public_keys.iter().any(|key| is_signed(&statement, &proof.signature, key)) {
        return Err(ExportError::NoProof);
    }
    let register: Register = proof.register.parse().map_err(|_| ExportError::NoProof)?;
    let start = Head { seq: (proof.first - 1).max(0), at: 0, hash: proof.previous.clone() };
    let end = Head { seq: proof.last, at: proof.at, hash: proof.hash.clone() };
    let mut walk = Walk::new(register, &seals, start, end, Vec::new());
    for (number, line) in (1..).zip(entries) {
        let entry: StoredEntry = serde_json::from_str(line).map_err(|_| ExportError::NoEntry(number))?;
        walk.step(&entry)?;
        if !proof.is_in_period(&entry) {
            return Err(ExportError::OutOfPeriod(number));
        }
    }
    walk.end()?;
    Ok((register, (proof.first > 0).then_some(Places { first: proof.first, last: proof.last })))
}
