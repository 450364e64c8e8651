//! What people do, over HTTP, on both engines.

mod activation;
mod lock_out;
mod operator_command;
mod sessions;
mod sign_in;
