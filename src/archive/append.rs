//! Adds events to a session in one transaction, with all that is kept beside them: the summary and the words for search.

use std::{
    borrow::Borrow,
    collections::{BTreeMap, BTreeSet},
    path::Path,
};

use rusqlite::{OptionalExtension, Transaction, TransactionBehavior, params};

use super::{Archive, ArchiveError, number, words};
use crate::debate::{Clean, Event, Kept, Kind, Opening, TurnId};

pub(super) fn append<E: Borrow<Event>>(archive: &mut Archive, id: &str, events: &[E], durable: bool) -> Result<(), ArchiveError> {
    append_all(archive, &[(id, events)], durable)
}

/// Adds to several sessions: to all of them, or to none.
pub(super) fn append_all<E: Borrow<Event>>(archive: &mut Archive, batches: &[(&str, &[E])], durable: bool) -> Result<(), ArchiveError> {
    if batches.iter().all(|(_, events)| events.is_empty()) {
        return Ok(());
    }
    let dir = archive.dir.clone();
    let failed = |e| ArchiveError::sqlite("store what was said", &dir, e);
    let sync = if durable { "FULL" } else { "NORMAL" };
    archive.db.pragma_update(None, "synchronous", sync).map_err(failed)?;
    let change = archive.db.transaction_with_behavior(TransactionBehavior::Immediate).map_err(failed)?;
    let mut tallies = Vec::new();
    for (id, events) in batches {
        tallies.extend(add(&change, id, events, &dir, &archive.spoken)?);
    }
    change.commit().map_err(failed)?;
    for (key, tally) in tallies {
        tally.keep(key, &mut archive.spoken);
    }
    Ok(())
}

fn add<'a, E: Borrow<Event>>(
    change: &Transaction<'_>,
    id: &str,
    events: &'a [E],
    dir: &Path,
    spoken: &Spoken,
) -> Result<Option<(i64, Tally<'a>)>, ArchiveError> {
    let Some(first) = events.first() else { return Ok(None) };
    let failed = |e| ArchiveError::sqlite("store what was said", dir, e);
    let (key, stored) = match session(change, id).map_err(failed)? {
        Some(found) => found,
        None => match &first.borrow().kind {
            Kind::Opened(opening) if first.borrow().seq == 1 => (begin(change, id, opening, first.borrow().at).map_err(failed)?, 0),
            _ => return Err(ArchiveError::Discontinued { id: id.to_owned(), seq: first.borrow().seq, stored: 0 }),
        },
    };
    let mut tally = Tally::default();
    let mut last = stored;
    for event in events {
        let event = event.borrow();
        let body = serde_json::to_string(event).map_err(|source| ArchiveError::Unwritable { id: id.to_owned(), seq: event.seq, source })?;
        let fits = if event.seq <= stored { is_there(change, key, event.seq, &body).map_err(failed)? } else { event.seq == last + 1 };
        if !fits {
            return Err(ArchiveError::Discontinued { id: id.to_owned(), seq: event.seq, stored: last });
        }
        if event.seq > stored {
            insert(change, key, event, &body).map_err(failed)?;
            tally.add(event);
            last = event.seq;
        }
    }
    if last > stored {
        tally.write(change, key, last, spoken).map_err(failed)?;
    }
    Ok(Some((key, tally)))
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
    let key = change.last_insert_rowid();
    words::add_topic(change, key, opening.topic.as_str())?;
    Ok(key)
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

/// The words so far of turns that this connection saw begin and not end, by session. They go into the table for search when the
/// turn ends: a row that is written again with every token would be most of what is written.
pub(super) type Spoken = BTreeMap<(i64, TurnId), Words>;

/// Words of a turn, after those that it has of another.
#[derive(Clone, Debug, Default)]
pub(super) struct Words {
    kept: Option<Kept>,
    text: String,
}

/// What a batch of events changes beside the events themselves.
#[derive(Default)]
struct Tally<'a> {
    begun: BTreeMap<TurnId, Begun<'a>>,
    whole: BTreeMap<TurnId, &'a str>,
    words: BTreeMap<TurnId, String>,
    ended: BTreeSet<TurnId>,
    gone: Vec<TurnId>,
    /// Turns that begin with the first words of others.
    kept: BTreeMap<TurnId, Kept>,
    branches: i64,
    compared: i64,
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
        let mut whole = |turn: TurnId, label: Label<'a>, text: &'a str| {
            self.begun.insert(turn, Begun { at: event.at, label });
            self.whole.insert(turn, text);
        };
        match &event.kind {
            Kind::TurnBegan { turn, label, kept, .. } => {
                self.begun.insert(*turn, Begun { at: event.at, label: Label::Is(label.as_str()) });
                self.words.entry(*turn).or_default();
                self.kept.extend(kept.map(|kept| (*turn, kept)));
            }
            Kind::TurnEnded { turn, .. } => {
                self.ended.insert(*turn);
            }
            Kind::Text { turn, delta, .. } => self.words.entry(*turn).or_default().push_str(delta.as_str()),
            Kind::Interjected { turn, label, text, .. } => whole(*turn, Label::Is(label.as_str()), text.as_str()),
            Kind::Noted { turn, text, .. }
            | Kind::PhaseBegan { turn, text, .. }
            | Kind::Voted { turn, text, .. }
            | Kind::Swapped { turn, text, .. }
            | Kind::Added { turn, text, .. }
            | Kind::Inclined { turn, text, .. }
            | Kind::Dismissed { turn, text, .. } => whole(*turn, Label::Is(""), text.as_str()),
            Kind::Edited { turn, of, text, .. } => whole(*turn, Label::Of(*of), text.as_str()),
            Kind::Compared { .. } => self.compared += 1,
            Kind::Forked { .. } => self.branches += 1,
            Kind::Dropped { .. } => self.branches -= 1,
            Kind::Rewound { kept, gone, .. } => {
                self.branches += i64::from(kept.is_some());
                self.gone.extend(gone);
            }
            Kind::Opened(_)
            | Kind::Switched { .. }
            | Kind::Folded { .. }
            | Kind::Ruled { .. }
            | Kind::Limited { .. }
            | Kind::Tempered { .. }
            | Kind::Pinned { .. }
            | Kind::Renamed { .. }
            | Kind::Modelled { .. }
            | Kind::BrokeOff { .. }
            | Kind::OutOfFrame { .. }
            | Kind::Minuted(_)
            | Kind::CompareBegan { .. }
            | Kind::PanelSpoke { .. }
            | Kind::Answer { .. }
            | Kind::Answered { .. }
            | Kind::Paused { .. }
            | Kind::Resumed
            | Kind::Usage { .. }
            | Kind::Problem { .. }
            | Kind::Closed => {}
        }
    }

    fn write(&self, change: &Transaction<'_>, key: i64, last: u64, spoken: &Spoken) -> rusqlite::Result<()> {
        let turns = i64::try_from(self.begun.len()).unwrap_or(i64::MAX);
        for (turn, begun) in &self.begun {
            let (of, label) = match begun.label {
                Label::Is(label) => (None, label),
                Label::Of(turn) => (Some(turn.0), ""),
            };
            let text = self.whole.get(turn).copied().unwrap_or_default();
            change
                .prepare_cached(
                    "INSERT INTO turns (session, turn, at, label, text)
                     VALUES (?1, ?2, ?3, coalesce((SELECT label FROM turns WHERE session = ?1 AND turn = ?4), ?5), ?6)",
                )?
                .execute(params![key, turn.0, number(begun.at), of, label, text])?;
            if !text.is_empty() {
                words::add_turn(change, change.last_insert_rowid(), text)?;
            }
        }
        // In their order: whoever keeps words of a turn comes after it.
        for turn in &self.ended {
            let words = self.words.get(turn).map_or("", String::as_str);
            let Words { kept, text } = match spoken.get(&(key, *turn)) {
                Some(before) => Words { kept: before.kept, text: format!("{}{words}", before.text) },
                None if self.begun.contains_key(turn) => Words { kept: self.kept.get(turn).copied(), text: words.to_owned() },
                None => said(change, key, *turn)?,
            };
            let (of, bytes) = kept.map_or((0, 0), |kept| (kept.of.0, kept.bytes));
            change
                .prepare_cached(
                    "UPDATE turns SET text = coalesce((SELECT CAST(substr(CAST(of.text AS BLOB), 1, ?5) AS TEXT) FROM turns AS of
                     WHERE of.session = ?1 AND of.turn = ?4), '') || ?3 WHERE session = ?1 AND turn = ?2 RETURNING key, text",
                )?
                .query_row(params![key, turn.0, text, of, bytes], |row| words::add_turn(change, row.get(0)?, row.get_ref(1)?.as_str()?))
                .optional()?;
        }
        // Undone: it is found no more, though its events stay.
        for turn in &self.gone {
            change.prepare_cached("DELETE FROM turns WHERE session = ?1 AND turn = ?2")?.execute(params![key, turn.0])?;
        }
        change
            .prepare_cached(
                "UPDATE sessions SET changed_at = ?2, events = ?3, turns = turns + ?4, branches = branches + ?5, closed = ?6,
                 compared = compared + ?7 WHERE key = ?1",
            )?
            .execute(params![key, number(self.at), number(last), turns, self.branches, self.closed, self.compared])
            .map(|_| ())
    }

    /// Keeps the words of turns that go on.
    fn keep(self, key: i64, spoken: &mut Spoken) {
        for (turn, words) in self.words {
            match spoken.get_mut(&(key, turn)) {
                Some(before) => before.text.push_str(&words),
                None if self.begun.contains_key(&turn) => {
                    spoken.insert((key, turn), Words { kept: self.kept.get(&turn).copied(), text: words });
                }
                // Begun elsewhere; all of it is read when it ends.
                None => {}
            }
        }
        for turn in self.ended {
            spoken.remove(&(key, turn));
        }
    }
}

/// The words of a turn that another connection saw begin, from its events.
fn said(change: &Transaction<'_>, key: i64, wanted: TurnId) -> rusqlite::Result<Words> {
    let mut query = change.prepare_cached("SELECT body FROM events WHERE session = ?1 ORDER BY seq DESC")?;
    let mut rows = query.query([key])?;
    let (mut pieces, mut begins) = (Vec::new(), None);
    while let Some(row) = rows.next()? {
        // One that can't be read is reported by whoever reads the session.
        match serde_json::from_str::<Event>(row.get_ref(0)?.as_str()?).map(|event| event.kind) {
            Ok(Kind::Text { turn, delta, .. }) if turn == wanted => pieces.push(delta),
            Ok(Kind::TurnBegan { turn, kept, .. }) if turn == wanted => {
                begins = kept;
                break;
            }
            _ => {}
        }
    }
    Ok(Words { kept: begins, text: pieces.iter().rev().map(Clean::as_str).collect() })
}
