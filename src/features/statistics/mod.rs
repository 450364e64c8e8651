//! "Andamento" (seed 003, 4.3.4): how the service went in a period, and how it goes now.

pub mod board;
pub mod export;
pub mod live;
pub mod page;
pub mod period;
pub mod pictures;
pub mod post;
pub mod queues;
pub mod report;
