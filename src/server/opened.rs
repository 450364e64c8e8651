//! What the desk and the commands beside it work on: the data folder, the server's secret, the database.

use std::{io, path::PathBuf};

use super::{
    config::Config,
    files::private_folder,
    random::Random,
    secrets::{Secrets, SecretsError},
};
use crate::storage::{Db, OpenError};

/// What a configuration names, opened.
pub struct Opened {
    /// Randomness.
    pub random: Random,
    /// Out of which every key is derived.
    pub secrets: Secrets,
    /// What is kept.
    pub db: Db,
}

/// Why it could not be opened. Each names the key of the configuration that leads there.
#[derive(Debug, thiserror::Error)]
pub enum NotOpened {
    /// The data folder was refused by the system.
    #[error("data: {}: {}", .0.display(), .1)]
    Folder(PathBuf, #[source] io::Error),
    /// The server's secret can't be used.
    #[error("secrets.server: {0}")]
    Secrets(#[from] SecretsError),
    /// The database could not be opened.
    #[error("database.url: {0}")]
    Database(#[from] OpenError),
}

impl Opened {
    /// Opens what `config` names; the data folder and, in the sandbox environment, the secret are made where absent.
    pub async fn open(config: &Config) -> Result<Self, NotOpened> {
        private_folder(&config.data.0).map_err(|error| NotOpened::Folder(config.data.0.clone(), error))?;
        let random = Random::system();
        let secrets = Secrets::load(&config.secret_file(), config.environment, &random)?;
        let db = Db::open(&config.database_url()).await?;
        Ok(Self { random, secrets, db })
    }
}

#[cfg(test)]
mod tests {
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
        assert!(found.starts_with("data: ") && found.contains("file/data"), "{found}");
        let found = told(|config, file| config.secrets.server = Some(file)).await;
        assert!(found.starts_with("secrets.server: ") && found.contains("/file "), "{found}");
        let found = told(|config, file| {
            config.database.url = Some(crate::server::config::DatabaseUrl(Db::sqlite_url(&file)));
        })
        .await;
        assert!(found.starts_with("database.url: "), "{found}");
    }
}
