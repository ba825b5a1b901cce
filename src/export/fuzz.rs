//! For fuzzing: what is written of a debate, whatever its events were. See fuzz/README.md.

use super::{Made, jsonl, markdown, text};
use crate::debate::{
    Debate,
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
    let made = Made { date: "2026-11-24", version: "0" };
    for branch in debate.branches().iter().map(|b| b.name.as_str()).map(Some).chain([None]) {
        for file in [markdown(&debate, branch, &made), text(&debate, branch, &made)] {
            assert_clean(&file.unwrap());
        }
    }
    debate
}
