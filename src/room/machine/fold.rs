//! When a prompt would no longer fit: its oldest turns become a digest. Seldom and in big steps, since all that follows is read anew then.

use super::{Room, drive::BYTES_PER_TOKEN};
use crate::{
    debate::{Clean, Kind},
    model::Usage,
    room::Facts,
};

/// Tokens that are left free beside the answer.
const SPARE_TOKENS: u32 = 64;
/// Prompts that are shorter than this tell little of how long a token is.
const TELLING_BYTES: usize = 1000;
/// How much denser than before new words may be.
const MARGIN: f64 = 0.9;

impl Room {
    /// Folds when the prompt and its answer would not fit.
    pub(super) fn fold(&mut self, bytes: usize, max_tokens: u32, facts: &Facts) -> bool {
        let room = facts.context_tokens.saturating_sub(max_tokens + SPARE_TOKENS);
        let per_token = self.bytes_per_token.get(&facts.name).map_or(BYTES_PER_TOKEN as f64, |told| told * MARGIN);
        if bytes as f64 / per_token <= f64::from(room) {
            return false;
        }
        self.fold_half()
    }

    /// Half of what stands unfolded goes. False when nothing is left to fold.
    pub(super) fn fold_half(&mut self) -> bool {
        let done = self.debate.folded().map_or(0, |t| t.depth as usize + 1);
        let open = self.debate.path().len().saturating_sub(done);
        // The last two turns always stay: without them nobody knows what is being answered.
        let more = (open / 2).max(1);
        if open < 3 {
            return false;
        }
        let upto = self.debate.path()[done + more - 1];
        let folded = &self.debate.path()[..done + more];
        let pinned = folded.iter().copied().filter(|id| self.debate.turn(*id).is_some_and(|t| t.pinned)).collect();
        self.happen(Kind::Folded { upto, pinned });
        true
    }

    /// Takes to heart how many tokens a model said that a prompt had.
    pub(super) fn weigh(&mut self, model: &Clean, bytes: usize, usage: &Usage) {
        if bytes >= TELLING_BYTES && usage.prompt_tokens > 0 {
            self.bytes_per_token.insert(model.clone(), bytes as f64 / usage.prompt_tokens as f64);
        }
    }
}
