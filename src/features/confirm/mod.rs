//! "Conferma differita": confirming an unlock outside a call, by the CUN alone (seed 003, 3.3.3, Tab. 13).

pub mod page;
