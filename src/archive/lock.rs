//! One process a session: a lock on a file in `locks/`, let go by the system whatever becomes of the process.
//!
//! The file stays when the lock goes (removing it would let two processes hold two files of one name) and says which
//! process took it last.

use std::{
    fs::{File, TryLockError},
    io::{ErrorKind, Read, Seek, Write},
    path::{Path, PathBuf},
};

use super::{ArchiveError, file};

const FOLDER: &str = "locks";

/// The right to run a session, held by one process at a time.
#[derive(Debug)]
pub struct Lock {
    file: File,
    path: PathBuf,
}

impl Lock {
    /// Takes the lock of a session or says who has it. Never waits.
    pub fn take(dir: &Path, id: &str) -> Result<Self, ArchiveError> {
        if id.is_empty() || id.len() > 64 || !id.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-') {
            return Err(ArchiveError::BadId { id: id.to_owned() });
        }
        let (mut file, path) = open(dir, id)?;
        match file.try_lock() {
            Ok(()) => {}
            // A file system without locks: better a session without one than none.
            Err(TryLockError::Error(e)) if e.kind() == ErrorKind::Unsupported => {}
            Err(TryLockError::Error(source)) => return Err(ArchiveError::Folder { path, source }),
            Err(TryLockError::WouldBlock) => {
                let mut pid = String::new();
                // Where a lock also forbids reading, the number stays unknown.
                let _ = file.read_to_string(&mut pid);
                return Err(ArchiveError::InUse { id: id.to_owned(), pid: pid.trim().parse().ok() });
            }
        }
        // The number is only for the message above; the lock itself is what counts.
        let _ = file.set_len(0).and_then(|()| file.rewind()).and_then(|()| writeln!(file, "{}", std::process::id()));
        Ok(Self { file, path })
    }

    /// Lets go of a session that is gone for good.
    pub(super) fn discard(self) {
        // A file that stays behind is empty and harmless.
        let _ = std::fs::remove_file(&self.path);
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        // Closing the file unlocks as well; on some systems only some time later.
        let _ = self.file.unlock();
    }
}

/// Held while the archive is opened; waits for whoever opens it at this moment.
pub(super) fn opening(dir: &Path) -> Result<File, ArchiveError> {
    // No id has a dot.
    let (file, path) = open(dir, ".opening")?;
    match file.lock() {
        Err(source) if source.kind() != ErrorKind::Unsupported => Err(ArchiveError::Folder { path, source }),
        _ => Ok(file),
    }
}

fn open(dir: &Path, name: &str) -> Result<(File, PathBuf), ArchiveError> {
    let folder = dir.join(FOLDER);
    file::make_folder(&folder)?;
    let path = folder.join(name);
    match file::make_file(&path) {
        Ok(file) => Ok((file, path)),
        Err(source) => Err(ArchiveError::Folder { path, source }),
    }
}
