//! The client of Sistema TS against an upstream that does everything wrong: sistema-ts.md, section 7, a sentence a test.

mod answers;
mod breaker;
mod faults;
mod gate;
mod identity;
pub mod network;
mod oddities;
mod pool;
mod privacy;
pub mod proxy;
mod queue_answers;
pub mod queues;
mod requests;
pub mod rig;
