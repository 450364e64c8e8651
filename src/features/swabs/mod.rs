//! "Tamponi": results of swab tests are reported to Sistema TS, and reports cancelled (seed 003, 2.4).

mod cancel;
mod contact;
mod receipt;
mod report;
pub mod site;

pub use cancel::CancelReport;
pub use report::ReportTest;

/// Something is wrong with a field, and noted there.
#[derive(Clone, Copy, Debug)]
pub struct Noted;
