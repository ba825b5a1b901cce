//! A second context on a thread of its own, for some of the answers that are written side by side.
//!
//! On a processor two rows of a pass cost nearly twice what one does, and llama.cpp's own threads wait for each other by spinning, which
//! collapses as soon as something else wants a core. Two contexts of one thread each never wait for each other.

use llama_cpp_2::{
    context::session::{LlamaStateSeqFlags, SeqState},
    llama_backend::LlamaBackend,
    model::LlamaModel,
};

use super::{Engine, Ready, SCRATCHES, Setup, together::tell};
use crate::model::{Ask, ModelError, Pieces, Usage, embedded::cache::Cache};

/// A prompt that was read, on its way to another context.
pub(super) struct Carried {
    state: SeqState,
    /// What follows it.
    logits: Vec<f32>,
    cache: Cache,
    slot: usize,
    usage: Usage,
}

impl Engine<'_> {
    /// How many of so many answers are better written beside the others: half of them, where one thread works and a core is free.
    pub(super) fn rows_beside(&self, answers: usize) -> usize {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        if self.speed.threads() == 1 && cores > 1 { answers / 2 } else { 0 }
    }

    /// What these answers need to be written elsewhere; `None` where there are none, or the state can't be had.
    pub(super) fn carry(&self, ready: &Ready, asks: &[(Ask, Pieces)]) -> Option<Carried> {
        let longest = asks.iter().map(|(ask, _)| ask.max_tokens as usize).max()?;
        let read = self.cache.len(ready.slot);
        let most = (self.setup.context_tokens as usize).min(read + longest);
        let cells = read + asks.len() * (most.saturating_sub(read) + 1) + SCRATCHES;
        let context = self.context.as_ref()?;
        let state = context.state_seq_get(ready.slot as i32, LlamaStateSeqFlags::empty()).ok()?;
        let usage = Usage { cached_tokens: ready.usage.prompt_tokens, ..ready.usage };
        let cache = self.cache.alone(ready.slot, cells.next_multiple_of(256));
        Some(Carried { state, logits: context.get_logits().to_vec(), cache, slot: ready.slot, usage })
    }
}

impl Carried {
    /// Writes these answers in a context of their own. False: there is none, and nothing was written.
    pub(super) fn write(self, asks: &[(Ask, Pieces)], setup: &Setup, backend: &'static LlamaBackend, model: &LlamaModel) -> bool {
        let Self { state, logits, cache, slot, usage } = self;
        let open = || -> Result<Engine<'_>, ModelError> {
            let mut engine = Engine::over(cache, 1, setup, backend, model)?;
            let context = engine.context.as_mut().ok_or_else(super::gone)?;
            context.state_seq_set(&state, slot as i32).map_err(|error| ModelError::passing(error.to_string()))?;
            engine.guard(slot, 0);
            Ok(engine)
        };
        match open() {
            Ok(mut engine) => {
                tell(engine.write(asks, Ready { slot, usage }, Some(&logits)), asks);
                true
            }
            Err(error) => {
                tracing::warn!(%error, "no second context: its answers are written after the others");
                false
            }
        }
    }
}
