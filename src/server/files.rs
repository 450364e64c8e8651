//! Folders and files that only the account of the process may read.

use std::{
    fs::{self, DirBuilder, Permissions},
    io::{self, Write},
    os::unix::fs::{DirBuilderExt, PermissionsExt},
    path::Path,
};

use tempfile::NamedTempFile;

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
    match draft(file, content)?.persist_noclobber(file) {
        Err(error) if error.error.kind() != io::ErrorKind::AlreadyExists => Err(error.error),
        _ => Ok(()),
    }
}

/// Writes a file that only its owner reads in place of what was there: whoever reads it finds the one or the other.
pub fn write_private(file: &Path, content: &[u8]) -> io::Result<()> {
    draft(file, content)?.persist(file).map(drop).map_err(|error| error.error)
}

/// The content, on the disk beside where it belongs.
fn draft(file: &Path, content: &[u8]) -> io::Result<NamedTempFile> {
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or_else(|| Path::new("."));
    let mut draft = tempfile::Builder::new()
        .prefix(".draft-")
        .permissions(Permissions::from_mode(ONLY_OWNER_FILE))
        .tempfile_in(folder)?;
    draft.write_all(content)?;
    draft.as_file().sync_all()?;
    Ok(draft)
}

/// Whether accounts other than the owner's and its group's may read, write or run it.
pub fn is_open_to_anybody(file: &Path) -> io::Result<bool> {
    Ok(fs::metadata(file)?.permissions().mode() & ANYBODY != 0)
}
