//! `[sistema_ts]` of the configuration: where the services are and who we are to them. Checked at start; every error
//! names the key, what is wrong and an example.

use std::{path::PathBuf, time::Duration};

use reqwest::Url;
use serde::Deserialize;

use super::{
    call_center::{CONFIRM, UNLOCK, VERIFY},
    operation::Operation,
};
use crate::server::config::word::word;

/// `[sistema_ts]`. Times are milliseconds where a key says so.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// Where the services answer, https only: Sistema TS itself or the reverse proxy before it (seed 003, 4.3.3). A
    /// path in it stands before the path of each service.
    pub base_url: String,
    /// Path or whole URL of Verifica positività, where it is not the usual one.
    pub verify_path: Option<String>,
    /// Path or whole URL of Sblocco codice Immuni, where it is not the usual one.
    pub unlock_path: Option<String>,
    /// Path or whole URL of Conferma sblocco Immuni, where it is not the usual one.
    pub confirm_path: Option<String>,
    /// PEM bundle of the authorities that may have issued the server's certificate; no other is trusted.
    pub ca_file: PathBuf,
    /// PEM chain of our own certificate, issued by Sistema TS, the leaf first.
    pub certificate_file: PathBuf,
    /// PEM key of that certificate, not encrypted, readable by this program alone.
    pub key_file: PathBuf,
    /// Forward proxy (`http://host:port`) through which the services are reached; none: directly. The proxy variables
    /// of the environment are not read.
    pub proxy: Option<String>,
    /// File with `name:password` for the forward proxy.
    pub proxy_credentials_file: Option<PathBuf>,
    /// How operators are authenticated here, declared in every request (seed 003, 3.3, Tab. 8).
    #[serde(deserialize_with = "word")]
    pub authentication_type: AuthenticationType,
    /// How long opening a connection may take, name resolution and TLS included.
    pub connect_timeout_ms: u64,
    /// How long a call may take in all: connection, request, and the whole answer.
    pub deadline_ms: u64,
    /// How long an idle connection is kept for the next call.
    pub idle_ms: u64,
    /// The largest answer that is read, in bytes, decompressed.
    pub most_answer_bytes: usize,
    /// How many calls may be in flight at once; more wait for their turn.
    pub most_in_flight: usize,
    /// How long a call waits for its turn, of the time that it has in all.
    pub queue_ms: u64,
    /// After how many technical failures in a row, within 30 s, no call is sent for a while; 0: never.
    pub breaker_failures: u32,
    /// For how many seconds.
    pub breaker_seconds: u32,
    /// The section that these settings come from: that of a queue has the rest from here.
    #[serde(skip)]
    pub section: &'static str,
    /// How a structure shows who it is, in place of a certificate.
    #[serde(skip)]
    pub credentials: Option<CredentialFiles>,
}

/// What Sistema TS issued to a structure (seed 003, Tab. 1).
#[derive(Clone, Debug)]
pub struct CredentialFiles {
    /// The user id.
    pub user: String,
    /// The file of the password.
    pub password_file: PathBuf,
    /// The file of the pincode.
    pub pincode_file: PathBuf,
    /// PEM: the certificate under which the pincode is encrypted (`SanitelCF`).
    pub pincode_certificate_file: PathBuf,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            base_url: "https://localhost:8443".into(),
            verify_path: None,
            unlock_path: None,
            confirm_path: None,
            ca_file: "ca.pem".into(),
            certificate_file: "client.pem".into(),
            key_file: "client.key".into(),
            proxy: None,
            proxy_credentials_file: None,
            authentication_type: AuthenticationType::default(),
            connect_timeout_ms: 3_000,
            deadline_ms: 15_000,
            idle_ms: 60_000,
            most_answer_bytes: 256 * 1024,
            most_in_flight: 64,
            queue_ms: 3_000,
            breaker_failures: 10,
            breaker_seconds: 10,
            section: SECTION,
            credentials: None,
        }
    }
}

/// Where the call center's settings stand.
pub(super) const SECTION: &str = "sistema_ts";

/// The declared kind of strong authentication; the contracts' field `tipoAutenticazione`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
pub enum AuthenticationType {
    /// Two factors: password and PIN, as Centralino itself asks for.
    #[default]
    #[serde(rename = "2F")]
    TwoFactors,
    /// Carta nazionale dei servizi.
    #[serde(rename = "CNS")]
    Cns,
    /// Carta d'identità elettronica.
    #[serde(rename = "CIE")]
    Cie,
    /// SPID.
    #[serde(rename = "SPID")]
    Spid,
    /// Not declared: the element is left out.
    #[serde(rename = "none")]
    Undeclared,
}

impl AuthenticationType {
    /// As it travels; none where it is not declared.
    pub const fn to_wire(self) -> Option<&'static str> {
        match self {
            Self::TwoFactors => Some("2F"),
            Self::Cns => Some("CNS"),
            Self::Cie => Some("CIE"),
            Self::Spid => Some("SPID"),
            Self::Undeclared => None,
        }
    }
}

/// A key of `[sistema_ts]` or of a queue whose value can't be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{section}.{key}: {problem}; for example: {example}")]
pub struct SettingsError {
    /// The section.
    pub section: &'static str,
    /// The key, without its section.
    pub key: &'static str,
    /// What is wrong with it.
    pub problem: String,
    /// A value that would do.
    pub example: &'static str,
}

impl SettingsError {
    pub(super) fn new(key: &'static str, problem: impl Into<String>, example: &'static str) -> Self {
        Self { section: SECTION, key, problem: problem.into(), example }
    }

    pub(super) fn of(self, section: &'static str) -> Self {
        Self { section, ..self }
    }
}

/// The longest call: the desk waits a minute for a verification that is repeated once.
const MOST_DEADLINE_MS: u64 = 25_000;
/// For how long calls may be held back, in seconds.
const MOST_BREAKER_SECONDS: u32 = 300;
const URL_EXAMPLE: &str = "\"https://proxy.example.it:8443\"";
const PATH_EXAMPLE: &str = "\"/ImmuniCallCenterWEB/services/VerificaPositivita\"";

impl Settings {
    /// Whether they say neither where to call nor as whom, only how.
    #[must_use]
    pub fn names_no_upstream(&self) -> bool {
        let usual = Self::default();
        self.base_url == usual.base_url
            && self.ca_file == usual.ca_file
            && self.certificate_file == usual.certificate_file
            && self.key_file == usual.key_file
    }

    /// All that is wrong and can be told without opening a file.
    pub fn problems(&self) -> Vec<SettingsError> {
        let urls = [&VERIFY, &UNLOCK, &CONFIRM].map(|operation| self.url(operation).err());
        let mut problems: Vec<_> = urls.into_iter().flatten().collect();
        // The base stands before each of the paths.
        problems.dedup();
        problems.extend(self.proxy_url().err());
        problems.extend(self.problems_of_numbers());
        problems
    }

    fn problems_of_numbers(&self) -> impl Iterator<Item = SettingsError> {
        let positive: [(_, _, u64); 4] = [
            ("connect_timeout_ms", "3000", self.connect_timeout_ms),
            ("deadline_ms", "15000", self.deadline_ms),
            ("most_answer_bytes", "262144", u64::try_from(self.most_answer_bytes).unwrap_or(u64::MAX)),
            ("most_in_flight", "64", u64::try_from(self.most_in_flight).unwrap_or(u64::MAX)),
        ];
        let is_not_positive = |(key, example, value): (_, _, u64)| {
            (value == 0).then(|| SettingsError::new(key, "it must be more than 0", example))
        };
        let too_long = (self.deadline_ms > MOST_DEADLINE_MS).then(|| {
            let problem =
                format!("it must be at most {MOST_DEADLINE_MS}: the desk takes a request for lost after that");
            SettingsError::new("deadline_ms", problem, "15000")
        });
        let out_of_range = (!(1..=MOST_BREAKER_SECONDS).contains(&self.breaker_seconds)).then(|| {
            let problem =
                format!("it must be from 1 to {MOST_BREAKER_SECONDS}: whoever is on the line can't wait longer");
            SettingsError::new("breaker_seconds", problem, "10")
        });
        // Otherwise a deadline that ends while the connection is opened could not be told from one that ends after.
        let never_opened = (0 < self.deadline_ms && self.deadline_ms <= self.connect_timeout_ms).then(|| {
            let problem = format!("it must be less than deadline_ms ({})", self.deadline_ms);
            SettingsError::new("connect_timeout_ms", problem, "3000")
        });
        positive.into_iter().filter_map(is_not_positive).chain(too_long).chain(never_opened).chain(out_of_range)
    }

    /// Where `operation` is called.
    pub(super) fn url(&self, operation: &Operation) -> Result<Url, SettingsError> {
        let (key, path) = match operation.name {
            name if name == super::call_center::VERIFY.name => ("verify_path", &self.verify_path),
            name if name == super::call_center::UNLOCK.name => ("unlock_path", &self.unlock_path),
            _ => ("confirm_path", &self.confirm_path),
        };
        self.url_at(key, path.as_deref(), operation)
    }

    /// Where `operation` is called, with the path or URL of `key`, if it is set.
    pub(super) fn url_at(
        &self,
        key: &'static str,
        path: Option<&str>,
        operation: &Operation,
    ) -> Result<Url, SettingsError> {
        self.find(key, path, operation).map_err(|error| error.of(self.section))
    }

    fn find(&self, key: &'static str, path: Option<&str>, operation: &Operation) -> Result<Url, SettingsError> {
        let path = filled(path).unwrap_or(operation.path);
        if path.starts_with("https://") || path.starts_with("http://") {
            return https(key, path, PATH_EXAMPLE);
        }
        if !path.starts_with('/') {
            return Err(SettingsError::new(key, "it must begin with / or https://", PATH_EXAMPLE));
        }
        https("base_url", &self.base_url, URL_EXAMPLE)?;
        https(key, &format!("{}{path}", self.base_url.trim_end_matches('/')), PATH_EXAMPLE)
    }

    /// The forward proxy, if one is set.
    pub(super) fn proxy_url(&self) -> Result<Option<Url>, SettingsError> {
        const EXAMPLE: &str = "\"http://proxy.example.it:3128\"";
        let Some(text) = filled(self.proxy.as_deref()) else { return Ok(None) };
        let wrong = |problem: &str| SettingsError::new("proxy", problem, EXAMPLE);
        let url = Url::parse(text).map_err(|_| wrong("it is not a URL"))?;
        if url.scheme() != "http" {
            return Err(wrong("it must begin with http://"));
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(wrong("name and password belong into the file named by proxy_credentials_file"));
        }
        Ok(Some(url))
    }

    pub(super) const fn connect_timeout(&self) -> Duration {
        Duration::from_millis(self.connect_timeout_ms)
    }

    /// How long a call waits for its turn: never so long that it could not be opened and answered afterwards.
    pub(super) fn queue_patience(&self) -> Duration {
        let rest = self.deadline().saturating_sub(self.connect_timeout());
        Duration::from_millis(self.queue_ms).min(rest / 2)
    }

    pub(super) const fn deadline(&self) -> Duration {
        Duration::from_millis(self.deadline_ms)
    }
}

/// An environment variable can't unset a key, so an empty value counts as none.
pub(super) fn filled(value: Option<&str>) -> Option<&str> {
    value.map(str::trim).filter(|text| !text.is_empty())
}

fn https(key: &'static str, text: &str, example: &'static str) -> Result<Url, SettingsError> {
    let wrong = |problem: &str| SettingsError::new(key, problem, example);
    let url = Url::parse(text.trim()).map_err(|error| wrong(&format!("it is not a URL ({error})")))?;
    if url.scheme() != "https" {
        return Err(wrong("it must begin with https://, since the services are called over mutual TLS"));
    }
    let has_more = !url.username().is_empty() || url.password().is_some();
    if has_more || url.query().is_some() || url.fragment().is_some() {
        return Err(wrong("a user name, a password, a query and a fragment can't be part of it"));
    }
    Ok(url)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_usual_paths_follow_the_base() {
        let settings = Settings { base_url: "https://ts.example.it/rp/".into(), ..Settings::default() };
        for (operation, name) in
            [(&VERIFY, "VerificaPositivita"), (&UNLOCK, "SbloccoCodiceImmuni"), (&CONFIRM, "ConfermaSbloccoImmuni")]
        {
            let url = format!("https://ts.example.it/rp/ImmuniCallCenterWEB/services/{name}");
            assert_eq!(settings.url(operation).map(String::from), Ok(url));
        }
    }

    #[test]
    fn a_service_may_lie_elsewhere() {
        let settings = Settings {
            verify_path: Some("/v".into()),
            unlock_path: Some("https://other.example.it/u".into()),
            confirm_path: Some(" ".into()),
            ..Settings::default()
        };
        assert_eq!(settings.url(&VERIFY).map(String::from), Ok("https://localhost:8443/v".into()));
        assert_eq!(settings.url(&UNLOCK).map(String::from), Ok("https://other.example.it/u".into()));
        assert!(
            settings.url(&CONFIRM).is_ok_and(|url| url.path().ends_with("/ConfermaSbloccoImmuni")),
            "empty is unset"
        );
    }

    #[test]
    fn every_error_names_the_key_the_problem_and_an_example() {
        let wrong = |change: fn(&mut Settings)| {
            let mut settings = Settings::default();
            change(&mut settings);
            let [error] = settings.problems().try_into().expect("one is wrong");
            assert!(!error.problem.is_empty() && !error.example.is_empty());
            assert!(error.to_string().starts_with(&format!("sistema_ts.{}: ", error.key)), "{error}");
            error.key
        };
        assert_eq!(wrong(|settings| settings.base_url = "http://localhost".into()), "base_url");
        assert_eq!(wrong(|settings| settings.base_url = "localhost:1".into()), "base_url");
        assert_eq!(wrong(|settings| settings.base_url = "https://a:b@localhost".into()), "base_url");
        assert_eq!(wrong(|settings| settings.verify_path = Some("services".into())), "verify_path");
        assert_eq!(wrong(|settings| settings.verify_path = Some("http://localhost/".into())), "verify_path");
        assert_eq!(wrong(|settings| settings.verify_path = Some("/v?a=b".into())), "verify_path");
        assert_eq!(wrong(|settings| settings.proxy = Some("https://proxy:1".into())), "proxy");
        assert_eq!(wrong(|settings| settings.proxy = Some("http://me:secret@proxy:1".into())), "proxy");
        assert_eq!(wrong(|settings| settings.connect_timeout_ms = 0), "connect_timeout_ms");
        assert_eq!(wrong(|settings| settings.connect_timeout_ms = 15_000), "connect_timeout_ms");
        assert_eq!(wrong(|settings| settings.deadline_ms = 0), "deadline_ms");
        assert_eq!(wrong(|settings| settings.deadline_ms = 25_001), "deadline_ms");
        assert_eq!(wrong(|settings| settings.most_answer_bytes = 0), "most_answer_bytes");
        assert_eq!(wrong(|settings| settings.most_in_flight = 0), "most_in_flight");
        assert_eq!(wrong(|settings| settings.breaker_seconds = 0), "breaker_seconds");
        assert_eq!(wrong(|settings| settings.breaker_seconds = 301), "breaker_seconds");
    }

    #[test]
    fn the_words_of_the_configuration_are_read() {
        for (word, wire) in
            [("2F", Some("2F")), ("CNS", Some("CNS")), ("CIE", Some("CIE")), ("SPID", Some("SPID")), ("none", None)]
        {
            let settings: Settings =
                serde_json::from_value(serde_json::json!({ "authentication_type": word })).expect("a known word");
            assert_eq!(settings.authentication_type.to_wire(), wire);
        }
        assert!(serde_json::from_str::<Settings>(r#"{ "base_uri": "" }"#).is_err(), "unknown keys are refused");
    }
}
