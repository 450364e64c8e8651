//! Signing in: the password, then the PIN; the lock of an idle session; leaving.

pub mod again;
mod demo;
pub mod fresh_pin;
mod fresh_pin_page;
pub mod lock;
mod page;
pub mod pin;
pub mod post;
pub mod refusal;
pub mod second;
pub mod service;
mod tally;
