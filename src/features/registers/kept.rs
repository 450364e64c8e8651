//! The newest checkpoint of each register as a file beside the database: who can only write into the database cuts off
//! no end of a register unseen.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use crate::{
    server::files::{private_folder, write_private},
    storage::registers::{Register, checkpoints::Checkpoint},
};

/// The folder of these files.
#[derive(Clone, Debug)]
pub struct KeptFiles(PathBuf);

impl KeptFiles {
    /// In the data folder of this instance.
    #[must_use]
    pub fn in_data(data: &Path) -> Self {
        Self(data.join("registers"))
    }

    fn file(&self, register: Register) -> PathBuf {
        self.0.join(format!("checkpoint-{}.json", register.word()))
    }

    /// The checkpoint that is kept of a register, if any.
    ///
    /// # Errors
    /// The file can't be read, or holds something else.
    pub fn read(&self, register: Register) -> io::Result<Option<Checkpoint>> {
        match fs::read(self.file(register)) {
            Ok(bytes) => Ok(Some(serde_json::from_slice(&bytes)?)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Keeps a checkpoint, unless a later one is kept already: it never goes back.
    pub fn keep(&self, register: Register, checkpoint: &Checkpoint) -> io::Result<()> {
        if self.read(register)?.is_some_and(|kept| kept.seq >= checkpoint.seq) {
            return Ok(());
        }
        private_folder(&self.0)?;
        write_private(&self.file(register), &serde_json::to_vec(checkpoint)?)
    }
}
