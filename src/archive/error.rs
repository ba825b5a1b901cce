//! What can go wrong with the archive, in words for people: what happened, to what, what to do now.

use std::{
    io,
    path::{Path, PathBuf},
};

use rusqlite::ErrorCode;
use thiserror::Error;

use super::FILE;

/// Why the archive could not do what was asked.
#[derive(Debug, Error)]
pub enum ArchiveError {
    /// Folder or file can't be made or touched.
    #[error("the archive can't use {}: {source}", path.display())]
    Folder {
        /// Which.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// A later program wrote it.
    #[error("{} was written by a newer agon (its version is {found}, this program knows {known}); update agon, or name another folder", path.display())]
    Newer {
        /// The file.
        path: PathBuf,
        /// Its version.
        found: i64,
        /// The last version this program knows.
        known: i64,
    },
    /// A database of some other program.
    #[error("{} is a database of another program and is left alone; name another folder for the archive", path.display())]
    Foreign {
        /// The file.
        path: PathBuf,
    },
    /// SQLite refused.
    #[error("could not {what} in {}: {source}{}", path.display(), hint(source))]
    Sqlite {
        /// What was tried.
        what: &'static str,
        /// The file.
        path: PathBuf,
        /// Why not.
        source: rusqlite::Error,
    },
    /// No such session.
    #[error("there is no session “{which}”{}", near_ones(near))]
    NoSession {
        /// What was asked for.
        which: String,
        /// Sessions that may be meant: id, name, topic.
        near: Vec<String>,
    },
    /// More than one session is meant.
    #[error("“{which}” may mean several sessions; give more of the id{}", near_ones(near))]
    Ambiguous {
        /// What was asked for.
        which: String,
        /// Those it may mean.
        near: Vec<String>,
    },
    /// Nothing is stored yet.
    #[error("no session is stored yet; `agon TOPIC` begins one")]
    Empty,
    /// Another process runs it.
    #[error("session {id} is open in another agon{}; watch it with `agon follow {id}`, or leave the other one first", process(pid))]
    InUse {
        /// Which.
        id: String,
        /// The other process, where known.
        pid: Option<u32>,
    },
    /// Not the form of an id.
    #[error("“{id}” can't be the id of a session: letters, digits and - only, at most 64")]
    BadId {
        /// What was given.
        id: String,
    },
    /// A name stands for another session.
    #[error("the name “{name}” already stands for {by}; choose another")]
    NameTaken {
        /// The name.
        name: String,
        /// Who has it.
        by: String,
    },
    /// Events that don't continue what is stored: a fault of the caller, or two writers.
    #[error("event {seq} does not continue session {id}, which has {stored} events; is it open twice?")]
    Discontinued {
        /// The session.
        id: String,
        /// The event that was given.
        seq: u64,
        /// The last one that is stored.
        stored: u64,
    },
    /// A stored event that this program can't read.
    #[error("event {seq} of session {id} can't be read ({source}); a newer agon may have written it")]
    Unreadable {
        /// The session.
        id: String,
        /// The event.
        seq: i64,
        /// Why.
        source: serde_json::Error,
    },
    /// An event that has no stored form.
    #[error("event {seq} of session {id} can't be written: {source}")]
    Unwritable {
        /// The session.
        id: String,
        /// The event.
        seq: u64,
        /// Why.
        source: serde_json::Error,
    },
}

impl ArchiveError {
    pub(super) fn sqlite(what: &'static str, dir: &Path, source: rusqlite::Error) -> Self {
        Self::Sqlite { what, path: dir.join(FILE), source }
    }
}

fn hint(source: &rusqlite::Error) -> &'static str {
    match source.sqlite_error_code() {
        Some(ErrorCode::DiskFull) => "; make room on the disk",
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => "; another program holds it",
        Some(ErrorCode::ReadOnly | ErrorCode::PermissionDenied | ErrorCode::CannotOpen) => "; make the file and its folder writable",
        Some(ErrorCode::SystemIoFailure) => "; look at the disk and the room on it",
        Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => {
            "; the file is damaged: copy it away before anything else, `agon doctor` tells more"
        }
        _ => "",
    }
}

fn near_ones(near: &[String]) -> String {
    if near.is_empty() { "; `agon list` shows all".into() } else { format!("; there are:\n  {}", near.join("\n  ")) }
}

fn process(pid: &Option<u32>) -> String {
    pid.map_or_else(String::new, |pid| format!(" (process {pid})"))
}
