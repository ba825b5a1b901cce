//! Adds events to a session in one transaction, with all that is kept beside them: the summary and the words for search.

use std::{borrow::Borrow, collections::BTreeMap};

use rusqlite::{OptionalExtension, Transaction, TransactionBehavior, params};

use super::{Archive, ArchiveError, number};
use crate::debate::{Event, Kind, Opening, TurnId};

pub(super) fn append<E: Borrow<Event>>(archive: &mut Archive, id: &str, events: &[E], durable: bool) -> Result<(), ArchiveError> {
    let Some(first) = events.first() else { return Ok(()) };
    let dir = archive.dir.clone();
    let failed = |e| ArchiveError::sqlite("store what was said", &dir, e);
    let sync = if durable { "FULL" } else { "NORMAL" };
    archive.db.pragma_update(None, "synchronous", sync).map_err(failed)?;
    let change = archive.db.transaction_with_behavior(TransactionBehavior::Immediate).map_err(failed)?;
    let (key, stored) = match session(&change, id).map_err(failed)? {
        Some(found) => found,
        None => match &first.borrow().kind {
            Kind::Opened(opening) if first.borrow().seq == 1 => (begin(&change, id, opening, first.borrow().at).map_err(failed)?, 0),
            _ => return Err(ArchiveError::Discontinued { id: id.to_owned(), seq: first.borrow().seq, stored: 0 }),
        },
    };
    let mut tally = Tally::default();
    let mut last = stored;
    for event in events {
        let event = event.borrow();
        let body = serde_json::to_string(event).map_err(|source| ArchiveError::Unwritable { id: id.to_owned(), seq: event.seq, source })?;
        let fits = if event.seq <= stored { is_there(&change, key, event.seq, &body).map_err(failed)? } else { event.seq == last + 1 };
        if !fits {
            return Err(ArchiveError::Discontinued { id: id.to_owned(), seq: event.seq, stored: last });
        }
        if event.seq > stored {
            insert(&change, key, event, &body).map_err(failed)?;
            tally.add(event);
            last = event.seq;
        }
    }
    if last > stored {
        tally.write(&change, key, last).map_err(failed)?;
    }
    change.commit().map_err(failed)
}

/// Key and last stored event of a session.
fn session(change: &Transaction<'_>, id: &str) -> rusqlite::Result<Option<(i64, u64)>> {
    change
        .prepare_cached("SELECT key, events FROM sessions WHERE id = ?1")?
        .query_row([id], |r| Ok((r.get(0)?, u64::try_from(r.get::<_, i64>(1)?).unwrap_or(0))))
        .optional()
}

fn begin(change: &Transaction<'_>, id: &str, opening: &Opening, at: u64) -> rusqlite::Result<i64> {
    change.execute(
        "INSERT INTO sessions (id, topic, panel, model, started_at, changed_at, events, turns, branches, closed)
         VALUES (?1, ?2, ?3, ?4, ?5, ?5, 0, 0, 1, 0)",
        params![id, opening.topic.as_str(), opening.panel.name.as_str(), opening.model.as_str(), number(at)],
    )?;
    Ok(change.last_insert_rowid())
}

fn is_there(change: &Transaction<'_>, key: i64, seq: u64, body: &str) -> rusqlite::Result<bool> {
    change.prepare_cached("SELECT 1 FROM events WHERE session = ?1 AND seq = ?2 AND body = ?3")?.exists(params![key, number(seq), body])
}

fn insert(change: &Transaction<'_>, key: i64, event: &Event, body: &str) -> rusqlite::Result<()> {
    change
        .prepare_cached("INSERT INTO events (session, seq, at, body) VALUES (?1, ?2, ?3, ?4)")?
        .execute(params![key, number(event.seq), number(event.at), body])
        .map(|_| ())
}

/// What a batch of events changes beside the events themselves.
#[derive(Default)]
struct Tally<'a> {
    begun: BTreeMap<TurnId, Begun<'a>>,
    words: BTreeMap<TurnId, String>,
    branches: i64,
    closed: bool,
    at: u64,
}

struct Begun<'a> {
    at: u64,
    label: Label<'a>,
}

enum Label<'a> {
    Is(&'a str),
    /// The label of the turn that it rewords.
    Of(TurnId),
}

impl<'a> Tally<'a> {
    fn add(&mut self, event: &'a Event) {
        self.at = event.at;
        self.closed = matches!(event.kind, Kind::Closed);
        let mut whole = |turn: TurnId, label: Label<'a>, text: &str| {
            self.begun.insert(turn, Begun { at: event.at, label });
            self.words.entry(turn).or_default().push_str(text);
        };
        match &event.kind {
            Kind::TurnBegan { turn, label, .. } => whole(*turn, Label::Is(label.as_str()), ""),
            Kind::Text { turn, delta, .. } => self.words.entry(*turn).or_default().push_str(delta.as_str()),
            Kind::Interjected { turn, label, text, .. } => whole(*turn, Label::Is(label.as_str()), text.as_str()),
            Kind::Noted { turn, text, .. }
            | Kind::Swapped { turn, text, .. }
            | Kind::Added { turn, text, .. }
            | Kind::Dismissed { turn, text, .. } => whole(*turn, Label::Is(""), text.as_str()),
            Kind::Edited { turn, of, text, .. } => whole(*turn, Label::Of(*of), text.as_str()),
            Kind::Forked { .. } => self.branches += 1,
            Kind::Opened(_)
            | Kind::TurnEnded { .. }
            | Kind::Switched { .. }
            | Kind::Folded { .. }
            | Kind::Modelled { .. }
            | Kind::BrokeOff { .. }
            | Kind::OutOfFrame { .. }
            | Kind::Paused { .. }
            | Kind::Resumed
            | Kind::Usage { .. }
            | Kind::Problem { .. }
            | Kind::Closed => {}
        }
    }

    fn write(self, change: &Transaction<'_>, key: i64, last: u64) -> rusqlite::Result<()> {
        let turns = i64::try_from(self.begun.len()).unwrap_or(i64::MAX);
        for (turn, begun) in &self.begun {
            let (of, label) = match begun.label {
                Label::Is(label) => (None, label),
                Label::Of(turn) => (Some(turn.0), ""),
            };
            change
                .prepare_cached(
                    "INSERT INTO turns (session, turn, at, label, text)
                     VALUES (?1, ?2, ?3, coalesce((SELECT label FROM turns WHERE session = ?1 AND turn = ?4), ?5), '')",
                )?
                .execute(params![key, turn.0, number(begun.at), of, label])?;
        }
        for (turn, words) in self.words.iter().filter(|(_, words)| !words.is_empty()) {
            change
                .prepare_cached("UPDATE turns SET text = text || ?3 WHERE session = ?1 AND turn = ?2")?
                .execute(params![key, turn.0, words])?;
        }
        change
            .prepare_cached(
                "UPDATE sessions SET changed_at = ?2, events = ?3, turns = turns + ?4, branches = branches + ?5, closed = ?6
                 WHERE key = ?1",
            )?
            .execute(params![key, number(self.at), number(last), turns, self.branches, self.closed])
            .map(|_| ())
    }
}
