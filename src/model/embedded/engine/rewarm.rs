//! Keeps the state after a first prompt, and takes it up at the next start.
//!
//! Of layers with a sliding window llama.cpp saves the last window only. So a part is saved after each window, and loading puts the ends of
//! the parts together: the whole sequence is there again, and can be cut back anywhere.

use std::{io, path::Path, time::Instant};

use llama_cpp_2::token::LlamaToken;

use super::{Engine, SCRATCH};
use crate::model::embedded::{
    cache::{Found, TokenId},
    tokens,
    warm::{Keeping, Kept},
};

impl Engine<'_> {
    /// Saves a part when a window, or the whole prompt of `total` tokens, has been read.
    pub(super) fn keep_part(&self, keeping: &mut Option<Keeping<'_>>, slot: usize, total: usize) {
        let (Some(part), Some(context)) = (keeping.as_mut(), &self.context) else { return };
        let read = self.cache.len(slot);
        if read < total && self.setup.window_tokens.is_none_or(|window| !read.is_multiple_of(window as usize)) {
            return;
        }
        let ids: Vec<LlamaToken> = self.cache.last(slot, usize::MAX).into_iter().map(LlamaToken).collect();
        let save = |path: &Path| {
            let saved = context.state_seq_save_file(path, slot as i32, &ids);
            saved.map(drop).map_err(|error| io::Error::other(error.to_string()))
        };
        if let Err(error) = part.part(save) {
            tracing::warn!(%error, "the state can't be kept for the next start");
            *keeping = None;
        }
    }

    /// Takes up the state of an earlier start whose prompt began as this one does.
    pub(super) fn warm_up(&mut self, prompt: &str) {
        let Some((warm, kept)) = self.setup.warm.as_ref().and_then(|warm| Some((warm, warm.nearest(prompt)?))) else { return };
        let begun = Instant::now();
        let (slot, _) = self.cache.take(&Found::default());
        if self.load(slot, &kept) {
            self.guard(slot, 0);
            tracing::debug!(tokens = self.cache.len(slot), took_ms = begun.elapsed().as_millis() as u64, "a kept state was loaded");
        } else {
            tracing::warn!(slot, "a kept state doesn't fit and is thrown away");
            warm.discard(&kept);
            self.forget(slot);
        }
    }

    fn load(&mut self, slot: usize, kept: &Kept) -> bool {
        let tokens = tokens::split(self.model, &kept.prompt, true);
        if tokens.len() >= self.setup.context_tokens as usize {
            return false;
        }
        let mut there = 0;
        for path in kept.parts() {
            let Some(end) = self.load_part(slot, there, &path, &tokens) else { return false };
            there = end;
        }
        if there != tokens.len() || !self.holds(slot, there) {
            return false;
        }
        for (id, bytes) in &tokens {
            self.cache.push(slot, *id, bytes);
        }
        true
    }

    /// Adds what a part has behind the first `there` tokens; gives how many are there then.
    fn load_part(&mut self, slot: usize, there: usize, path: &Path, tokens: &[(TokenId, &[u8])]) -> Option<usize> {
        let into = if there == 0 { slot } else { SCRATCH };
        let context = self.context.as_mut()?;
        let (ids, _) = context.state_seq_load_file(path, into as i32, tokens.len() + 1).ok()?;
        let same = ids.len() > there && ids.len() <= tokens.len() && ids.iter().zip(tokens).all(|(a, (b, _))| a.0 == *b);
        if there > 0 {
            let cut = context.clear_kv_cache_seq(Some(SCRATCH as u32), Some(0), u32::try_from(there).ok());
            if same && matches!(cut, Ok(true)) {
                self.copy(SCRATCH, slot, there, ids.len());
            }
            self.remove(SCRATCH, 0);
        }
        same.then_some(ids.len())
    }
}
