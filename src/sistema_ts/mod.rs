//! The client of Sistema TS: SOAP over mutual TLS, or with the credentials of a structure. Every call ends in one of four
//! classes ([`outcome::Outcome`]).

mod access;
pub mod answers;
pub mod asl;
mod attributes;
pub mod breaker;
pub mod call_center;
pub mod client;
mod echo;
mod encoding;
mod envelope;
pub mod error_codes;
pub mod exemptions;
#[cfg(any(test, fuzzing))]
pub(crate) mod fuzz;
mod gate;
pub mod identity;
mod immuni;
mod operation;
pub mod outcome;
mod pincode;
pub mod queues;
pub mod reasons;
pub mod settings;
mod stagger;
pub mod swabs;
mod tally;
mod transport;
pub mod upstream_text;
mod verdict;

pub use asl::Asl;
pub use exemptions::Exemptions;
pub use immuni::SistemaTs;
pub use swabs::Swabs;
pub use transport::BuildError;
