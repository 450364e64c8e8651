//! What people do, over HTTP, on both engines.

mod activation;
mod asl;
mod call_data;
mod case_hours;
mod cases;
mod deferred;
pub mod desk;
mod fresh_pin;
mod language;
mod links;
mod lock_out;
mod opening;
mod operator_command;
mod operators;
mod operators_again;
mod operators_instances;
mod operators_rules;
mod page;
mod profile;
mod session_lock;
mod sessions;
mod sheets;
mod sign_in;
mod silence;
mod statistics;
mod swabs;
mod unrecorded;
