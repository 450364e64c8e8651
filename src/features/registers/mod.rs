//! The registers: what is written of an act, how chains are sealed, signed and proved whole, and the supervisors' pages.

pub mod act;
pub mod checkpoint;
pub mod entry_view;
pub mod export;
pub mod filters;
pub mod kept;
pub mod keys;
pub mod page;
pub mod post;
pub mod proof;
pub mod spreadsheet;
