//! Disks that fail at any call, tear what is written and forget what was not synced.

use std::time::Duration;

use agon::{
    archive::{Archive, FILE},
    debate::{Event, Phase},
    room::Update,
};

use super::{
    ID, debate,
    disk::Disk,
    sound,
    steered::{Dice, start, steer},
};

/// Power cuts tried; `AGON_TEST_CUTS` asks for more.
const CUTS: usize = 100;
/// Places at which the disk begins to fail; `AGON_TEST_CALLS` asks for more.
const PLACES: u64 = 40;
/// Turns of the debate that is run on a failing disk.
const TURNS: u32 = 4;

fn wanted(name: &str, otherwise: u64) -> u64 {
    std::env::var(name).ok().and_then(|n| n.parse().ok()).unwrap_or(otherwise)
}

#[test]
fn after_a_power_cut_that_tears_and_reorders_all_that_was_acknowledged_as_firm_is_there() {
    let wanted = wanted("AGON_TEST_CUTS", CUTS as u64) as usize;
    let (mut tried, mut calls, mut behind, mut seed) = (0, 0, 0, 0);
    while tried < wanted {
        seed += 1;
        let dir = tempfile::tempdir().unwrap();
        let disk = Disk::below(dir.path());
        disk.cut_one_in(120, seed);
        let mut archive = Archive::open(dir.path()).unwrap();
        let mut events = debate(ID, "cut", 4);
        for n in 0..400_usize {
            let batch: Vec<Event> = events.by_ref().take(n % 3 + 1).collect();
            let durable = batch.iter().any(|e| e.seq % 6 == 1);
            archive.append(ID, &batch, durable).unwrap();
            if durable {
                disk.acknowledged(batch.last().unwrap().seq);
            }
        }
        drop(archive);
        calls += disk.calls().0;
        for cut in disk.cuts() {
            tried += 1;
            let after = tempfile::tempdir().unwrap();
            for (path, bytes) in &cut.files {
                std::fs::write(after.path().join(path.file_name().unwrap()), bytes).unwrap();
            }
            let archive = sound(after.path());
            let stored = archive.events(ID).unwrap_or_default();
            assert!(stored.len() as u64 >= cut.firm, "seed {seed}, call {}: {} of {} firm", cut.calls, stored.len(), cut.firm);
            assert_eq!(stored, debate(ID, "cut", 4).take(stored.len()).collect::<Vec<_>>(), "seed {seed}, call {}", cut.calls);
            behind += stored.len() as u64 - cut.firm;
        }
    }
    println!(
        "{tried} power cuts in {calls} calls: nothing firm lost; {} events that were not firm were there on average",
        behind / tried as u64
    );
}

/// A steered debate on a disk that fails from its nth call on until the room has said so. False where no call failed.
fn debated_on_a_failing_disk(nth: u64) -> (bool, bool) {
    let dir = tempfile::tempdir().unwrap();
    let disk = Disk::below(dir.path());
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let (mut told, mut said, mut refused) = (Vec::new(), Vec::new(), Vec::new());
    let debate = runtime.block_on(async {
        let (room, debate, _lock) = start(dir.path(), 1, nth, |_| (), |setup| setup.max_turns = Some(TURNS));
        disk.fail_from(nth, nth.is_multiple_of(2));
        let watched = steer(room, debate, Dice(nth), 12, |update| match update {
            Update::Event(event) => told.push((**event).clone()),
            Update::Refused(why) if why.as_str().starts_with("not saved") => {
                said.push(why.to_string());
                disk.heal();
            }
            Update::Mended(what) => said.push(what.to_string()),
            Update::Refused(why) => refused.push(why.to_string()),
            _ => {}
        });
        tokio::time::timeout(Duration::from_secs(30), watched).await.unwrap_or_else(|_| panic!("call {nth}: it never went on"))
    });
    assert_eq!(*debate.phase(), Phase::Closed, "call {nth}: {said:?} {refused:?}");
    let failed = disk.calls().1 > 0;
    disk.heal();
    let archive = sound(dir.path());
    assert_eq!(archive.events("session-1").unwrap(), told, "call {nth}: told is stored, and stored is told");
    if let Some(why) = said.first() {
        assert!(why.contains(FILE) && (why.contains("goes on when it can be saved") || why.contains("Leaving waits")), "call {nth}: {why}");
        assert!(said.last().is_some_and(|s| s.contains("saved again")), "call {nth}: {said:?}");
    }
    (failed, !said.is_empty())
}

#[test]
fn a_room_on_a_disk_that_fails_at_any_call_says_so_keeps_all_and_goes_on_by_itself() {
    let places = wanted("AGON_TEST_CALLS", PLACES);
    let begun = std::time::Instant::now();
    let results: Vec<(bool, bool)> = std::thread::scope(|threads| {
        let lanes: Vec<_> = (0..4)
            .map(|lane| {
                threads.spawn(move || {
                    (lane..places).step_by(4).map(|n| debated_on_a_failing_disk(n * 7 % places.max(300))).collect::<Vec<_>>()
                })
            })
            .collect();
        lanes.into_iter().flat_map(|lane| lane.join().unwrap()).collect()
    });
    let (failed, said) = (results.iter().filter(|r| r.0).count(), results.iter().filter(|r| r.1).count());
    println!("{places} debates, on {failed} of which the disk failed; {said} paused and said so; {:?}", begun.elapsed());
    assert!(said > places as usize / 4);
}

#[test]
fn what_a_room_could_not_store_before_it_was_left_is_handed_over_and_fits_what_is_stored() {
    let dir = tempfile::tempdir().unwrap();
    let disk = Disk::below(dir.path());
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let (mut told, mut unstored) = (Vec::new(), None);
    runtime.block_on(async {
        let (mut room, _, _lock) = start(dir.path(), 1, 9, |_| (), |_| ());
        while let Some(update) = room.updates.recv().await {
            match update {
                Update::Event(event) => {
                    told.push((*event).clone());
                    if told.len() == 20 {
                        disk.fail_from(1, true);
                    }
                }
                Update::Refused(why) if why.as_str().starts_with("not saved") => {
                    let _ = room.commands.send(agon::room::Command::Stop).await;
                }
                Update::Unstored(events) => unstored = Some(events),
                _ => {}
            }
        }
    });
    let unstored = unstored.expect("it is handed over");
    disk.heal();
    let folders = [dir.path().to_owned()];
    let path = agon::export::write_rest(&folders, "session-1", unstored.events.iter().map(AsRef::as_ref)).unwrap();
    let mut archive = sound(dir.path());
    let stored = archive.events("session-1").unwrap();
    assert_eq!(stored, told, "told is stored, and stored is told");
    let fresh = agon::export::import::Fresh { at: 0, model: "m", version: "0" };
    let found = agon::export::import::import(&std::fs::read_to_string(path).unwrap(), &fresh).unwrap();
    let [agon::export::import::Imported::Rest { session, after, events }] = found.as_slice() else { panic!("{found:?}") };
    assert_eq!((session.as_str(), *after), ("session-1", stored.len() as u64));
    assert!(unstored.why.as_str().contains(FILE), "{}", unstored.why);
    archive.append_all(&[(session.clone(), events.clone())]).unwrap();
    let debate = agon::debate::Debate::replay(&archive.events("session-1").unwrap()).unwrap();
    assert_eq!(*debate.phase(), Phase::Closed);
}
