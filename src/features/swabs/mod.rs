//! "Tamponi": results of swab tests are reported to Sistema TS, and reports cancelled, those of a
//! period listed (seed 003, 2.4).

mod cancel;
mod contact;
pub mod list;
mod list_export;
mod list_form;
mod list_page;
mod list_table;
pub mod receipt;
mod report;
pub mod site;

pub use cancel::CancelReport;
pub use report::ReportTest;

/// Something is wrong with a field, and noted there.
#[derive(Clone, Copy, Debug)]
pub struct Noted;
