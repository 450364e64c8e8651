//! The integration tests, linked once.

#[cfg(test)]
mod domain;
#[cfg(test)]
mod sandbox;
