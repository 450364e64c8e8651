//! The file of leaked passwords that an installation may have beside the list in the program: SHA-1 hashes in ascending
//! order, `HASH:count` a line, as Have I Been Pwned gives them out. It is searched where it lies, however large.

use std::{
    fs::File,
    io,
    os::unix::fs::FileExt,
    path::{Path, PathBuf},
};

use aws_lc_rs::digest::{SHA1_FOR_LEGACY_USE_ONLY, digest};

use crate::domain::secret::Password;

/// Hexadecimal digits of a hash.
const DIGITS: usize = 40;
/// The longest line, its end included, in bytes: a hash, a colon and a count.
const LONGEST_LINE: usize = 72;
/// At how many places the order is looked at when the file is opened.
const PLACES: u64 = 64;

/// Such a file, open.
#[derive(Debug)]
pub struct BreachedFile {
    file: File,
    length: u64,
}

/// Why a file can't be used.
#[derive(Debug, thiserror::Error)]
pub enum BreachedFileError {
    /// The system refuses it.
    #[error("{}: {}", .0.display(), .1)]
    Io(PathBuf, #[source] io::Error),
    /// It is not what it should be.
    #[error("{} does not hold SHA-1 hashes in ascending order, `HASH:count` a line", .0.display())]
    Form(PathBuf),
}

/// A line: where it begins, where the next one does, its hash.
struct Line {
    start: u64,
    next: u64,
    hash: [u8; DIGITS],
}

impl BreachedFile {
    /// Opens it, and looks at its form and order at some places: to read all of it would take minutes.
    pub fn open(path: &Path) -> Result<Self, BreachedFileError> {
        let open = || {
            let file = File::open(path)?;
            let length = file.metadata()?.len();
            Ok(Self { file, length })
        };
        let opened = open().map_err(|error| BreachedFileError::Io(path.to_owned(), error))?;
        let is_ordered = opened.is_ordered().map_err(|error| match error.kind() {
            io::ErrorKind::InvalidData => BreachedFileError::Form(path.to_owned()),
            _ => BreachedFileError::Io(path.to_owned(), error),
        })?;
        if is_ordered { Ok(opened) } else { Err(BreachedFileError::Form(path.to_owned())) }
    }

    /// Whether a password is among those that leaked. Some thirty short reads.
    pub fn contains(&self, password: &Password) -> io::Result<bool> {
        let hash = digest(&SHA1_FOR_LEGACY_USE_ONLY, password.expose().as_bytes());
        let digit = |half: u8| char::from_digit(u32::from(half), 16).map_or(b'0', |digit| digit as u8);
        let wanted: Vec<u8> = hash.as_ref().iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect();
        let (mut low, mut high) = (0, self.length);
        while low < high {
            let line = self.line_at(low.midpoint(high))?;
            match line.hash.as_slice().cmp(&wanted) {
                std::cmp::Ordering::Equal => return Ok(true),
                std::cmp::Ordering::Less => low = line.next,
                std::cmp::Ordering::Greater => high = line.start,
            }
        }
        Ok(false)
    }

    fn is_ordered(&self) -> io::Result<bool> {
        let mut last = None;
        for place in 0..=PLACES {
            let at = self.length.saturating_sub(1) / PLACES * place;
            let line = self.line_at(if place == PLACES { self.length.saturating_sub(1) } else { at })?;
            if last.is_some_and(|(start, hash)| start != line.start && hash >= line.hash) {
                return Ok(false);
            }
            last = Some((line.start, line.hash));
        }
        Ok(true)
    }

    /// The line in which the byte at `place` lies.
    fn line_at(&self, place: u64) -> io::Result<Line> {
        let odd = || io::Error::from(io::ErrorKind::InvalidData);
        let from = place.saturating_sub(LONGEST_LINE as u64);
        let mut buffer = [0; 2 * LONGEST_LINE];
        let read = self.read(from, &mut buffer)?;
        let read = buffer.get(..read).ok_or_else(odd)?;
        let within = usize::try_from(place - from).map_err(|_| odd())?;
        let before = read.get(..within).ok_or_else(odd)?;
        let start = before.iter().rposition(|byte| *byte == b'\n').map_or(0, |end| end + 1);
        if start == 0 && from > 0 {
            return Err(odd());
        }
        let rest = read.get(start..).ok_or_else(odd)?;
        let text = rest.split(|byte| *byte == b'\n').next().unwrap_or_default();
        let (next, start) = (from + (start + text.len()) as u64 + 1, from + start as u64);
        if next < self.length && text.len() == rest.len() {
            return Err(odd());
        }
        Ok(Line { start, next, hash: hash_of(text).ok_or_else(odd)? })
    }

    /// Reads as much as there is from a place on.
    fn read(&self, from: u64, buffer: &mut [u8]) -> io::Result<usize> {
        let mut filled = 0;
        while let Some(rest) = buffer.get_mut(filled..).filter(|rest| !rest.is_empty()) {
            match self.file.read_at(rest, from + filled as u64) {
                Ok(0) => break,
                Ok(count) => filled += count,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => (),
                Err(error) => return Err(error),
            }
        }
        Ok(filled)
    }
}

/// The hash of a line, in lower case: what follows it is a count.
fn hash_of(text: &[u8]) -> Option<[u8; DIGITS]> {
    let (hash, rest) = text.split_at_checked(DIGITS)?;
    let is_line = hash.iter().all(u8::is_ascii_hexdigit) && matches!(rest.first(), None | Some(b':' | b'\r'));
    let hash: [u8; DIGITS] = hash.to_ascii_lowercase().try_into().ok()?;
    is_line.then_some(hash)
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    fn sha1(text: &str) -> String {
        let hash = digest(&SHA1_FOR_LEGACY_USE_ONLY, text.as_bytes());
        hash.as_ref().iter().fold(String::new(), |hex, byte| format!("{hex}{byte:02X}"))
    }

    fn opened(content: &str) -> Result<BreachedFile, BreachedFileError> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("hashes.txt");
        fs::write(&path, content).unwrap();
        BreachedFile::open(&path)
    }

    fn password(text: &str) -> Password {
        Password::new(text.to_owned())
    }

    #[test]
    fn every_line_is_found_and_nothing_else() {
        for (end, count) in [("\r\n", 1), ("\n", 2), ("\n", 997)] {
            let mut lines: Vec<_> =
                (0..count).map(|place| format!("{}:{}", sha1(&format!("leaked {place}")), place * place)).collect();
            lines.sort_unstable();
            for content in [lines.join(end), lines.join(end) + end] {
                let file = opened(&content).unwrap();
                for place in 0..count {
                    assert!(file.contains(&password(&format!("leaked {place}"))).unwrap(), "{place} of {count}");
                    assert!(!file.contains(&password(&format!("secret {place}"))).unwrap());
                }
            }
        }
    }

    #[test]
    fn a_file_of_another_form_is_refused() {
        let mut lines: Vec<_> = (0..500).map(|place| sha1(&place.to_string())).collect();
        assert!(matches!(opened(&lines.join("\n")), Err(BreachedFileError::Form(_))), "not in order");
        lines.sort_unstable();
        assert!(opened(&lines.join("\n")).is_ok());
        lines.reverse();
        let long = "0".repeat(4000);
        for odd in ["", "\n", "password\n", &sha1("x")[1..], &long, &format!("{}x:1\n", sha1("x")), &lines.join("\n")] {
            assert!(matches!(opened(odd), Err(BreachedFileError::Form(_))), "{odd:.50}");
        }
        assert!(matches!(BreachedFile::open(Path::new("/no/such.txt")), Err(BreachedFileError::Io(..))));
    }
}
