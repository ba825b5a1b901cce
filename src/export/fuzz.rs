//! For fuzzing: what is written of a debate, whatever its events were, and what is read of a file, whatever stands in it. See fuzz/README.md.

mod read;
mod tree;
mod write;

pub use read::{chats, documents};
pub use tree::{kept, tidied};
pub use write::{markdown, page, recording};

use super::{jsonl, markdown as as_markdown, stories::MADE, text};
use crate::debate::{
    Debate, Event,
    fuzz::{assert_clean, events},
};

/// Lines of JSON: what fits is folded, comes out as it went in, and every file made of it is clean.
pub fn json_lines(data: &[u8]) -> Debate {
    let (debate, taken) = events(data);
    let lines = jsonl(&taken).unwrap();
    let (again, taken_again) = events(lines.as_bytes());
    assert_eq!(taken_again.len(), taken.len().min(400));
    assert_eq!(jsonl(&taken_again).unwrap(), lines);
    assert_eq!(again.seq(), debate.seq());
    for branch in debate.branches().iter().map(|b| b.name.as_str()).map(Some).chain([None]) {
        for file in [as_markdown(&debate, branch, &MADE), text(&debate, branch, &MADE)] {
            assert_clean(&file.unwrap());
        }
    }
    write::as_page(&debate, &taken);
    write::as_recording(&taken);
    debate
}

/// The fold of events that are known to fit.
fn fold(events: &[Event]) -> Debate {
    Debate::replay(events).unwrap_or_else(|misfit| panic!("{misfit:?}"))
}
