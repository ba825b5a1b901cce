//! Opens the file: made private, in WAL where the file system allows it, brought up to date, and moved aside (never
//! deleted) when it is no database any more.
//!
//! Only the head and the list of tables are looked at. Damage deeper in is reported when it is met and the file stays: one
//! bad page must not hide all other sessions.

use std::{
    fs, io,
    path::{Path, PathBuf},
    time::Duration,
};

use rusqlite::{Connection, ErrorCode, OpenFlags};

use super::{ArchiveError, lock, mounts, steps};

/// The file's name within its folder.
pub const FILE: &str = "archive.sqlite3";

/// "agon" in ASCII, so that a foreign database is not taken for ours.
const APPLICATION: i64 = 0x6167_6f6e;

/// How long to wait for another process's commit, which takes milliseconds.
const BUSY: Duration = Duration::from_secs(2);

/// Bytes that the write-ahead log keeps on disk when it is empty again.
const WAL_KEPT: i64 = 16 << 20;

/// How SQLite keeps commits whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Journal {
    /// Write-ahead log: readers and the writer don't wait for each other.
    Wal,
    /// Rollback journal, where the file system has no shared memory.
    Delete,
}

pub(super) struct Opened {
    pub(super) db: Connection,
    pub(super) journal: Journal,
    pub(super) moved_aside: Option<PathBuf>,
}

pub(super) fn open(dir: &Path) -> Result<Opened, ArchiveError> {
    make_folder(dir)?;
    // One process opens at a time: changing the journal mode and moving a file aside don't wait for each other by themselves.
    let _opening = lock::opening(dir)?;
    let path = dir.join(FILE);
    match connect(&path) {
        Err(ArchiveError::Sqlite { source, .. }) if damaged(&source) => {
            let aside = move_aside(&path).map_err(|source| ArchiveError::Folder { path: path.clone(), source })?;
            let (db, journal) = connect(&path)?;
            Ok(Opened { db, journal, moved_aside: Some(aside) })
        }
        opened => opened.map(|(db, journal)| Opened { db, journal, moved_aside: None }),
    }
}

/// Whether an agon made this database.
pub(super) fn is_ours(db: &Connection) -> rusqlite::Result<bool> {
    db.pragma_query_value(None, "application_id", |r| r.get::<_, i64>(0)).map(|application| application == APPLICATION)
}

pub(super) fn damaged(error: &rusqlite::Error) -> bool {
    matches!(error.sqlite_error_code(), Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase))
}

fn connect(path: &Path) -> Result<(Connection, Journal), ArchiveError> {
    let failed = |source| ArchiveError::Sqlite { what: "open the archive", path: path.to_owned(), source };
    make_database(path).map_err(|source| ArchiveError::Folder { path: path.to_owned(), source })?;
    let mut db = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX).map_err(failed)?;
    db.busy_timeout(BUSY).map_err(failed)?;
    let tables: i64 = db.query_row("SELECT count(*) FROM sqlite_schema", [], |r| r.get(0)).map_err(failed)?;
    if tables > 0 && !is_ours(&db).map_err(failed)? {
        return Err(ArchiveError::Foreign { path: path.to_owned() });
    }
    let found = steps::version(&db).map_err(failed)?;
    if found > steps::known() {
        return Err(ArchiveError::Newer { path: path.to_owned(), found, known: steps::known() });
    }
    let journal = set_journal(&db, path).map_err(failed)?;
    db.pragma_update(None, "foreign_keys", true).map_err(failed)?;
    db.pragma_update(None, "journal_size_limit", WAL_KEPT).map_err(failed)?;
    // On macOS fsync leaves data in the drive's cache; this asks for the real thing. No effect elsewhere.
    db.pragma_update(None, "fullfsync", true).map_err(failed)?;
    if found < steps::known() {
        db.pragma_update(None, "synchronous", "FULL").map_err(failed)?;
        if found > 0 {
            steps::back_up(&db, path, found)?;
        }
        db.pragma_update(None, "application_id", APPLICATION).map_err(failed)?;
        steps::bring_up(&mut db).map_err(failed)?;
    }
    Ok((db, journal))
}

/// Asks for WAL and believes only what is read back: shared folders refuse it, some without an error, and some take it and
/// break it, which is why those known to are not asked.
fn set_journal(db: &Connection, path: &Path) -> rusqlite::Result<Journal> {
    if !mounts::is_shared(path) {
        let mode = db.pragma_update_and_check(None, "journal_mode", "WAL", |r| r.get::<_, String>(0));
        let wal = mode.is_ok_and(|mode| mode.eq_ignore_ascii_case("wal"));
        if wal && db.query_row("SELECT count(*) FROM sqlite_schema", [], |_| Ok(())).is_ok() {
            return Ok(Journal::Wal);
        }
    }
    db.pragma_update_and_check(None, "journal_mode", "DELETE", |r| r.get::<_, String>(0))?;
    Ok(Journal::Delete)
}

/// Renames the file and its log, so that `sqlite3` can still be tried on them under the new name.
fn move_aside(path: &Path) -> io::Result<PathBuf> {
    let time = jiff::Timestamp::now().strftime("%Y%m%dT%H%M%SZ").to_string();
    let with = |end: &str| PathBuf::from(format!("{}{end}", path.display()));
    let mut end = format!(".corrupt-{time}");
    for n in 2.. {
        if !with(&end).try_exists()? {
            break;
        }
        end = format!(".corrupt-{time}-{n}");
    }
    fs::rename(path, with(&end))?;
    for log in ["-wal", "-shm"] {
        if with(log).try_exists()? {
            fs::rename(with(log), with(&format!("{end}{log}")))?;
        }
    }
    Ok(with(&end))
}

pub(super) fn make_folder(dir: &Path) -> Result<(), ArchiveError> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(dir).map_err(|source| ArchiveError::Folder { path: dir.to_owned(), source })
}

/// Makes the database as an empty private file where there is none; SQLite gives its logs the same mode. An existing one is
/// never opened here: closing it would drop the locks that other connections of this process hold on it.
fn make_database(path: &Path) -> io::Result<()> {
    match private().create_new(true).open(path) {
        Err(e) if e.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        made => made.map(|_| ()),
    }
}

/// Opens a file that only its owner can read, making it where it is missing. Never for the database itself.
pub(super) fn make_file(path: &Path) -> io::Result<fs::File> {
    private().create(true).truncate(false).open(path)
}

fn private() -> fs::OpenOptions {
    let mut options = fs::OpenOptions::new();
    options.read(true).write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}
