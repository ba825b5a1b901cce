//! How sessions are kept: tags, the shelf for those that one is done with, and the bin, from which they come back for thirty days.

use rusqlite::params;

use super::{Archive, ArchiveError, Lock, Summary, find, number, summary};
use crate::debate::Clean;

/// How long a removed session stays in the bin, in milliseconds.
pub const BIN_MS: u64 = 30 * 24 * 60 * 60 * 1000;

/// The step that makes room for it. It stays as it was shipped.
pub(super) const STEP: &str = "
    ALTER TABLE sessions ADD COLUMN shelved INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE sessions ADD COLUMN removed_at INTEGER;
    CREATE TABLE tags (
        session INTEGER NOT NULL REFERENCES sessions (key) ON DELETE CASCADE,
        tag TEXT NOT NULL COLLATE NOCASE,
        PRIMARY KEY (session, tag)
    ) STRICT, WITHOUT ROWID;
";

/// Which sessions are listed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Shelf {
    /// Those that are neither shelved nor removed.
    #[default]
    Table,
    /// Those that are shelved.
    Shelved,
    /// Those in the bin.
    Bin,
    /// All but those in the bin.
    All,
}

impl Shelf {
    pub(super) fn condition(self) -> &'static str {
        match self {
            Self::Table => "removed_at IS NULL AND shelved = 0",
            Self::Shelved => "removed_at IS NULL AND shelved = 1",
            Self::Bin => "removed_at IS NOT NULL",
            Self::All => "removed_at IS NULL",
        }
    }
}

impl Archive {
    /// The sessions of a shelf, the last changed first, at most `limit`; with a tag only those that have it.
    pub fn list(&self, shelf: Shelf, tag: Option<&str>, limit: usize) -> Result<Vec<Summary>, ArchiveError> {
        summary::list(&self.db, shelf, tag, limit).map_err(|e| self.failed("list the sessions", e))
    }

    /// Gives a session a tag. One that it has already stays as it is.
    pub fn tag(&mut self, id: &str, tag: &Clean) -> Result<(), ArchiveError> {
        let Some(key) = self.key(id)? else { return Err(none(id)) };
        let added = self.db.execute("INSERT OR IGNORE INTO tags (session, tag) VALUES (?1, ?2)", params![key, tag.as_str()]);
        added.map(drop).map_err(|e| self.failed("tag a session", e))
    }

    /// Takes a tag off a session; false when it had none such.
    pub fn untag(&mut self, id: &str, tag: &str) -> Result<bool, ArchiveError> {
        let Some(key) = self.key(id)? else { return Err(none(id)) };
        let gone = self.db.execute("DELETE FROM tags WHERE session = ?1 AND tag = ?2", params![key, tag]);
        gone.map(|rows| rows > 0).map_err(|e| self.failed("take a tag off a session", e))
    }

    /// Puts a session on the shelf, or back on the table. It is opened, shown and searched as before.
    pub fn shelve(&mut self, id: &str, shelved: bool) -> Result<(), ArchiveError> {
        self.set(id, "UPDATE sessions SET shelved = ?2 WHERE id = ?1", i64::from(shelved))
    }

    /// Puts a session into the bin. Refused while it is open somewhere.
    pub fn put_into_bin(&mut self, id: &str, now: u64) -> Result<(), ArchiveError> {
        let _lock = Lock::take(&self.dir, id)?;
        self.set(id, "UPDATE sessions SET removed_at = ?2 WHERE id = ?1", number(now))
    }

    /// Finds a session in the bin, as [`Archive::find`] does elsewhere.
    pub fn find_in_bin(&self, which: &str) -> Result<Summary, ArchiveError> {
        find::find(self, which, Shelf::Bin)
    }

    /// Takes a session out of the bin again.
    pub fn restore(&mut self, id: &str) -> Result<(), ArchiveError> {
        self.set(id, "UPDATE sessions SET removed_at = NULL WHERE id = ?1 AND ?2", 1)
    }

    /// Removes for good what has been in the bin for thirty days; says how many sessions that were.
    pub fn empty_bin(&mut self, now: u64) -> Result<usize, ArchiveError> {
        let old = self.list(Shelf::Bin, None, usize::MAX)?;
        let old = old.iter().filter(|s| s.removed_at.is_some_and(|at| at.saturating_add(BIN_MS) <= now));
        let mut gone = 0;
        for session in old {
            self.remove(session.id.as_str())?;
            gone += 1;
        }
        Ok(gone)
    }

    fn set(&mut self, id: &str, change: &str, value: i64) -> Result<(), ArchiveError> {
        let changed = self.db.execute(change, params![id, value]).map_err(|e| self.failed("change a session", e))?;
        if changed == 0 { Err(none(id)) } else { Ok(()) }
    }
}

fn none(id: &str) -> ArchiveError {
    ArchiveError::NoSession { which: id.to_owned(), near: Vec::new() }
}
