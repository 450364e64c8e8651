//! The desk: a case from its opening to its closing.

pub mod answer;
pub mod call_data;
pub mod in_flight;
pub mod service;
