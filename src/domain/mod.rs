//! The rules of the field, pure: no clock, no randomness, no I/O, nothing of the other modules.
//!
//! Compiled for the server and for the browser, so that both judge a code in the same way.

pub mod call;
pub mod case;
pub mod code;
pub mod dates;
pub mod exemption;
pub mod fiscal_code;
pub mod health_card;
pub mod operator;
pub mod reason;
pub mod secret;
pub mod service;
pub mod spelling;
pub mod swab;
pub mod symbols;
pub mod tally;
