//! Which session a person means.

use super::{Archive, ArchiveError, Shelf, Summary, summary};

/// Fewest letters of an id's end that count: ids begin with their time, so the end is what tells two apart.
const END_MIN: usize = 4;

pub(super) fn find(archive: &Archive, which: &str, shelf: Shelf) -> Result<Summary, ArchiveError> {
    let word = which.trim();
    let with = |condition, word: &str| summary::with(&archive.db, shelf, condition, word).map_err(|e| archive.failed("find a session", e));
    let no_session = |near: Vec<Summary>| ArchiveError::NoSession { which: word.to_owned(), near: near.iter().map(line).collect() };
    if word.eq_ignore_ascii_case("last") {
        let last = summary::list(&archive.db, shelf, None, 1).map_err(|e| archive.failed("list the sessions", e))?;
        return last.into_iter().next().ok_or(ArchiveError::Empty);
    }
    if word.is_empty() {
        return Err(no_session(Vec::new()));
    }
    let lower = word.to_ascii_lowercase();
    let end = if word.chars().count() < END_MIN { "" } else { &lower };
    let ways = [
        ("id = ?1 COLLATE NOCASE", word),
        ("name = ?1", word),
        ("substr(id, 1, length(?1)) = ?1", &lower),
        ("?1 <> '' AND substr(id, -length(?1)) = ?1", end),
    ];
    for (condition, word) in ways {
        let mut found = with(condition, word)?;
        match found.len() {
            0 => {}
            1 => return Ok(found.remove(0)),
            _ => return Err(ArchiveError::Ambiguous { which: word.to_owned(), near: found.iter().map(line).collect() }),
        }
    }
    let mut near = with("instr(lower(topic), ?1) OR instr(lower(name), ?1) OR substr(id, 1, 4) = substr(?1, 1, 4)", &lower)?;
    if near.is_empty() {
        near = summary::list(&archive.db, shelf, None, 3).map_err(|e| archive.failed("list the sessions", e))?;
    }
    if near.is_empty() { Err(ArchiveError::Empty) } else { Err(no_session(near)) }
}

/// A session in an error: what to type, and what it is.
fn line(summary: &Summary) -> String {
    let name = summary.name.as_ref().map_or_else(String::new, |n| format!("{n}  "));
    format!("{}  {name}{}", summary.id, summary.topic)
}
