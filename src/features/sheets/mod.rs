//! Accounts in and out as files: many made from a CSV file, the list as CSV or XLSX.

pub mod export;
pub mod import;
pub mod import_page;
mod lines;
pub mod plan;
pub mod service;
pub mod sheet;
pub mod upload;
