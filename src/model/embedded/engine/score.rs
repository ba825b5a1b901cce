//! Rates continuations of a prompt: tried side by side in sequences that are thrown away.

use llama_cpp_2::token::LlamaToken;

use super::{BATCH_TOKENS, End, Engine, Ready, SCRATCH, SCRATCHES};
use crate::model::{
    ModelError, Scored,
    embedded::{cache::TokenId, sampling::logprob, tokens},
};

impl Engine<'_> {
    pub(super) fn score(&mut self, prompt: &str, continuations: &[String], cut: &dyn Fn() -> bool) -> Result<Scored, End> {
        let Ready { slot, usage } = self.ready(prompt, cut)?;
        let tries: Vec<Vec<TokenId>> =
            continuations.iter().map(|text| tokens::split(self.model, text, false).into_iter().map(|(id, _)| id).collect()).collect();
        let first = self.context()?.get_logits();
        let mut scores: Vec<f32> = tries.iter().map(|t| t.first().map_or(0.0, |&id| logprob(first, id))).collect();
        let at = self.cache.len(slot);
        // As many continuations as there are scratch sequences and places in a batch, at once.
        let mut next = 0;
        while next < tries.len() {
            self.batch.clear();
            let mut rows = Vec::new();
            let begin = next;
            while let Some(tried) = tries.get(next).filter(|_| next < begin + SCRATCHES) {
                let known = &tried[..tried.len().saturating_sub(1).min(BATCH_TOKENS)];
                if rows.len() + known.len() > BATCH_TOKENS {
                    break;
                }
                let scratch = SCRATCH + next - begin;
                self.copy(slot, scratch, 0, at);
                for (offset, &id) in known.iter().enumerate() {
                    let added = self.batch.add(LlamaToken(id), (at + offset) as i32, &[scratch as i32], true);
                    added.map_err(|error| ModelError::fatal(format!("the model can't rate this: {error}")))?;
                    rows.push((next, tried[offset + 1]));
                }
                next += 1;
            }
            let steps = self.cache.make_room(&[slot], rows.len()).ok_or_else(|| self.too_long(at + rows.len()))?;
            self.carry_out(&steps);
            let done = if rows.is_empty() { Ok(()) } else { self.decode_batch() };
            if done.is_ok() {
                for (row, &(which, id)) in rows.iter().enumerate() {
                    scores[which] += logprob(self.context()?.get_logits_ith(row as i32), id);
                }
            }
            for scratch in 0..SCRATCHES {
                self.remove(SCRATCH + scratch, 0);
            }
            done?;
            if self.closing(cut) {
                return Err(End::Cut);
            }
        }
        Ok(Scored { logprobs: scores, usage })
    }
}
