//! A look at the archive that changes nothing: for what must not make, mend or move a file, such as a Tab in a shell.

use std::path::Path;

use rusqlite::{Connection, OpenFlags};

use super::{Shelf, Summary, file, steps, summary};

/// The sessions of a shelf, the last changed first, at most `limit`. None where there is no archive, where it is another version's, and where it can't
/// be read at once.
pub fn glance(dir: &Path, shelf: Shelf, limit: usize) -> Vec<Summary> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let Ok(db) = Connection::open_with_flags(dir.join(file::FILE), flags) else { return Vec::new() };
    let known = file::is_ours(&db).is_ok_and(|ours| ours) && steps::version(&db).is_ok_and(|found| found == steps::known());
    if known { summary::list(&db, shelf, None, limit).unwrap_or_default() } else { Vec::new() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::archive::Archive;

    #[test]
    fn nothing_is_made_moved_or_mended() {
        let home = tempfile::tempdir().unwrap();
        let files = || std::fs::read_dir(home.path()).unwrap().count();
        assert_eq!((glance(home.path(), Shelf::All, 10), files()), (Vec::new(), 0));
        std::fs::write(home.path().join(file::FILE), "no database").unwrap();
        assert_eq!((glance(home.path(), Shelf::All, 10), files()), (Vec::new(), 1));
        std::fs::remove_file(home.path().join(file::FILE)).unwrap();
        drop(Archive::open(home.path()).unwrap());
        assert_eq!(glance(home.path(), Shelf::All, 10), Vec::new());
    }
}
