//! `kill -9` at seeded points of a steered debate, as SQLite's own crash tests do it: this test binary starts itself as a child in which
//! a room runs and is steered, kills it at a byte of what it tells, opens the archive and compares.

use std::{
    collections::{BTreeMap, BTreeSet},
    io::{Read, Write},
    path::Path,
    process::{Command, Stdio},
};

use agon::{
    archive::Archive,
    debate::{Debate, Event, Kind},
    room::{Update, runner::now},
};

use super::{
    sound,
    steered::{Dice, start, steer},
};

const CHILD: &str = "AGON_TEST_CRASH_DIR";
const SESSION: &str = "AGON_TEST_CRASH_SESSION";
const SEED: &str = "AGON_TEST_CRASH_SEED";
const NAME: &str = "archive::crash::child_that_debates_until_it_is_killed";

/// Kills tried, each at another byte. `AGON_TEST_KILLS` asks for more.
const KILLS: u64 = 200;
/// Kills that a session goes through before the next one begins, and sessions in an archive.
const A_SESSION: u64 = 10;
const AN_ARCHIVE: u64 = 50;
/// Bytes within which a child is killed: the first are its first event or, gone on with, its first words.
const BYTES: usize = 9_000;
/// What may be lost of the words of a turn under way, in milliseconds before the kill.
const LOST_MS: u64 = 100;

/// Tells a line. In one write, so that it is cut nowhere but where the pipe is full.
fn tell(line: &str) {
    let mut out = std::io::stdout().lock();
    let _ = out.write_all(format!("{line}\n").as_bytes()).and_then(|()| out.flush());
}

#[test]
#[ignore = "only as the child of the test below"]
fn child_that_debates_until_it_is_killed() {
    let Some(dir) = std::env::var_os(CHILD) else { return };
    let number = |name| std::env::var(name).unwrap().parse::<u64>().unwrap();
    let (session, seed) = (number(SESSION), number(SEED));
    tell("");
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let told = |word: &str| tell(&format!("word {} {word}", now()));
        let (room, debate, _lock) = start(dir.as_ref(), session, seed, told, |_| ());
        steer(room, debate, Dice(seed), 6, |update| match update {
            // It is told of what is stored, and never before.
            Update::Event(event) => tell(&format!("event {}", serde_json::to_string(&**event).unwrap())),
            Update::Refused(why) => tell(&format!("refused {why}")),
            Update::Unstored(unstored) => tell(&format!("refused {}", unstored.words())),
            Update::Status(_) | Update::Carried { .. } | Update::Mended(_) | Update::Words(_) => {}
        })
        .await;
    });
}

/// What a child told until it was killed.
#[derive(Default)]
struct Told {
    events: Vec<Event>,
    /// Words with the time at which the model said them.
    words: Vec<(u64, String)>,
    refused: Vec<String>,
}

impl Told {
    fn read(bytes: &[u8]) -> Self {
        let mut told = Self::default();
        // A last line without its end was cut by the kill.
        let whole = bytes.iter().rposition(|b| *b == b'\n').map_or(0, |at| at + 1);
        for line in String::from_utf8_lossy(&bytes[..whole]).lines() {
            if let Some(event) = line.strip_prefix("event ") {
                told.events.push(serde_json::from_str(event).unwrap());
            } else if let Some((at, word)) = line.strip_prefix("word ").and_then(|rest| rest.split_once(' ')) {
                told.words.push((at.parse().unwrap(), word.to_owned()));
            } else if let Some(why) = line.strip_prefix("refused ") {
                told.refused.push(why.to_owned());
            }
        }
        told
    }
}

/// Runs a child, kills it when it has told so many bytes, and gives what it told and when it was killed.
fn kill_at(bytes: usize, dir: &Path, session: u64, seed: u64) -> (Told, u64) {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--ignored", "--exact", NAME, "--nocapture"])
        .env(CHILD, dir)
        .env(SESSION, session.to_string())
        .env(SEED, seed.to_string())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut out = child.stdout.take().unwrap();
    let mut told = Vec::new();
    let mut part = [0; 512];
    while told.len() < bytes {
        let wanted = part.len().min(bytes - told.len());
        match out.read(&mut part[..wanted]).unwrap() {
            0 => panic!("it ended by itself: {}", String::from_utf8_lossy(&told)),
            n => told.extend_from_slice(&part[..n]),
        }
    }
    let killed = now();
    child.kill().unwrap();
    child.wait().unwrap();
    // What it managed to say before it died counts as well.
    out.read_to_end(&mut told).unwrap();
    (Told::read(&told), killed)
}

/// What is found wrong is a panic; how old the oldest lost word is, in milliseconds, comes back.
fn compare(archive: &Archive, id: &str, told: &Told, killed: u64, before: &[Event]) -> (Vec<Event>, u64) {
    let Ok(events) = archive.events(id) else {
        assert!(told.events.is_empty() && before.is_empty(), "the session is gone");
        return (Vec::new(), 0);
    };
    assert!(events.iter().map(|e| e.seq).eq(1..=events.len() as u64), "out of order, or twice");
    assert_eq!(events.get(..before.len()), Some(before), "what was there at the start of this child");
    for acknowledged in &told.events {
        let stored = events.get(acknowledged.seq as usize - 1);
        assert_eq!(stored, Some(acknowledged), "acknowledged, and lost or another now");
    }
    let debate = Debate::replay(&events).unwrap();
    let summary = archive.find(id).unwrap();
    assert_eq!(summary.events, events.len() as u64);
    assert_eq!(summary.turns, debate.turns().len() as u64, "turns in the list");
    let answer = |word: &str| word.strip_prefix('w')?.split_once('x').and_then(|(_, n)| n.parse::<u64>().ok()).map(|n| n / 100);
    let mut there = BTreeSet::new();
    for event in &events {
        if let Kind::Text { delta, .. } = &event.kind {
            // Those of the model, not those that a command put there.
            for word in delta.as_str().split_whitespace().filter(|word| answer(word).is_some()) {
                assert!(there.insert(word), "{word} is there twice");
            }
        }
    }
    // Words of an answer that a command dropped were never said: only the last answer counts, if it was not dropped.
    let last = told.words.last().and_then(|(_, word)| answer(word));
    let under_way = told.words.iter().filter(|(_, word)| answer(word) == last);
    let steered = told.events.iter().rev().map_while(|e| match &e.kind {
        Kind::Text { .. } | Kind::TurnBegan { .. } | Kind::TurnEnded { .. } | Kind::Usage { .. } => Some(()),
        _ => None,
    });
    let undisturbed = steered.count() >= 3;
    let lost = under_way.filter(|(_, word)| undisturbed && !there.contains(word.as_str())).map(|(at, _)| killed.saturating_sub(*at)).max();
    (events, lost.unwrap_or(0))
}

/// The name of an event's kind, as it is stored.
fn kind(event: &Event) -> String {
    let stored = serde_json::to_value(event).unwrap();
    stored["kind"].as_str().or_else(|| stored["type"].as_str()).map_or_else(|| stored.to_string(), str::to_owned)
}

/// Kills of one archive after another, every `step`-th of all.
fn kills(from: u64, step: u64, kills: u64) -> (u64, u64, u64, Vec<u64>, BTreeMap<String, u64>, BTreeSet<String>) {
    let (mut done, mut acknowledged, mut stored) = (0, 0, 0);
    let (mut lost, mut kinds, mut refused) = (Vec::new(), BTreeMap::new(), BTreeSet::new());
    let mut dice = Dice(0x5eed ^ from);
    let mut dir = tempfile::tempdir().unwrap();
    let mut before: Vec<Event> = Vec::new();
    for kill in 0..kills.div_ceil(step) {
        if kill % AN_ARCHIVE == 0 {
            dir = tempfile::tempdir().unwrap();
        }
        if kill % A_SESSION == 0 {
            before.clear();
        }
        let session = kill / A_SESSION;
        let (told, killed) = kill_at(40 + dice.roll(BYTES), dir.path(), session, kill * step + from + 1);
        let archive = sound(dir.path());
        let (events, age) = compare(&archive, &format!("session-{session}"), &told, killed, &before);
        if kill % A_SESSION == A_SESSION - 1 {
            assert_eq!(archive.check_sessions().unwrap(), Vec::<String>::new(), "every turn that ended is found by its words");
        }
        done += 1;
        acknowledged += told.events.len() as u64;
        stored += (events.len() - before.len()) as u64;
        for event in &events[before.len()..] {
            *kinds.entry(kind(event)).or_insert(0) += 1;
        }
        refused.extend(told.refused);
        lost.push(age);
        before = events;
    }
    (done, acknowledged, stored, lost, kinds, refused)
}

#[test]
fn what_was_acknowledged_is_there_after_kill_9_at_any_point_of_a_steered_debate() {
    let wanted = std::env::var("AGON_TEST_KILLS").ok().and_then(|n| n.parse().ok()).unwrap_or(KILLS);
    let lanes = 2;
    let begun = std::time::Instant::now();
    let all: Vec<_> = std::thread::scope(|threads| {
        let lanes: Vec<_> = (0..lanes).map(|lane| threads.spawn(move || kills(lane, lanes, wanted))).collect();
        lanes.into_iter().map(|lane| lane.join().unwrap()).collect()
    });
    let (mut done, mut acknowledged, mut stored) = (0, 0, 0);
    let (mut lost, mut kinds, mut refused) = (Vec::new(), BTreeMap::new(), BTreeSet::new());
    for lane in all {
        done += lane.0;
        acknowledged += lane.1;
        stored += lane.2;
        lost.extend(lane.3);
        lane.4.into_iter().for_each(|(kind, count)| *kinds.entry(kind).or_insert(0) += count);
        refused.extend(lane.5);
    }
    lost.sort_unstable();
    let at = |share: usize| lost[(lost.len() - 1) * share / 100];
    println!(
        "{done} kills in {:?}: {acknowledged} events acknowledged, {stored} stored, none lost, twice or out of order",
        begun.elapsed()
    );
    println!("words under way lost: median {} ms, 99 % {} ms, most {} ms before the kill", at(50), at(99), at(100));
    println!("events by kind: {kinds:?}");
    let faults: Vec<_> = refused.iter().filter(|why| why.contains("please report")).collect();
    assert!(faults.is_empty(), "{faults:?}");
    assert!(kinds.len() >= 15, "commands of every kind");
    // One in a hundred may meet a machine that was busy elsewhere.
    assert!(at(99) <= LOST_MS, "{lost:?}");
}
