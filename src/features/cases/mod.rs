//! "I miei casi": what is kept of the operator's own calls.

pub mod page;
