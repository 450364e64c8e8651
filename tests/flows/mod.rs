//! What people do, over HTTP, on both engines.

mod activation;
mod lock_out;
mod sessions;
mod sign_in;
