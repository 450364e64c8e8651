//! A PostgreSQL that one test may stop and start.

use std::{
    fs::{self, Permissions},
    os::unix::fs::PermissionsExt,
    path::PathBuf,
};

use tempfile::TempDir;

use crate::support::postgres::{as_postgres, make_server, run, start};

/// A server of one test's own, which it may stop and start.
pub struct OwnServer(TempDir);

impl OwnServer {
    /// A running one.
    pub fn start() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        fs::set_permissions(folder.path(), Permissions::from_mode(0o711)).expect("a mode");
        let server = Self(folder);
        make_server(&server.data());
        server
    }

    fn data(&self) -> PathBuf {
        self.0.path().join("data")
    }

    /// The address of its database.
    pub fn url(&self) -> String {
        format!("postgres://postgres@localhost/postgres?host={}", self.data().display())
    }

    /// Stops it at once, whoever is connected.
    pub fn stop(&self) {
        run(as_postgres("pg_ctl").args(["stop", "-w", "-s", "-m", "immediate", "-D"]).arg(self.data()));
    }

    /// Starts it again.
    pub fn start_again(&self) {
        start(&self.data());
    }
}

impl Drop for OwnServer {
    fn drop(&mut self) {
        let _ = as_postgres("pg_ctl").args(["stop", "-s", "-m", "immediate", "-D"]).arg(self.data()).status();
    }
}
