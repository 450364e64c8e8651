//! The sandbox over the real wire, by a client of the tests' own: nothing of `sistema_ts` is used here.

mod asl;
pub mod bench;
mod channel;
mod contracts;
mod control;
mod exemptions;
mod faults;
mod journey;
mod rules;
mod swabs;
mod third_party;
