//! Signing in: the password, then the PIN; the lock of an idle session; leaving.

pub mod refusal;
