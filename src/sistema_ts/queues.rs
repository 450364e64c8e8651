//! `[swabs]`, `[asl]` and `[exemptions]` of the configuration: where the services of the other queues are and who we are
//! to them. How a call is made, its proxy and its times, they have from `[sistema_ts]`.
//!
//! A section without `base_url` and without anything else is not set: its desk then has no services, and nothing else
//! is the worse for it.

use std::path::{Path, PathBuf};

use serde::Deserialize;

use super::{
    asl::SEND_OTP,
    exemptions::CLOSE,
    operation::Operation,
    settings::{CredentialFiles, Settings, SettingsError, filled},
    swabs::{CANCEL, LIST, REPORT},
};
use crate::{
    domain::swab::{NamedStructure, StructureId},
    server::config::{texts::structures, word::word},
};

/// How we show who we are (seed 003, Tab. 1).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Mode {
    /// By a client certificate, as a region.
    #[default]
    Region,
    /// By user id, password and pincode, as a structure.
    Structure,
}

/// The largest list of tests that is read where the configuration does not say: ten thousand and more.
const MOST_LIST_BYTES: usize = 16 * 1024 * 1024;

macro_rules! reporter_settings {
    ($(#[$doc:meta])* $name:ident = $section:literal { $($(#[$field_doc:meta])* $field:ident: $kind:ty),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Debug, Default, Deserialize)]
        #[serde(default, deny_unknown_fields)]
        pub struct $name {
            /// As whom we call.
            #[serde(deserialize_with = "word")]
            pub mode: Mode,
            /// Where the services answer, https only.
            pub base_url: Option<String>,
            /// PEM bundle of the authorities that may have issued the server's certificate.
            pub ca_file: Option<PathBuf>,
            /// PEM chain of the region's certificate.
            pub certificate_file: Option<PathBuf>,
            /// PEM key of that certificate.
            pub key_file: Option<PathBuf>,
            /// The structure's user id.
            pub user: Option<String>,
            /// File of the structure's password.
            pub password_file: Option<PathBuf>,
            /// File of the structure's pincode.
            pub pincode_file: Option<PathBuf>,
            /// PEM certificate under which the pincode is encrypted.
            pub pincode_certificate_file: Option<PathBuf>,
            $($(#[$field_doc])* pub $field: $kind),+
        }

        impl $name {
            /// The section's name.
            pub const SECTION: &'static str = $section;

            fn access(&self) -> Access<'_> {
                Access {
                    section: $section,
                    mode: self.mode,
                    base_url: self.base_url.as_deref(),
                    ca_file: self.ca_file.as_deref(),
                    certificate_file: self.certificate_file.as_deref(),
                    key_file: self.key_file.as_deref(),
                    user: self.user.as_deref(),
                    password_file: self.password_file.as_deref(),
                    pincode_file: self.pincode_file.as_deref(),
                    pincode_certificate_file: self.pincode_certificate_file.as_deref(),
                }
            }

            /// Whether they say neither where to call nor as whom.
            #[must_use]
            pub fn names_no_upstream(&self) -> bool {
                self.access().is_empty()
            }

            /// The files that its mode needs, as far as they are set, each with its key.
            #[must_use]
    pub fn files(&self) -> Vec<(&'static str, &Path)> {
                self.access().set_files()
            }

            /// The same, towards `place`.
            #[must_use]
            pub fn towards(self, place: Place) -> Self {
                let (certificate_file, key_file) = place.certificate.unzip();
                let (user, files) = place.credentials.map(|it| (it.user.clone(), it)).unzip();
                let file = |of: fn(&CredentialFiles) -> &PathBuf| files.as_ref().map(|files| of(files).clone());
                Self {
                    base_url: Some(place.base_url),
                    ca_file: Some(place.ca_file),
                    certificate_file,
                    key_file,
                    user,
                    password_file: file(|files| &files.password_file),
                    pincode_file: file(|files| &files.pincode_file),
                    pincode_certificate_file: file(|files| &files.pincode_certificate_file),
                    ..self
                }
            }

            /// The settings of a call, with the rest from those of the call center.
            pub(super) fn over(&self, common: &Settings) -> Result<Settings, SettingsError> {
                self.access().over(common)
            }
        }
    };
}

/// Where the services of a queue are, and as whom they are called.
#[derive(Clone, Debug)]
pub struct Place {
    /// See the sections' key of this name.
    pub base_url: String,
    /// Likewise.
    pub ca_file: PathBuf,
    /// Certificate and key of a region or territorial body.
    pub certificate: Option<(PathBuf, PathBuf)>,
    /// What a structure has.
    pub credentials: Option<CredentialFiles>,
}

reporter_settings! {
    /// `[swabs]`: the reports of swab tests (seed 003, 2).
    SwabSettings = "swabs" {
        /// The structure whose tests are reported, in its own mode: region, health authority, structure.
        structure: Option<String>,
        /// The structures that a region's operators are offered, each as its code, a blank and its name.
        #[serde(deserialize_with = "structures")]
        structures: Vec<NamedStructure>,
        /// Path or whole URL of Invio esecuzione test, where it is not the usual one.
        report_path: Option<String>,
        /// Path or whole URL of Annullamento esecuzione test, where it is not the usual one.
        cancel_path: Option<String>,
        /// Path or whole URL of Elenco test, where it is not the usual one.
        list_path: Option<String>,
        /// The largest answer that is read, in bytes; none: 16 MiB.
        most_answer_bytes: Option<usize>,
    }
}

reporter_settings! {
    /// `[asl]`: the health authority's own OTP service (seed 003, 5).
    AslSettings = "asl" {
        /// Path or whole URL of Invio codice OTP, where it is not the usual one.
        otp_path: Option<String>,
    }
}

/// `[exemptions]`: the closure of certifications (seed 000).
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ExemptionSettings {
    /// Where the service answers, https only.
    pub base_url: Option<String>,
    /// PEM bundle of the authorities that may have issued the server's certificate.
    pub ca_file: Option<PathBuf>,
    /// PEM chain of the territorial body's certificate, issued by the Agenzia delle Entrate.
    pub certificate_file: Option<PathBuf>,
    /// PEM key of that certificate.
    pub key_file: Option<PathBuf>,
    /// The user code under which certifications are closed; none: the operator's codice fiscale.
    pub user_id: Option<String>,
    /// `UtenteToken`; none: it is not sent.
    pub user_token: Option<Token>,
    /// Whether the fields of a request stand in no namespace.
    pub unqualified: bool,
    /// Path or whole URL of the service, where it is not the usual one.
    pub close_path: Option<String>,
}

/// `UtenteToken`, which is not printed.
#[derive(Clone, Deserialize)]
#[serde(transparent)]
pub struct Token(pub String);

impl std::fmt::Debug for Token {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Token(…)")
    }
}

impl ExemptionSettings {
    /// The same, towards `place`.
    #[must_use]
    pub fn towards(self, place: Place) -> Self {
        let (certificate_file, key_file) = place.certificate.unzip();
        Self { base_url: Some(place.base_url), ca_file: Some(place.ca_file), certificate_file, key_file, ..self }
    }

    /// The section's name.
    pub const SECTION: &'static str = "exemptions";

    /// All that is wrong and can be told without opening a file.
    #[must_use]
    pub fn problems(&self) -> Vec<SettingsError> {
        problems(&self.access(), &[("close_path", self.close_path.as_deref(), &CLOSE)])
    }

    /// The files that are set, each with its key.
    #[must_use]
    pub fn files(&self) -> Vec<(&'static str, &Path)> {
        self.access().set_files()
    }

    fn access(&self) -> Access<'_> {
        Access {
            section: Self::SECTION,
            mode: Mode::Region,
            base_url: self.base_url.as_deref(),
            ca_file: self.ca_file.as_deref(),
            certificate_file: self.certificate_file.as_deref(),
            key_file: self.key_file.as_deref(),
            user: None,
            password_file: None,
            pincode_file: None,
            pincode_certificate_file: None,
        }
    }

    /// Whether they say neither where to call nor as whom.
    #[must_use]
    pub fn names_no_upstream(&self) -> bool {
        self.access().is_empty()
    }

    /// `UtenteToken`, where it is set.
    pub(super) fn token(&self) -> Option<&str> {
        filled(self.user_token.as_ref().map(|token| token.0.as_str()))
    }

    /// Says in the log that there is none: the document says both that it is not mandatory and that every field is.
    pub fn warn_of_missing_token(&self) {
        if self.token().is_none() {
            tracing::warn!("exemptions.user_token is not set: closures are asked for without UtenteToken");
        }
    }

    /// The settings of a call, with the rest from those of the call center.
    pub(super) fn over(&self, common: &Settings) -> Result<Settings, SettingsError> {
        self.access().over(common)
    }
}

impl AslSettings {
    /// All that is wrong and can be told without opening a file.
    #[must_use]
    pub fn problems(&self) -> Vec<SettingsError> {
        problems(&self.access(), &[("otp_path", self.otp_path.as_deref(), &SEND_OTP)])
    }
}

impl SwabSettings {
    /// All that is wrong and can be told without opening a file.
    #[must_use]
    pub fn problems(&self) -> Vec<SettingsError> {
        let access = self.access();
        let paths = [
            ("report_path", self.report_path.as_deref(), &REPORT),
            ("cancel_path", self.cancel_path.as_deref(), &CANCEL),
            ("list_path", self.list_path.as_deref(), &LIST),
        ];
        // Beside the sandbox one is given where none is set.
        let is_given = access.is_empty() && filled(self.structure.as_deref()).is_none();
        let structure = if is_given { None } else { self.structure().err() };
        problems(&access, &paths).into_iter().chain(structure).chain(self.most_answer_bytes().err()).collect()
    }

    /// The structure, where we are one.
    pub(super) fn structure(&self) -> Result<Option<StructureId>, SettingsError> {
        const EXAMPLE: &str = "\"190-201-123456\"";
        if self.mode == Mode::Region {
            return Ok(None);
        }
        let wrong = |problem: String| SettingsError::new("structure", problem, EXAMPLE).of(Self::SECTION);
        let text = filled(self.structure.as_deref());
        let text = text.ok_or_else(|| wrong("mode = \"structure\" needs it".to_owned()))?;
        text.parse().map(Some).map_err(|error| wrong(format!("it is no structure: {error}")))
    }

    /// The largest answer that is read.
    pub(super) fn most_answer_bytes(&self) -> Result<usize, SettingsError> {
        let most = self.most_answer_bytes.unwrap_or(MOST_LIST_BYTES);
        if most == 0 {
            return Err(SettingsError::new("most_answer_bytes", "it must be more than 0", "16777216").of(Self::SECTION));
        }
        Ok(most)
    }
}

/// What the queues have in common.
struct Access<'a> {
    section: &'static str,
    mode: Mode,
    base_url: Option<&'a str>,
    ca_file: Option<&'a Path>,
    certificate_file: Option<&'a Path>,
    key_file: Option<&'a Path>,
    user: Option<&'a str>,
    password_file: Option<&'a Path>,
    pincode_file: Option<&'a Path>,
    pincode_certificate_file: Option<&'a Path>,
}

/// An environment variable can't unset a key, so an empty path counts as none.
fn set(path: Option<&Path>) -> Option<&Path> {
    path.filter(|path| !path.as_os_str().is_empty())
}

impl<'a> Access<'a> {
    fn is_empty(&self) -> bool {
        let files = [
            self.ca_file,
            self.certificate_file,
            self.key_file,
            self.password_file,
            self.pincode_file,
            self.pincode_certificate_file,
        ];
        let texts = [self.base_url, self.user];
        files.into_iter().all(|file| set(file).is_none()) && texts.into_iter().all(|text| filled(text).is_none())
    }

    /// The files that the mode needs: key, file, example.
    fn files(&self) -> Vec<(&'static str, Option<&'a Path>, &'static str)> {
        let own = match self.mode {
            Mode::Region => vec![
                ("certificate_file", self.certificate_file, "\"/etc/centralino/region.pem\""),
                ("key_file", self.key_file, "\"/etc/centralino/region.key\""),
            ],
            Mode::Structure => vec![
                ("password_file", self.password_file, "\"/etc/centralino/structure.password\""),
                ("pincode_file", self.pincode_file, "\"/etc/centralino/structure.pincode\""),
                ("pincode_certificate_file", self.pincode_certificate_file, "\"/etc/centralino/sanitelcf.pem\""),
            ],
        };
        let authorities = ("ca_file", self.ca_file, "\"/etc/centralino/sistema-ts-ca.pem\"");
        let set = |(key, file, example)| (key, set(file), example);
        std::iter::once(authorities).chain(own).map(set).collect()
    }

    fn set_files(&self) -> Vec<(&'static str, &'a Path)> {
        self.files().into_iter().filter_map(|(key, file, _)| Some((key, file?))).collect()
    }

    /// What is missing, and what can't be sent.
    fn problems(&self) -> Vec<SettingsError> {
        const NOT_SET: &str = "it is not set";
        let wrong = |key, problem: &str, example| SettingsError::new(key, problem, example).of(self.section);
        let is_without_base = filled(self.base_url).is_none();
        let base = is_without_base.then(|| wrong("base_url", NOT_SET, "\"https://sistemats.example.it\""));
        let user = match (self.mode, filled(self.user)) {
            (Mode::Region, _) => None,
            (Mode::Structure, None) => Some(NOT_SET),
            (Mode::Structure, Some(user)) => {
                user.contains(':').then_some("a user id that is sent with a password has no colon")
            }
        };
        let user = user.map(|problem| wrong("user", problem, "\"STRUTTURA1\""));
        let files = self.files().into_iter().filter(|(_, file, _)| file.is_none());
        base.into_iter().chain(user).chain(files.map(|(key, _, example)| wrong(key, NOT_SET, example))).collect()
    }

    fn over(&self, common: &Settings) -> Result<Settings, SettingsError> {
        if let Some(first) = self.problems().into_iter().next() {
            return Err(first);
        }
        let file = |path| set(path).map(Path::to_owned).unwrap_or_default();
        let text = |text| filled(text).unwrap_or_default().to_owned();
        let settings = Settings {
            section: self.section,
            base_url: text(self.base_url),
            ca_file: file(self.ca_file),
            ..common.clone()
        };
        Ok(match self.mode {
            Mode::Region => Settings {
                certificate_file: file(self.certificate_file),
                key_file: file(self.key_file),
                credentials: None,
                ..settings
            },
            Mode::Structure => {
                let credentials = CredentialFiles {
                    user: text(self.user),
                    password_file: file(self.password_file),
                    pincode_file: file(self.pincode_file),
                    pincode_certificate_file: file(self.pincode_certificate_file),
                };
                Settings { credentials: Some(credentials), ..settings }
            }
        })
    }
}

/// What is wrong with a section: who we are to its services, and where they are by `paths` (key, value, operation).
fn problems(access: &Access<'_>, paths: &[(&'static str, Option<&str>, &Operation)]) -> Vec<SettingsError> {
    let mut problems = if access.is_empty() { Vec::new() } else { access.problems() };
    let usual = Settings::default();
    let base_url = filled(access.base_url).map_or_else(|| usual.base_url.clone(), str::to_owned);
    let place = Settings { section: access.section, base_url, ..usual };
    for (key, path, operation) in paths {
        // The base stands before each of the paths.
        problems.extend(place.url_at(key, *path, operation).err().filter(|error| !problems.contains(error)));
    }
    problems
}

#[cfg(test)]
mod tests {
    use super::*;

    fn structure() -> SwabSettings {
        SwabSettings {
            mode: Mode::Structure,
            base_url: Some("https://ts.example.it".into()),
            ca_file: Some("ca.pem".into()),
            user: Some("S1".into()),
            password_file: Some("password".into()),
            pincode_file: Some("pincode".into()),
            pincode_certificate_file: Some("sanitelcf.pem".into()),
            structure: Some("190-201-123456".into()),
            ..SwabSettings::default()
        }
    }

    #[test]
    fn a_section_that_says_nothing_names_no_upstream() {
        assert!(SwabSettings::default().names_no_upstream());
        let blank = AslSettings { base_url: Some(" ".into()), ca_file: Some("".into()), ..AslSettings::default() };
        assert!(blank.names_no_upstream());
        let half = ExemptionSettings { key_file: Some("body.key".into()), ..ExemptionSettings::default() };
        assert!(!half.names_no_upstream());
        let error = half.over(&Settings::default()).expect_err("half");
        assert_eq!((error.section, error.key), ("exemptions", "base_url"));
    }

    #[test]
    fn each_mode_says_what_it_lacks_with_an_example() {
        let common = Settings::default();
        assert!(structure().over(&common).is_ok_and(|settings| settings.credentials.is_some()));
        let lacks = |change: fn(&mut SwabSettings)| {
            let mut settings = structure();
            change(&mut settings);
            let error = settings.over(&common).and_then(|_| settings.structure()).expect_err("lacking");
            assert!(error.to_string().starts_with(&format!("swabs.{}: ", error.key)) && !error.example.is_empty());
            error.key
        };
        assert_eq!(lacks(|settings| settings.user = None), "user");
        assert_eq!(lacks(|settings| settings.user = Some("a:b".into())), "user");
        assert_eq!(lacks(|settings| settings.password_file = None), "password_file");
        assert_eq!(lacks(|settings| settings.pincode_file = Some("".into())), "pincode_file");
        assert_eq!(lacks(|settings| settings.pincode_certificate_file = None), "pincode_certificate_file");
        assert_eq!(lacks(|settings| settings.structure = None), "structure");
        assert_eq!(lacks(|settings| settings.structure = Some("190".into())), "structure");
        assert_eq!(lacks(|settings| settings.ca_file = None), "ca_file");
        assert_eq!(lacks(|settings| settings.mode = Mode::Region), "certificate_file");
    }

    #[test]
    fn all_that_is_wrong_with_a_section_is_told_at_once() {
        let keys = |problems: Vec<SettingsError>| problems.iter().map(|problem| problem.key).collect::<Vec<_>>();
        assert_eq!(keys(structure().problems()), [""; 0]);
        assert_eq!(keys(SwabSettings::default().problems()), [""; 0]);
        let swabs = SwabSettings {
            base_url: Some("http://ts.example.it".into()),
            ca_file: None,
            user: Some("a:b".into()),
            pincode_file: None,
            structure: Some("190".into()),
            report_path: Some("reports".into()),
            most_answer_bytes: Some(0),
            ..structure()
        };
        let wanted = ["user", "ca_file", "pincode_file", "report_path", "base_url", "structure", "most_answer_bytes"];
        assert_eq!(keys(swabs.problems()), wanted);
        let asl = AslSettings { mode: Mode::Structure, user: Some("S1".into()), ..AslSettings::default() };
        let wanted = ["base_url", "ca_file", "password_file", "pincode_file", "pincode_certificate_file"];
        assert_eq!(keys(asl.problems()), wanted);
        let exemptions = ExemptionSettings { close_path: Some("x".into()), ..ExemptionSettings::default() };
        assert_eq!(keys(exemptions.problems()), ["close_path"], "also where the sandbox is called");
    }

    #[test]
    fn the_rest_is_the_call_centers() {
        let common = Settings { deadline_ms: 9_000, proxy: Some("http://proxy:3128".into()), ..Settings::default() };
        let settings = structure().over(&common).expect("whole");
        assert_eq!((settings.deadline_ms, settings.proxy), (9_000, common.proxy));
        assert_eq!((settings.section, settings.base_url.as_str()), ("swabs", "https://ts.example.it"));
    }
}
