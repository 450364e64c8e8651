//! The register of accesses (seed 003, 2.5, 3.4 and 5.2): who asked for what and what came of it, in memory alone, never
//! an OTP, a symptom date or a patient's codice fiscale.

use std::collections::VecDeque;

use jiff::Timestamp;
use serde::Serialize;

use super::{house::Said, party::Party, soap::Request};

/// The oldest are forgotten beyond this many.
const MOST: usize = 1_000;

/// One access.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Access {
    at: Timestamp,
    service: &'static str,
    party: String,
    /// The structure, by code or in words.
    #[serde(skip_serializing_if = "Option::is_none")]
    site: Option<String>,
    /// The operator or user who asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    operator: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    authentication: Option<String>,
    esito: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<&'static str>,
    transaction: Option<String>,
}

/// The accesses, the oldest first.
#[derive(Default)]
pub(super) struct Journal(VecDeque<Access>);

impl Journal {
    /// Notes a request that was let in and keeps to its contract.
    pub(super) fn note(&mut self, at: Timestamp, service: &'static str, party: &Party, request: &Request, said: &Said) {
        let Said::Answer(answer) = said else { return };
        let sent = |name: &str| request.get(name).map(str::to_owned);
        let site = || Some([sent("codRegione")?, sent("codAsl")?, sent("codSsa")?].join("-"));
        let field = |name: &str| answer.get(name).map(str::to_owned);
        self.0.push_back(Access {
            at,
            service,
            party: party.name(),
            site: site().or_else(|| sent("descrizioneStruttura")),
            operator: sent("cfOperatore").or_else(|| sent("identificativoUtente")).or_else(|| sent("UserId")),
            authentication: sent("tipoAutenticazione"),
            esito: field("esito"),
            code: answer.errors.first().map(|error| error.code),
            transaction: field("idTransazione"),
        });
        if self.0.len() > MOST {
            self.0.pop_front();
        }
    }

    /// All that are remembered.
    pub(super) fn accesses(&self) -> Vec<Access> {
        self.0.iter().cloned().collect()
    }
}
