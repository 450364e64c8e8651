//! The services of the call center: the names of their elements, their requests and their answers (seed 003, 3.3).
//!
//! The names are a proposal (`contracts/`); when the official ones arrive, this file alone changes.

use crate::domain::case::Service;

/// What Conferma sblocco tells the service ("ID Tipo Comunicazione", seed 003, 3.3.3, Tab. 13).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Communication {
    /// `C`: the caller's upload has happened; deletes the caller's data at the service for good.
    Confirm,
    /// `A`: the confirmation of the unlock is called off.
    Cancel,
}

impl Communication {
    /// As it travels.
    pub const fn to_wire(self) -> &'static str {
        match self {
            Self::Confirm => "C",
            Self::Cancel => "A",
        }
    }

    /// As it is kept and counted.
    pub const fn service(self) -> Service {
        match self {
            Self::Confirm => Service::Confirm,
            Self::Cancel => Service::Cancel,
        }
    }
}
