//! Signing in: the password, then the PIN; the lock of an idle session; leaving.

mod demo;
mod page;
pub mod post;
pub mod refusal;
pub mod service;
