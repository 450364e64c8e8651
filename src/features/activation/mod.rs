//! The link by which the owner of a new account sets its password and its second factor, and saves its recovery codes.

pub mod at_link;
pub mod codes;
mod ended;
mod page;
pub mod pieces;
pub mod post;
mod qr;
