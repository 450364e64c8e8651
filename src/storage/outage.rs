//! What keeps the database from answering although nothing is wrong with what it was asked: it comes back, and the same
//! can be asked again.

use rusqlite::ErrorCode;
use sqlx::{Error, error::DatabaseError, postgres::PgDatabaseError, sqlite::SqliteError};

/// In words for whoever runs the system.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Outage {
    /// There is no room for what is to be written.
    #[error("the disk of the database is full")]
    Full,
    /// It can be read and not be written.
    #[error("the database can only be read")]
    ReadOnly,
    /// It can't be reached, or somebody else holds what is asked for.
    #[error("the database does not answer")]
    Gone,
}

impl Outage {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Full, Self::ReadOnly, Self::Gone];

    /// Why a statement failed, where it is no fault of the statement's.
    #[must_use]
    pub fn of(error: &Error) -> Option<Self> {
        match error {
            Error::Database(error) => Self::of_engine(&**error),
            Error::AnyDriverError(error) => {
                error.downcast_ref().and_then(rusqlite::Error::sqlite_error_code).and_then(Self::of_sqlite)
            }
            Error::Io(_) | Error::Tls(_) | Error::PoolTimedOut | Error::PoolClosed | Error::WorkerCrashed => {
                Some(Self::Gone)
            }
            _ => None,
        }
    }

    fn of_engine(error: &dyn DatabaseError) -> Option<Self> {
        if let Some(error) = error.try_downcast_ref::<PgDatabaseError>() {
            return Self::of_postgres(error.code());
        }
        let code = error.try_downcast_ref::<SqliteError>()?.code()?.parse().ok()?;
        Self::of_sqlite(rusqlite::ffi::Error::new(code).code)
    }

    const fn of_sqlite(code: ErrorCode) -> Option<Self> {
        match code {
            ErrorCode::DiskFull => Some(Self::Full),
            ErrorCode::ReadOnly => Some(Self::ReadOnly),
            ErrorCode::SystemIoFailure
            | ErrorCode::CannotOpen
            | ErrorCode::DatabaseBusy
            | ErrorCode::DatabaseLocked
            | ErrorCode::FileLockingProtocolFailed => Some(Self::Gone),
            _ => None,
        }
    }

    /// By the SQLSTATE (PostgreSQL, appendix A).
    fn of_postgres(code: &str) -> Option<Self> {
        /// Statement and lock timeouts, an idle transaction's end, transactions that stood in each other's way, files
        /// that can't be read.
        const PASSING: [&str; 6] = ["57014", "55P03", "25P03", "40001", "40P01", "58030"];
        match code {
            "53100" => Some(Self::Full),
            "25006" => Some(Self::ReadOnly),
            code if PASSING.contains(&code) => Some(Self::Gone),
            // Connections, resources, an operator's intervention: stopped, crashed, starting up.
            code if ["08", "53", "57P"].iter().any(|class| code.starts_with(class)) => Some(Self::Gone),
            _ => None,
        }
    }

    /// The word by which texts on the screen know it.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Full => "full",
            Self::ReadOnly => "read_only",
            Self::Gone => "gone",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_passes_is_told_from_what_is_wrong() {
        for (code, outage) in [
            ("53100", Some(Outage::Full)),
            ("25006", Some(Outage::ReadOnly)),
            ("57P01", Some(Outage::Gone)),
            ("57P03", Some(Outage::Gone)),
            ("08006", Some(Outage::Gone)),
            ("55P03", Some(Outage::Gone)),
            ("42P01", None),
            ("23505", None),
        ] {
            assert_eq!(Outage::of_postgres(code), outage, "{code}");
        }
        assert_eq!(Outage::of(&Error::RowNotFound), None);
        assert_eq!(Outage::of(&Error::PoolTimedOut), Some(Outage::Gone));
    }

    #[test]
    fn sqlite_s_codes_are_known_with_what_they_are_extended_by() {
        // SQLITE_FULL, SQLITE_READONLY_DBMOVED, SQLITE_IOERR_FSYNC, SQLITE_BUSY_SNAPSHOT, SQLITE_CONSTRAINT_UNIQUE.
        for (code, outage) in [
            (13, Some(Outage::Full)),
            (1032, Some(Outage::ReadOnly)),
            (1034, Some(Outage::Gone)),
            (517, Some(Outage::Gone)),
            (2067, None),
        ] {
            assert_eq!(Outage::of_sqlite(rusqlite::ffi::Error::new(code).code), outage, "{code}");
        }
        let direct =
            Error::AnyDriverError(Box::new(rusqlite::Error::SqliteFailure(rusqlite::ffi::Error::new(10), None)));
        assert_eq!(Outage::of(&direct), Some(Outage::Gone));
    }
}
