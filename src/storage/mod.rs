//! What is kept, on SQLite or on PostgreSQL: one set of statements and migrations for both.
//!
//! Every method of [`Db`] is a whole unit of work. Ids are TEXT, instants BIGINT milliseconds UTC.

pub mod activations;
pub mod attempts;
pub mod case_hours;
pub mod cases;
pub mod credentials;
mod db;
mod direct;
pub mod imports;
pub mod old_cases;
pub mod operators;
mod outage;
pub mod own_account;
pub mod registers;
pub mod requests;
pub mod sessions;
pub mod statistics;
pub mod step_up;
pub mod steps;
pub mod transfer;
pub mod upstream_minutes;

use std::str::FromStr;

pub use db::{Connections, Db, OpenError};
pub(crate) use db::{read, write, write_alone};
pub use outage::Outage;

/// A stored word as the type it was written from. The error names no value.
pub(crate) fn decode<T: FromStr>(stored: &str) -> Result<T, sqlx::Error> {
    stored
        .parse()
        .map_err(|_| sqlx::Error::Decode(format!("a stored value is not a {}", std::any::type_name::<T>()).into()))
}
