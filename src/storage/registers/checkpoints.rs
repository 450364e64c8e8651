//! Signed statements of where a chain stood. One that is kept elsewhere shows that entries were taken off its end.

use std::fmt;

use aws_lc_rs::signature::{ED25519, Ed25519KeyPair, KeyPair, UnparsedPublicKey};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::{Deserialize, Serialize};
use sqlx::FromRow;

use super::{Head, Register};
use crate::storage::{Db, decode, read, write};

/// What every signed statement begins with.
const FORM: &str = "centralino checkpoint 1";

/// The key that signs checkpoints.
pub struct Signer(Ed25519KeyPair);

impl fmt::Debug for Signer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Signer(…)")
    }
}

/// The seed is not one of an Ed25519 key.
#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error("the key that signs checkpoints can't be derived")]
pub struct NoSigner;

impl Signer {
    /// The key of this seed.
    pub fn new(seed: &[u8; 32]) -> Result<Self, NoSigner> {
        Ed25519KeyPair::from_seed_unchecked(seed).map(Self).map_err(|_| NoSigner)
    }

    /// With which anybody can check what it signed: base64url.
    #[must_use]
    pub fn public_key(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.0.public_key())
    }

    /// States that the chain of `register` ended with `head`, as walked, at `now` (milliseconds since 1970).
    #[must_use]
    pub fn sign(&self, register: Register, head: &Head, now: i64) -> Checkpoint {
        let (register, hash) = (register.word().to_owned(), head.hash.clone());
        let signature = String::new();
        let mut checkpoint = Checkpoint { register, seq: head.seq, at: head.at, hash, signed_at: now, signature };
        checkpoint.signature = self.signature(&checkpoint.statement());
        checkpoint
    }

    /// The signature of a statement, base64url.
    #[must_use]
    pub fn signature(&self, statement: &str) -> String {
        URL_SAFE_NO_PAD.encode(self.0.sign(statement.as_bytes()))
    }
}

/// Whether the owner of a public key signed a statement.
#[must_use]
pub fn is_signed(statement: &str, signature: &str, public_key: &str) -> bool {
    let decoded = (URL_SAFE_NO_PAD.decode(public_key), URL_SAFE_NO_PAD.decode(signature));
    let (Ok(key), Ok(signature)) = decoded else { return false };
    UnparsedPublicKey::new(&ED25519, key).verify(statement.as_bytes(), &signature).is_ok()
}

/// That an entry was the last of its register, signed.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, FromRow, Serialize)]
pub struct Checkpoint {
    /// The word of the register.
    pub register: String,
    /// The place of the entry.
    pub seq: i64,
    /// Its instant, milliseconds since 1970.
    pub at: i64,
    /// Its hash.
    pub hash: String,
    /// When it was signed, milliseconds since 1970.
    pub signed_at: i64,
    /// Ed25519 over all of these, base64url.
    pub signature: String,
}

impl Checkpoint {
    /// What is signed.
    fn statement(&self) -> String {
        let Self { register, seq, at, hash, signed_at, .. } = self;
        format!("{FORM}\n{register}\n{seq}\n{at}\n{hash}\n{signed_at}\n")
    }

    /// Whether the owner of this public key signed it.
    #[must_use]
    pub fn is_signed_by(&self, public_key: &str) -> bool {
        is_signed(&self.statement(), &self.signature, public_key)
    }

    /// Whether one of these keys signed it.
    #[must_use]
    pub fn is_signed_by_any(&self, public_keys: &[String]) -> bool {
        public_keys.iter().any(|key| self.is_signed_by(key))
    }

    /// The entry that was signed.
    #[must_use]
    pub fn head(&self) -> Head {
        Head { seq: self.seq, at: self.at, hash: self.hash.clone() }
    }

    /// Of which register it is.
    pub fn register(&self) -> Result<Register, sqlx::Error> {
        decode(&self.register)
    }
}

impl Db {
    /// The end of a chain, as noted.
    pub async fn register_head(&self, register: Register) -> Result<Head, sqlx::Error> {
        const SQL: &str = "SELECT seq, at, hash FROM register_heads WHERE register = $1";
        read!(self, |pool| sqlx::query_as(SQL).bind(register.word()).fetch_one(pool).await)
    }

    /// Keeps a checkpoint. Of two instances that sign the same entry, the first one's stays.
    pub async fn keep_checkpoint(&self, checkpoint: &Checkpoint) -> Result<(), sqlx::Error> {
        const SQL: &str = "INSERT INTO register_checkpoints (register, seq, at, hash, signed_at, signature) \
             VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING";
        write!(self, |tx| {
            sqlx::query(SQL)
                .bind(&checkpoint.register)
                .bind(checkpoint.seq)
                .bind(checkpoint.at)
                .bind(&checkpoint.hash)
                .bind(checkpoint.signed_at)
                .bind(&checkpoint.signature)
                .execute(&mut *tx)
                .await?;
            Ok(())
        })
    }

    /// The checkpoints of a register from the place `first` on, in the order of its entries.
    pub async fn checkpoints(&self, register: Register, first: i64) -> Result<Vec<Checkpoint>, sqlx::Error> {
        const SQL: &str = "SELECT register, seq, at, hash, signed_at, signature FROM register_checkpoints \
             WHERE register = $1 AND seq >= $2 ORDER BY seq";
        read!(self, |pool| sqlx::query_as(SQL).bind(register.word()).bind(first).fetch_all(pool).await)
    }

    /// The newest checkpoint of a register.
    pub async fn last_checkpoint(&self, register: Register) -> Result<Option<Checkpoint>, sqlx::Error> {
        const SQL: &str = "SELECT register, seq, at, hash, signed_at, signature FROM register_checkpoints \
             WHERE register = $1 ORDER BY seq DESC LIMIT 1";
        read!(self, |pool| sqlx::query_as(SQL).bind(register.word()).fetch_optional(pool).await)
    }
}
