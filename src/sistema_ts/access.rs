//! What `[swabs]`, `[asl]` and `[exemptions]` have in common: where services are, and as whom they are called.

use std::path::Path;

use serde::Deserialize;

use super::{
    operation::Operation,
    settings::{CredentialFiles, Settings, SettingsError, filled},
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

/// What the queues have in common.
pub(super) struct Access<'a> {
    pub(super) section: &'static str,
    pub(super) mode: Mode,
    pub(super) base_url: Option<&'a str>,
    pub(super) ca_file: Option<&'a Path>,
    pub(super) certificate_file: Option<&'a Path>,
    pub(super) key_file: Option<&'a Path>,
    pub(super) user: Option<&'a str>,
    pub(super) password_file: Option<&'a Path>,
    pub(super) pincode_file: Option<&'a Path>,
    pub(super) pincode_certificate_file: Option<&'a Path>,
}

/// An environment variable can't unset a key, so an empty path counts as none.
fn set(path: Option<&Path>) -> Option<&Path> {
    path.filter(|path| !path.as_os_str().is_empty())
}

impl<'a> Access<'a> {
    pub(super) fn is_empty(&self) -> bool {
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

    pub(super) fn set_files(&self) -> Vec<(&'static str, &'a Path)> {
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

    pub(super) fn over(&self, common: &Settings) -> Result<Settings, SettingsError> {
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
pub(super) fn problems(access: &Access<'_>, paths: &[(&'static str, Option<&str>, &Operation)]) -> Vec<SettingsError> {
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
