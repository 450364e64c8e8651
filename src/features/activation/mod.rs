//! The link by which the owner of a new account sets its password and its second factor.

mod page;
pub mod post;
mod qr;
