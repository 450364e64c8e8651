//! Every failure of the way to Sistema TS, through the whole product: a real server that fails over TLS, the desk over
//! HTTP, its figures. What is expected stands in docs/upstream-failures.md, a row a failure; a row without its server, or
//! a server without its row, fails.

mod answers;
mod desk;
mod network;
mod ourselves;
mod table;
