//! The integration tests, linked once.

#[cfg(test)]
mod canary;
#[cfg(test)]
mod contracts;
#[cfg(test)]
mod documents;
#[cfg(test)]
mod domain;
#[cfg(test)]
mod figures;
#[cfg(test)]
mod flows;
#[cfg(test)]
mod ground;
#[cfg(test)]
mod registers;
#[cfg(test)]
mod routes;
#[cfg(test)]
mod sandbox;
#[cfg(test)]
mod sistema_ts;
#[cfg(test)]
mod support;
#[cfg(test)]
mod upstream;
#[cfg(test)]
mod withstand;
