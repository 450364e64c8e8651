//! Pieces of pages that more than one page uses, rendered on the server.

pub mod layout;
