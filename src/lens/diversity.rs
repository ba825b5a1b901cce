//! Diversity: the share of different words in any 50 in a row, on average (MATTR: Covington & McFall 2010). Unlike a plain share of different words
//! it does not fall with length.

use std::collections::VecDeque;

use super::{Measured, chance};

/// Words of a window.
pub const WINDOW: usize = 50;
/// Fewest words.
pub const LEAST: usize = 100;

/// The running measure.
#[derive(Clone, Debug, Default)]
pub struct Diversity {
    window: VecDeque<u32>,
    /// How often each word is in the window, by its index.
    counts: Vec<u8>,
    /// How many different words are.
    kinds: u8,
    /// Different words in each window.
    different: Vec<u8>,
    words: usize,
    /// Of `different`.
    sum: usize,
}

impl Diversity {
    /// Takes in the words of one turn.
    pub fn push(&mut self, words: &[u32]) {
        for word in words {
            self.words += 1;
            self.window.push_back(*word);
            let at = *word as usize;
            if self.counts.len() <= at {
                self.counts.resize(at + 1, 0);
            }
            // At most 50 of each, and 51 words in between.
            self.kinds += u8::from(self.counts[at] == 0);
            self.counts[at] += 1;
            if self.window.len() > WINDOW
                && let Some(gone) = self.window.pop_front()
            {
                let count = &mut self.counts[gone as usize];
                *count -= 1;
                self.kinds -= u8::from(*count == 0);
            }
            if self.window.len() == WINDOW {
                self.different.push(self.kinds);
                self.sum += usize::from(self.kinds);
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
        let value = self.sum as f64 / (WINDOW * shares.len()) as f64;
        Some(Measured { value, interval: chance::of_mean(&shares, run), n: self.words })
    }

    /// What it is so far, without its interval: costs nothing.
    pub fn mean(&self) -> Option<f64> {
        // As in `reading`.
        (self.words >= LEAST).then(|| self.sum as f64 / (WINDOW * self.different.len()) as f64)
    }

    /// The same over the last windows only.
    pub fn recent(&self, windows: usize) -> Option<f64> {
        let last = &self.different[self.different.len().saturating_sub(windows)..];
        let sum: usize = last.iter().map(|d| usize::from(*d)).sum();
        (self.words >= LEAST).then(|| sum as f64 / (WINDOW * last.len()) as f64)
    }

    /// Words so far.
    pub fn words(&self) -> usize {
        self.words
    }
}
