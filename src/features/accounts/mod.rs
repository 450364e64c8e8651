//! What accounts are made of: passwords, second factors, recovery codes, invitations, demo accounts.

pub mod breached;
pub mod demo;
pub mod form_key;
mod hashing_threads;
pub mod invite;
pub mod judgement;
pub mod passwords;
pub mod recovery;
pub mod second_factor;
