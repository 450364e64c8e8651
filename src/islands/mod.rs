//! The only code that reaches the browser, and pieces of view that it shares with the server.
//!
//! Props are serialised into the page, so they never hold a caller's data: what is typed is read from the fields.

#![allow(missing_docs, reason = "the macro of islands makes a struct without one; the props have theirs")]

pub mod clocks;
pub mod code_feedback;
pub mod copy_button;
pub mod copy_cells;
pub mod countdown;
pub mod fill_date;
#[cfg(feature = "hydrate")]
pub mod fragments;
pub mod grouping;
pub mod live;
pub mod print_button;
pub mod read_back;
mod session_cover;
pub mod session_guard;
mod session_lock;
pub mod session_state;
#[cfg(feature = "hydrate")]
pub mod submit_once;
pub mod timer;
