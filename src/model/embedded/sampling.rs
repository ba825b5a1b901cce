//! Chooses a token. Owns the defaults of the embedded model and the log-probability that is told of a token; the choice itself
//! is made by llama.cpp's own samplers.

use llama_cpp_2::{
    sampling::LlamaSampler,
    token::{LlamaToken, data::LlamaTokenData, data_array::LlamaTokenDataArray},
};

use super::logits::{best, log_sum_exp};
use crate::model::Sampling;

/// Tokens on which the penalties look back.
pub const PENALTY_TOKENS: usize = 256;

/// Settings of one answer with nothing left open.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Settled {
    temperature: f32,
    min_p: f32,
    top_p: f32,
    /// 0 is all.
    top_k: u32,
    repeat: f32,
    presence: f32,
    frequency: f32,
    seed: u32,
}

impl From<&Sampling> for Settled {
    fn from(asked: &Sampling) -> Self {
        let or = |value: Option<f32>, default: f32| value.filter(|v| v.is_finite()).unwrap_or(default);
        // All bits of the seed count; the one value that llama.cpp takes for "any" is avoided.
        let seed = (asked.seed ^ (asked.seed >> 32)) as u32;
        Self {
            temperature: if asked.temperature.is_finite() { asked.temperature.max(0.0) } else { 0.0 },
            min_p: or(asked.min_p, 0.05).clamp(0.0, 1.0),
            top_p: or(asked.top_p, 1.0).clamp(0.0, 1.0),
            top_k: asked.top_k.unwrap_or(40),
            repeat: or(asked.repeat_penalty, 1.15).max(0.01),
            presence: or(asked.presence_penalty, 0.2),
            frequency: or(asked.frequency_penalty, 0.0),
            seed: if seed == u32::MAX { 1 } else { seed },
        }
    }
}

/// The samplers of one answer.
pub struct Chooser {
    chain: LlamaSampler,
    /// Tokens that can win at all; `None` where that can't be told beforehand.
    candidates: Option<usize>,
    scratch: Vec<(f32, i32)>,
    array: LlamaTokenDataArray,
}

impl Chooser {
    /// For an answer that follows these last tokens.
    pub fn new(asked: &Sampling, n_vocab: i32, before: &[i32]) -> Self {
        let s = Settled::from(asked);
        let mut chain = Vec::new();
        if s.repeat != 1.0 || s.presence != 0.0 || s.frequency != 0.0 {
            chain.push(LlamaSampler::penalties(n_vocab, PENALTY_TOKENS as i32, s.repeat, s.frequency, s.presence));
        }
        let greedy = s.temperature == 0.0;
        if greedy {
            chain.push(LlamaSampler::greedy());
        } else {
            if s.top_k > 0 {
                chain.push(LlamaSampler::top_k(i32::try_from(s.top_k).unwrap_or(i32::MAX)));
            }
            if s.top_p < 1.0 {
                chain.push(LlamaSampler::top_p(s.top_p, 1));
            }
            if s.min_p > 0.0 {
                chain.push(LlamaSampler::min_p(s.min_p, 1));
            }
            chain.push(LlamaSampler::temp(s.temperature));
            chain.push(LlamaSampler::dist(s.seed));
        }
        let mut chain = LlamaSampler::chain(chain, true);
        chain.accept_many(before.iter().map(|&id| LlamaToken(id)));
        // Penalties only push down, and at most the tokens on which they look back. So the k best after them are among the k +
        // 256 best before: the samplers need not see the other quarter of a million. (Rewards turn this around.)
        let only_down = s.repeat >= 1.0 && s.presence >= 0.0 && s.frequency >= 0.0;
        let keep = if greedy { 1 } else { s.top_k as usize };
        let candidates = (only_down && keep > 0).then_some(keep.saturating_add(PENALTY_TOKENS));
        Self { chain, candidates, scratch: Vec::new(), array: LlamaTokenDataArray::new(Vec::new(), false) }
    }

    /// A token, and the natural logarithm of its probability before penalties, truncation and temperature.
    pub fn choose(&mut self, logits: &[f32]) -> (i32, f32) {
        match self.candidates {
            Some(count) if count < logits.len() => best(logits, count, &mut self.scratch),
            _ => {
                self.scratch.clear();
                self.scratch.extend((0..).zip(logits).map(|(id, &logit)| (logit, id)));
            }
        }
        self.array.data.clear();
        self.array.data.extend(self.scratch.iter().map(|&(logit, id)| LlamaTokenData::new(LlamaToken(id), logit, 0.0)));
        self.array.selected = None;
        self.array.sorted = false;
        self.chain.apply(&mut self.array);
        let id = self.array.selected_token().map_or(0, |token| token.0);
        self.chain.accept(LlamaToken(id));
        (id, logprob(logits, id))
    }
}

/// Natural logarithm of a token's probability.
pub fn logprob(logits: &[f32], id: i32) -> f32 {
    let logit = usize::try_from(id).ok().and_then(|at| logits.get(at)).copied().unwrap_or(f32::NEG_INFINITY);
    (logit - log_sum_exp(logits)).clamp(f32::MIN, 0.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(seed: u64) -> Sampling {
        Sampling { temperature: 0.9, seed, ..Sampling::default() }
    }

    /// No two of them alike: which of two equals is taken is nobody's promise.
    fn logits(turn: u32) -> Vec<f32> {
        (0..5000).map(|id: u32| ((id * 7919 + turn * 104_729) % 5003) as f32 * 16.0 / 5003.0 - 8.0).collect()
    }

    /// All of llama.cpp's samplers over all tokens.
    fn plain(sampling: &Sampling, turns: u32) -> Vec<i32> {
        let mut chooser = Chooser::new(sampling, 5000, &(0..300).collect::<Vec<_>>());
        chooser.candidates = None;
        (0..turns).map(|turn| chooser.choose(&logits(turn)).0).collect()
    }

    fn quick(sampling: &Sampling, turns: u32) -> Vec<i32> {
        let mut chooser = Chooser::new(sampling, 5000, &(0..300).collect::<Vec<_>>());
        assert!(chooser.candidates.is_some());
        (0..turns).map(|turn| chooser.choose(&logits(turn)).0).collect()
    }

    #[test]
    fn leaving_out_tokens_that_cannot_win_changes_no_choice() {
        for seed in 0..20 {
            assert_eq!(quick(&asked(seed), 40), plain(&asked(seed), 40));
        }
        let strong = Sampling { repeat_penalty: Some(2.0), frequency_penalty: Some(1.0), top_k: Some(3), ..asked(7) };
        assert_eq!(quick(&strong, 400), plain(&strong, 400));
        let greedy = Sampling { temperature: 0.0, ..asked(7) };
        assert_eq!(quick(&greedy, 400), plain(&greedy, 400));
    }

    #[test]
    fn the_same_seed_chooses_the_same_and_another_seed_does_not() {
        assert_eq!(quick(&asked(1), 40), quick(&asked(1), 40));
        assert_ne!(quick(&asked(1), 40), quick(&asked(2), 40));
        assert_ne!(quick(&asked(1), 40), quick(&asked(1 << 40), 40), "high bits count");
    }

    #[test]
    fn what_was_left_open_gets_the_settings_that_read_well() {
        let settled = Settled::from(&asked(u64::MAX >> 32));
        assert_eq!((settled.min_p, settled.top_k, settled.repeat, settled.presence), (0.05, 40, 1.15, 0.2));
        assert_ne!(settled.seed, u32::MAX);
        let off = Sampling { top_k: Some(0), repeat_penalty: Some(1.0), temperature: f32::NAN, ..asked(1) };
        assert_eq!((Settled::from(&off).top_k, Settled::from(&off).temperature), (0, 0.0));
    }
}
