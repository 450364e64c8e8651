//! `[swabs]`, `[asl]` and `[exemptions]` of the configuration: where the services of the other queues are and who we are
//! to them. How a call is made, its proxy and its times, they have from `[sistema_ts]`.
//!
//! A section without `base_url` and without anything else is not set: its desk then has no services, and nothing else
//! is the worse for it.

use std::path::{Path, PathBuf};

use serde::Deserialize;

pub use super::access::Mode;
use super::{
    access::{Access, problems},
    asl::SEND_OTP,
    exemptions::CLOSE,
    settings::{CredentialFiles, Settings, SettingsError, filled},
    swabs::{CANCEL, LIST, REPORT},
};
use crate::{
    domain::swab::{NamedStructure, StructureId},
    server::config::{texts::structures, word::word},
};

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

#[cfg(test)]
#[path = "queues_tests.rs"]
mod tests;
