//! Composition: configuration, state, routes and layers. The only place that knows every other module.

pub mod application;
pub mod auth;
pub mod clock;
pub mod config;
pub mod error_pages;
pub mod errors;
pub mod figures;
pub mod files;
pub mod form;
pub mod health;
pub mod language;
pub mod layers;
pub mod page;
pub mod random;
pub mod request_log;
pub mod router;
pub mod same_site;
pub mod sealing;
pub mod secrets;
pub mod security_headers;
pub mod session;
pub mod shutdown;
pub mod site;
pub mod state;
pub mod telemetry;
pub mod upstream;
