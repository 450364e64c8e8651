//! What the desk and the commands beside it work on: the data folder, the server's secret, the database.

use super::{
    config::{Config, Problem, Problems},
    files::private_folder,
    random::Random,
    secrets::Secrets,
};
use crate::storage::Db;

/// What a configuration names, opened.
pub struct Opened {
    /// Randomness.
    pub random: Random,
    /// Out of which every key is derived.
    pub secrets: Secrets,
    /// What is kept.
    pub db: Db,
}

/// Why it could not be opened: the key of the configuration that leads there, what is wrong, an example.
#[derive(Debug, thiserror::Error)]
#[error(transparent)]
pub struct NotOpened(Problems);

impl NotOpened {
    /// What the value of `key` leads to was refused.
    pub fn by(key: &str, what: impl ToString) -> Self {
        Self(Problems(vec![Problem::new(key, what.to_string())]))
    }
}

impl Opened {
    /// Opens what `config` names; the data folder and, in the sandbox environment, the secret are made where absent.
    pub async fn open(config: &Config) -> Result<Self, NotOpened> {
        let folder = &config.data.0;
        private_folder(folder).map_err(|error| NotOpened::by("data", format!("{}: {error}", folder.display())))?;
        let random = Random::system();
        let secrets = Secrets::load(&config.secret_file(), config.environment, &random);
        let secrets = secrets.map_err(|error| NotOpened::by("secrets.server", error))?;
        let secrets = secrets.with_previous(&config.secrets.previous, &random);
        let secrets = secrets.map_err(|error| NotOpened::by("secrets.previous", error))?;
        let db = Db::open(&config.database_url()).await.map_err(|error| NotOpened::by("database.url", error))?;
        Ok(Self { random, secrets, db })
    }
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;

    #[tokio::test]
    async fn what_can_not_be_opened_is_told_with_its_key() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("file");
        std::fs::write(&file, "not a folder, not a secret, not a database").unwrap();
        let told = async |change: fn(&mut Config, PathBuf)| {
            let mut config = Config::default();
            config.data.0 = folder.path().join("data");
            change(&mut config, file.clone());
            Opened::open(&config).await.err().expect("it can't be opened").to_string()
        };
        let found = told(|config, file| config.data.0 = file.join("data")).await;
        assert!(
            found.contains("\n  data: ") && found.contains("file/data") && found.contains("for example: data = "),
            "{found}"
        );
        let found = told(|config, file| config.secrets.server = Some(file)).await;
        assert!(found.contains("\n  secrets.server: ") && found.contains("/file "), "{found}");
        let found = told(|config, file| {
            config.database.url = Some(crate::server::config::DatabaseUrl(Db::sqlite_url(&file)));
        })
        .await;
        assert!(found.contains("\n  database.url: ") && found.contains("for example: url = "), "{found}");
    }
}
