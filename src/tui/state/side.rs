//! Takes that are written side by side, to choose one from.
//!
//! Owns which of them are there and which is marked. Their words are in the debate.

use crate::debate::{Clean, Debate, Kind, TurnId};

/// Takes side by side.
#[derive(Clone, Debug)]
pub struct SideBySide {
    /// The turn of which they are takes.
    pub of: TurnId,
    /// How many were asked for.
    pub count: usize,
    /// Those that have begun: branch and turn, in the order in which they began.
    pub takes: Vec<(Clean, TurnId)>,
    /// The marked one.
    pub at: usize,
    /// Rows that are scrolled back from the end.
    pub back: u16,
}

impl SideBySide {
    /// None has begun.
    pub fn new(of: TurnId, count: usize) -> Self {
        Self { of, count, takes: Vec::new(), at: 0, back: 0 }
    }

    /// Takes in what happened.
    pub fn heard(&mut self, kind: &Kind) {
        if let Kind::TurnBegan { turn, branch: Some(branch), .. } = kind
            && self.takes.len() < self.count
        {
            self.takes.push((branch.clone(), *turn));
        }
    }

    /// Goes on by so many, around the ends.
    pub fn step(&mut self, by: isize) {
        let count = isize::try_from(self.count).unwrap_or(1).max(1);
        let at = isize::try_from(self.at).unwrap_or(0);
        self.at = usize::try_from((at + by).rem_euclid(count)).unwrap_or(0);
        self.back = 0;
    }

    /// The branch of the marked one, once it has words.
    pub fn chosen(&self) -> Option<&Clean> {
        self.takes.get(self.at).map(|(branch, _)| branch)
    }

    /// Whether any of them is still being written.
    pub fn is_under_way(&self, debate: &Debate) -> bool {
        self.takes.iter().any(|(_, turn)| debate.turn(*turn).is_some_and(|t| t.ended.is_none()))
    }
}
