//! Values that are lists: in the file as such, in the environment as one text with commas.

use std::{net::IpAddr, path::PathBuf};

use ipnet::IpNet;
use serde::{Deserialize, Deserializer, de::Error};

use crate::domain::swab::NamedStructure;

/// A list of texts, or one text with commas between them.
#[derive(Deserialize)]
#[serde(untagged)]
enum Texts {
    List(Vec<String>),
    Text(String),
}

impl Texts {
    /// Those that are not blank.
    fn list(self) -> Vec<String> {
        let texts = match self {
            Self::List(texts) => texts,
            Self::Text(text) => text.split(',').map(str::to_owned).collect(),
        };
        texts.iter().map(|text| text.trim().to_owned()).filter(|text| !text.is_empty()).collect()
    }
}

/// Addresses and networks.
pub(super) fn networks<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<IpNet>, D::Error> {
    let network = |text: &str| text.parse().or_else(|_| text.parse::<IpAddr>().map(IpNet::from));
    let texts = Texts::deserialize(deserializer)?.list().into_iter();
    texts
        .map(|text| network(&text).map_err(|_| D::Error::custom(format!("`{text}` is no address and no network"))))
        .collect()
}

/// Structures that have swabs taken.
pub fn structures<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<NamedStructure>, D::Error> {
    let texts = Texts::deserialize(deserializer)?.list().into_iter();
    texts.map(|text| text.parse().map_err(|error| D::Error::custom(format!("`{text}`: {error}")))).collect()
}

/// Files.
pub(super) fn files<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<PathBuf>, D::Error> {
    Ok(Texts::deserialize(deserializer)?.list().into_iter().map(PathBuf::from).collect())
}
