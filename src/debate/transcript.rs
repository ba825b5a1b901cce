//! The tree of turns and everything else that events fold into.
//!
//! [`Debate::apply`] is the only way in; what it refuses is a fault of the events, not a matter of taste. All reads are
//! plain lookups. Switching branches costs what differs between them.

mod apply;
mod staged;

use std::{collections::BTreeMap, sync::Arc};

use thiserror::Error;

use super::{
    comparison::Comparison,
    event::{Event, Floor, Opening},
    expert::{Cast, SeatId},
    format::Format,
    minutes::Drawn,
    play::Play,
    text::Clean,
    totals::Totals,
    turn::{Turn, TurnId},
};

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

/// Turns that are a digest in prompts.
#[derive(Clone, Debug, PartialEq)]
struct Fold {
    /// The last of them.
    upto: TurnId,
    /// Those among them that stay as they are.
    pinned: Vec<TurnId>,
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
    folds: Vec<Fold>,
    phase: Phase,
    speaking: Option<TurnId>,
    /// Turns that are spoken on branches beside the stage.
    beside: Vec<TurnId>,
    totals: Totals,
    /// The room's model, once another than the opening's was chosen.
    model: Option<Clean>,
    /// Models given to experts: by seat and label, so that each holds for the one who sits there and not for who comes after.
    models: BTreeMap<(SeatId, Clean), Clean>,
    /// The rule for the floor, once another than the opening's was chosen.
    floor: Option<Floor>,
    /// Lengths of turns in tokens: of everybody's, and of experts by seat and label as with models.
    limits: (Option<u32>, BTreeMap<(SeatId, Clean), u32>),
    minutes: Vec<Drawn>,
    pub(super) comparisons: Vec<Comparison>,
    temperature: Option<f32>,
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
        self.turns.iter().filter(|t| t.parent == turn.parent && !t.undone).map(|t| t.id).collect()
    }

    /// Who is at the table at the head of the branch on stage.
    pub fn cast(&self) -> &Arc<Cast> {
        self.head().map_or(&self.seats, |t| &t.cast)
    }

    /// Who is at the table after a turn; the opening cast for `None`.
    pub fn cast_at(&self, turn: Option<TurnId>) -> &Arc<Cast> {
        turn.and_then(|id| self.turn(id)).map_or(&self.seats, |t| &t.cast)
    }

    /// The phase of the format at the head of the branch on stage; none before the first.
    pub fn play(&self) -> Option<&Arc<Play>> {
        self.head().and_then(|t| t.play.as_ref())
    }

    /// The format that holds on the branch on stage.
    pub fn format(&self) -> Option<&Arc<Format>> {
        self.play().map(|p| &p.format).or_else(|| self.opening.as_ref().and_then(|o| o.format.as_ref()))
    }

    /// Where prompts of this branch begin after their digest: the last turn folded away, if any.
    pub fn folded(&self) -> Option<&Turn> {
        self.fold().and_then(|fold| self.turn(fold.upto))
    }

    /// The folded turns of this branch that stand in prompts as they are, the oldest first.
    pub fn kept_whole(&self) -> impl Iterator<Item = &Turn> {
        self.fold().into_iter().flat_map(|fold| &fold.pinned).filter_map(|id| self.turn(*id))
    }

    fn fold(&self) -> Option<&Fold> {
        let staged = |fold: &&Fold| self.turn(fold.upto).is_some_and(|t| self.path.get(t.depth as usize) == Some(&t.id));
        self.folds.iter().rev().find(staged)
    }

    /// The rule for who speaks next: the last one chosen, on whatever branch; that of the opening before.
    pub fn floor(&self) -> Floor {
        self.floor.or(self.opening.as_ref().map(|o| o.floor)).unwrap_or_default()
    }

    /// About how many tokens a turn of this expert may have, where it was said: for the expert, else for the room, else in the opening.
    pub fn turn_tokens(&self, seat: Option<SeatId>) -> Option<u32> {
        let own = seat.and_then(|seat| self.limits.1.get(&(seat, self.cast().seat(seat)?.expert.label.clone())).copied());
        own.or(self.limits.0).or(self.opening.as_ref().and_then(|o| o.sampling.turn_tokens))
    }

    /// The temperature that was set while the debate ran.
    pub fn temperature(&self) -> Option<f32> {
        self.temperature
    }

    /// The length of turns that was set while the debate ran: everybody's, or one expert's.
    pub fn limit(&self, seat: Option<SeatId>) -> Option<u32> {
        match seat {
            None => self.limits.0,
            Some(seat) => self.limits.1.get(&(seat, self.cast().seat(seat)?.expert.label.clone())).copied(),
        }
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

    /// Turns that are being spoken on branches beside the stage, the oldest first.
    pub fn beside(&self) -> &[TurnId] {
        &self.beside
    }

    /// This debate as it was when that turn had just been spoken (from the start for `None`): its path and table are those up to it.
    /// To look at, not to go on with.
    #[must_use]
    pub fn as_of(&self, turn: Option<TurnId>) -> Self {
        let path = turn.map(|id| self.path_to(id)).unwrap_or_default();
        Self { path, speaking: None, beside: Vec::new(), ..self.clone() }
    }

    /// This debate as it was when the first bytes of that turn had been spoken. `None` where there is no such turn, or no such place.
    pub fn as_of_words(&self, turn: TurnId, bytes: usize) -> Option<Self> {
        let mut then = self.as_of(Some(turn));
        let last = then.turns.get_mut((turn.0 as usize).checked_sub(1)?)?;
        if !last.text.as_str().is_char_boundary(bytes) {
            return None;
        }
        last.text = last.text.slice(0..bytes);
        if bytes == 0 {
            // A word brings the space before it.
            last.cue = last.cue.slice(0..last.cue.as_str().trim_end().len());
        }
        last.breaks.retain(|at| (*at as usize) < bytes);
        last.ended = None;
        Some(then)
    }

    /// Sums over all requests.
    pub fn totals(&self) -> Totals {
        self.totals
    }

    /// The last problem, until somebody speaks again.
    pub fn problem(&self) -> Option<&Clean> {
        self.problem.as_ref()
    }

    /// All minutes of all branches, in the order in which they were made.
    pub fn drawn(&self) -> &[Drawn] {
        &self.minutes
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
}

#[cfg(test)]
mod tests;
