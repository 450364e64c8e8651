//! Instants as people read them, in the time zone of the service.

use jiff::{Timestamp, tz::TimeZone};

use crate::server::clock::rome;

/// hh:mm:ss in Europe/Rome.
#[must_use]
pub fn time_of_day(at: Timestamp) -> String {
    at.to_zoned(rome()).strftime("%H:%M:%S").to_string()
}

/// gg/mm/aaaa hh:mm:ss in Europe/Rome.
#[must_use]
pub fn date_and_time(at: Timestamp) -> String {
    at.to_zoned(rome()).strftime("%d/%m/%Y %H:%M:%S").to_string()
}

/// The instant for the `datetime` attribute.
#[must_use]
pub fn machine_time(at: Timestamp) -> String {
    at.to_zoned(TimeZone::UTC).strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}
