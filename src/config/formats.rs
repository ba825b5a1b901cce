//! Formats by name: those that ship, and a person's own folder, which adds to them and overrides them.

use std::{
    io,
    path::{Path, PathBuf},
};

use thiserror::Error;

use super::files;
use crate::debate::{
    Format,
    format::{FormatError, no_format},
};

/// The formats that are built in, by file name, in the order in which lists show them. A test holds this list against the folder.
pub const SHIPPED: &[(&str, &str)] = &[
    ("free", include_str!("../../assets/formats/free.toml")),
    ("oxford", include_str!("../../assets/formats/oxford.toml")),
    ("socratic", include_str!("../../assets/formats/socratic.toml")),
    ("delphi", include_str!("../../assets/formats/delphi.toml")),
    ("devils-advocate", include_str!("../../assets/formats/devils-advocate.toml")),
    ("brainstorm", include_str!("../../assets/formats/brainstorm.toml")),
    ("trade-off", include_str!("../../assets/formats/trade-off.toml")),
    ("pre-mortem", include_str!("../../assets/formats/pre-mortem.toml")),
    ("peer-review", include_str!("../../assets/formats/peer-review.toml")),
];

/// A format with where it is from.
#[derive(Clone, Debug, PartialEq)]
pub struct Found {
    /// The format.
    pub format: Format,
    /// Its file; none when it is built in.
    pub file: Option<PathBuf>,
    /// Its text.
    pub text: String,
}

/// Why a format can't be had.
#[derive(Debug, Error)]
pub enum FormatsError {
    /// The file can't be read.
    #[error("the format {} can't be read: {source}", path.display())]
    Unreadable {
        /// Which.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The file is no format.
    #[error("the format {} can't be used: {source}", path.display())]
    Broken {
        /// Which.
        path: PathBuf,
        /// Why, with line and column.
        source: FormatError,
    },
    /// Nobody has a format of that name.
    #[error("{}", no_format(name, there.iter().map(String::as_str)))]
    NoFormat {
        /// What was asked for.
        name: String,
        /// All names.
        there: Vec<String>,
    },
}

/// All formats, those of the folder `own` (which need not exist) before those that ship, and what is wrong with files there.
pub fn list(own: &Path) -> (Vec<Found>, Vec<FormatsError>) {
    let (mut formats, mut faults) = (Vec::<Found>::new(), Vec::new());
    for path in files::toml(own) {
        match load(&path) {
            Ok(found) => formats.push(found),
            Err(fault) => faults.push(fault),
        }
    }
    for (name, text) in SHIPPED {
        match Format::parse(text) {
            Ok(format) if formats.iter().any(|f| same(f, format.name.as_str())) => {}
            Ok(format) => formats.push(Found { format, file: None, text: (*text).to_owned() }),
            Err(source) => faults.push(FormatsError::Broken { path: PathBuf::from(format!("{name}.toml")), source }),
        }
    }
    (formats, faults)
}

/// The format of that name, or in the file at that path.
pub fn find(which: &str, own: &Path) -> Result<Found, FormatsError> {
    let name = which.trim();
    if name.contains(['/', '\\']) || name.ends_with(".toml") {
        return load(Path::new(name));
    }
    let stem = |path: &Path| path.file_stem().is_some_and(|stem| stem.eq_ignore_ascii_case(name));
    let (formats, faults) = list(own);
    // A person's own file of that name that is broken must not quietly give way to the one that ships.
    for fault in faults {
        if let FormatsError::Unreadable { path, .. } | FormatsError::Broken { path, .. } = &fault
            && stem(path)
        {
            return Err(fault);
        }
    }
    let there = formats.iter().map(|f| f.format.name.to_string()).collect();
    let named = |f: &Found| same(f, name) || f.file.as_deref().is_some_and(stem);
    formats.into_iter().find(named).ok_or_else(|| FormatsError::NoFormat { name: name.to_owned(), there })
}

fn same(found: &Found, name: &str) -> bool {
    found.format.name.as_str().to_lowercase() == name.to_lowercase()
}

/// Reads one file.
pub fn load(path: &Path) -> Result<Found, FormatsError> {
    let unreadable = |source| FormatsError::Unreadable { path: path.to_owned(), source };
    let text = files::text(path, "format").map_err(unreadable)?;
    let format = Format::parse(&text).map_err(|source| FormatsError::Broken { path: path.to_owned(), source })?;
    Ok(Found { format, file: Some(path.to_owned()), text })
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn every_format_in_the_folder_ships_under_the_name_of_its_file_and_reads() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/formats");
        let mut there: Vec<String> = files::toml(&folder).iter().map(|p| p.file_stem().unwrap().to_str().unwrap().to_owned()).collect();
        let mut listed: Vec<String> = SHIPPED.iter().map(|(name, _)| (*name).to_owned()).collect();
        there.sort();
        listed.sort();
        assert_eq!(there, listed);
        let (formats, faults) = list(Path::new("nowhere"));
        assert!(faults.is_empty(), "{faults:?}");
        for ((name, _), found) in SHIPPED.iter().zip(&formats) {
            assert_eq!(*name, found.format.name.as_str());
        }
    }

    #[test]
    fn a_folder_of_one_s_own_adds_and_overrides_and_what_is_wrong_is_said() {
        let dir = tempfile::tempdir().unwrap();
        let one = |name: &str, about: &str| format!("name='{name}'\nabout='{about}'\n[[phases]]\nname='p'\nsay='Now.'\n");
        fs::write(dir.path().join("mine.toml"), one("Oxford", "mine")).unwrap();
        fs::write(dir.path().join("two.toml"), one("relay", "r")).unwrap();
        fs::write(dir.path().join("delphi.toml"), "name='delphi'\nabot='x'\n").unwrap();
        let (formats, faults) = list(dir.path());
        assert_eq!((formats.len(), faults.len()), (SHIPPED.len() + 1, 1));
        assert_eq!(find("oxford", dir.path()).unwrap().format.about, "mine");
        assert_eq!(find("two", dir.path()).unwrap().format.name, "relay");
        assert_eq!(find(dir.path().join("two.toml").to_str().unwrap(), Path::new("nowhere")).unwrap().format.name, "relay");
        let broken = find("delphi", dir.path()).unwrap_err().to_string();
        assert!(
            broken.contains("delphi.toml") && broken.contains("line 2, column 1: unknown key `abot`; did you mean `about`?"),
            "{broken}"
        );
        assert_eq!(find("oxfrod", Path::new("nowhere")).unwrap_err().to_string(), "there is no format “oxfrod”; did you mean `oxford`?");
        assert!(find("zzz", Path::new("nowhere")).unwrap_err().to_string().contains("free, oxford, socratic"));
    }
}
