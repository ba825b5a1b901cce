//! What is known of a session without reading its events.

use rusqlite::{Connection, Row, params};

use super::{Shelf, number};
use crate::debate::Clean;

/// One session in a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Summary {
    /// Its id.
    pub id: Clean,
    /// The name a person gave it.
    pub name: Option<Clean>,
    /// The question that is argued.
    pub topic: Clean,
    /// The panel's name.
    pub panel: Clean,
    /// `provider/model` that it began with.
    pub model: Clean,
    /// When it began, in milliseconds since 1970.
    pub started_at: u64,
    /// When its last event happened, in milliseconds since 1970.
    pub changed_at: u64,
    /// Number of its last event.
    pub events: u64,
    /// Turns on all branches.
    pub turns: u64,
    /// Branches; at least 1.
    pub branches: u64,
    /// Comparisons with the plain assistant that it has.
    pub compared: u64,
    /// Whether it was left in good order; false while it runs and after a crash.
    pub closed: bool,
    /// Its tags, in order.
    pub tags: Vec<Clean>,
    /// Whether it is on the shelf.
    pub shelved: bool,
    /// When it was put into the bin, in milliseconds since 1970.
    pub removed_at: Option<u64>,
}

const COLUMNS: &str = "id, name, topic, panel, model, started_at, changed_at, events, turns, branches, closed,
    shelved, removed_at, (SELECT group_concat(tag, char(10) ORDER BY tag) FROM tags WHERE tags.session = key),
    compared";

fn read(row: &Row<'_>) -> rusqlite::Result<Summary> {
    let text = |i| row.get_ref(i).and_then(|v| Ok(Clean::line(v.as_str()?)));
    let count = |i| row.get::<_, i64>(i).map(|n| u64::try_from(n).unwrap_or(0));
    let name: Option<String> = row.get(1)?;
    let tags: Option<String> = row.get(13)?;
    Ok(Summary {
        id: text(0)?,
        name: name.map(|n| Clean::line(&n)),
        topic: text(2)?,
        panel: text(3)?,
        model: text(4)?,
        started_at: count(5)?,
        changed_at: count(6)?,
        events: count(7)?,
        turns: count(8)?,
        branches: count(9)?,
        compared: count(14)?,
        closed: row.get(10)?,
        shelved: row.get(11)?,
        removed_at: row.get::<_, Option<i64>>(12)?.and_then(|at| u64::try_from(at).ok()),
        tags: tags.iter().flat_map(|all| all.split('\n')).map(Clean::line).collect(),
    })
}

pub(super) fn list(db: &Connection, shelf: Shelf, tag: Option<&str>, limit: usize) -> rusqlite::Result<Vec<Summary>> {
    let limit = number(u64::try_from(limit).unwrap_or(u64::MAX));
    let condition = shelf.condition();
    let mut query = db.prepare_cached(&format!(
        "SELECT {COLUMNS} FROM sessions WHERE {condition} AND (?2 IS NULL OR EXISTS (SELECT 1 FROM tags WHERE session = key AND tag = ?2))
         ORDER BY changed_at DESC, key DESC LIMIT ?1"
    ))?;
    query.query_map(params![limit, tag], read)?.collect()
}

/// The sessions for which a condition on `?1` holds, the last changed first; a few, for a choice.
pub(super) fn with(db: &Connection, shelf: Shelf, condition: &'static str, word: &str) -> rusqlite::Result<Vec<Summary>> {
    let shelf = shelf.condition();
    let mut query = db.prepare_cached(&format!(
        "SELECT {COLUMNS} FROM sessions WHERE {shelf} AND ({condition}) ORDER BY changed_at DESC, key DESC LIMIT 6"
    ))?;
    query.query_map([word], read)?.collect()
}
