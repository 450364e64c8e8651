//! What the integration tests stand on: the served application, a browser without JavaScript, PostgreSQL,
//! an upstream that misbehaves.

pub mod app;
pub mod browser;
pub mod call;
pub mod counter;
pub mod mmdb;
pub mod postgres;
pub mod upstream;

pub use app::{Engine, TestApp};
pub use browser::{Answer, Browser};

/// Makes two tests of each function that takes an [`Engine`]: one on SQLite, one on PostgreSQL.
macro_rules! on_both_engines {
    ($($name:ident),+ $(,)?) => {
        mod sqlite {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $name() { super::$name($crate::support::Engine::Sqlite).await; })+
        }
        mod postgres {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $name() { super::$name($crate::support::Engine::Postgres).await; })+
        }
    };
}
pub(crate) use on_both_engines;
