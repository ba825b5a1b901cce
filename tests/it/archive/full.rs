//! Disks that refuse.

use agon::archive::{Ack, Archive, FILE, Writer};

use super::{ID, sound, take};

#[test]
fn while_another_program_holds_the_file_nothing_is_lost_and_it_goes_on_by_itself() {
    let dir = tempfile::tempdir().unwrap();
    drop(Archive::open(dir.path()).unwrap());
    let other = rusqlite::Connection::open(dir.path().join(FILE)).unwrap();
    let (writer, mut acks) = Writer::start(dir.path(), ID).unwrap();
    let events = take(ID, "t", 50);
    writer.store(events[..10].to_vec(), true);
    assert!(matches!(acks.blocking_recv(), Some(Ack::Stored(e)) if e.len() == 10));
    other.execute_batch("BEGIN EXCLUSIVE").unwrap();
    writer.store(events[10..20].to_vec(), false);
    let failing = acks.blocking_recv();
    assert!(matches!(&failing, Some(Ack::Failing(why)) if why.contains("another program holds it")), "{failing:?}");
    writer.store(events[20..].to_vec(), true);
    other.execute_batch("ROLLBACK").unwrap();
    assert!(matches!(acks.blocking_recv(), Some(Ack::Stored(e)) if e.len() == 40));
    assert_eq!(acks.blocking_recv(), Some(Ack::StoredAgain));
    writer.finish().unwrap();
    assert_eq!(acks.blocking_recv(), None);
    assert_eq!(sound(dir.path()).events(ID).unwrap(), events);
}

/// A child may write files only so long (`ulimit -f`), as on a disk without room, until the limit is lifted from outside.
#[cfg(target_os = "linux")]
mod limited {
    use std::{
        io::{BufRead, BufReader},
        process::{Command, Stdio},
    };

    use super::*;

    const CHILD: &str = "AGON_TEST_FULL_DIR";
    const NAME: &str = "archive::full::limited::child_on_a_disk_without_room";

    #[test]
    #[ignore = "only as the child of the test below"]
    fn child_on_a_disk_without_room() {
        let Some(dir) = std::env::var_os(CHILD) else { return };
        let (writer, mut acks) = Writer::start(dir.as_ref(), ID).unwrap();
        for part in take(ID, "t", 20_000).chunks(100) {
            writer.store(part.to_vec(), true);
        }
        let mut acked = 0;
        while acked < 20_000 {
            match acks.blocking_recv().unwrap() {
                Ack::Stored(events) => acked = events.last().unwrap().seq,
                Ack::Failing(why) => println!("\nfailing at {acked}: {why}"),
                Ack::StoredAgain => println!("\nstored again"),
            }
        }
        if let Some(Ack::StoredAgain) = acks.blocking_recv() {
            println!("\nstored again");
        }
        writer.finish().unwrap();
        println!("\nacked {acked}");
    }

    #[test]
    fn on_a_full_disk_all_is_kept_in_memory_and_stored_when_there_is_room_again() {
        let dir = tempfile::tempdir().unwrap();
        // 512 or 1024 bytes a block, by shell: room to open the archive, not to hold the session.
        let mut child = Command::new("sh")
            .args(["-c", "trap '' XFSZ; ulimit -S -f 512; exec \"$0\" --ignored --exact \"$1\" --nocapture"])
            .arg(std::env::current_exe().unwrap())
            .arg(NAME)
            .env(CHILD, dir.path())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok);
        let failing = lines.by_ref().find(|l| l.starts_with("failing") || l.starts_with("acked")).unwrap();
        assert!(failing.contains("room"), "{failing}");
        let lift = Command::new("prlimit").args(["--fsize=unlimited", "--pid", &child.id().to_string()]).status().unwrap();
        assert!(lift.success());
        let rest: Vec<String> = lines.filter(|l| l.starts_with("stored") || l.starts_with("acked")).collect();
        assert_eq!(rest, ["stored again", "acked 20000"]);
        assert!(child.wait().unwrap().success());
        assert_eq!(sound(dir.path()).events(ID).unwrap(), take(ID, "t", 20_000));
    }
}
