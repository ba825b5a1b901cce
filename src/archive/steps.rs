//! The shape of the file, as steps from each version to the next. A step that was shipped is never changed: add one.

use std::path::{Path, PathBuf};

use rusqlite::{Connection, Transaction, TransactionBehavior};

use super::{ArchiveError, file, shelf, words};

/// Step n makes version n+1 of version n. `user_version` tells how many were taken.
pub(super) const STEPS: &[&str] = &[
    "
    CREATE TABLE sessions (
        key INTEGER PRIMARY KEY,
        id TEXT NOT NULL UNIQUE,
        name TEXT UNIQUE COLLATE NOCASE,
        topic TEXT NOT NULL,
        panel TEXT NOT NULL,
        model TEXT NOT NULL,
        started_at INTEGER NOT NULL,
        changed_at INTEGER NOT NULL,
        events INTEGER NOT NULL,
        turns INTEGER NOT NULL,
        branches INTEGER NOT NULL,
        closed INTEGER NOT NULL
    ) STRICT;
    CREATE INDEX sessions_by_change ON sessions (changed_at);
    -- What happened, as JSON. All else in this file can be made from it again.
    CREATE TABLE events (
        session INTEGER NOT NULL REFERENCES sessions (key) ON DELETE CASCADE,
        seq INTEGER NOT NULL,
        at INTEGER NOT NULL,
        body TEXT NOT NULL,
        PRIMARY KEY (session, seq)
    ) STRICT, WITHOUT ROWID;
    -- The words of each turn in one piece, for search. A rowid table, so that a full-text index can point into it.
    CREATE TABLE turns (
        key INTEGER PRIMARY KEY,
        session INTEGER NOT NULL REFERENCES sessions (key) ON DELETE CASCADE,
        turn INTEGER NOT NULL,
        at INTEGER NOT NULL,
        label TEXT NOT NULL,
        text TEXT NOT NULL,
        UNIQUE (session, turn)
    ) STRICT;
",
    words::STEP,
    shelf::STEP,
    // Comparisons that a session has; those of older events are none.
    "ALTER TABLE sessions ADD COLUMN compared INTEGER NOT NULL DEFAULT 0;",
];

/// The version that first had an index for search.
const INDEXED: usize = 2;

/// The version that this program writes.
pub(super) fn known() -> i64 {
    i64::try_from(STEPS.len()).unwrap_or(i64::MAX)
}

/// The version of a file; 0 for an empty one.
pub(super) fn version(db: &Connection) -> rusqlite::Result<i64> {
    db.pragma_query_value(None, "user_version", |r| r.get(0))
}

/// Brings a file up to date, wholly or not at all.
pub(super) fn bring_up(db: &mut Connection) -> rusqlite::Result<()> {
    apply(db, STEPS, |change, taken| if (1..INDEXED).contains(&taken) { words::fill(change) } else { Ok(()) })
}

/// Takes the steps that are missing, all or none; `then` is told how many had been taken.
fn apply(db: &mut Connection, steps: &[&str], then: impl FnOnce(&Transaction<'_>, usize) -> rusqlite::Result<()>) -> rusqlite::Result<()> {
    let change = db.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let taken = usize::try_from(version(&change)?).unwrap_or(usize::MAX);
    for step in steps.iter().skip(taken) {
        change.execute_batch(step)?;
    }
    then(&change, taken)?;
    change.pragma_update(None, "user_version", i64::try_from(steps.len().max(taken)).unwrap_or(i64::MAX))?;
    change.commit()
}

/// Keeps a copy of the file as it was before it is brought up to date. The copy of an earlier try stays as it is; half a
/// copy never gets the name.
pub(super) fn back_up(db: &Connection, path: &Path, version: i64) -> Result<(), ArchiveError> {
    let copy = PathBuf::from(format!("{}.before-{}", path.display(), version + 1));
    if copy.exists() {
        return Ok(());
    }
    let half = PathBuf::from(format!("{}.half", copy.display()));
    let folder = |source| ArchiveError::Folder { path: half.clone(), source };
    // SQLite fills an empty file, so that the copy is as private as the file.
    file::make_file(&half).and_then(|f| f.set_len(0)).map_err(folder)?;
    db.execute("VACUUM INTO ?1", [half.to_string_lossy()]).map_err(|source| ArchiveError::Sqlite {
        what: "keep a copy before bringing it up to date",
        path: path.to_owned(),
        source,
    })?;
    std::fs::rename(&half, &copy).map_err(folder)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_from_any_earlier_version_is_brought_up_to_date_and_keeps_its_rows() {
        let steps = ["CREATE TABLE a (x);", "ALTER TABLE a ADD COLUMN y;", "CREATE TABLE b (x); INSERT INTO b SELECT x FROM a;"];
        for from in 1..=steps.len() {
            let mut db = Connection::open_in_memory().unwrap();
            apply(&mut db, &steps[..from], |_, _| Ok(())).unwrap();
            db.execute("INSERT INTO a (x) VALUES (7)", []).unwrap();
            apply(&mut db, &steps, |_, _| Ok(())).unwrap();
            assert_eq!(version(&db).unwrap(), 3);
            assert_eq!(db.query_row("SELECT x FROM a", [], |r| r.get::<_, i64>(0)).unwrap(), 7, "from {from}");
        }
    }

    #[test]
    fn a_step_that_fails_leaves_the_file_as_it_was() {
        let mut db = Connection::open_in_memory().unwrap();
        apply(&mut db, &["CREATE TABLE a (x);"], |_, _| Ok(())).unwrap();
        apply(&mut db, &["CREATE TABLE a (x);", "CREATE TABLE b (x);", "nonsense"], |_, _| Ok(())).unwrap_err();
        assert_eq!(version(&db).unwrap(), 1);
        assert_eq!(db.query_row("SELECT count(*) FROM sqlite_schema", [], |r| r.get::<_, i64>(0)).unwrap(), 1);
    }

    #[test]
    fn the_copy_made_before_a_step_is_the_old_file() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("x");
        let mut db = Connection::open(&path).unwrap();
        apply(&mut db, &["CREATE TABLE a (x);"], |_, _| Ok(())).unwrap();
        back_up(&db, &path, 1).unwrap();
        let copy = Connection::open(dir.path().join("x.before-2")).unwrap();
        assert_eq!(version(&copy).unwrap(), 1);
    }
}
