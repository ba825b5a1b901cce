//! What is found, how fast, and that an older archive finds it too.

use std::{fs, time::Instant};

use agon::{
    archive::{Archive, FILE, Query},
    debate::{Clean, Ended, Event, Kind, TurnId, Who},
};

use super::{opening, sound, take};

const UTC: jiff::tz::TimeZone = jiff::tz::TimeZone::UTC;
const DAY: u64 = 86_400_000;

/// A session whose turns are these, one a day.
fn said(archive: &mut Archive, id: &str, topic: &str, turns: &[(&str, &str)]) {
    let mut events = vec![Event { seq: 1, at: 0, kind: opening(id, topic) }];
    for (n, (label, text)) in (1u32..).zip(turns) {
        let turn = TurnId(n);
        let began = Kind::TurnBegan {
            turn,
            parent: (n > 1).then(|| TurnId(n - 1)),
            speaker: Who::Expert,
            seat: Some(agon::debate::SeatId(0)),
            label: Clean::new(label),
            cue: Clean::default(),
            given: true,
            passed: None,
            branch: None,
            kept: None,
        };
        for kind in [began, Kind::Text { turn, delta: Clean::new(text), tokens: Vec::new() }, Kind::TurnEnded { turn, how: Ended::Done }] {
            events.push(Event { seq: events.len() as u64 + 1, at: u64::from(n) * DAY, kind });
        }
    }
    archive.append(id, &events, true).unwrap();
}

fn found(archive: &Archive, query: &str) -> Vec<u32> {
    archive.search(&Query::parse(query, &UTC).unwrap(), 100).unwrap().iter().map(|hit| hit.turn.map_or(0, |t| t.0)).collect()
}

const TURNS: &[(&str, &str)] = &[
    ("STEVE JOBS", "The only moat is taste. Zero to one, they say."),
    ("PETER THIEL", "A café is no moat: from one to zero."),
    ("孔子", "君子喻于义，小人喻于利。护城河者，德也。"),
    ("STEVE JOBS", "Moats? In a naïve world, MOATING."),
    ("세종", "나라의 말이 중국과 달라"),
];

#[test]
fn words_phrases_and_every_script_are_found_the_newest_first_and_filters_hold() {
    let dir = tempfile::tempdir().unwrap();
    let mut archive = Archive::open(dir.path()).unwrap();
    said(&mut archive, "one", "What is 护城河?", TURNS);
    let cases: &[(&str, &[u32])] = &[
        ("moat", &[4, 2, 1]),
        ("moat taste", &[1]),
        ("oat", &[]),
        ("\"one to zero\"", &[2]),
        ("\"zero to one\"", &[1]),
        ("cafe", &[2]),
        ("NAIVE", &[4]),
        ("护城河", &[3, 0]),
        ("城河", &[3, 0]),
        ("河城", &[]),
        ("“喻于利”", &[3]),
        ("중국", &[5]),
        ("moat speaker:jobs", &[4, 1]),
        ("moat speaker:\"steve jobs\"", &[4, 1]),
        ("speaker:孔子", &[3]),
        ("moat after:1970-01-03", &[4, 2]),
        ("moat before:1970-01-03", &[1]),
        ("moat after:1970-01-03 before:1970-01-04", &[2]),
        ("护城河 panel:founders", &[3, 0]),
        ("护城河 panel:others", &[]),
        ("moat model:TEST/", &[4, 2, 1]),
        ("moat model:test/mod", &[4, 2, 1]),
        ("panel:founders", &[5, 4, 3, 2, 1, 0]),
        ("mo", &[]),
        ("moat NOT taste", &[]),
        ("taste AND", &[]),
        ("moat* (\"", &[4, 2, 1]),
        ("", &[]),
    ];
    for (query, turns) in cases {
        assert_eq!(&found(&archive, query), turns, "{query}");
    }
    let hit = &archive.search(&Query::parse("taste", &UTC).unwrap(), 1).unwrap()[0];
    assert_eq!((hit.label.as_str(), hit.at, hit.topic.as_str()), ("STEVE JOBS", DAY, "What is 护城河?"));
    archive.remove("one").unwrap();
    assert!(found(&archive, "moat").is_empty());
    sound(dir.path());
}

#[test]
fn an_archive_of_the_first_version_is_searched_like_a_new_one_and_a_copy_of_it_is_kept() {
    let dir = tempfile::tempdir().unwrap();
    let mut archive = Archive::open(dir.path()).unwrap();
    said(&mut archive, "one", "What is 护城河?", TURNS);
    drop(archive);
    // As the first version had it.
    let old = rusqlite::Connection::open(dir.path().join(FILE)).unwrap();
    old.execute_batch(
        "DROP TRIGGER turn_goes; DROP TRIGGER session_goes; DROP TABLE turn_words; DROP TABLE topic_words; DROP TABLE tags;
         ALTER TABLE sessions DROP COLUMN shelved; ALTER TABLE sessions DROP COLUMN removed_at; ALTER TABLE sessions DROP COLUMN compared; PRAGMA user_version = 1",
    )
    .unwrap();
    drop(old);
    let mut archive = sound(dir.path());
    assert_eq!((found(&archive, "moat"), found(&archive, "护城河")), (vec![4, 2, 1], vec![3, 0]));
    let copy = rusqlite::Connection::open(dir.path().join(format!("{FILE}.before-2"))).unwrap();
    assert_eq!(copy.query_row("SELECT count(*) FROM turns", [], |row| row.get::<_, i64>(0)).unwrap(), 5);
    archive.append("two", &take("two", "t", 20), true).unwrap();
    assert_eq!(found(&archive, "word2.3"), [2]);
    assert!(fs::metadata(dir.path().join(FILE)).unwrap().len() > 0);
}

/// `AGON_TEST_TURNS=100000 cargo test --release archive::search::how_long -- --ignored --nocapture`.
#[test]
#[ignore = "a measurement"]
fn how_long_a_search_takes() {
    let turns: usize = std::env::var("AGON_TEST_TURNS").ok().and_then(|n| n.parse().ok()).unwrap_or(100_000);
    let dir = tempfile::tempdir().unwrap();
    let mut archive = Archive::open(dir.path()).unwrap();
    let mut dice = super::steered::Dice(7);
    let start = Instant::now();
    for session in 0..turns / 100 {
        let texts: Vec<String> = (0..100)
            .map(|_| {
                let mut text = String::new();
                for _ in 0..80 {
                    let (first, last) = (["mo", "ta", "se", "pri", "va"][dice.roll(5)], ["at", "ste", "cret", "ce", "lue"][dice.roll(5)]);
                    text.push_str(&format!("{first}{last}{} ", dice.roll(900)));
                }
                let rare = if dice.roll(1000) == 0 { "monopoly 护城河" } else { "the" };
                format!("{text}{rare} 君子喻于义")
            })
            .collect();
        let said_: Vec<(&str, &str)> =
            texts.iter().enumerate().map(|(n, text)| (["STEVE JOBS", "PETER THIEL"][n % 2], text.as_str())).collect();
        said(&mut archive, &format!("s{session}"), "What is a moat?", &said_);
    }
    println!("{turns} turns stored and indexed in {:?}, {} MB", start.elapsed(), fs::metadata(dir.path().join(FILE)).unwrap().len() >> 20);
    for query in [
        "monopoly",
        "护城河",
        "the",
        "君子喻于义",
        "moat1",
        "mo",
        "\"the 君子\"",
        "monopoly speaker:thiel",
        "the panel:nobody",
        "monopoly before:1970-02-01",
        "speaker:jobs",
    ] {
        let query_ = Query::parse(query, &UTC).unwrap();
        let mut times: Vec<_> = (0..11)
            .map(|_| {
                let start = Instant::now();
                let hits = archive.search(&query_, 20).unwrap().len();
                (start.elapsed(), hits)
            })
            .collect();
        times.sort();
        println!("{query}: median {:?}, most {:?}, {} hits", times[5].0, times[10].0, times[5].1);
    }
}
