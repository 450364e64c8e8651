//! Centralino: the operator desk of the call center that unlocks the Immuni app through Sistema TS.
//!
//! ARCHITECTURE.md has the map. `domain` and `islands` are compiled for the browser and for the server, all else for
//! the server alone.

pub mod domain;
pub mod islands;

#[cfg(feature = "ssr")]
pub mod app;
#[cfg(feature = "ssr")]
pub mod cli;
#[cfg(feature = "ssr")]
pub mod components;
#[cfg(feature = "ssr")]
pub mod features;
#[cfg(all(feature = "ssr", any(test, fuzzing)))]
pub mod fuzz;
#[cfg(feature = "ssr")]
pub mod sandbox;
#[cfg(feature = "ssr")]
pub mod server;
#[cfg(feature = "ssr")]
pub mod sistema_ts;
#[cfg(feature = "ssr")]
pub mod storage;

#[cfg(feature = "ssr")]
rust_i18n::i18n!("locales", fallback = "it");

/// Brings the islands of the page to life.
#[cfg(feature = "hydrate")]
#[wasm_bindgen::prelude::wasm_bindgen]
pub fn hydrate() {
    leptos::mount::hydrate_islands();
    islands::submit_once::install();
    islands::fragments::install();
}
