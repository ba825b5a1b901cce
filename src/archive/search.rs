//! Finds words in topics and turns, by looking at all of them. Works for every script; a full-text index can take its place.

use rusqlite::{Connection, params};

use super::number;
use crate::debate::{Clean, TurnId};

/// Characters of a turn before and after the first word found.
const AROUND: usize = 40;

/// A place where all the words occur.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hit {
    /// The session's id.
    pub session: Clean,
    /// Its topic.
    pub topic: Clean,
    /// The turn; `None` when it is the topic that has the words.
    pub turn: Option<TurnId>,
    /// The turn's speaker; empty for a stage direction.
    pub label: Clean,
    /// The words with some of what stands around them.
    pub excerpt: Clean,
}

pub(super) fn search(db: &Connection, words: &str, limit: usize) -> rusqlite::Result<Vec<Hit>> {
    let words: Vec<String> = words.split_whitespace().map(str::to_lowercase).collect();
    let mut hits = Vec::new();
    if words.is_empty() {
        return Ok(hits);
    }
    // Every hit has the longest word; SQLite's LIKE folds ASCII only, so other scripts are compared here.
    let longest = words.iter().filter(|w| w.is_ascii()).max_by_key(|w| w.len()).map_or("", String::as_str);
    let like = format!("%{}%", longest.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_"));
    let mut query = db.prepare_cached(
        "SELECT s.changed_at, s.key, s.id, s.topic, 0, '', s.topic FROM sessions s WHERE s.topic LIKE ?1 ESCAPE '\\'
         UNION ALL
         SELECT s.changed_at, s.key, s.id, s.topic, t.turn, t.label, t.text FROM turns t JOIN sessions s ON s.key = t.session
         WHERE t.text LIKE ?1 ESCAPE '\\' ORDER BY 1 DESC, 2, 5",
    )?;
    let mut rows = query.query(params![like])?;
    while let Some(row) = rows.next()? {
        let text = row.get_ref(6)?.as_str()?;
        let lower = text.to_lowercase();
        if !words.iter().all(|w| lower.contains(w.as_str())) {
            continue;
        }
        let turn: u32 = row.get(4)?;
        hits.push(Hit {
            session: Clean::line(row.get_ref(2)?.as_str()?),
            topic: Clean::line(row.get_ref(3)?.as_str()?),
            turn: (turn > 0).then_some(TurnId(turn)),
            label: Clean::line(row.get_ref(5)?.as_str()?),
            excerpt: excerpt(text, &lower, &words),
        });
        if number(hits.len() as u64) >= number(limit as u64) {
            break;
        }
    }
    Ok(hits)
}

fn excerpt(text: &str, lower: &str, words: &[String]) -> Clean {
    let at = words.iter().filter_map(|w| lower.find(w.as_str())).min().unwrap_or(0);
    // Lower case may have another length in bytes; characters come out close enough for an excerpt.
    let at = lower[..at].chars().count();
    let start = at.saturating_sub(AROUND);
    let length = words.iter().map(|w| w.chars().count()).max().unwrap_or(0) + 2 * AROUND;
    let part: String = text.chars().skip(start).take(length).collect();
    let before = if start > 0 { "…" } else { "" };
    let after = if text.chars().count() > start + length { "…" } else { "" };
    Clean::line(&format!("{before}{}{after}", part.trim()))
}
