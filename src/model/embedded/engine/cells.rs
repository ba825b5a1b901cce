//! The cells of llama.cpp's KV cache, by sequence: shared, cut, and carried over into a new context.
//!
//! Models with a sliding window (Gemma) need care: llama.cpp takes cells that are out of a window for free, although another
//! branch, or the same one cut back, still needs them. It does so only with cells of a single sequence, so one more sequence,
//! the guard, shares every cell that is kept. It is never continued.

use llama_cpp_2::{context::session::LlamaStateSeqFlags, token::LlamaToken};

use super::{Engine, SLOTS, open};
use crate::model::{ModelError, embedded::cache::Step};

/// The sequence that shares all cells that are kept.
const GUARD: usize = SLOTS;

impl Engine<'_> {
    /// Fewer threads from here on. llama.cpp has them fixed in its context, so that is made anew; of the cache only the sequence
    /// at work is carried over.
    pub(super) fn step_down(&mut self, slot: usize, threads: u16) -> Result<(), ModelError> {
        tracing::info!(threads, "the model became much slower: it goes on with fewer threads");
        let flags = LlamaStateSeqFlags::empty();
        let state = self.context()?.state_seq_get(slot as i32, flags).map_err(|error| ModelError::fatal(error.to_string()))?;
        let last = self.cache.last(slot, 1);
        for other in self.cache.live() {
            if other != slot {
                self.cache.cut(other, 0);
            }
        }
        self.context = None;
        let mut context = open(self.setup, self.backend, self.model, threads, self.cache.capacity())?;
        let carried = context.state_seq_set(&state, slot as i32);
        self.context = Some(context);
        if let Err(error) = carried {
            self.forget(slot);
            return Err(ModelError::passing(format!("the model lost its place while it changed its threads: {error}")));
        }
        self.guard(slot, 0);
        // The logits were left behind: the last token once more, at its own place.
        let (at, Some(&last)) = (self.cache.len(slot).saturating_sub(1), last.first()) else { return Ok(()) };
        self.remove(slot, at);
        self.batch.clear();
        let added = self.batch.add(LlamaToken(last), at as i32, &[slot as i32], true);
        added.map_err(|error| ModelError::fatal(error.to_string()))?;
        self.decode_batch()?;
        self.guard_anew();
        Ok(())
    }

    pub(super) fn carry_out(&mut self, steps: &[Step]) {
        for step in steps {
            match *step {
                Step::Copy { from, to, tokens } => self.copy(from, to, 0, tokens),
                Step::Cut { slot, tokens } => self.remove(slot, tokens),
            }
        }
        if steps.iter().any(|step| matches!(step, Step::Cut { .. })) {
            self.guard_anew();
        }
    }

    /// Whether a sequence is in the real cache from its first to its last token.
    pub(super) fn holds(&self, slot: usize, tokens: usize) -> bool {
        let Some(context) = &self.context else { return false };
        let (first, last) = (context.kv_cache_seq_pos_min(slot as i32), context.kv_cache_seq_pos_max(slot as i32));
        if tokens == 0 { last < 0 } else { first == 0 && last == tokens as i32 - 1 }
    }

    pub(super) fn forget(&mut self, slot: usize) {
        self.cache.cut(slot, 0);
        self.remove(slot, 0);
        self.guard_anew();
    }

    /// Shares the cells of a sequence from a token on with the guard.
    pub(super) fn guard(&mut self, slot: usize, from: usize) {
        if self.setup.window_tokens.is_some() {
            self.copy(slot, GUARD, from, self.cache.len(slot));
        }
    }

    /// Cells were given up: the guard must not keep them.
    pub(super) fn guard_anew(&mut self) {
        if self.setup.window_tokens.is_some() {
            self.remove(GUARD, 0);
            for slot in self.cache.live() {
                self.copy(slot, GUARD, 0, self.cache.len(slot));
            }
        }
    }

    pub(super) fn copy(&mut self, from: usize, to: usize, begin: usize, end: usize) {
        let Some(context) = self.context.as_mut().filter(|_| begin < end) else { return };
        if let Err(error) = context.kv_cache_seq_cp(from as i32, to as i32, u32::try_from(begin).ok(), u32::try_from(end).ok()) {
            tracing::warn!(%error, "a sequence can't be copied");
        }
    }

    pub(super) fn remove(&mut self, slot: usize, from: usize) {
        let Some(context) = self.context.as_mut() else { return };
        if !matches!(context.clear_kv_cache_seq(u32::try_from(slot).ok(), u32::try_from(from).ok(), None), Ok(true)) {
            tracing::debug!(slot, from, "a sequence can't be cut");
        }
    }
}
