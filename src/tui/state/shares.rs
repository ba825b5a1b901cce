//! How much room each pane of the grid gets: more for whoever speaks more. Changes are small, bounded, and happen only when a turn
//! has ended, so that nothing moves while it is read.

use std::collections::HashMap;

use super::PaneId;
use crate::debate::{Debate, Speaker};

/// Turns that count.
const TURNS: usize = 16;
/// Smallest and largest share of a pane; 1 is an equal one.
const BOUNDS: (f32, f32) = (0.8, 1.35);
/// Differences that are left alone: who speaks about as much as the others gets as much room.
const DEAD: f32 = 0.12;
/// Most that a share changes at the end of a turn.
const STEP: f32 = 0.06;

/// The shares, by pane.
#[derive(Clone, Debug, Default)]
pub struct Shares {
    of: HashMap<PaneId, f32>,
}

impl Shares {
    /// A turn has ended: each share goes a step towards what was said lately.
    pub fn follow(&mut self, debate: &Debate, panes: &[PaneId]) {
        self.go(debate, panes, STEP);
    }

    /// The shares as they stand after all that was said.
    pub fn settled(debate: &Debate, panes: &[PaneId]) -> Self {
        let mut shares = Self::default();
        shares.go(debate, panes, f32::MAX);
        shares
    }

    fn go(&mut self, debate: &Debate, panes: &[PaneId], step: f32) {
        let mut said: HashMap<PaneId, f32> = HashMap::new();
        let spoken = debate.staged_turns().rev().filter_map(|t| match t.speaker {
            Speaker::Expert(seat) => Some((PaneId::Seat(seat), t)),
            Speaker::WalkOn => Some((PaneId::Others, t)),
            Speaker::Audience { .. } | Speaker::Stage => None,
        });
        for (pane, turn) in spoken.take(TURNS) {
            // Bytes stand for the cells that a text takes well enough: a wide character has three of them.
            *said.entry(pane).or_default() += turn.text.len() as f32;
        }
        let all: f32 = said.values().sum();
        if all <= 0.0 || said.len() < 2 {
            return;
        }
        let count = panes.len() as f32;
        for pane in panes {
            let wanted = (said.get(pane).copied().unwrap_or(0.0) * count / all).clamp(BOUNDS.0, BOUNDS.1);
            let share = self.of.entry(*pane).or_insert(1.0);
            if (wanted - *share).abs() > DEAD {
                *share += (wanted - *share).clamp(-step, step);
            }
        }
    }

    /// A pane's share; 1 is an equal one.
    pub fn of(&self, pane: PaneId) -> f32 {
        self.of.get(&pane).copied().unwrap_or(1.0)
    }
}
