//! Weights for the embedded model: known by name, fetched, checked, kept in a folder that the caller names. Owns
//! `assets/weights.toml`; doesn't know what reads the files.

mod check;
mod fetch;
mod hub;
mod pip;

use std::{
    path::{Path, PathBuf},
    sync::LazyLock,
};

use serde::Deserialize;
use thiserror::Error;

pub use fetch::{FetchError, Progress, Sources, Stage, fetch};

/// Weights taken when none are named.
pub const DEFAULT: &str = "gemma-3-270m";

/// Weights that are known by name.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Known {
    /// As the user names them, without the provider.
    pub name: String,
    /// What they are, in one line.
    pub about: String,
    /// What they were trained for.
    pub kind: Kind,
    /// Under which terms they may be used. To be named before they are fetched.
    pub licence: String,
    /// Where to read these.
    pub terms: String,
    /// Tokens that they were trained to look back.
    pub context_tokens: u32,
    /// Name of the file.
    pub file: String,
    /// Its length.
    pub bytes: u64,
    /// Its checksum, in lower-case hexadecimal digits.
    pub sha256: String,
    /// Addresses of the whole file.
    #[serde(default)]
    pub hub: Vec<String>,
    /// Its parts in wheels, in order.
    #[serde(default)]
    pub pip: Vec<Part>,
}

/// What weights were trained for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// To continue text.
    Base,
    /// To answer in a chat.
    Chat,
}

/// A part of a file, as a member of a wheel.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Part {
    /// The package.
    pub package: String,
    /// Its version.
    pub version: String,
    /// Path within the wheel.
    pub member: String,
    /// Length of the part.
    pub bytes: u64,
    /// Its checksum.
    pub sha256: String,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    weights: Vec<Known>,
}

/// All weights known by name, the default first.
pub fn known() -> &'static [Known] {
    static TABLE: LazyLock<Table> = LazyLock::new(|| {
        toml::from_str(include_str!("../../../assets/weights.toml")).unwrap_or_else(|error| {
            tracing::error!(%error, "the table of weights can't be read");
            Table::default()
        })
    });
    &TABLE.weights
}

impl Known {
    /// Weights of this name.
    pub fn named(name: &str) -> Option<&'static Self> {
        known().iter().find(|w| w.name == name)
    }

    /// Where they are or will be in this folder.
    pub fn path(&self, dir: &Path) -> PathBuf {
        dir.join(&self.file)
    }
}

/// Why weights can't be used as they are.
#[derive(Clone, Debug, Error, PartialEq)]
pub enum Unresolved {
    /// Known, but not fetched yet.
    #[error("the weights {} are not there yet ({path}); get them ({} MB) with: agon models fetch {}", .weights.name, .weights.bytes / 1_000_000, .weights.name)]
    Missing {
        /// Which.
        weights: &'static Known,
        /// Where they are expected.
        path: PathBuf,
    },
    /// There, but not the length that they should have.
    #[error("{path} is damaged ({have} of {} bytes); get it again with: agon models fetch {}", .weights.bytes, .weights.name)]
    Damaged {
        /// Which.
        weights: &'static Known,
        /// Where.
        path: PathBuf,
        /// Its length.
        have: u64,
    },
    /// A path where nothing is.
    #[error("there is no file {0}")]
    NoFile(PathBuf),
    /// Neither a name nor a path.
    #[error("no weights are called {name:?}; there are {known}, or name a .gguf file by its path")]
    Unknown {
        /// What was asked for.
        name: String,
        /// What there is.
        known: String,
    },
}

/// The file for a name (looked for in the folder) or for a path. Cheap: it compares lengths; contents are checked when fetched.
///
/// # Errors
/// See [`Unresolved`].
pub fn resolve(name: &str, dir: &Path) -> Result<PathBuf, Unresolved> {
    let Some(weights) = Known::named(name) else {
        let path = PathBuf::from(name);
        let is_path = name.contains(['/', std::path::MAIN_SEPARATOR]) || path.extension().is_some_and(|e| e.eq_ignore_ascii_case("gguf"));
        return match (is_path, path.is_file()) {
            (true, true) => Ok(path),
            (true, false) => Err(Unresolved::NoFile(path)),
            (false, _) => {
                let known = known().iter().map(|w| w.name.as_str()).collect::<Vec<_>>().join(", ");
                Err(Unresolved::Unknown { name: name.to_owned(), known })
            }
        };
    };
    let path = weights.path(dir);
    match path.metadata().ok().filter(std::fs::Metadata::is_file).map(|m| m.len()) {
        None => Err(Unresolved::Missing { weights, path }),
        Some(have) if have != weights.bytes => Err(Unresolved::Damaged { weights, path, have }),
        Some(_) => Ok(path),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_that_ships_is_sound() {
        assert_eq!(known()[0].name, DEFAULT);
        let digits = |sum: &str| sum.len() == 64 && sum.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b));
        for weights in known() {
            assert!(digits(&weights.sha256), "{}", weights.name);
            assert!(!weights.licence.is_empty() && weights.terms.starts_with("https://"));
            assert!(weights.hub.iter().all(|h| h.starts_with("https://")));
            assert!(!weights.hub.is_empty() || !weights.pip.is_empty());
            assert!(Path::new(&weights.file).file_name().is_some_and(|f| f == weights.file.as_str()));
            if !weights.pip.is_empty() {
                assert_eq!(weights.pip.iter().map(|p| p.bytes).sum::<u64>(), weights.bytes);
            }
            assert!(weights.pip.iter().all(|p| digits(&p.sha256)));
            assert_eq!(known().iter().filter(|w| w.name == weights.name || w.file == weights.file).count(), 1);
        }
    }

    #[test]
    fn a_name_is_looked_for_in_the_folder_and_a_path_is_taken_as_it_is() {
        let dir = tempfile::tempdir().unwrap();
        let missing = resolve(DEFAULT, dir.path()).unwrap_err();
        assert!(missing.to_string().contains("agon models fetch gemma-3-270m"), "{missing}");
        let path = Known::named(DEFAULT).unwrap().path(dir.path());
        std::fs::write(&path, "short").unwrap();
        assert!(matches!(resolve(DEFAULT, dir.path()), Err(Unresolved::Damaged { have: 5, .. })));
        std::fs::File::create(&path).unwrap().set_len(Known::named(DEFAULT).unwrap().bytes).unwrap();
        assert_eq!(resolve(DEFAULT, dir.path()), Ok(path.clone()));
        assert_eq!(resolve(path.to_str().unwrap(), Path::new("/nowhere")), Ok(path));
        assert!(matches!(resolve("/no/such/file.gguf", dir.path()), Err(Unresolved::NoFile(_))));
        let unknown = resolve("gemma", dir.path()).unwrap_err();
        assert!(unknown.to_string().contains("gemma-3-270m, smollm2-135m"), "{unknown}");
    }
}
