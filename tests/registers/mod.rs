//! The registers (seed 003, 4.3.8, 6.8): what is written, that it can't be changed unseen, who reads it.

mod access;
mod administration;
mod chain;
mod command;
mod kept;
mod pages;
mod patience;
mod places;
mod refusals;
mod retention;
pub mod support;
mod tampering;
mod turned_away;
