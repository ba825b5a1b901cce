//! Diversity: the share of different words in any 50 in a row, on average (MATTR: Covington & McFall 2010). Unlike a plain share of different words
//! it does not fall with length.

use std::collections::{HashMap, VecDeque};

use super::{Measured, chance};

/// Words of a window.
pub const WINDOW: usize = 50;
/// Fewest words.
pub const LEAST: usize = 100;

/// The running measure.
#[derive(Clone, Debug, Default)]
pub struct Diversity {
    window: VecDeque<u32>,
    counts: HashMap<u32, u32>,
    /// Different words in each window.
    different: Vec<u8>,
    words: usize,
}

impl Diversity {
    /// Takes in the words of one turn.
    pub fn push(&mut self, words: &[u32]) {
        for word in words {
            self.words += 1;
            self.window.push_back(*word);
            *self.counts.entry(*word).or_default() += 1;
            if self.window.len() > WINDOW
                && let Some(gone) = self.window.pop_front()
                && let Some(count) = self.counts.get_mut(&gone)
            {
                *count -= 1;
                if *count == 0 {
                    self.counts.remove(&gone);
                }
            }
            if self.window.len() == WINDOW {
                // At most 50.
                self.different.push(self.counts.len() as u8);
            }
        }
    }

    /// What it is so far; `n` is words.
    pub fn reading(&self) -> Option<Measured> {
        if self.words < LEAST {
            return None;
        }
        let shares: Vec<f64> = self.different.iter().map(|d| f64::from(*d) / WINDOW as f64).collect();
        let run = WINDOW.max((shares.len() as f64).cbrt() as usize);
        // Whole numbers first: the mean of equal shares is that share to the last bit.
        let different: usize = self.different.iter().map(|d| usize::from(*d)).sum();
        let value = different as f64 / (WINDOW * shares.len()) as f64;
        Some(Measured { value, interval: chance::of_mean(&shares, run), n: self.words })
    }

    /// Words so far.
    pub fn words(&self) -> usize {
        self.words
    }
}
