//! What a backup says of itself: every file with its checksum, every table with its rows, sealed with a key of the
//! server's secret, so that nobody who lacks it alters a backup unseen.

use std::{
    collections::BTreeMap,
    fs::{self, File},
    io::{self, Read},
    path::Path,
};

use aws_lc_rs::{
    digest::{Context, SHA256},
    hmac::{self, HMAC_SHA256, Key},
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::{Deserialize, Serialize};

use super::{BackupError, at};
use crate::{
    server::{files::write_private, secrets::Secrets},
    storage::transfer::{Tally, hexadecimal},
};

/// The file within a backup.
const NAME: &str = "manifest.json";
/// How this manifest is to be read.
const FORM: u32 = 1;

/// A file of the backup.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub(super) struct Sum {
    bytes: u64,
    sha256: String,
}

/// See the module.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(super) struct Manifest {
    form: u32,
    /// The program's version.
    version: String,
    /// When it was made, milliseconds since 1970.
    pub created_at: i64,
    /// From which engine.
    engine: String,
    /// What is in the tables.
    pub tables: Tally,
    /// The place of the last entry of each register.
    pub registers: BTreeMap<String, i64>,
    files: BTreeMap<String, Sum>,
    /// HMAC-SHA256 over the rest, base64url.
    seal: String,
}

impl Manifest {
    /// Of what stands in `folder`.
    pub fn of(
        folder: &Path,
        created_at: i64,
        engine: &str,
        tables: Tally,
        registers: BTreeMap<String, i64>,
    ) -> Result<Self, BackupError> {
        let (version, engine) = (env!("CARGO_PKG_VERSION").to_owned(), engine.to_owned());
        let mut files = BTreeMap::new();
        add_sums(folder, "", &mut files)?;
        Ok(Self { form: FORM, version, created_at, engine, tables, registers, files, seal: String::new() })
    }

    /// Seals it and writes it.
    pub fn write(mut self, folder: &Path, secrets: &Secrets) -> Result<(), BackupError> {
        let file = folder.join(NAME);
        let body = self.body().map_err(at(&file))?;
        self.seal = URL_SAFE_NO_PAD.encode(hmac::sign(&key(secrets), &body));
        let text = serde_json::to_vec_pretty(&self).map_err(io::Error::from).map_err(at(&file))?;
        write_private(&file, &text).map_err(at(&file))
    }

    /// That of a folder, whoever wrote it.
    pub fn read(folder: &Path) -> Result<Self, BackupError> {
        let no_backup = |why: String| BackupError::NoBackup { folder: folder.to_owned(), why };
        let text = fs::read(folder.join(NAME)).map_err(|error| no_backup(format!("{NAME}: {error}")))?;
        let manifest: Self = serde_json::from_slice(&text).map_err(|error| no_backup(format!("{NAME}: {error}")))?;
        if manifest.form == FORM {
            Ok(manifest)
        } else {
            Err(no_backup(format!("{NAME} is of form {}, which this version can't read", manifest.form)))
        }
    }

    /// Whether it was sealed with this secret or one that it replaced.
    pub fn is_of(&self, secrets: &Secrets) -> bool {
        let seal = URL_SAFE_NO_PAD.decode(&self.seal).unwrap_or_default();
        let unsealed = Self { seal: String::new(), ..self.clone() };
        let Ok(body) = unsealed.body() else { return false };
        secrets.succession().any(|secret| hmac::verify(&key(&secret), &body, &seal).is_ok())
    }

    /// Refuses a folder in which a file is missing or not as it was.
    pub fn check_files(&self, folder: &Path) -> Result<(), BackupError> {
        for (name, sum) in &self.files {
            let file = folder.join(name);
            if !file.is_file() || sum_of(&file)? != *sum {
                return Err(BackupError::Altered { file: name.clone() });
            }
        }
        Ok(())
    }

    /// Whether this file is in it.
    pub fn has(&self, name: &str) -> bool {
        self.files.contains_key(name)
    }

    /// All its files together, in bytes.
    pub fn bytes(&self) -> u64 {
        self.files.values().map(|sum| sum.bytes).sum()
    }

    fn body(&self) -> io::Result<Vec<u8>> {
        Ok(serde_json::to_vec(self)?)
    }
}

fn key(secrets: &Secrets) -> Key {
    Key::new(HMAC_SHA256, &secrets.derive("backup manifests", b""))
}

fn add_sums(folder: &Path, prefix: &str, sums: &mut BTreeMap<String, Sum>) -> Result<(), BackupError> {
    for entry in fs::read_dir(folder).map_err(at(folder))? {
        let path = entry.map_err(at(folder))?.path();
        let name = format!("{prefix}{}", path.file_name().unwrap_or_default().to_string_lossy());
        if path.is_dir() {
            add_sums(&path, &format!("{name}/"), sums)?;
        } else {
            sums.insert(name, sum_of(&path)?);
        }
    }
    Ok(())
}

fn sum_of(path: &Path) -> Result<Sum, BackupError> {
    let read = || -> io::Result<Sum> {
        let (mut file, mut context, mut bytes) = (File::open(path)?, Context::new(&SHA256), 0);
        let mut part = vec![0; 64 * 1024];
        loop {
            let length = file.read(&mut part)?;
            let Some(read) = part.get(..length).filter(|read| !read.is_empty()) else { break };
            context.update(read);
            bytes += u64::try_from(length).unwrap_or_default();
        }
        Ok(Sum { bytes, sha256: hexadecimal(context.finish().as_ref()) })
    };
    read().map_err(at(path))
}
