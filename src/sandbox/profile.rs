//! What the sources leave open, as switches: each can be set at start and turned from the control address.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use serde::{Deserialize, Serialize};

/// How this Sistema TS behaves where the documents are silent or contradict each other.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Profile {
    /// Whether a message without the type of strong authentication is refused (seed 003, 3.3 demands it, its tables
    /// lack it).
    pub authentication_required: bool,
    /// The addresses registered beforehand, from which calls are answered (seed 003, 3.3).
    pub sources: Vec<IpAddr>,
    /// What a call from another address meets.
    pub foreign_source: ForeignSource,
    /// What a client without a certificate of this Sistema TS meets.
    pub unknown_certificate: UnknownCertificate,
    /// How a message that breaks the contract is refused.
    pub schema_violation: SchemaViolation,
    /// What `A` takes back (seed 003, Tab. 13 against Tab. 19).
    pub cancellation: Cancellation,
    /// Whether a region's OTP is refused without the operator's codice fiscale (seed 003, 5.2 logs it, the table of 5.1
    /// lacks it).
    pub otp_operator_required: bool,
    /// Whether a closure is refused without `UtenteToken` (seed 000, 2.2 says both).
    pub token_required: bool,
    /// Whether the elements of a closure stand in the namespace of its message.
    pub closure_children: ClosureChildren,
}

impl Default for Profile {
    fn default() -> Self {
        Self {
            authentication_required: true,
            sources: vec![IpAddr::V4(Ipv4Addr::LOCALHOST), IpAddr::V6(Ipv6Addr::LOCALHOST)],
            foreign_source: ForeignSource::default(),
            unknown_certificate: UnknownCertificate::default(),
            schema_violation: SchemaViolation::default(),
            cancellation: Cancellation::default(),
            otp_operator_required: true,
            token_required: false,
            closure_children: ClosureChildren::default(),
        }
    }
}

/// What a call from an address that is not registered meets.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ForeignSource {
    /// An answer with code 9003.
    #[default]
    Answer,
    /// A connection that never comes about.
    Silence,
}

/// What a client without a certificate of this Sistema TS meets.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum UnknownCertificate {
    /// The TLS handshake fails.
    #[default]
    Handshake,
    /// HTTP 500 with the fault "Rejected by policy. (from client)".
    Policy,
}

/// How a message that breaks the contract is refused.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SchemaViolation {
    /// A SOAP fault whose text echoes the value, as the sibling services do.
    #[default]
    Fault,
    /// An answer with code 9013, or 9014 for a value outside its list.
    Esito,
}

/// What `A` takes back.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Cancellation {
    /// The unlock: it releases the ID and leaves the CUN usable; after `C` it is refused (Tab. 19).
    #[default]
    BeforeConfirmation,
    /// The confirmation: it is refused before `C` (Tab. 13). What `C` deleted stays deleted.
    AfterConfirmation,
}

/// Whether the elements of a closure stand in the namespace of its message (seed 000 does not say).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ClosureChildren {
    /// They do.
    #[default]
    Qualified,
    /// They stand in none.
    Unqualified,
}
