//! What an operator manages alone: the password, the authenticator, the recovery codes, where the account is in use.

pub mod factor;
mod factor_page;
mod page;
pub mod pending;
pub mod post;
mod sessions;
