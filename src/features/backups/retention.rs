//! Which backups have been kept long enough.

use std::{
    fs,
    path::{Path, PathBuf},
    time::SystemTime,
};

use super::{BackupError, at, manifest::Manifest};
use crate::server::config::Backup;

/// With what the name of a backup's folder begins.
pub(super) const PREFIX: &str = "centralino-";
/// With what the name of one begins that is being made.
pub(super) const DRAFT: &str = ".draft-";
const DAY: i64 = 24 * 60 * 60 * 1000;

/// Deletes what is older than `keep_days`, except the `keep` newest, and what a backup that was cut off left more than a
/// day ago. What is neither is not touched.
pub(super) fn delete_old(folder: &Path, config: &Backup, now: i64) -> Result<Vec<PathBuf>, BackupError> {
    let mut backups = Vec::new();
    for entry in fs::read_dir(folder).map_err(at(folder))? {
        let path = entry.map_err(at(folder))?.path();
        let begins = |with: &str| path.file_name().is_some_and(|name| name.to_string_lossy().starts_with(with));
        if begins(DRAFT) && is_left_over(&path, now) {
            fs::remove_dir_all(&path).map_err(at(&path))?;
        }
        let is_named = begins(PREFIX);
        if let Some(manifest) = is_named.then(|| Manifest::read(&path).ok()).flatten() {
            backups.push((manifest.created_at, path));
        }
    }
    let old = too_old(backups, config, now);
    for path in &old {
        fs::remove_dir_all(path).map_err(at(path))?;
    }
    Ok(old)
}

fn is_left_over(draft: &Path, now: i64) -> bool {
    let modified = fs::metadata(draft).and_then(|of| of.modified()).ok();
    let since = modified.and_then(|at| at.duration_since(SystemTime::UNIX_EPOCH).ok()).map(|at| at.as_millis());
    since.and_then(|at| i64::try_from(at).ok()).is_some_and(|at| at < now - DAY)
}

fn too_old(mut backups: Vec<(i64, PathBuf)>, config: &Backup, now: i64) -> Vec<PathBuf> {
    backups.sort();
    let before = now - i64::from(config.keep_days) * DAY;
    let others = backups.into_iter().rev().skip(config.keep as usize);
    others.filter(|(created_at, _)| *created_at < before).map(|(_, path)| path).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn deleted(days: &[i64], keep: u32, keep_days: u32) -> Vec<String> {
        let now = 100 * DAY;
        let backups = days.iter().map(|day| (now - day * DAY, PathBuf::from(day.to_string()))).collect();
        let config = Backup { keep, keep_days, ..Backup::default() };
        let old = too_old(backups, &config, now);
        old.iter().map(|path| path.display().to_string()).collect()
    }

    #[test]
    fn what_is_old_goes_except_the_newest() {
        assert_eq!(deleted(&[0, 1, 10, 20, 40], 2, 15), ["20", "40"]);
        assert_eq!(deleted(&[20, 40, 60], 2, 15), ["60"]);
        assert_eq!(deleted(&[50], 1, 0), [""; 0]);
        assert_eq!(deleted(&[0, 1, 2], 1, 30), [""; 0]);
        // A clock that was set back makes nothing old.
        assert_eq!(deleted(&[-1, 0, 1], 1, 0), ["1"]);
    }
}
