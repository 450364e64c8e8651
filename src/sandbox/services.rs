//! The table of the services: a word, a contract, who may call it, its rules, how it says yes and no. Another service is
//! another line.

use super::{
    contract::{Children, Contract, ContractError},
    party::Access,
    profile::{ClosureChildren, Profile},
    rules::{Rules, asl, call_center, exemptions, swabs},
};

/// A service of this Sistema TS.
pub(super) struct Service {
    /// The word under which faults and counts name it.
    pub(super) word: &'static str,
    contract: Contract,
    /// The contract with elements in no namespace, where the sources leave that open.
    unqualified: Option<Contract>,
    pub(super) access: Access,
    pub(super) rules: Rules,
    pub(super) manner: Manner,
}

/// How a service says yes and no.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Manner {
    /// 0000 or 9999, with a list of errors.
    Errors,
    /// A code for each outcome, with its text beside it (seed 000, 2.3).
    Codes,
}

impl Service {
    /// Its contract, as the profile has it.
    pub(super) fn contract(&self, profile: &Profile) -> &Contract {
        let is_unqualified = profile.closure_children == ClosureChildren::Unqualified;
        self.unqualified.as_ref().filter(|_| is_unqualified).unwrap_or(&self.contract)
    }

    /// The path of its address.
    pub(super) fn path(&self) -> &str {
        &self.contract.path
    }

    /// Its `SOAPAction`, without quotes.
    pub(super) fn action(&self) -> &str {
        &self.contract.action
    }
}

macro_rules! table {
    ($($word:literal $wsdl:literal $access:ident $rules:path, $manner:ident;)+) => {
        &[$(($word, include_str!(concat!("../../contracts/", $wsdl, ".wsdl")), Access::$access, $rules, Manner::$manner)),+]
    };
}

const TABLE: &[(&str, &str, Access, Rules, Manner)] = table! {
    "verify" "VerificaPositivita" CallCenter call_center::verify, Errors;
    "unlock" "SbloccoCodiceImmuni" CallCenter call_center::unlock, Errors;
    "confirm" "ConfermaSbloccoImmuni" CallCenter call_center::confirm, Errors;
    "swab_report" "InvioEsecuzioneTest" Reporter swabs::report, Errors;
    "swab_cancel" "AnnullamentoEsecuzioneTest" Reporter swabs::cancel, Errors;
    "swab_list" "ElencoTest" Reporter swabs::list, Errors;
    "asl_otp" "InvioCodiceOtp" Reporter asl::send_otp, Errors;
    "exemption_close" "ChiusuraCertEseRed" Body exemptions::close, Codes;
};

/// Reads the contracts of all services.
pub(super) fn all() -> Result<Vec<Service>, ContractError> {
    let service = |&(word, wsdl, access, rules, manner): &(_, _, _, _, _)| {
        let contract = Contract::read(wsdl, Children::Qualified)?;
        let is_open = manner == Manner::Codes;
        let unqualified = is_open.then(|| Contract::read(wsdl, Children::Unqualified)).transpose()?;
        Ok(Service { word, contract, unqualified, access, rules, manner })
    };
    TABLE.iter().map(service).collect()
}
