//! `kill -9` at seeded moments: this test binary starts itself as a child that stores and reports, and kills it.

use std::{
    io::{BufRead, BufReader, Write},
    process::{Command, Stdio},
};

use agon::{
    archive::{Ack, Writer},
    debate::{Debate, Event},
};

use super::{ID, debate, sound};

const CHILD: &str = "AGON_TEST_CRASH_DIR";
const NAME: &str = "archive::crash::child_that_stores_until_it_is_killed";

/// Kills tried, each at another count of acknowledged events. `AGON_TEST_KILLS` asks for more.
const KILLS: u64 = 20;

#[test]
#[ignore = "only as the child of the test below"]
fn child_that_stores_until_it_is_killed() {
    let Some(dir) = std::env::var_os(CHILD) else { return };
    let (writer, mut acks) = Writer::start(dir.as_ref(), ID).unwrap();
    let first = sound(dir.as_ref()).events(ID).map_or(0, |e| e.len());
    let mut events = debate(ID, "killed", 4).skip(first);
    let mut out = std::io::stdout();
    for n in 0.. {
        // Batches of one to three events, durable at the ends of turns as the room does it.
        let batch: Vec<Event> = events.by_ref().take((first + n) % 3 + 1).collect();
        let durable = batch.iter().any(|e| e.seq % 6 == 1);
        writer.store(batch, durable);
        // About two are always on their way when the kill comes.
        if n < 2 {
            continue;
        }
        if let Some(Ack::Stored(events)) = acks.blocking_recv() {
            writeln!(out, "acked {}", events.last().unwrap().seq).unwrap();
            out.flush().unwrap();
        }
    }
}

#[test]
fn what_was_acknowledged_is_there_after_kill_9() {
    let dir = tempfile::tempdir().unwrap();
    let mut seed = 0x5eed_u64;
    let mut before = 0;
    let kills = std::env::var("AGON_TEST_KILLS").ok().and_then(|n| n.parse().ok()).unwrap_or(KILLS);
    for kill in 0..kills {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--ignored", "--exact", NAME, "--nocapture"])
            .env(CHILD, dir.path())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let target = before + 1 + (seed >> 40) % 60;
        let mut acked = before;
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok);
        let mut heed = |line: String| {
            if let Some((_, seq)) = line.rsplit_once("acked ") {
                acked = acked.max(seq.parse().unwrap());
            }
            acked
        };
        for line in lines.by_ref() {
            if heed(line) >= target {
                break;
            }
        }
        child.kill().unwrap();
        child.wait().unwrap();
        // What it managed to say before it died counts as well.
        lines.for_each(|line| {
            heed(line);
        });
        let archive = sound(dir.path());
        let events = archive.events(ID).unwrap();
        assert!(events.len() as u64 >= acked && acked >= target, "kill {kill}: {acked} acknowledged, {} stored", events.len());
        assert_eq!(events, debate(ID, "killed", 4).take(events.len()).collect::<Vec<_>>(), "kill {kill}");
        let turns = Debate::replay(&events).unwrap().turns().len() as u64;
        assert_eq!(archive.find(ID).unwrap().turns, turns, "kill {kill}");
        before = events.len() as u64;
    }
}
