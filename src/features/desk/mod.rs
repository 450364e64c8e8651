//! The desk: a case from its opening to its closing.

pub mod at_desk;
pub mod call_data;
pub mod case_page;
pub mod case_view;
mod countdown;
pub mod note;
pub mod open_page;
pub mod post;
pub mod request;
pub mod submission;
mod work;
