//! What is kept, on SQLite or on PostgreSQL: one set of statements and migrations for both.
//!
//! Every method of [`Db`] is a whole unit of work. Ids are TEXT, instants BIGINT milliseconds UTC.

mod db;

pub use db::{Db, OpenError};
#[allow(unused_imports)]
pub(crate) use db::{read, write};
