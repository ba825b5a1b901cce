//! Storing, reading, finding, removing; files that are damaged, newer or somebody else's.

use std::fs;

use agon::{
    archive::{Ack, Archive, ArchiveError, FILE, Journal, Query, Writer},
    debate::{Clean, Debate, Event, Kind, TurnId},
};

use super::{ID, opening, sound, take};

const UTC: jiff::tz::TimeZone = jiff::tz::TimeZone::UTC;

#[test]
fn a_session_reads_back_as_it_was_stored_after_reopening() {
    let dir = tempfile::tempdir().unwrap();
    let events = take(ID, "What is a moat?", 60);
    let mut archive = Archive::open(dir.path()).unwrap();
    for part in events.chunks(7) {
        archive.append(ID, part, part.len() % 2 == 0).unwrap();
    }
    drop(archive);
    let archive = sound(dir.path());
    assert_eq!(archive.journal(), Journal::Wal);
    let read = archive.events(ID).unwrap();
    assert_eq!(read, events);
    assert_eq!(archive.events_after(ID, 50).unwrap(), events[50..]);
    let debate = Debate::replay(&read).unwrap();
    let summary = archive.find(ID).unwrap();
    assert_eq!((summary.events, summary.turns), (60, debate.turns().len() as u64));
    assert_eq!((summary.started_at, summary.changed_at), (events[0].at, events[59].at));
    assert_eq!((summary.topic.as_str(), summary.panel.as_str(), summary.closed), ("What is a moat?", "founders", false));
}

#[test]
fn a_batch_can_be_given_again_but_never_replaced_or_skipped() {
    let dir = tempfile::tempdir().unwrap();
    let events = take(ID, "t", 30);
    let mut archive = Archive::open(dir.path()).unwrap();
    archive.append(ID, &events[..20], true).unwrap();
    archive.append(ID, &events[10..25], true).unwrap();
    assert_eq!(archive.events(ID).unwrap(), events[..25]);
    let other = Event { kind: Kind::Resumed, ..events[24].clone() };
    for wrong in [&[other][..], &events[26..]] {
        let error = archive.append(ID, wrong, true).unwrap_err();
        assert!(matches!(error, ArchiveError::Discontinued { .. }), "{error}");
    }
    assert!(matches!(archive.append("nobody", &events[1..], true), Err(ArchiveError::Discontinued { stored: 0, .. })));
    assert_eq!(archive.events(ID).unwrap(), events[..25]);
    assert_eq!(archive.find(ID).unwrap().turns, Debate::replay(&events[..25]).unwrap().turns().len() as u64);
}

#[test]
fn a_session_is_found_by_what_a_person_types() {
    let dir = tempfile::tempdir().unwrap();
    let mut archive = Archive::open(dir.path()).unwrap();
    assert!(matches!(archive.find("last"), Err(ArchiveError::Empty)));
    let ids = ["aaaa1111-cafe", "aaaa2222-f00d", "bbbb3333-beef"];
    for (n, (id, topic)) in ids.iter().zip(["On moats", "On love", "义利之辨"]).enumerate() {
        let at = 10 + n as u64;
        archive.append(id, &[Event { seq: 1, at, kind: opening(id, topic) }], true).unwrap();
    }
    archive.rename(ids[0], Some(&Clean::new("The Moat"))).unwrap();
    for (typed, id) in [("AAAA1111-cafe", 0), ("bb", 2), ("last", 2), ("the moat", 0), ("aaaa2", 1), ("F00D", 1)] {
        assert_eq!(archive.find(typed).unwrap().id, ids[id], "{typed}");
    }
    let both = archive.find("aaaa").unwrap_err().to_string();
    assert!(both.contains("On moats") && both.contains("On love") && !both.contains("义利"), "{both}");
    let near = archive.find("love").unwrap_err().to_string();
    assert!(near.contains("no session “love”") && near.contains("aaaa2222-f00d") && !near.contains("On moats"), "{near}");
    let taken = archive.rename(ids[1], Some(&Clean::new("the moat"))).unwrap_err().to_string();
    assert!(taken.contains(ids[0]), "{taken}");
    assert_eq!(archive.sessions(2).unwrap().iter().map(|s| s.id.as_str()).collect::<Vec<_>>(), [ids[2], ids[1]]);
    archive.remove(ids[2]).unwrap();
    assert!(archive.events(ids[2]).is_err());
    assert_eq!(archive.find("last").unwrap().id, ids[1]);
    sound(dir.path());
}

#[test]
fn words_are_found_in_turns_and_topics_of_every_script() {
    let dir = tempfile::tempdir().unwrap();
    let mut archive = Archive::open(dir.path()).unwrap();
    archive.append("one", &take("one", "What is 100% of a moat?", 40), true).unwrap();
    let note = Kind::Noted { turn: TurnId(1), parent: None, text: Clean::new("孟子见梁惠王。王曰：叟不远千里而来") };
    let zh = [Event { seq: 1, at: 1, kind: opening("two", "义利之辨") }, Event { seq: 2, at: 2, kind: note }];
    archive.append("two", &zh, true).unwrap();
    let found = |words| {
        archive
            .search(&Query::parse(words, &UTC).unwrap(), 100)
            .unwrap()
            .iter()
            .map(|h| (h.session.to_string(), h.turn))
            .collect::<Vec<_>>()
    };
    assert_eq!(found("WORD2.1 word2.3"), [("one".into(), Some(TurnId(2)))]);
    assert_eq!(found("word2.1 word3.1"), []);
    assert_eq!(found("100%"), [("one".into(), None)]);
    assert_eq!(found("千里 王曰"), [("two".into(), Some(TurnId(1)))]);
    assert_eq!(found("义利"), [("two".into(), None)]);
    assert_eq!(found(" "), []);
    let hit = &archive.search(&Query::parse("word3.4", &UTC).unwrap(), 1).unwrap()[0];
    assert_eq!((hit.label.as_str(), hit.topic.as_str()), ("PETER THIEL", "What is 100% of a moat?"));
    assert!(hit.excerpt.as_str().contains("word3.4"), "{hit:?}");
}

#[test]
fn a_turn_that_another_process_began_is_found_by_all_its_words_once_it_has_ended() {
    let dir = tempfile::tempdir().unwrap();
    // Opened, began, word1.0 to word1.4, ended.
    let events = take(ID, "t", 8);
    for part in [&events[..4], &events[4..6], &events[6..7], &events[7..]] {
        Archive::open(dir.path()).unwrap().append(ID, part, true).unwrap();
    }
    let found = sound(dir.path()).search(&Query::parse("word1.0 word1.2 word1.4", &UTC).unwrap(), 9).unwrap();
    assert_eq!(found.iter().map(|hit| hit.turn).collect::<Vec<_>>(), [Some(TurnId(1))]);
}

#[test]
fn a_damaged_file_is_moved_aside_whole_and_said() {
    let dir = tempfile::tempdir().unwrap();
    let garbage = b"this was an archive once, until a disk forgot it ".repeat(100);
    for _ in 0..2 {
        fs::write(dir.path().join(FILE), &garbage).unwrap();
        let mut archive = Archive::open(dir.path()).unwrap();
        let aside = archive.moved_aside().expect("said").to_owned();
        assert_eq!(fs::read(&aside).unwrap(), garbage);
        assert!(aside.file_name().unwrap().to_str().unwrap().starts_with("archive.sqlite3.corrupt-2"), "{aside:?}");
        archive.append(ID, &take(ID, "t", 9), true).unwrap();
        assert_eq!(archive.events(ID).unwrap().len(), 9);
    }
    let kept = fs::read_dir(dir.path()).unwrap().filter(|e| fs::read(e.as_ref().unwrap().path()).is_ok_and(|b| b == garbage)).count();
    assert_eq!(kept, 2, "the second never replaces the first");
}

#[test]
fn a_newer_file_and_a_foreign_one_are_refused_and_left_alone() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join(FILE);
    drop(Archive::open(dir.path()).unwrap());
    rusqlite::Connection::open(&path).unwrap().pragma_update(None, "user_version", 99).unwrap();
    let before = fs::read(&path).unwrap();
    let error = Archive::open(dir.path()).unwrap_err().to_string();
    assert!(error.contains("newer agon") && error.contains("99") && error.contains(FILE), "{error}");
    assert_eq!(fs::read(&path).unwrap(), before);
    fs::remove_file(&path).unwrap();
    rusqlite::Connection::open(&path).unwrap().execute_batch("CREATE TABLE recipes (x)").unwrap();
    let error = Archive::open(dir.path()).unwrap_err().to_string();
    assert!(error.contains("another program"), "{error}");
}

#[cfg(unix)]
#[test]
fn nobody_else_can_read_it() {
    use std::os::unix::fs::PermissionsExt;
    let parent = tempfile::tempdir().unwrap();
    let dir = parent.path().join("state/agon");
    let mut archive = Archive::open(&dir).unwrap();
    archive.append(ID, &take(ID, "t", 9), false).unwrap();
    let mut seen = Vec::new();
    let mut folders = vec![dir];
    while let Some(folder) = folders.pop() {
        assert_eq!(fs::metadata(&folder).unwrap().permissions().mode() & 0o777, 0o700, "{folder:?}");
        for entry in fs::read_dir(&folder).unwrap().map(Result::unwrap) {
            if entry.file_type().unwrap().is_dir() {
                folders.push(entry.path());
            } else {
                assert_eq!(entry.metadata().unwrap().permissions().mode() & 0o777, 0o600, "{:?}", entry.path());
                seen.push(entry.file_name().into_string().unwrap());
            }
        }
    }
    assert!(seen.contains(&"archive.sqlite3-wal".to_owned()), "{seen:?}");
}

#[test]
fn sessions_are_written_side_by_side_and_none_waits_for_long() {
    let dir = tempfile::tempdir().unwrap();
    std::thread::scope(|threads| {
        for id in ["one", "two", "three", "four"] {
            let dir = dir.path();
            threads.spawn(move || {
                let (writer, mut acks) = Writer::start(dir, id).unwrap();
                let events = take(id, "t", 200);
                for part in events.chunks(3) {
                    writer.store(part.to_vec(), part[0].seq % 2 == 0);
                }
                writer.finish().unwrap();
                let mut acked = Vec::new();
                while let Some(ack) = acks.blocking_recv() {
                    let Ack::Stored(events) = ack else { panic!("{ack:?}") };
                    acked.extend(events.iter().map(|e| (**e).clone()));
                }
                assert_eq!(acked, events);
            });
        }
    });
    let archive = sound(dir.path());
    for id in ["one", "two", "three", "four"] {
        assert_eq!(archive.events(id).unwrap(), take(id, "t", 200));
    }
}

#[test]
fn a_page_that_went_bad_is_found_and_hides_no_other_session() {
    let dir = tempfile::tempdir().unwrap();
    let mut archive = Archive::open(dir.path()).unwrap();
    for id in ["one", "two"] {
        archive.append(id, &take(id, "t", 3_000), true).unwrap();
    }
    drop(archive);
    let path = dir.path().join(FILE);
    let mut bytes = fs::read(&path).unwrap();
    // Overwrite the page that holds the middle of the second session's events.
    let needle = br#""delta":"word200.1 ""#;
    let at = bytes.windows(needle.len()).rposition(|w| w == needle).unwrap() / 4096 * 4096;
    bytes[at..at + 4096].fill(0xa5);
    fs::write(&path, &bytes).unwrap();
    let archive = Archive::open(dir.path()).unwrap();
    assert_eq!(archive.moved_aside(), None);
    assert_eq!(archive.sessions(9).unwrap().len(), 2);
    assert!(!archive.check().unwrap().is_empty());
    let read = ["one", "two"].map(|id| archive.events(id).map(|e| e == take(id, "t", 3_000)));
    assert!(read.iter().any(|r| matches!(r, Ok(true))), "one is whole: {read:?}");
    let error = read.iter().find_map(|r| r.as_ref().err()).expect("the other says what happened").to_string();
    assert!(error.contains("damaged"), "{error}");
}
