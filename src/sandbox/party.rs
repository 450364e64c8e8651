//! Who calls, as the channel tells: by certificate, or by user id and password (seed 003, Tab. 1 and 8; seed 000, 4).

use super::{odd::rejected_by_policy, soap::Fault};
use crate::domain::swab::StructureId;

/// Whoever was let in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Party {
    /// The call center, by its certificate.
    CallCenter,
    /// A region, by its certificate: three letters or digits.
    Region(&'static str),
    /// A structure, by its credentials.
    Structure(Account),
    /// A territorial body, by the certificate that the Agenzia delle Entrate issued to it.
    Body { region: &'static str, authority: &'static str },
}

impl Party {
    /// As the register of accesses has it.
    pub(super) fn name(&self) -> String {
        match self {
            Self::CallCenter => "call center".to_owned(),
            Self::Region(region) => format!("regione {region}"),
            Self::Structure(account) => format!("struttura {}", account.structure),
            Self::Body { region, authority } => format!("ente {region}-{authority}"),
        }
    }
}

/// What Sistema TS issued to a structure.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Account {
    pub(super) user: &'static str,
    pub(super) password: String,
    pub(super) pincode: String,
    pub(super) structure: StructureId,
}

impl std::fmt::Debug for Account {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Account({})", self.user)
    }
}

/// Through which door a message came, and who stands there.
#[derive(Clone, Debug)]
pub(super) enum Badge {
    /// By certificate; none: one that is not of this Sistema TS, or none at all.
    Certificate(Option<Party>),
    /// By user id and password; none: wrong ones, or none at all.
    Credentials(Option<Party>),
}

impl Badge {
    /// Who it is, if anybody known.
    pub(super) const fn party(&self) -> Option<&Party> {
        match self {
            Self::Certificate(party) | Self::Credentials(party) => party.as_ref(),
        }
    }
}

/// Who may call a service.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Access {
    /// The call center, from addresses registered beforehand.
    CallCenter,
    /// Regions and structures.
    Reporter,
    /// Territorial bodies.
    Body,
}

impl Access {
    /// C2, C3, C5.
    pub(super) fn admit(self, badge: &Badge) -> Result<&Party, Fault> {
        let party = match (badge.party(), badge) {
            (Some(party), _) => party,
            (None, Badge::Certificate(_)) => return Err(rejected_by_policy()),
            (None, Badge::Credentials(_)) => return Err(invalid_credentials()),
        };
        let fits = match self {
            Self::CallCenter => matches!(party, Party::CallCenter),
            Self::Reporter => matches!(party, Party::Region(_) | Party::Structure(_)),
            Self::Body => matches!(party, Party::Body { .. }),
        };
        if fits { Ok(party) } else { Err(rejected_by_policy()) }
    }
}

/// What the sibling services say to wrong credentials, a wrong pincode included.
pub(super) fn invalid_credentials() -> Fault {
    Fault::client("Credenziali invalide")
}
