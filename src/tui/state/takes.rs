//! Which turns are takes of one another, kept as turns come so that no frame has to look for them.

use std::collections::HashMap;

use crate::debate::{Debate, TurnId};

/// Siblings by their parent.
#[derive(Clone, Debug, Default)]
pub struct Takes {
    of: HashMap<Option<TurnId>, Vec<TurnId>>,
    taken: usize,
}

impl Takes {
    /// Takes in turns that are new.
    pub fn follow(&mut self, debate: &Debate) {
        for turn in debate.turns().get(self.taken..).unwrap_or_default() {
            self.of.entry(turn.parent).or_default().push(turn.id);
        }
        self.taken = debate.turns().len();
    }

    /// Place of a turn among its takes and their number, both from 1; `None` when there is no other take.
    pub fn place(&self, turn: TurnId, parent: Option<TurnId>) -> Option<(usize, usize)> {
        let takes = self.of.get(&parent).filter(|t| t.len() > 1)?;
        Some((takes.iter().position(|t| *t == turn)? + 1, takes.len()))
    }
}
