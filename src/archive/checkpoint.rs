//! Carries the write-ahead log over into the file on a thread of its own: there the disk is waited for, and not by words on their way to
//! the screen.

use std::{
    path::{Path, PathBuf},
    sync::mpsc::{Receiver, SyncSender, sync_channel},
    thread::{self, JoinHandle},
};

use rusqlite::{Connection, OpenFlags};

use super::{Archive, FILE, Journal};

/// Commits after which the log is carried over; some megabytes of it.
const COMMITS: u32 = 300;
/// Pages of the log after which whoever commits carries it over, because nobody else did: 64 MB.
const OVERDUE: u32 = 16 << 10;

/// The thread, for a connection that commits often.
#[derive(Debug)]
pub(super) struct Checkpoints {
    ask: Option<SyncSender<()>>,
    thread: Option<JoinHandle<()>>,
    commits: u32,
}

impl Checkpoints {
    /// Takes the work over from the archive's own connection. `None` where there is no such log, or no thread to be had.
    pub(super) fn beside(archive: &Archive) -> Option<Self> {
        if archive.journal != Journal::Wal {
            return None;
        }
        let (ask, asked) = sync_channel(1);
        let path = archive.dir.join(FILE);
        let thread = thread::Builder::new().name("checkpoint".into()).spawn(move || run(&path, &asked)).ok()?;
        // Where this can't be said, the connection goes on as it was: both do the work then, which does no harm.
        let _ = archive.db.pragma_update(None, "wal_autocheckpoint", OVERDUE);
        Some(Self { ask: Some(ask), thread: Some(thread), commits: 0 })
    }

    /// Something was committed.
    pub(super) fn committed(&mut self) {
        self.commits += 1;
        if self.commits >= COMMITS {
            self.commits = 0;
            // One that is asked already does it.
            let _ = self.ask.as_ref().map(|ask| ask.try_send(()));
        }
    }
}

impl Drop for Checkpoints {
    fn drop(&mut self) {
        self.ask = None;
        if let Some(thread) = self.thread.take() {
            // What was not carried over is done by whoever closes the archive last.
            let _ = thread.join();
        }
    }
}

fn run(path: &Path, asked: &Receiver<()>) {
    let mut db = None;
    while asked.recv().is_ok() {
        db = db.or_else(|| open(path.to_owned()).ok());
        // What fails is tried again with the next, and in the end by whoever commits.
        let done = db.as_ref().map(|db: &Connection| db.query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |_| Ok(())));
        if let Some(Err(error)) = done {
            tracing::warn!(%error, "the archive's log was not carried over");
            db = None;
        }
    }
}

fn open(path: PathBuf) -> rusqlite::Result<Connection> {
    let db = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
    db.pragma_update(None, "fullfsync", true)?;
    Ok(db)
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;
    use crate::debate::{Clean, Event, Floor, Kind, Opening, Panel, Sampling, Staging};

    #[test]
    fn a_long_stream_of_commits_is_carried_over_while_it_goes_on() {
        let dir = tempfile::tempdir().unwrap();
        let mut archive = Archive::open(dir.path()).unwrap();
        let mut checkpoints = Checkpoints::beside(&archive).unwrap();
        let opening = Opening {
            session: Clean::new("a"),
            topic: "t".into(),
            panel: Panel::parse(include_str!("../../panels/founders.toml")).unwrap(),
            model: "m".into(),
            staging: Staging::Turns,
            floor: Floor::Rotate,
            seed: 1,
            sampling: Sampling::default(),
            version: "0".into(),
            format: None,
        };
        let size = || fs::metadata(dir.path().join(FILE)).unwrap().len();
        let before = size();
        let kinds = std::iter::once(Kind::Opened(Box::new(opening))).chain(std::iter::repeat(Kind::Resumed));
        for (n, kind) in kinds.take(COMMITS as usize).enumerate() {
            archive.append("a", &[Event { seq: n as u64 + 1, at: 1, kind }], false).unwrap();
            checkpoints.committed();
        }
        drop(checkpoints);
        assert!(size() > before, "the archive is open still, and what was committed stands in its file");
        assert_eq!(archive.events("a").unwrap().len(), COMMITS as usize);
    }
}
