//! Minutes that lie open: which of a branch's, and at which of their citations one is.
//!
//! Owns the place only; the minutes themselves are in the debate.

use super::Screen;
use crate::{
    debate::{Debate, Drawn, TurnId},
    room::Activity,
};

/// Minutes that lie open.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Open {
    /// How many were made after those that are shown.
    pub back: usize,
    /// The place of the citation one is at, among all.
    pub at: usize,
}

impl Open {
    /// The minutes that are shown.
    pub fn shown<'a>(&self, debate: &'a Debate) -> Option<&'a Drawn> {
        let all = debate.minutes();
        all.len().checked_sub(self.back + 1).and_then(|n| all.get(n).copied())
    }

    /// The turn that the citation one is at leads to.
    pub fn cited(&self, debate: &Debate) -> Option<TurnId> {
        self.shown(debate)?.minutes.cited().nth(self.at)
    }

    /// Goes to the citation after or before.
    pub fn step(&mut self, debate: &Debate, by: isize) {
        let count = self.shown(debate).map_or(0, |d| d.minutes.cited().count());
        self.at = self.at.saturating_add_signed(by).min(count.saturating_sub(1));
    }

    /// Goes so many statements on or back, to their first citation.
    pub fn step_statement(&mut self, debate: &Debate, by: isize) {
        let Some(drawn) = self.shown(debate) else { return };
        let mut firsts = Vec::new();
        let mut next = 0;
        for statement in drawn.minutes.sections.iter().flat_map(|s| &s.statements) {
            firsts.push(next);
            next += statement.turns.len();
        }
        let here = firsts.iter().rposition(|first| *first <= self.at).unwrap_or(0);
        let to = here.saturating_add_signed(by).min(firsts.len().saturating_sub(1));
        self.at = firsts.get(to).copied().unwrap_or(0);
    }

    /// Goes to older minutes of the branch, or to newer ones.
    pub fn turn_back(&mut self, debate: &Debate, by: isize) {
        let last = debate.minutes().len().saturating_sub(1);
        *self = Self { back: self.back.saturating_add_signed(by).min(last), at: 0 };
    }
}

impl Screen {
    /// Whether minutes are asked for and not there yet.
    pub fn is_minuting(&self) -> bool {
        self.asked_minutes || matches!(self.status.activity, Activity::Minuting { .. })
    }
}
