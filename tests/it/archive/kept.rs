//! Tags, the shelf, the bin, and a file that is looked after.

use agon::{
    archive::{Archive, ArchiveError, BIN_MS, FILE, Merged, Query, Shelf},
    debate::{Clean, Kind},
};

use super::{debate, sound, take};

fn archive(dir: &std::path::Path, ids: &[&str]) -> Archive {
    let mut archive = Archive::open(dir).unwrap();
    for id in ids {
        archive.append(id, &take(id, "What is a moat?", 20), true).unwrap();
    }
    archive
}

fn ids(archive: &Archive, shelf: Shelf, tag: Option<&str>) -> Vec<String> {
    let mut ids: Vec<String> = archive.list(shelf, tag, 99).unwrap().iter().map(|s| s.id.to_string()).collect();
    ids.sort();
    ids
}

#[test]
fn sessions_are_listed_by_tag_and_shelf_and_come_back_from_the_bin_for_thirty_days() {
    let dir = tempfile::tempdir().unwrap();
    let mut archive = archive(dir.path(), &["one", "two", "three", "four"]);
    for (id, tag) in [("one", "work"), ("one", "Äon"), ("two", "WORK"), ("two", "work")] {
        archive.tag(id, &Clean::new(tag)).unwrap();
    }
    assert_eq!(ids(&archive, Shelf::Table, Some("Work")), ["one", "two"]);
    assert_eq!(archive.find("one").unwrap().tags, [Clean::new("work"), Clean::new("Äon")]);
    assert!(archive.untag("two", "work").unwrap() && !archive.untag("two", "work").unwrap());
    archive.shelve("three", true).unwrap();
    assert_eq!((ids(&archive, Shelf::Table, None).len(), ids(&archive, Shelf::Shelved, None)), (3, vec!["three".to_owned()]));
    assert!(archive.find("three").unwrap().shelved);

    archive.rename("four", Some(&Clean::new("quarto"))).unwrap();
    archive.put_into_bin("four", 1_000).unwrap();
    assert!(matches!(archive.find("four"), Err(ArchiveError::NoSession { .. })));
    let moat = |archive: &Archive| archive.search(&Query::parse("moat", &jiff::tz::TimeZone::UTC).unwrap(), 99).unwrap().len();
    assert_eq!((moat(&archive), ids(&archive, Shelf::Bin, None)), (3, vec!["four".to_owned()]));
    assert_eq!(archive.empty_bin(1_000 + BIN_MS - 1).unwrap(), 0);
    let binned = archive.find_in_bin("quarto").unwrap();
    archive.restore(binned.id.as_str()).unwrap();
    assert_eq!((archive.find("quarto").unwrap().events, moat(&archive)), (20, 4));
    assert!(archive.find_in_bin("four").is_err());
    archive.put_into_bin("four", 1_000).unwrap();
    archive.rename("one", Some(&Clean::new("quarto"))).unwrap();
    assert_eq!(archive.empty_bin(1_000 + BIN_MS).unwrap(), 1);
    assert_eq!((archive.events("four").is_err(), ids(&archive, Shelf::All, None).len()), (true, 3));
    sound(dir.path());
}

#[test]
fn a_check_reads_every_session_and_compacting_mends_the_index_and_shrinks_the_file() {
    let dir = tempfile::tempdir().unwrap();
    let mut archive = archive(dir.path(), &["one", "two"]);
    archive.append("big", &take("big", "t", 20_000), true).unwrap();
    assert_eq!(archive.check_sessions().unwrap(), Vec::<String>::new());
    let other = rusqlite::Connection::open(dir.path().join(FILE)).unwrap();
    other.execute_batch("DELETE FROM turn_words WHERE rowid = 1; DELETE FROM events WHERE session = 2 AND seq = 5").unwrap();
    let faults = archive.check_sessions().unwrap();
    assert!(faults.iter().any(|f| f.contains("session two has 19 events")), "{faults:?}");
    assert!(faults.iter().any(|f| f.contains("1 turns can't be found")), "{faults:?}");
    archive.remove("big").unwrap();
    drop(other);
    let (before, after) = archive.compact().unwrap();
    assert!(after < before / 4, "{after} of {before} bytes");
    assert_eq!(archive.search(&Query::parse("word1.3 moat", &jiff::tz::TimeZone::UTC).unwrap(), 9).unwrap(), []);
    assert_eq!(archive.search(&Query::parse("word1.3", &jiff::tz::TimeZone::UTC).unwrap(), 9).unwrap().len(), 2);
}

#[test]
fn another_archive_is_taken_in_and_nothing_of_either_is_lost() {
    let (here, there) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let mut ours = archive(here.path(), &["same", "shorter", "longer", "parted"]);
    ours.append("longer", &take("longer", "What is a moat?", 40), true).unwrap();
    let mut theirs = archive(there.path(), &["same", "shorter", "longer", "new"]);
    theirs.append("shorter", &take("shorter", "What is a moat?", 40), true).unwrap();
    let mut parted: Vec<_> = debate("parted", "What is a moat?", 5).take(18).collect();
    parted[17].kind = Kind::Resumed;
    theirs.append("parted", &parted, true).unwrap();
    theirs.tag("new", &Clean::new("work")).unwrap();
    let file = there.path().join(FILE);
    for again in [false, true] {
        let merged = ours.merge(&file).unwrap();
        let expected = match again {
            false => Merged { added: 1, continued: 1, known: 2, parted: vec!["parted".into()] },
            true => Merged { added: 0, continued: 0, known: 4, parted: vec!["parted".into()] },
        };
        assert_eq!(merged, expected);
    }
    assert_eq!(ours.events("shorter").unwrap().len(), 40);
    assert_eq!(ours.events("longer").unwrap().len(), 40);
    assert_eq!(ours.events("parted").unwrap(), take("parted", "What is a moat?", 20));
    assert_eq!(ours.find("new").unwrap().tags, [Clean::new("work")]);
    assert_eq!(theirs.events("shorter").unwrap().len(), 40);
    std::fs::write(there.path().join("x"), "no database").unwrap();
    assert!(ours.merge(&there.path().join("x")).is_err());
    sound(here.path());
}
