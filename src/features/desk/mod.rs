//! The desk: a case from its opening to its closing.

pub mod answer;
pub mod at_desk;
pub mod call_data;
pub mod case_page;
pub mod case_view;
mod countdown;
pub mod fields;
pub mod in_flight;
pub mod note;
pub mod open_page;
pub mod outcome;
pub mod post;
pub mod service;
pub mod silence;
pub mod unrecorded;
mod work;
