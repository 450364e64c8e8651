//! Folders and files that only the account of the process may read.

use std::{
    fs::{self, DirBuilder, Permissions},
    io::{self, Write},
    os::unix::fs::{DirBuilderExt, PermissionsExt},
    path::Path,
};

const ONLY_OWNER_FOLDER: u32 = 0o700;
const ONLY_OWNER_FILE: u32 = 0o600;
/// What anybody on the machine may do with a file.
const ANYBODY: u32 = 0o007;

/// Makes a folder, with its parents, and takes every right on it from everybody but the owner.
pub fn private_folder(folder: &Path) -> io::Result<()> {
    DirBuilder::new().recursive(true).mode(ONLY_OWNER_FOLDER).create(folder)?;
    fs::set_permissions(folder, Permissions::from_mode(ONLY_OWNER_FOLDER))
}

/// Writes a file that only its owner reads, whole or not at all. A file that is already there is left as it is:
/// of two processes that start together, both then use what the first one wrote.
pub fn write_private_once(file: &Path, content: &[u8]) -> io::Result<()> {
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or_else(|| Path::new("."));
    let mut draft = tempfile::Builder::new()
        .prefix(".draft-")
        .permissions(Permissions::from_mode(ONLY_OWNER_FILE))
        .tempfile_in(folder)?;
    draft.write_all(content)?;
    draft.as_file().sync_all()?;
    match draft.persist_noclobber(file) {
        Err(error) if error.error.kind() != io::ErrorKind::AlreadyExists => Err(error.error),
        _ => Ok(()),
    }
}

/// Whether accounts other than the owner's and its group's may read, write or run it.
pub fn is_open_to_anybody(file: &Path) -> io::Result<bool> {
    Ok(fs::metadata(file)?.permissions().mode() & ANYBODY != 0)
}
