//! The integration tests, linked once.
