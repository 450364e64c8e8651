//! The capabilities, a folder each: `page.rs` what is shown, `post.rs` what is submitted, `service.rs` the rules.

pub mod accounts;
pub mod activation;
pub mod asl;
pub mod backups;
pub mod cases;
pub mod confirm;
pub mod desk;
pub mod download;
pub mod exemptions;
pub mod language;
pub mod login;
pub mod operators;
pub mod profile;
pub mod registers;
pub mod requests;
pub mod sheets;
pub mod statistics;
pub mod swabs;
