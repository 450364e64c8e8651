//! Where an address is, by a `MaxMind` database file that the operator of the system configures; nowhere without one.
//!
//! Nothing is asked of anybody: the file is read into memory, and again when another one is put in its place.

use std::{
    fs, io,
    net::IpAddr,
    os::unix::fs::MetadataExt,
    path::{Path, PathBuf},
    sync::Arc,
    time::SystemTime,
};

use arc_swap::ArcSwapOption;
use maxminddb::{MaxMindDbError, PathElement, Reader, path};
use parking_lot::Mutex;
use serde::Deserialize;

/// The longest name that is taken from the file.
const LONGEST: usize = 100;

/// Where an address is. Empty texts are what the file does not tell.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Place {
    /// Two letters, ISO 3166-1.
    pub country_code: String,
    /// The country's name, in English: such files have no Italian.
    pub country: String,
    /// The largest part of the country, a region.
    pub subdivision: String,
    /// The city.
    pub city: String,
    /// The postal code.
    pub postal_code: String,
    /// Degrees north.
    pub latitude: String,
    /// Degrees east.
    pub longitude: String,
}

/// Why the file can't be used.
#[derive(Debug, thiserror::Error)]
pub enum GeoipError {
    /// The system refuses it.
    #[error("{}: {}", .0.display(), .1)]
    Io(PathBuf, #[source] io::Error),
    /// It is something else.
    #[error("{} is no MaxMind database: {}", .0.display(), .1)]
    Form(PathBuf, #[source] MaxMindDbError),
}

/// By which another file in the same place is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Stamp {
    modified: SystemTime,
    length: u64,
    inode: u64,
}

/// The file, read.
#[derive(Debug)]
pub struct Geoip {
    file: Option<PathBuf>,
    reader: ArcSwapOption<Reader<Vec<u8>>>,
    /// Of what was tried last, whether it could be used or not.
    tried: Mutex<Option<Stamp>>,
}

impl Geoip {
    /// Reads the file, if one is configured.
    pub fn open(file: Option<&Path>) -> Result<Self, GeoipError> {
        let geoip = Self { file: file.map(Path::to_owned), reader: ArcSwapOption::empty(), tried: Mutex::new(None) };
        geoip.refresh()?;
        Ok(geoip)
    }

    /// Reads the file if it is another than the one that was tried last. Whether it was. What can't be used is told once,
    /// and leaves the former one in use.
    pub fn refresh(&self) -> Result<bool, GeoipError> {
        let Some(file) = &self.file else { return Ok(false) };
        let failed = |error| GeoipError::Io(file.clone(), error);
        let stamp = stamp_of(file).map_err(failed)?;
        if self.tried.lock().replace(stamp) == Some(stamp) {
            return Ok(false);
        }
        let reader = Reader::from_source(fs::read(file).map_err(failed)?);
        let reader = reader.map_err(|error| GeoipError::Form(file.clone(), error))?;
        self.reader.store(Some(Arc::new(reader)));
        Ok(true)
    }

    /// Where an address is.
    #[must_use]
    pub fn place_of(&self, address: IpAddr) -> Place {
        let reader = self.reader.load();
        let Some(reader) = reader.as_deref() else { return Place::default() };
        // An address that the file can't hold, or a record that is none, tells nothing.
        let Ok(found) = reader.lookup(address) else { return Place::default() };
        let name = |path: &[PathElement<'_>]| read::<String>(&found, path).map(tidy).unwrap_or_default();
        let degrees = |path: &[PathElement<'_>]| read::<f64>(&found, path).map(|at| at.to_string()).unwrap_or_default();
        Place {
            country_code: name(&path!["country", "iso_code"]),
            country: name(&path!["country", "names", "en"]),
            subdivision: name(&path!["subdivisions", 0, "names", "en"]),
            city: name(&path!["city", "names", "en"]),
            postal_code: name(&path!["postal", "code"]),
            latitude: degrees(&path!["location", "latitude"]),
            longitude: degrees(&path!["location", "longitude"]),
        }
    }
}

fn read<'a, T: Deserialize<'a>>(found: &maxminddb::LookupResult<'a, Vec<u8>>, path: &[PathElement<'_>]) -> Option<T> {
    found.decode_path(path).ok().flatten()
}

/// A name of a bounded length, in one line.
fn tidy(name: String) -> String {
    name.chars().filter(|symbol| !symbol.is_control()).take(LONGEST).collect()
}

fn stamp_of(file: &Path) -> io::Result<Stamp> {
    let metadata = fs::metadata(file)?;
    Ok(Stamp { modified: metadata.modified()?, length: metadata.len(), inode: metadata.ino() })
}
