//! The table of the services: a word, a contract and its rules. Another service is another line.

use super::{
    contract::{Contract, ContractError},
    rules::{self, Rules},
};

/// A service of this Sistema TS.
pub(super) struct Service {
    /// The word under which faults and counts name it.
    pub(super) word: &'static str,
    pub(super) contract: Contract,
    pub(super) rules: Rules,
}

const TABLE: &[(&str, &str, Rules)] = &[
    ("verify", include_str!("../../contracts/VerificaPositivita.wsdl"), rules::verify),
    ("unlock", include_str!("../../contracts/SbloccoCodiceImmuni.wsdl"), rules::unlock),
    ("confirm", include_str!("../../contracts/ConfermaSbloccoImmuni.wsdl"), rules::confirm),
];

/// Reads the contracts of all services.
pub(super) fn all() -> Result<Vec<Service>, ContractError> {
    TABLE
        .iter()
        .map(|(word, wsdl, rules)| Ok(Service { word, contract: Contract::read(wsdl)?, rules: *rules }))
        .collect()
}
