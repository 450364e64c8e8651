//! The client of Sistema TS: SOAP over mutual TLS. Every call ends in one of four classes ([`outcome::Outcome`]).

pub mod breaker;
pub mod call_center;
pub mod client;
mod echo;
mod encoding;
mod envelope;
pub mod identity;
pub mod outcome;
pub mod settings;
mod stagger;
mod tally;
mod transport;
mod verdict;

pub use client::SistemaTs;
pub use transport::BuildError;
