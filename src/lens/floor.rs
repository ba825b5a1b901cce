//! The floor: who has how much of it, in words, and how evenly it is shared (entropy of the shares over its greatest, log2 of the speakers).

use std::ops::Range;

use super::{Interval, Measured, chance};

/// Fewest turns.
pub const LEAST: usize = 4;

/// The running measure.
#[derive(Clone, Debug, Default)]
pub struct Floor {
    words: Vec<usize>,
    turns: Vec<(usize, usize)>,
}

impl Floor {
    /// Takes in one turn.
    pub fn push(&mut self, speaker: usize, words: usize) {
        if self.words.len() <= speaker {
            self.words.resize(speaker + 1, 0);
        }
        self.words[speaker] += words;
        self.turns.push((speaker, words));
    }

    /// Words of each speaker so far.
    pub fn words(&self) -> &[usize] {
        &self.words
    }

    /// One speaker's share; `n` is turns of all.
    pub fn share(&self, speaker: usize) -> Option<Measured> {
        let all: usize = self.words.iter().sum();
        if self.turns.len() < LEAST || all == 0 {
            return None;
        }
        let value = self.words.get(speaker).copied().unwrap_or(0) as f64 / all as f64;
        let interval = self.resampled(|words| {
            let all: usize = words.iter().sum();
            (all > 0).then(|| words.get(speaker).copied().unwrap_or(0) as f64 / all as f64)
        });
        Some(Measured { value, interval, n: self.turns.len() })
    }

    /// 1 when all speak alike much, 0 when one speaks alone; `n` is turns.
    pub fn evenness(&self) -> Option<Measured> {
        if self.turns.len() < LEAST {
            return None;
        }
        Some(Measured { value: evenness(&self.words)?, interval: self.resampled(evenness), n: self.turns.len() })
    }

    fn resampled(&self, figure: impl Fn(&[usize]) -> Option<f64>) -> Option<Interval> {
        chance::interval(self.turns.len(), 0, |ranges: &[Range<usize>]| {
            let mut words = vec![0; self.words.len()];
            for (speaker, n) in ranges.iter().flat_map(|r| &self.turns[r.clone()]) {
                words[*speaker] += n;
            }
            figure(&words)
        })
    }

    /// Turns so far.
    pub fn turns(&self) -> usize {
        self.turns.len()
    }
}

fn evenness(words: &[usize]) -> Option<f64> {
    let all: usize = words.iter().sum();
    if words.len() < 2 || all == 0 {
        return None;
    }
    let shares = words.iter().filter(|w| **w > 0).map(|w| *w as f64 / all as f64);
    Some(shares.map(|p| -p * p.log2()).sum::<f64>() / (words.len() as f64).log2())
}
