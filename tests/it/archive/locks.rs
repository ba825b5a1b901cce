//! One process a session.

use std::{
    io::{BufRead, BufReader, Read},
    process::{Command, Stdio},
};

use agon::archive::{Archive, ArchiveError, Lock};

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
