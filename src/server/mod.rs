//! Composition: configuration, state, routes and layers. The only place that knows every other module.

pub mod application;
pub mod auth;
pub mod clock;
pub mod config;
pub mod errors;
pub mod files;
pub mod form;
pub mod language;
pub mod page;
pub mod random;
pub mod router;
pub mod same_site;
pub mod sealing;
pub mod secrets;
pub mod security_headers;
pub mod session;
pub mod site;
pub mod state;
pub mod upstream;
