//! What no single key can tell: how values fit together, and what production refuses.

use std::path::Path;

use super::{Config, Environment, Server, load::Problem};
use crate::{
    features::accounts::breached::BreachedFile,
    server::{clock::Clock, geoip::Geoip, own_tls::Files, random::Random, secrets::Secrets},
    sistema_ts::{
        queues::{AslSettings, ExemptionSettings, SwabSettings},
        settings::Settings,
    },
    storage::Db,
};

/// The longest that a session may last: a day.
const LONGEST_SESSION: u32 = 24 * 60 * 60;
/// For how many months the entries of the registers are kept at least, and at most.
const SHORTEST_RETENTION: u32 = 6;
const LONGEST_RETENTION: u32 = 120;
/// How many backups are kept at most, and for how many days.
const MOST_BACKUPS: u32 = 10_000;
const LONGEST_BACKUP: u32 = 3650;
/// The longest time between two checkpoints of the registers, in minutes: a day.
const LONGEST_CHECKPOINT: u32 = 24 * 60;
/// The shortest idle limit and the shortest time for calls in flight to end, in seconds.
const SHORTEST_IDLE: u32 = 2;

impl Config {
    /// Everything that is wrong although each value is well formed.
    pub(super) fn check(&self) -> Vec<Problem> {
        let mut problems = self.check_everywhere();
        if self.environment == Environment::Production {
            problems.extend(self.check_production());
        }
        problems
    }

    fn check_everywhere(&self) -> Vec<Problem> {
        let session = &self.session;
        let url = self.database_url();
        let is_database = ["sqlite:", "postgres:", "postgresql:"].iter().any(|scheme| url.starts_with(scheme));
        let rules = [
            (is_database, "database.url", "begins with neither sqlite: nor postgres:"),
            (session.idle >= SHORTEST_IDLE, "session.idle", "less than 2 seconds"),
            (session.absolute > session.idle, "session.absolute", "not longer than session.idle"),
            (session.absolute <= LONGEST_SESSION, "session.absolute", "more than a day (86400 seconds)"),
            (session.warning < session.idle, "session.warning", "not shorter than session.idle"),
            ((1..=300).contains(&session.fresh_pin), "session.fresh_pin", "not from 1 to 300 seconds"),
            (
                (1..=LONGEST_CHECKPOINT).contains(&self.registers.checkpoint_minutes),
                "registers.checkpoint_minutes",
                "not between a minute and a day (1440 minutes)",
            ),
            (
                (SHORTEST_RETENTION..=LONGEST_RETENTION).contains(&self.registers.retention_months),
                "registers.retention_months",
                "not between 6 and 120 months",
            ),
            (
                (1..=LONGEST_RETENTION).contains(&self.cases.retention_months),
                "cases.retention_months",
                "not between 1 and 120 months",
            ),
            ((1..=MOST_BACKUPS).contains(&self.backup.keep), "backup.keep", "not from 1 to 10000"),
            (self.backup.keep_days <= LONGEST_BACKUP, "backup.keep_days", "more than ten years (3650 days)"),
            (self.sandbox.control.ip().is_loopback(), "sandbox.control", "not a loopback address"),
        ];
        let settings = self.sistema_ts.iter().flat_map(Settings::problems);
        let swabs = self.swabs.iter().flat_map(SwabSettings::problems);
        let asl = self.asl.iter().flat_map(AslSettings::problems);
        let exemptions = self.exemptions.iter().flat_map(ExemptionSettings::problems);
        let settings = settings.chain(swabs).chain(asl).chain(exemptions);
        let settings = settings.map(|error| Problem::new(&format!("{}.{}", error.section, error.key), error.problem));
        let breached = self.passwords.breached_file.as_deref().map(BreachedFile::open).and_then(Result::err);
        let breached = breached.map(|error| Problem::new("passwords.breached_file", error.to_string()));
        let problems = broken(&rules).into_iter().chain(settings).chain(breached);
        problems.chain(self.check_geoip()).chain(self.check_tls()).collect()
    }

    fn check_tls(&self) -> Option<Problem> {
        let Server { tls_certificate_file, tls_key_file, .. } = &self.server;
        match (tls_certificate_file, tls_key_file) {
            (Some(_), None) => Some(Problem::new("server.tls_certificate_file", "set without server.tls_key_file")),
            (None, Some(_)) => Some(Problem::new("server.tls_key_file", "set without server.tls_certificate_file")),
            _ => {
                let error = Files::of(&self.server)?.load(Clock::system().now()).err()?;
                Some(Problem::new(error.key, error.to_string()))
            }
        }
    }

    fn check_geoip(&self) -> Option<Problem> {
        let error = Geoip::open(self.geoip.database_file.as_deref()).err()?;
        Some(Problem::new("geoip.database_file", error.to_string()))
    }

    fn check_production(&self) -> Vec<Problem> {
        let server = &self.server;
        let is_https = server.public_url.as_ref().is_some_and(super::PublicUrl::is_https);
        let rules = [
            (!self.has_sandbox(), "sandbox.enabled", "production does not start the simulated Sistema TS"),
            (!self.has_demo_accounts(), "sandbox.demo_accounts", "production has no accounts with known passwords"),
            (
                !server.trusted_proxies.is_empty() || server.has_tls(),
                "server.trusted_proxies",
                "production needs to know the proxies that speak HTTPS in front of the desk, also where they run on this \
                 machine: without them the register of accesses would have the proxy's address for everybody. Without \
                 a proxy the desk speaks HTTPS itself: server.tls_certificate_file and server.tls_key_file",
            ),
            (
                !Db::is_exposed(&self.database_url()),
                "database.url",
                "PostgreSQL on another machine without ?sslmode=verify-full (and sslrootcert=FILE of its authority): \
                 who stands between reads the password and all that is kept",
            ),
            (is_https, "server.public_url", "production needs the address of the desk, and it begins with https://"),
        ];
        let read = |key: &str, file: &Path| {
            let secret = Secrets::load(file, Environment::Production, &Random::system());
            secret.err().map(|error| Problem::new(key, error.to_string()))
        };
        let secret = read("secrets.server", &self.secret_file());
        let previous = self.secrets.previous.iter().filter_map(|file| read("secrets.previous", file));
        broken(&rules)
            .into_iter()
            .chain(secret)
            .chain(previous)
            .chain(self.check_upstream())
            .chain(self.check_queue_files())
            .collect()
    }

    fn check_upstream(&self) -> Vec<Problem> {
        let Some(settings) = &self.sistema_ts else {
            return vec![Problem::new(
                "sistema_ts.base_url",
                "production needs the address of Sistema TS and our identity",
            )];
        };
        let files = [
            ("ca_file", &*settings.ca_file),
            ("certificate_file", &*settings.certificate_file),
            ("key_file", &*settings.key_file),
        ];
        absent("sistema_ts", files).collect()
    }

    /// The files of the queues' sections that are not there.
    fn check_queue_files(&self) -> Vec<Problem> {
        let swabs = self.swabs.iter().flat_map(|own| absent(SwabSettings::SECTION, own.files()));
        let asl = self.asl.iter().flat_map(|own| absent(AslSettings::SECTION, own.files()));
        let exemptions = self.exemptions.iter().flat_map(|own| absent(ExemptionSettings::SECTION, own.files()));
        swabs.chain(asl).chain(exemptions).collect()
    }
}

/// Of the files that the keys of a section name, those that are not there.
fn absent<'a>(
    section: &'static str,
    files: impl IntoIterator<Item = (&'static str, &'a Path)>,
) -> impl Iterator<Item = Problem> {
    files.into_iter().filter(|(_, file)| !file.is_file()).map(move |(key, file)| {
        Problem::new(&format!("{section}.{key}"), format!("{} is no file that can be read", file.display()))
    })
}

fn broken(rules: &[(bool, &str, &str)]) -> Vec<Problem> {
    rules.iter().filter(|(holds, ..)| !holds).map(|(_, key, what)| Problem::new(key, *what)).collect()
}

#[cfg(test)]
#[path = "check_tests.rs"]
mod tests;
