//! Finds what a [`Query`] asks for, the newest first.

use rusqlite::{Connection, Row, params_from_iter, types::Value};

use super::{Query, number};
use crate::debate::{Clean, TurnId};

/// Characters of a turn before and after the first word found.
const AROUND: usize = 60;

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
    /// When it was said, in milliseconds since 1970.
    pub at: u64,
    /// The words with some of what stands around them.
    pub excerpt: Clean,
}

pub(super) fn search(db: &Connection, query: &Query, limit: usize) -> rusqlite::Result<Vec<Hit>> {
    if query.is_empty() {
        return Ok(Vec::new());
    }
    let mut hits = turns(db, query, limit)?;
    if !query.matches.is_empty() {
        hits.extend(topics(db, query, limit)?);
    }
    hits.sort_by_key(|hit| std::cmp::Reverse(hit.at));
    hits.truncate(limit);
    Ok(hits)
}

/// Conditions with their values.
struct Where {
    conditions: Vec<String>,
    values: Vec<Value>,
}

impl Where {
    fn new(query: &Query, index: &str, at: &str) -> Self {
        let mut conditions = Self { conditions: vec!["s.removed_at IS NULL".into()], values: Vec::new() };
        if !query.matches.is_empty() {
            conditions.add(&format!("{index} MATCH ?"), Value::Text(query.matches.clone()));
        }
        for (sign, time) in [(">=", query.after), ("<", query.before)] {
            if let Some(time) = time {
                conditions.add(&format!("{at} {sign} ?"), Value::Integer(number(time)));
            }
        }
        conditions
    }

    fn add(&mut self, condition: &str, value: Value) {
        self.conditions.push(condition.to_owned());
        self.values.push(value);
    }

    fn run(
        self,
        db: &Connection,
        select: &str,
        order: &str,
        limit: usize,
        read: impl Fn(&Row<'_>) -> rusqlite::Result<Hit>,
    ) -> rusqlite::Result<Vec<Hit>> {
        let Self { conditions, mut values } = self;
        values.push(Value::Integer(number(limit as u64)));
        let sql = format!("{select} WHERE {} ORDER BY {order} LIMIT ?", conditions.join(" AND "));
        let mut found = db.prepare_cached(&sql)?;
        found.query_map(params_from_iter(values), |row| read(row))?.collect()
    }
}

/// In the order in which turns were begun, which is that of their keys: the index has it, and stops at the limit.
fn turns(db: &Connection, query: &Query, limit: usize) -> rusqlite::Result<Vec<Hit>> {
    let indexed = !query.matches.is_empty();
    let wanted = Where::new(query, "turn_words", "t.at");
    let (from, order) = match indexed {
        true => ("turn_words CROSS JOIN turns t ON t.key = turn_words.rowid", "turn_words.rowid DESC"),
        false => ("turns t", "t.key DESC"),
    };
    let select = format!("SELECT s.id, s.topic, t.turn, t.label, t.at, t.text FROM {from} CROSS JOIN sessions s ON s.key = t.session");
    wanted.run(db, &select, order, limit, |row| {
        let turn: u32 = row.get(2)?;
        hit(row, Some(TurnId(turn)), Clean::line(row.get_ref(3)?.as_str()?), row.get(4)?, row.get_ref(5)?.as_str()?, query)
    })
}

fn topics(db: &Connection, query: &Query, limit: usize) -> rusqlite::Result<Vec<Hit>> {
    let wanted = Where::new(query, "topic_words", "s.started_at");
    let select = "SELECT s.id, s.topic, s.started_at FROM topic_words CROSS JOIN sessions s ON s.key = topic_words.rowid";
    wanted.run(db, select, "topic_words.rowid DESC", limit, |row| {
        hit(row, None, Clean::default(), row.get(2)?, row.get_ref(1)?.as_str()?, query)
    })
}

fn hit(row: &Row<'_>, turn: Option<TurnId>, label: Clean, at: i64, text: &str, query: &Query) -> rusqlite::Result<Hit> {
    Ok(Hit {
        session: Clean::line(row.get_ref(0)?.as_str()?),
        topic: Clean::line(row.get_ref(1)?.as_str()?),
        turn,
        label,
        at: u64::try_from(at).unwrap_or(0),
        excerpt: excerpt(text, &text.to_lowercase(), &query.words),
    })
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
