//! The client of Sistema TS: SOAP over mutual TLS. Every call ends in one of four classes ([`outcome::Outcome`]).

pub mod call_center;
pub mod outcome;
