//! One process a session.

use std::{
    io::{BufRead, BufReader, Read},
    process::{Command, Stdio},
};

use agon::archive::{Archive, ArchiveError, FILE, Lock};

use super::{ID, take};

const CHILD: &str = "AGON_TEST_LOCK_DIR";
const NAME: &str = "archive::locks::child_that_holds_the_lock";

#[test]
#[ignore = "only as the child of the test below"]
fn child_that_holds_the_lock() {
    let Some(dir) = std::env::var_os(CHILD) else { return };
    let _lock = Lock::take(dir.as_ref(), ID).unwrap();
    println!("\nheld");
    // Until the parent kills it.
    let _ = std::io::stdin().read(&mut [0]);
}

#[test]
fn a_session_is_run_by_one_process_and_free_again_when_that_dies() {
    let dir = tempfile::tempdir().unwrap();
    let mut archive = Archive::open(dir.path()).unwrap();
    archive.append(ID, &take(ID, "t", 9), true).unwrap();
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--ignored", "--exact", NAME, "--nocapture"])
        .env(CHILD, dir.path())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok);
    assert!(lines.any(|line| line == "held"));
    let error = Lock::take(dir.path(), ID).unwrap_err();
    assert!(matches!(error, ArchiveError::InUse { .. }) && error.to_string().contains("agon follow"), "{error}");
    if cfg!(unix) {
        assert!(error.to_string().contains(&child.id().to_string()), "{error}");
    }
    assert!(matches!(archive.remove(ID), Err(ArchiveError::InUse { .. })), "what runs is not removed");
    assert_eq!(archive.events(ID).unwrap().len(), 9, "and can be read");
    child.kill().unwrap();
    child.wait().unwrap();
    let lock = Lock::take(dir.path(), ID).unwrap();
    assert!(matches!(Lock::take(dir.path(), ID), Err(ArchiveError::InUse { .. })), "the second handle of one process");
    Lock::take(dir.path(), "another").unwrap();
    drop(lock);
    archive.remove(ID).unwrap();
}

#[test]
fn an_id_never_leaves_the_folder() {
    let dir = tempfile::tempdir().unwrap();
    for id in ["", "..", "../x", "/etc/passwd", "a/b", "a\\b", ".opening", "C:x", "x\0", &"x".repeat(65)] {
        assert!(matches!(Lock::take(dir.path(), id), Err(ArchiveError::BadId { .. })), "{id:?}");
    }
}

const WRITER: &str = "AGON_TEST_SECOND_WRITER_DIR";

#[test]
#[ignore = "only as the child of the test below"]
fn child_that_wants_to_write() {
    let Some(dir) = std::env::var_os(WRITER) else { return };
    let db = rusqlite::Connection::open(std::path::Path::new(&dir).join(FILE)).unwrap();
    db.busy_timeout(std::time::Duration::ZERO).unwrap();
    println!("\nwrites: {}", db.execute_batch("BEGIN EXCLUSIVE").is_ok());
}

/// Closing a second handle of a file drops all locks of a process on it: SQLite knows that, code beside it has to.
#[test]
fn opening_the_archive_again_keeps_the_locks_that_this_process_has_on_it() {
    let dir = tempfile::tempdir().unwrap();
    drop(Archive::open(dir.path()).unwrap());
    let holder = rusqlite::Connection::open(dir.path().join(FILE)).unwrap();
    // With a rollback journal the lock is on the file itself.
    holder.pragma_update(None, "journal_mode", "DELETE").unwrap();
    holder.execute_batch("BEGIN IMMEDIATE").unwrap();
    drop(Archive::open(dir.path()).unwrap());
    let child = ["--ignored", "--exact", "archive::locks::child_that_wants_to_write", "--nocapture"];
    let out = Command::new(std::env::current_exe().unwrap()).args(child).env(WRITER, dir.path()).output().unwrap();
    assert!(String::from_utf8_lossy(&out.stdout).contains("writes: false"), "{out:?}");
}
