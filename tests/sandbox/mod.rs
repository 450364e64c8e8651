//! The sandbox over the real wire, by a client of the tests' own: nothing of `sistema_ts` is used here.

mod bench;
mod channel;
mod contracts;
mod control;
mod faults;
mod rules;
mod third_party;
