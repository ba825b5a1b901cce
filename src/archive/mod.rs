//! The store of all sessions: one SQLite file, one event a row.
//!
//! Owns the file `archive.sqlite3` in a folder that the caller names, its shape (`steps`), what is known of each session
//! without reading it (`summary`), who may write it (`lock`) and the thread that does (`writer`). Does not know what an
//! event means beyond what a list of sessions and a search need, and never reads the environment.
//!
//! The promise: what [`Ack::Stored`] names is committed. A durable commit (`synchronous=FULL`) also survives a power cut; a
//! commit of streamed text (`NORMAL`) survives the death of the process, and a power cut from the next durable commit on.

mod append;
mod care;
mod checkpoint;
mod error;
mod file;
mod find;
mod glance;
mod lock;
mod mounts;
mod query;
mod search;
mod shelf;
mod steps;
mod summary;
mod words;
mod writer;

use std::path::{Path, PathBuf};

use rusqlite::{Connection, OptionalExtension, params};

pub use care::Merged;
pub use error::ArchiveError;
pub use file::{FILE, Journal};
pub use glance::glance;
pub use lock::Lock;
pub use query::{Query, QueryError};
pub use search::Hit;
pub use shelf::{BIN_MS, Shelf};
pub use summary::Summary;
pub use writer::{Ack, Unstored, Writer};

use crate::debate::{Clean, Event};

/// The archive in a folder. Each holder has a connection of its own; any number may be open, also in other processes.
#[derive(Debug)]
pub struct Archive {
    dir: PathBuf,
    db: Connection,
    journal: Journal,
    moved_aside: Option<PathBuf>,
    spoken: append::Spoken,
}

impl Archive {
    /// Opens the archive in `dir`, making folder and file where they are missing and bringing an older file up to date (a
    /// copy of it is kept). A file that is no archive any more is moved aside, see [`Archive::moved_aside`].
    pub fn open(dir: &Path) -> Result<Self, ArchiveError> {
        let file::Opened { db, journal, moved_aside } = file::open(dir)?;
        Ok(Self { dir: dir.to_owned(), db, journal, moved_aside, spoken: append::Spoken::default() })
    }

    /// The folder it was opened in.
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// How SQLite keeps commits whole here.
    pub fn journal(&self) -> Journal {
        self.journal
    }

    /// Where the file went that stood here and was damaged, when `open` found one. To be told to the person.
    pub fn moved_aside(&self) -> Option<&Path> {
        self.moved_aside.as_deref()
    }

    /// The sessions that are neither shelved nor in the bin, the last changed first, at most `limit`.
    pub fn sessions(&self, limit: usize) -> Result<Vec<Summary>, ArchiveError> {
        self.list(Shelf::Table, None, limit)
    }

    /// Finds a session by its id, its name, `last`, or a beginning or an end of its id that no other has.
    pub fn find(&self, which: &str) -> Result<Summary, ArchiveError> {
        find::find(self, which, Shelf::All)
    }

    /// All events of a session, in order.
    pub fn events(&self, id: &str) -> Result<Vec<Event>, ArchiveError> {
        self.events_after(id, 0)
    }

    /// The events of a session that follow number `seq`: what a second reader asks for again and again.
    pub fn events_after(&self, id: &str, seq: u64) -> Result<Vec<Event>, ArchiveError> {
        let mut events = Vec::new();
        self.each_after(id, seq, |event| events.push(event))?;
        Ok(events)
    }

    /// The same one after the other, for whoever folds them: a long session's need not all be in memory.
    pub fn each_after(&self, id: &str, seq: u64, mut each: impl FnMut(Event)) -> Result<(), ArchiveError> {
        let failed = |e| self.failed("read a session", e);
        let Some(key) = self.key(id)? else { return Err(ArchiveError::NoSession { which: id.to_owned(), near: Vec::new() }) };
        let mut query =
            self.db.prepare_cached("SELECT seq, body FROM events WHERE session = ?1 AND seq > ?2 ORDER BY seq").map_err(failed)?;
        let mut rows = query.query(params![key, number(seq)]).map_err(failed)?;
        while let Some(row) = rows.next().map_err(failed)? {
            let body = row.get_ref(1).and_then(|v| Ok(v.as_str()?)).map_err(failed)?;
            match serde_json::from_str(body) {
                Ok(event) => each(event),
                Err(source) => {
                    let seq = row.get(0).map_err(failed)?;
                    return Err(ArchiveError::Unreadable { id: id.to_owned(), seq, source });
                }
            }
        }
        Ok(())
    }

    /// Adds events to a session, all or none, and commits. The first event of all makes the session. Events that are there
    /// already are passed over, so a batch whose fate is unknown can be given again.
    pub fn append<E: std::borrow::Borrow<Event>>(&mut self, id: &str, events: &[E], durable: bool) -> Result<(), ArchiveError> {
        append::append(self, id, events, durable)
    }

    /// The same for several sessions at once: what is added is added to all of them, durably, or to none.
    pub fn append_all(&mut self, batches: &[(Clean, Vec<Event>)]) -> Result<(), ArchiveError> {
        let batches: Vec<(&str, &[Event])> = batches.iter().map(|(id, events)| (id.as_str(), events.as_slice())).collect();
        append::append_all(self, &batches, true)
    }

    /// Gives a session a name, or takes it away. A name stands for one session only.
    pub fn rename(&mut self, id: &str, name: Option<&Clean>) -> Result<(), ArchiveError> {
        let name = name.filter(|n| !n.is_empty());
        if let Some(taken) = name.filter(|n| n.as_str().eq_ignore_ascii_case("last")) {
            return Err(ArchiveError::NameTaken { name: taken.to_string(), by: "the last session".into() });
        }
        let failed = |e| ArchiveError::sqlite("name a session", &self.dir, e);
        if let Some(name) = name {
            // One in the bin comes back without it.
            let binned = "UPDATE sessions SET name = NULL WHERE name = ?1 AND id <> ?2 AND removed_at IS NOT NULL";
            self.db.execute(binned, params![name.as_str(), id]).map_err(failed)?;
            let holder = "SELECT id FROM sessions WHERE name = ?1 AND id <> ?2";
            let by: Option<String> = self.db.query_row(holder, params![name.as_str(), id], |r| r.get(0)).optional().map_err(failed)?;
            if let Some(by) = by {
                return Err(ArchiveError::NameTaken { name: name.to_string(), by });
            }
        }
        let changed =
            self.db.execute("UPDATE sessions SET name = ?1 WHERE id = ?2", params![name.map(Clean::as_str), id]).map_err(failed)?;
        if changed == 0 { Err(ArchiveError::NoSession { which: id.to_owned(), near: Vec::new() }) } else { Ok(()) }
    }

    /// Removes a session with everything in it, for good. Refused while it is open somewhere.
    pub fn remove(&mut self, id: &str) -> Result<(), ArchiveError> {
        let lock = Lock::take(&self.dir, id)?;
        let gone = self.db.execute("DELETE FROM sessions WHERE id = ?1", [id]).map_err(|e| self.failed("remove a session", e))?;
        lock.discard();
        if gone == 0 { Err(ArchiveError::NoSession { which: id.to_owned(), near: Vec::new() }) } else { Ok(()) }
    }

    /// Turns and topics for which all of a query holds, the newest first.
    pub fn search(&self, query: &Query, limit: usize) -> Result<Vec<Hit>, ArchiveError> {
        search::search(&self.db, query, limit).map_err(|e| self.failed("search", e))
    }

    /// Reads the whole file and names what is wrong with it; empty when all is well.
    pub fn check(&self) -> Result<Vec<String>, ArchiveError> {
        let failed = |e| self.failed("check the archive", e);
        let mut faults = Vec::new();
        let mut add = |row: &rusqlite::Row<'_>| row.get::<_, String>(0).map(|fault| faults.push(fault));
        match self.db.pragma_query(None, "integrity_check", &mut add) {
            // Too damaged to go on checking.
            Err(e) if file::damaged(&e) => faults.push(e.to_string()),
            checked => checked.map_err(failed)?,
        }
        faults.retain(|f| f != "ok");
        Ok(faults)
    }

    fn key(&self, id: &str) -> Result<Option<i64>, ArchiveError> {
        let mut query = self.db.prepare_cached("SELECT key FROM sessions WHERE id = ?1").map_err(|e| self.failed("find a session", e))?;
        query.query_row([id], |r| r.get(0)).optional().map_err(|e| self.failed("find a session", e))
    }

    fn failed(&self, what: &'static str, source: rusqlite::Error) -> ArchiveError {
        ArchiveError::sqlite(what, &self.dir, source)
    }
}

/// SQLite's integers are signed; our counts and times stay far below the limit.
fn number(n: u64) -> i64 {
    i64::try_from(n).unwrap_or(i64::MAX)
}
