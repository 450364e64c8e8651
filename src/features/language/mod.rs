//! The visitor's choice of a language.

pub mod post;
