//! What a person can rely on about the archive: real files, real processes, real faults.

mod crash;
mod damage;
mod disk;
mod faults;
mod full;
mod kept;
mod locks;
mod search;
mod speed;
pub mod steered;
mod store;

use std::path::Path;

use agon::{
    archive::Archive,
    debate::{Clean, Ended, Event, Expert, Floor, Kind, Opening, Panel, Sampling, Staging, TurnId, Who},
};

pub const ID: &str = "019a0000-0000-7000-8000-00000000beef";

fn opening(id: &str, topic: &str) -> Kind {
    let experts = ["Steve Jobs: taste first", "Peter Thiel: secrets"].map(|l| Expert::from_line(l).unwrap());
    let panel = Panel {
        name: Clean::new("founders"),
        about: Clean::new("two"),
        setting: Clean::new("a room"),
        language: Clean::new("en"),
        experts: experts.into(),
        ..Panel::default()
    };
    Kind::Opened(Box::new(Opening {
        session: Clean::new(id),
        topic: Clean::new(topic),
        panel,
        model: Clean::new("test/model"),
        staging: Staging::Turns,
        floor: Floor::Rotate,
        seed: 7,
        sampling: Sampling::default(),
        version: Clean::new("0.1.0"),
        format: None,
    }))
}

/// A debate without end, as events: each turn is begun, said in `pieces` pieces and ended.
fn debate(id: &str, topic: &str, pieces: usize) -> impl Iterator<Item = Event> + use<> {
    let turns = (1u32..).flat_map(move |n| {
        let turn = TurnId(n);
        let (speaker, seat) = (Who::Expert, Some(agon::debate::SeatId((n % 2) as u16)));
        let parent = (n > 1).then(|| TurnId(n - 1));
        let label = Clean::new(if n % 2 == 0 { "STEVE JOBS" } else { "PETER THIEL" });
        let began = Kind::TurnBegan {
            turn,
            parent,
            speaker,
            seat,
            label,
            cue: Clean::default(),
            given: true,
            passed: None,
            branch: None,
            kept: None,
        };
        let said = (0..pieces).map(move |i| Kind::Text { turn, delta: Clean::new(&format!("word{n}.{i} ")), tokens: Vec::new() });
        std::iter::once(began).chain(said).chain([Kind::TurnEnded { turn, how: Ended::Done }])
    });
    std::iter::once(opening(id, topic)).chain(turns).zip(1..).map(|(kind, seq)| Event { seq, at: 1_000 + seq, kind })
}

fn take(id: &str, topic: &str, count: usize) -> Vec<Event> {
    debate(id, topic, 5).take(count).collect()
}

fn sound(dir: &Path) -> Archive {
    let archive = Archive::open(dir).unwrap();
    assert_eq!(archive.moved_aside(), None);
    assert_eq!(archive.check().unwrap(), Vec::<String>::new());
    archive
}
