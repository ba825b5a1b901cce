//! Makes a history of events that come from outside, and refuses what no session of ours has.

use super::Fault;
use crate::debate::{Clean, Debate, Event, Expert, Format, Kind, Misfit, Opening};

/// Turns of a session.
pub(super) const TURNS: usize = 100_000;
/// Branches of a session.
const BRANCHES: usize = 4096;
/// Seats at a table.
const SEATS: usize = 256;
/// Bytes of a turn.
const WORDS: usize = 4 << 20;
/// Characters of what stands on one line: labels, names, models.
const LINE: usize = 1000;
/// Bytes of what is told of an expert, or of a panel, in one field.
const FIELD: usize = 64 << 10;
/// The last moment of the year 9999.
const LATEST: u64 = 253_402_300_799_999;

/// A history that grows.
#[derive(Default)]
pub(super) struct Builder {
    events: Vec<Event>,
    debate: Debate,
}

impl Builder {
    /// The debate so far.
    pub(super) fn debate(&self) -> &Debate {
        &self.debate
    }

    /// Adds what happened next; `line` is where it stands in the file.
    pub(super) fn add(&mut self, line: usize, at: u64, kind: Kind) -> Result<(), Fault> {
        let seq = self.debate.seq() + 1;
        self.event(line, Event { seq, at, kind })
    }

    /// Adds an event that has a number.
    pub(super) fn event(&mut self, line: usize, mut event: Event) -> Result<(), Fault> {
        if let Some(what) = excess(&event.kind) {
            return Err(Fault::at(line, what));
        }
        if event.at > LATEST {
            return Err(Fault::at(line, "its time is none"));
        }
        if let Kind::Text { turn, delta, tokens } = &mut event.kind {
            // Probabilities of other words than these are none.
            let covered: u64 = tokens.iter().map(|t| u64::from(t.bytes)).sum();
            if covered > delta.len() as u64 {
                tokens.clear();
            }
            if self.debate.turn(*turn).is_some_and(|t| t.text.len() + delta.len() > WORDS) {
                return Err(Fault::at(line, "a turn has more words than a turn can have"));
            }
        }
        self.debate
            .apply(&event)
            .map_err(|Misfit { seq, what }| Fault::at(line, format!("event {seq} doesn't fit what stands before it: {what}")))?;
        self.events.push(event);
        let many = [
            (self.debate.turns().len(), TURNS, "turns"),
            (self.debate.branches().len(), BRANCHES, "branches"),
            (self.debate.cast().seats().len(), SEATS, "seats"),
        ];
        match many.into_iter().find(|(count, most, _)| count > most) {
            Some((_, most, what)) => Err(Fault::at(line, format!("there are more {what} than a debate can have ({most})"))),
            None => Ok(()),
        }
    }

    /// All events, the session left in good order.
    pub(super) fn closed(mut self) -> Vec<Event> {
        let (seq, at) = (self.debate.seq() + 1, self.debate.at());
        self.events.push(Event { seq, at, kind: Kind::Closed });
        self.events
    }

    /// All events as they are.
    pub(super) fn events(self) -> Vec<Event> {
        self.events
    }
}

/// What of an event no session of ours has.
fn excess(kind: &Kind) -> Option<String> {
    let lines = |all: &[&Clean]| all.iter().find_map(|text| line(text));
    match kind {
        Kind::Opened(opening) => opened(opening),
        Kind::TurnBegan { label, cue, branch, .. } => {
            lines(&[label]).or_else(|| branch.as_ref().and_then(line)).or_else(|| long(cue, FIELD))
        }
        Kind::Interjected { label, text, .. } => lines(&[label]).or_else(|| long(text, WORDS)),
        Kind::PhaseBegan { name, text, format, .. } => {
            lines(&[name]).or_else(|| long(text, WORDS)).or_else(|| format.as_ref().and_then(|f| order_of_play(f)))
        }
        Kind::Voted { choices, text, .. } => {
            let many = (choices.len() > 64).then(|| "a vote has more choices than anybody can read".to_owned());
            many.or_else(|| choices.iter().find_map(line)).or_else(|| long(text, WORDS))
        }
        Kind::Swapped { expert: one, out, text, .. } => expert(one).or_else(|| lines(&[out])).or_else(|| long(text, WORDS)),
        Kind::Added { expert: one, text, .. } => expert(one).or_else(|| long(text, WORDS)),
        Kind::Dismissed { label, text, .. } => lines(&[label]).or_else(|| long(text, WORDS)),
        Kind::Text { delta: text, .. } | Kind::Noted { text, .. } | Kind::Inclined { text, .. } | Kind::Edited { text, .. } => {
            long(text, WORDS)
        }
        Kind::Forked { branch, from, .. } => named(branch).or_else(|| lines(&[from])),
        Kind::Renamed { branch, name } => named(name).or_else(|| lines(&[branch])),
        Kind::Rewound { branch, kept, .. } => lines(&[branch]).or_else(|| kept.as_ref().and_then(named)),
        Kind::Switched { branch } | Kind::Dropped { branch } => lines(&[branch]),
        Kind::CompareBegan { branch, model, .. } => lines(&[branch, model]),
        Kind::Answer { delta, .. } => long(delta, WORDS),
        Kind::Modelled { model, .. } | Kind::Usage { model, .. } => lines(&[model]),
        Kind::Minuted(minutes) => {
            let mut told = minutes.sections.iter().flat_map(|s| &s.statements).map(|s| &s.text);
            lines(&[&minutes.branch, &minutes.model]).or_else(|| told.find_map(|text| long(text, FIELD)))
        }
        Kind::Paused { why: text } | Kind::Problem { what: text, .. } => long(text, FIELD),
        Kind::TurnEnded { .. }
        | Kind::Ruled { .. }
        | Kind::Limited { .. }
        | Kind::Tempered { .. }
        | Kind::Answered { .. }
        | Kind::Compared { .. }
        | Kind::PanelSpoke { .. }
        | Kind::Pinned { .. }
        | Kind::BrokeOff { .. }
        | Kind::OutOfFrame { .. }
        | Kind::Folded { .. }
        | Kind::Resumed
        | Kind::Closed => None,
    }
}

fn opened(opening: &Opening) -> Option<String> {
    let panel = &opening.panel;
    let on_one_line = [&opening.session, &opening.topic, &opening.model, &opening.version, &panel.name, &panel.language];
    if let Some(what) = on_one_line.into_iter().find_map(line) {
        return Some(what);
    }
    if panel.experts.is_empty() || panel.experts.len() + panel.guests.len() > SEATS {
        return Some(format!("its panel seats {} experts and has {} guests, which is none", panel.experts.len(), panel.guests.len()));
    }
    let fields = [&panel.about, &panel.setting].into_iter().chain(&panel.topics);
    fields
        .into_iter()
        .find_map(|text| long(text, FIELD))
        .or_else(|| panel.experts.iter().chain(&panel.guests).find_map(expert))
        .or_else(|| opening.sampling.fault().or_else(|| panel.sampling.fault()))
        .or_else(|| opening.format.as_ref().and_then(|f| order_of_play(f)))
}

fn expert(expert: &Expert) -> Option<String> {
    if expert.name.is_empty() || expert.label.is_empty() {
        return Some("an expert has no name".to_owned());
    }
    [&expert.name, &expert.label, &expert.role]
        .into_iter()
        .chain(&expert.model)
        .find_map(line)
        .or_else(|| [&expert.bias, &expert.voice].into_iter().chain(&expert.samples).find_map(|text| long(text, FIELD)))
}

fn order_of_play(format: &Format) -> Option<String> {
    let sound = !format.phases.is_empty() && format.phases.len() <= 64 && format.phases.iter().all(|p| line(&p.name).is_none());
    (!sound).then(|| format!("its order of play “{}” is none", format.name))
}

/// What a branch can't be called.
fn named(name: &Clean) -> Option<String> {
    name.is_empty().then(|| "a branch has no name".to_owned()).or_else(|| line(name))
}

fn line(text: &Clean) -> Option<String> {
    if text.as_str().contains('\n') {
        return Some(format!("“{}” has to stand on one line", text.as_str().replace('\n', " ")));
    }
    (text.as_str().chars().count() > LINE).then(|| format!("“{}…” is too long", text.as_str().chars().take(40).collect::<String>()))
}

fn long(text: &Clean, most: usize) -> Option<String> {
    (text.len() > most).then(|| format!("“{}…” is too long", text.as_str().chars().take(40).collect::<String>().replace('\n', " ")))
}
