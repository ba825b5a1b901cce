//! The tree of turns and everything else that events fold into.
//!
//! [`Debate::apply`] is the only way in; what it refuses is a fault of the events, not a matter of taste. All reads are
//! plain lookups. Switching branches costs what differs between them.

use std::{collections::BTreeMap, sync::Arc};

use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::{
    event::{Ended, Event, Kind, Opening, Slip, Who},
    expert::{Cast, SeatId},
    text::Clean,
    totals::Totals,
};

/// Names a turn: 1, 2, 3 … in the order in which turns came to be, whatever the branch. The number on the screen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct TurnId(pub u32);

impl std::fmt::Display for TurnId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}", self.0)
    }
}

/// A token within a piece of text.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct TokenMark {
    /// Bytes of the text it covers.
    pub bytes: u32,
    /// Natural logarithm of its probability before temperature and truncation.
    #[serde(deserialize_with = "logprob")]
    pub logprob: f32,
}

/// JSON has no infinity: an impossible token is stored as `null`.
fn logprob<'de, D: serde::Deserializer<'de>>(de: D) -> Result<f32, D::Error> {
    Ok(Option::deserialize(de)?.unwrap_or(f32::NEG_INFINITY))
}

/// Who spoke a turn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Speaker {
    /// An expert, by seat.
    Expert(SeatId),
    /// Somebody the model brought in.
    WalkOn,
    /// The person at the keyboard, perhaps to one expert.
    Audience {
        /// To whom.
        to: Option<SeatId>,
    },
    /// A stage direction.
    Stage,
}

/// Who named a turn's speaker and who wrote its words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// The room named the speaker, the model wrote the words.
    Given,
    /// The model did both.
    Written,
    /// A person did both.
    Hand,
}

/// One speaker's contribution.
#[derive(Clone, Debug, PartialEq)]
pub struct Turn {
    /// Its number.
    pub id: TurnId,
    /// What it follows.
    pub parent: Option<TurnId>,
    /// How many turns stand before it on its branch.
    pub depth: u32,
    /// Who speaks.
    pub speaker: Speaker,
    /// The speaker's label when it was spoken; empty for a stage direction.
    pub label: Clean,
    /// See [`Kind::TurnBegan`].
    pub cue: Clean,
    /// Who named the speaker and who wrote the words.
    pub origin: Origin,
    /// Who had been given the floor, when the model let somebody else speak.
    pub passed: Option<SeatId>,
    /// What was said so far.
    pub text: Clean,
    /// Its tokens, where known.
    pub tokens: Vec<TokenMark>,
    /// How it ended; `None` while it is being spoken.
    pub ended: Option<Ended>,
    /// Bytes of its text at which it broke off and went on after a stage direction, in order.
    pub breaks: Vec<u32>,
    /// How a chat model fell out of the frame in it.
    pub slip: Option<Slip>,
    /// What the requests cost that it came of. In staging `stream` the last turn of a request bears all of it.
    pub spent: Totals,
    /// The turn that it rewords, when a hand edited it.
    pub edited: Option<TurnId>,
    /// When it began, in milliseconds since 1970.
    pub began_at: u64,
    /// Who is at the table after it.
    pub cast: Arc<Cast>,
}

impl Turn {
    /// The words to show: without white space at the ends, a stage direction without its brackets.
    pub fn said(&self) -> &str {
        let text = self.text.as_str().trim();
        match self.speaker {
            Speaker::Stage => text.strip_prefix('[').and_then(|t| t.strip_suffix(']')).unwrap_or(text),
            Speaker::Expert(_) | Speaker::WalkOn | Speaker::Audience { .. } => text,
        }
    }
}

/// A named path from the first turn to a head.
#[derive(Clone, Debug, PartialEq)]
pub struct Branch {
    /// Its name; `main` is the first.
    pub name: Clean,
    /// Its last turn.
    pub head: Option<TurnId>,
    /// The last turn it shares with the branch it came from.
    pub at: Option<TurnId>,
}

/// Whether the debate runs.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Phase {
    /// Somebody speaks or is about to.
    #[default]
    Running,
    /// It stands still.
    Paused {
        /// Why; empty when asked for.
        why: Clean,
    },
    /// It was left.
    Closed,
}

/// An event that doesn't fit what came before it.
#[derive(Debug, Error, PartialEq, Eq)]
#[error("event {seq} does not fit: {what}")]
pub struct Misfit {
    /// Its number.
    pub seq: u64,
    /// In what way.
    pub what: &'static str,
}

/// All that is known of a debate: the fold over its events.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Debate {
    opening: Option<Arc<Opening>>,
    seats: Arc<Cast>,
    turns: Vec<Turn>,
    branches: Vec<Branch>,
    staged: usize,
    path: Vec<TurnId>,
    folds: Vec<TurnId>,
    phase: Phase,
    speaking: Option<TurnId>,
    totals: Totals,
    /// The room's model, once another than the opening's was chosen.
    model: Option<Clean>,
    /// Models given to experts: by seat and label, so that each holds for the one who sits there and not for who comes after.
    models: BTreeMap<(SeatId, Clean), Clean>,
    problem: Option<Clean>,
    seq: u64,
    at: u64,
}

impl Debate {
    /// Folds a list of events.
    pub fn replay<'a>(events: impl IntoIterator<Item = &'a Event>) -> Result<Self, Misfit> {
        let mut debate = Self::default();
        for event in events {
            debate.apply(event)?;
        }
        Ok(debate)
    }

    /// What the session began with; `None` before the first event.
    pub fn opening(&self) -> Option<&Arc<Opening>> {
        self.opening.as_ref()
    }

    /// The topic; empty before the first event.
    pub fn topic(&self) -> &str {
        self.opening.as_ref().map_or("", |o| o.topic.as_str())
    }

    /// A turn by number.
    pub fn turn(&self, id: TurnId) -> Option<&Turn> {
        self.turns.get((id.0 as usize).checked_sub(1)?)
    }

    /// All turns of all branches, in the order in which they came to be.
    pub fn turns(&self) -> &[Turn] {
        &self.turns
    }

    /// The branch on stage, first turn to head.
    pub fn path(&self) -> &[TurnId] {
        &self.path
    }

    /// The turns of the branch on stage, first to head.
    pub fn staged_turns(&self) -> impl DoubleEndedIterator<Item = &Turn> + ExactSizeIterator {
        // `apply` puts only known turns on the path.
        self.path.iter().map(|id| &self.turns[id.0 as usize - 1])
    }

    /// The way from the first turn to this one.
    pub fn path_to(&self, id: TurnId) -> Vec<TurnId> {
        let mut path: Vec<TurnId> = std::iter::successors(self.turn(id), |t| self.turn(t.parent?)).map(|t| t.id).collect();
        path.reverse();
        path
    }

    /// The last turn of the branch on stage.
    pub fn head(&self) -> Option<&Turn> {
        self.path.last().and_then(|id| self.turn(*id))
    }

    /// All branches, the oldest first.
    pub fn branches(&self) -> &[Branch] {
        &self.branches
    }

    /// The branch on stage; `None` before the first event.
    pub fn branch(&self) -> Option<&Branch> {
        self.branches.get(self.staged)
    }

    /// Finds a branch by name (any case).
    pub fn find_branch(&self, name: &str) -> Option<&Branch> {
        self.branches.iter().find(|b| b.name.as_str().eq_ignore_ascii_case(name.trim()))
    }

    /// The turn's siblings and itself: other ways it could have gone, the oldest first.
    pub fn takes(&self, id: TurnId) -> Vec<TurnId> {
        let Some(turn) = self.turn(id) else { return Vec::new() };
        self.turns.iter().filter(|t| t.parent == turn.parent).map(|t| t.id).collect()
    }

    /// Who is at the table at the head of the branch on stage.
    pub fn cast(&self) -> &Arc<Cast> {
        self.head().map_or(&self.seats, |t| &t.cast)
    }

    /// Who is at the table after a turn; the opening cast for `None`.
    pub fn cast_at(&self, turn: Option<TurnId>) -> &Arc<Cast> {
        turn.and_then(|id| self.turn(id)).map_or(&self.seats, |t| &t.cast)
    }

    /// Where prompts of this branch begin after their digest: the last turn folded away, if any.
    pub fn folded(&self) -> Option<&Turn> {
        self.folds.iter().rev().filter_map(|id| self.turn(*id)).find(|t| self.path.get(t.depth as usize) == Some(&t.id))
    }

    /// The room's model: the last one chosen, on whatever branch; that of the opening before.
    pub fn model(&self) -> Option<&Clean> {
        self.model.as_ref().or(self.opening.as_ref().map(|o| &o.model))
    }

    /// The model of its own that the expert at this seat has on the branch on stage: the last one given, else that of the panel.
    pub fn model_of(&self, seat: SeatId) -> Option<&Clean> {
        let expert = &self.cast().seat(seat)?.expert;
        let given = self.models.get(&(seat, expert.label.clone()));
        given.or(expert.model.as_ref()).filter(|model| !model.is_empty())
    }

    /// Whether it runs.
    pub fn phase(&self) -> &Phase {
        &self.phase
    }

    /// The turn that is being spoken.
    pub fn speaking(&self) -> Option<&Turn> {
        self.speaking.and_then(|id| self.turn(id))
    }

    /// Sums over all requests.
    pub fn totals(&self) -> Totals {
        self.totals
    }

    /// The last problem, until somebody speaks again.
    pub fn problem(&self) -> Option<&Clean> {
        self.problem.as_ref()
    }

    /// Number of the last event.
    pub fn seq(&self) -> u64 {
        self.seq
    }

    /// Time of the last event, in milliseconds since 1970.
    pub fn at(&self) -> u64 {
        self.at
    }

    /// The number that the next turn gets.
    pub fn next_turn(&self) -> TurnId {
        TurnId(u32::try_from(self.turns.len()).unwrap_or(u32::MAX - 1) + 1)
    }

    /// Takes in the next event. On a misfit nothing is changed.
    pub fn apply(&mut self, event: &Event) -> Result<(), Misfit> {
        let misfit = |what| Err(Misfit { seq: event.seq, what });
        if event.seq != self.seq + 1 {
            return misfit("it is not the next one");
        }
        if matches!(event.kind, Kind::Opened(_)) == self.opening.is_some() {
            return misfit("a session opens once, first of all");
        }
        match &event.kind {
            Kind::Opened(opening) => {
                self.seats = Arc::new(Cast::new(opening.panel.experts.iter().cloned()));
                self.opening = Some(Arc::new((**opening).clone()));
                self.branches.push(Branch { name: Clean::new("main"), head: None, at: None });
            }
            Kind::TurnBegan { turn, parent, speaker, seat, label, cue, given, passed } => {
                let speaker = match (speaker, seat) {
                    (Who::Expert, Some(seat)) if self.cast().seat(*seat).is_some() => Speaker::Expert(*seat),
                    (Who::Expert, _) => return misfit("no such seat"),
                    (Who::WalkOn, _) => Speaker::WalkOn,
                    (Who::Audience, to) => Speaker::Audience { to: *to },
                    (Who::Stage, _) => Speaker::Stage,
                };
                if self.speaking.is_some() {
                    return misfit("somebody is speaking");
                }
                let origin = if *given { Origin::Given } else { Origin::Written };
                let new = Turn { cue: cue.clone(), origin, passed: *passed, ended: None, ..self.blank(*turn, *parent, speaker, event.at) };
                self.grow(Turn { label: label.clone(), ..new }, event.seq)?;
                self.speaking = Some(*turn);
                self.problem = None;
            }
            Kind::Text { turn, delta, tokens } => {
                if self.speaking != Some(*turn) {
                    return misfit("that turn is not being spoken");
                }
                let turn = &mut self.turns[turn.0 as usize - 1];
                turn.text.push(delta);
                turn.tokens.extend_from_slice(tokens);
            }
            Kind::TurnEnded { turn, how } => {
                if self.speaking != Some(*turn) {
                    return misfit("that turn is not being spoken");
                }
                self.turns[turn.0 as usize - 1].ended = Some(*how);
                self.speaking = None;
            }
            Kind::Interjected { turn, parent, to, label, text } => {
                let new = self.blank(*turn, *parent, Speaker::Audience { to: *to }, event.at);
                self.grow(Turn { label: label.clone(), text: text.clone(), ..new }, event.seq)?;
            }
            Kind::Noted { turn, parent, text } => {
                let new = self.blank(*turn, *parent, Speaker::Stage, event.at);
                self.grow(Turn { text: text.clone(), ..new }, event.seq)?;
            }
            Kind::Swapped { turn, parent, seat, expert, text, .. } => {
                let mut cast = (**self.cast()).clone();
                if cast.seat(*seat).is_none() {
                    return misfit("no such seat");
                }
                cast.swap(*seat, expert.clone());
                self.grow_cast(*turn, *parent, text, cast, event)?;
            }
            Kind::Added { turn, parent, seat, expert, text } => {
                let mut cast = (**self.cast()).clone();
                if cast.add(expert.clone()) != *seat {
                    return misfit("that seat is taken");
                }
                self.grow_cast(*turn, *parent, text, cast, event)?;
            }
            Kind::Dismissed { turn, parent, seat, text, .. } => {
                let mut cast = (**self.cast()).clone();
                if !cast.seat(*seat).is_some_and(|s| s.present) {
                    return misfit("nobody sits there");
                }
                cast.dismiss(*seat);
                self.grow_cast(*turn, *parent, text, cast, event)?;
            }
            Kind::Edited { turn, parent, of, text } => {
                let Some(old) = self.turn(*of) else { return misfit("no such turn") };
                let (speaker, label) = (old.speaker, old.label.clone());
                let new = self.blank(*turn, *parent, speaker, event.at);
                self.grow(Turn { label, text: text.clone(), edited: Some(*of), ..new }, event.seq)?;
            }
            Kind::Forked { branch, at, .. } => {
                if at.is_some_and(|id| self.turn(id).is_none()) {
                    return misfit("no such turn");
                }
                if self.find_branch(branch.as_str()).is_some() {
                    return misfit("a branch has that name");
                }
                self.branches.push(Branch { name: branch.clone(), head: *at, at: *at });
            }
            Kind::Switched { branch } => {
                if self.speaking.is_some() {
                    return misfit("somebody is speaking");
                }
                let Some(staged) = self.branches.iter().position(|b| b.name == *branch) else {
                    return misfit("no such branch");
                };
                self.staged = staged;
                self.restage();
            }
            Kind::Folded { upto } => {
                if self.turn(*upto).is_none() {
                    return misfit("no such turn");
                }
                self.folds.push(*upto);
            }
            Kind::Modelled { seat: None, model } => self.model = Some(model.clone()),
            Kind::Modelled { seat: Some(seat), model } => {
                let Some(label) = self.cast().seat(*seat).map(|s| s.expert.label.clone()) else { return misfit("no such seat") };
                self.models.insert((*seat, label), model.clone());
            }
            Kind::BrokeOff { turn, bytes: at } => {
                if self.speaking != Some(*turn) {
                    return misfit("that turn is not being spoken");
                }
                let turn = &mut self.turns[turn.0 as usize - 1];
                // Also false beyond the end.
                if !turn.text.as_str().is_char_boundary(*at as usize) || turn.breaks.last().is_some_and(|last| last >= at) {
                    return misfit("the words don't break off there");
                }
                turn.breaks.push(*at);
            }
            Kind::OutOfFrame { turn, slip } => match self.turns.get_mut((turn.0 as usize).wrapping_sub(1)) {
                Some(turn) => turn.slip = Some(*slip),
                None => return misfit("no such turn"),
            },
            Kind::Paused { why } => self.phase = Phase::Paused { why: why.clone() },
            Kind::Resumed => {
                self.phase = Phase::Running;
                self.problem = None;
            }
            Kind::Usage { turn, .. } => {
                self.totals.add(&event.kind);
                if let Some(turn) = turn {
                    match self.turns.get_mut((turn.0 as usize).wrapping_sub(1)) {
                        Some(turn) => turn.spent.add(&event.kind),
                        None => return misfit("no such turn"),
                    }
                }
            }
            Kind::Problem { what, .. } => self.problem = Some(what.clone()),
            Kind::Closed => self.phase = Phase::Closed,
        }
        self.seq = event.seq;
        self.at = event.at;
        Ok(())
    }

    fn blank(&self, id: TurnId, parent: Option<TurnId>, speaker: Speaker, at: u64) -> Turn {
        Turn {
            id,
            parent,
            depth: u32::try_from(self.path.len()).unwrap_or(u32::MAX),
            speaker,
            label: Clean::default(),
            cue: Clean::default(),
            origin: Origin::Hand,
            passed: None,
            text: Clean::default(),
            tokens: Vec::new(),
            ended: Some(Ended::Done),
            breaks: Vec::new(),
            slip: None,
            spent: Totals::default(),
            edited: None,
            began_at: at,
            cast: self.cast().clone(),
        }
    }

    fn grow(&mut self, turn: Turn, seq: u64) -> Result<(), Misfit> {
        let misfit = |what| Err(Misfit { seq, what });
        if turn.id != self.next_turn() {
            return misfit("turns are numbered in order");
        }
        if turn.parent != self.path.last().copied() || self.speaking.is_some() {
            return misfit("a turn follows the head of the branch on stage");
        }
        self.path.push(turn.id);
        self.branches[self.staged].head = Some(turn.id);
        self.turns.push(turn);
        Ok(())
    }

    fn grow_cast(&mut self, id: TurnId, parent: Option<TurnId>, text: &Clean, cast: Cast, event: &Event) -> Result<(), Misfit> {
        let new = self.blank(id, parent, Speaker::Stage, event.at);
        self.grow(Turn { text: text.clone(), cast: Arc::new(cast), ..new }, event.seq)
    }

    /// Makes `path` that of the staged branch, keeping what both share.
    fn restage(&mut self) {
        let mut fresh = Vec::new();
        let mut at = self.branches[self.staged].head;
        while let Some(turn) = at.and_then(|id| self.turn(id)) {
            if self.path.get(turn.depth as usize) == Some(&turn.id) {
                break;
            }
            fresh.push(turn.id);
            at = turn.parent;
        }
        let shared = at.and_then(|id| self.turn(id)).map_or(0, |t| t.depth as usize + 1);
        self.path.truncate(shared);
        self.path.extend(fresh.into_iter().rev());
    }
}
