//! Looking after the file: reading all of it, making it small, taking in another one.

use std::path::Path;

use rusqlite::{Connection, OpenFlags, TransactionBehavior};

use super::{Archive, ArchiveError, FILE, Lock, Shelf, file, words};
use crate::debate::Debate;

/// What became of another archive's sessions.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Merged {
    /// Sessions that were not here.
    pub added: usize,
    /// Sessions that had gone on there.
    pub continued: usize,
    /// Sessions that were here already, as far as they went there.
    pub known: usize,
    /// Sessions that went on here and there in different ways: ours stay as they are, theirs are not taken. Their ids.
    pub parted: Vec<String>,
}

impl Archive {
    /// Reads every session and names those that can't be, with why; also words that the index for search lacks.
    pub fn check_sessions(&self) -> Result<Vec<String>, ArchiveError> {
        let mut faults = Vec::new();
        for shelf in [Shelf::All, Shelf::Bin] {
            for session in self.list(shelf, None, usize::MAX)? {
                let id = session.id.as_str();
                match self.events(id) {
                    Err(error) => faults.push(error.to_string()),
                    Ok(events) if events.len() as u64 != session.events => {
                        faults.push(format!("session {id} has {} events, and should have {}", events.len(), session.events));
                    }
                    Ok(events) => faults.extend(Debate::replay(&events).err().map(|misfit| format!("session {id}: {misfit}"))),
                }
            }
        }
        let lacking = "SELECT count(*) FROM turns WHERE text <> '' AND key NOT IN (SELECT rowid FROM turn_words)";
        let lacking: i64 = self.db.query_row(lacking, [], |row| row.get(0)).map_err(|e| self.failed("check the archive", e))?;
        if lacking > 0 {
            faults.push(format!("{lacking} turns can't be found by search; `agon archive compact` mends that"));
        }
        Ok(faults)
    }

    /// Makes the index for search anew and the file as small as it can be. Gives its bytes before and after.
    pub fn compact(&mut self) -> Result<(u64, u64), ArchiveError> {
        let dir = self.dir.clone();
        let failed = |e| ArchiveError::sqlite("make the archive smaller", &dir, e);
        let size = || std::fs::metadata(dir.join(FILE)).map_or(0, |file| file.len());
        let before = size();
        let change = self.db.transaction_with_behavior(TransactionBehavior::Immediate).map_err(failed)?;
        words::fill(&change).map_err(failed)?;
        change.commit().map_err(failed)?;
        self.db
            .execute_batch("INSERT INTO turn_words (turn_words) VALUES ('optimize'); VACUUM; PRAGMA wal_checkpoint(TRUNCATE)")
            .map_err(failed)?;
        Ok((before, size()))
    }

    /// Takes in the sessions of another archive's file, which is left as it is. A session that is here too is gone on with where theirs goes on.
    pub fn merge(&mut self, other: &Path) -> Result<Merged, ArchiveError> {
        let failed = |source| ArchiveError::Sqlite { what: "read the other archive", path: other.to_owned(), source };
        let folder = tempfile::tempdir_in(&self.dir).map_err(|source| ArchiveError::Folder { path: self.dir.clone(), source })?;
        let theirs = Connection::open_with_flags(other, OpenFlags::SQLITE_OPEN_READ_ONLY).map_err(failed)?;
        if !file::is_ours(&theirs).map_err(failed)? {
            return Err(ArchiveError::Foreign { path: other.to_owned() });
        }
        // A copy, so that an older file is brought up to date without changing it.
        theirs.execute("VACUUM INTO ?1", [folder.path().join(FILE).to_string_lossy()]).map_err(failed)?;
        drop(theirs);
        let theirs = Archive::open(folder.path())?;
        let mut merged = Merged::default();
        for session in theirs.list(Shelf::All, None, usize::MAX)? {
            let id = session.id.as_str();
            let events = theirs.events(id)?;
            let ours = if self.key(id)?.is_some() { self.events(id)? } else { Vec::new() };
            if events.len() <= ours.len() && ours.starts_with(&events) {
                merged.known += 1;
                continue;
            }
            if !events.starts_with(&ours) {
                merged.parted.push(id.to_owned());
                continue;
            }
            let _lock = Lock::take(&self.dir, id)?;
            self.append(id, &events, true)?;
            if !ours.is_empty() {
                merged.continued += 1;
                continue;
            }
            merged.added += 1;
            for tag in &session.tags {
                self.tag(id, tag)?;
            }
            if session.shelved {
                self.shelve(id, true)?;
            }
            // A name that stands for another session here stays with that.
            match self.rename(id, session.name.as_ref()) {
                Ok(()) | Err(ArchiveError::NameTaken { .. }) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(merged)
    }
}
