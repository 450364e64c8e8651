//! The one-time key of a form that acts on an account: the form that is sent again does nothing more.

use std::str::FromStr;

use serde::Deserialize;
use uuid::Uuid;

use crate::server::{
    clock::Clock,
    random::{NoRandomness, Random},
};

/// The key (UUIDv7).
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct FormKey(String);

/// What is sent as a key is none.
#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error("the form has no one-time key")]
pub struct NoFormKey;

impl FormKey {
    /// A new one, for a form that is about to be shown.
    pub fn new(random: &Random, clock: &Clock) -> Result<Self, NoRandomness> {
        random.uuid_v7(clock.now()).map(Self)
    }

    /// As it stands in the form, and is stored.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for FormKey {
    type Err = NoFormKey;

    fn from_str(sent: &str) -> Result<Self, NoFormKey> {
        Uuid::parse_str(sent).map(|key| Self(key.to_string())).map_err(|_| NoFormKey)
    }
}

impl TryFrom<String> for FormKey {
    type Error = NoFormKey;

    fn try_from(sent: String) -> Result<Self, NoFormKey> {
        sent.parse()
    }
}
