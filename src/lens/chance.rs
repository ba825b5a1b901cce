//! Seeded chance: shuffles, and 90 % intervals by moving-block bootstrap (200 resamples). The same text gives the same interval.

use std::ops::Range;

use crate::debate::Interval;

const SEED: u64 = 0x61_676f_6e00;
const RESAMPLES: usize = 200;

impl Interval {
    /// The middle 90 % of some numbers.
    pub fn of(mut values: Vec<f64>) -> Option<Self> {
        values.retain(|v| v.is_finite());
        values.sort_by(f64::total_cmp);
        let at = |share: f64| values.get(((values.len().checked_sub(1)?) as f64 * share).round() as usize).copied();
        Some(Self { low: at(0.05)?, high: at(0.95)? })
    }
}

/// A small generator (SplitMix64: Steele, Lea, Flood 2014).
#[derive(Clone, Debug)]
pub struct Chance(u64);

impl Default for Chance {
    fn default() -> Self {
        Self(SEED)
    }
}

impl Chance {
    /// Begins from a seed.
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// 64 random bits.
    pub fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number below `n`; 0 for 0.
    pub fn below(&mut self, n: usize) -> usize {
        ((u128::from(self.bits()) * n as u128) >> 64) as usize
    }

    /// Puts a list into random order.
    pub fn shuffle<T>(&mut self, list: &mut [T]) {
        for i in (1..list.len()).rev() {
            list.swap(i, self.below(i + 1));
        }
    }
}

/// The interval of a figure of `n` things in order, resampled in runs of `run` (their cube root when 0) so that what hangs together stays together.
/// `figure` gets the ranges of one resample. `None` for fewer than 4 things.
pub fn interval(n: usize, run: usize, figure: impl Fn(&[Range<usize>]) -> Option<f64>) -> Option<Interval> {
    if n < 4 {
        return None;
    }
    let run = if run == 0 { (n as f64).cbrt().ceil() as usize } else { run }.clamp(1, n.div_ceil(2));
    let mut chance = Chance::default();
    let values = (0..RESAMPLES).filter_map(|_| {
        let mut left = n;
        let mut ranges = Vec::with_capacity(n.div_ceil(run));
        while left > 0 {
            let start = chance.below(n - run + 1);
            let take = run.min(left);
            ranges.push(start..start + take);
            left -= take;
        }
        figure(&ranges)
    });
    Interval::of(values.collect())
}

/// The interval of a mean.
pub fn of_mean(values: &[f64], run: usize) -> Option<Interval> {
    let mut sums = Vec::with_capacity(values.len() + 1);
    sums.push(0.0);
    let mut sum = 0.0;
    for v in values {
        sum += v;
        sums.push(sum);
    }
    interval(values.len(), run, |ranges| Some(ranges.iter().map(|r| sums[r.end] - sums[r.start]).sum::<f64>() / values.len() as f64))
}

/// The mean; `None` for nothing.
pub fn mean(values: &[f64]) -> Option<f64> {
    (!values.is_empty()).then(|| values.iter().sum::<f64>() / values.len() as f64)
}
