//! When a prompt would no longer fit: its oldest turns become a digest. Seldom and in big steps, since all that follows is read anew then.

use super::{Room, drive::BYTES_PER_TOKEN};
use crate::{
    debate::{Clean, Debate, Kind, TurnId},
    model::Usage,
    room::Facts,
};

/// Tokens that are left free beside the answer.
const SPARE_TOKENS: u32 = 64;
/// Prompts that are shorter than this tell little of how long a token is.
const TELLING_BYTES: usize = 1000;
/// No writing has longer tokens, in bytes. Who tells of fewer tells only what was not cached, or nothing that is true: believed, the prompt would grow
/// with the session for ever.
const LONGEST_TOKEN: f64 = 8.0;
/// How much denser than before new words may be.
const MARGIN: f64 = 0.9;

impl Room {
    /// Folds when the prompt of a branch and its answer would not fit; `None` is the branch on stage.
    pub(super) fn fold(&mut self, view: Option<&Debate>, bytes: usize, max_tokens: u32, facts: &Facts) -> bool {
        let room = facts.context_tokens.saturating_sub(max_tokens + SPARE_TOKENS);
        let per_token = self.bytes_per_token.get(&facts.name).map_or(BYTES_PER_TOKEN as f64, |told| told * MARGIN);
        if bytes as f64 / per_token <= f64::from(room) {
            return false;
        }
        let upto = half(view.unwrap_or(&self.debate));
        self.fold_upto(upto)
    }

    /// Half of what stands unfolded goes. False when nothing is left to fold.
    pub(super) fn fold_half(&mut self) -> bool {
        self.fold_upto(half(&self.debate))
    }

    fn fold_upto(&mut self, upto: Option<TurnId>) -> bool {
        if let Some(upto) = upto {
            let folded = self.debate.path_to(upto);
            let pinned = folded.into_iter().filter(|id| self.debate.turn(*id).is_some_and(|t| t.pinned)).collect();
            self.happen(Kind::Folded { upto, pinned });
        }
        upto.is_some()
    }

    /// Takes to heart how many tokens a model said that a prompt had.
    pub(super) fn weigh(&mut self, model: &Clean, bytes: usize, usage: &Usage) {
        if bytes >= TELLING_BYTES && usage.prompt_tokens > 0 {
            let told = bytes as f64 / usage.prompt_tokens as f64;
            self.bytes_per_token.insert(model.clone(), told.min(LONGEST_TOKEN));
        }
    }
}

/// The last turn of the older half of what stands unfolded.
fn half(debate: &Debate) -> Option<TurnId> {
    let done = debate.folded().map_or(0, |t| t.depth as usize + 1);
    let open = debate.path().len().saturating_sub(done);
    // The last two turns always stay: without them nobody knows what is being answered.
    let more = (open / 2).max(1);
    if open < 3 { None } else { debate.path().get(done + more - 1).copied() }
}
