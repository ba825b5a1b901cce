//! Echo: how much of a turn was said before in the same words. The share of its word 4-grams (character 6-grams where words are not written apart)
//! that stand among the last 2,000 of the *other* speakers; beside it, of its own.

use std::{
    collections::{BTreeMap, VecDeque},
    hash::{Hash, Hasher},
};

use super::{Measured, Script, Talk, chance, table::Table};

/// How far back it listens, in n-grams.
const BACK: usize = 2_000;
/// Fewest words of a turn.
pub const LEAST: usize = 13;

/// Up to six words, two in each number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Gram([u64; 3]);

impl Gram {
    fn of(words: &[u32]) -> Self {
        let word = |n: usize| u64::from(words.get(n).copied().unwrap_or(u32::MAX));
        Self([word(0) << 32 | word(1), word(2) << 32 | word(3), word(4) << 32 | word(5)])
    }
}

impl Hash for Gram {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.iter().for_each(|n| state.write_u64(*n));
    }
}

/// The shares of one turn.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Shares {
    /// Who spoke.
    pub speaker: usize,
    /// Said before by others.
    pub others: f64,
    /// Said before by the same speaker.
    pub own: f64,
}

/// Where a gram was said last, by speaker. Most have one only.
#[derive(Clone, Debug, Default)]
struct Places {
    first: Option<(usize, usize)>,
    more: Vec<(usize, usize)>,
}

impl Places {
    fn all(&self) -> impl Iterator<Item = (usize, usize)> + '_ {
        self.first.iter().chain(&self.more).copied()
    }

    fn put(&mut self, speaker: usize, at: usize) {
        let Some(first) = &mut self.first else {
            self.first = Some((speaker, at));
            return;
        };
        match std::iter::once(first).chain(&mut self.more).find(|(s, _)| *s == speaker) {
            Some(place) => place.1 = at,
            None => self.more.push((speaker, at)),
        }
    }

    /// Takes a place away. True when none is left.
    fn go(&mut self, place: (usize, usize)) -> bool {
        self.more.retain(|other| *other != place);
        if self.first == Some(place) {
            self.first = self.more.pop();
        }
        self.first.is_none()
    }
}

/// The running measure.
#[derive(Clone, Debug)]
pub struct Echo {
    size: usize,
    /// Where each speaker said a gram last, counted in grams of all.
    last: Table<Gram, Places>,
    /// The last 2,000 grams of each speaker: what is older is heard by nobody any more, and goes.
    kept: BTreeMap<usize, VecDeque<(usize, Gram)>>,
    /// Speaker, where the turn begins, grams.
    turns: Vec<(usize, usize, usize)>,
    total: usize,
    shares: Vec<Shares>,
}

impl Echo {
    /// Nothing said yet.
    pub fn new(script: Script) -> Self {
        let size = match script {
            Script::Spaced => 4,
            Script::Dense => 6,
        };
        Self { size, last: Table::default(), kept: BTreeMap::new(), turns: Vec::new(), total: 0, shares: Vec::new() }
    }

    /// Takes in one turn.
    pub fn push(&mut self, speaker: usize, words: &[u32]) {
        let grams: Vec<Gram> = words.windows(self.size).map(Gram::of).collect();
        if words.len() >= LEAST {
            let (others, own) = (self.since(|s| s != speaker), self.since(|s| s == speaker));
            let (mut by_others, mut by_self) = (0_usize, 0_usize);
            for places in grams.iter().filter_map(|g| self.last.get(g)) {
                by_others += usize::from(places.all().any(|(s, at)| s != speaker && at >= others));
                by_self += usize::from(places.all().any(|(s, at)| s == speaker && at >= own));
            }
            let share = |heard: usize| heard as f64 / grams.len() as f64;
            self.shares.push(Shares { speaker, others: share(by_others), own: share(by_self) });
        }
        self.turns.push((speaker, self.total, grams.len()));
        let kept = self.kept.entry(speaker).or_default();
        for gram in grams {
            self.last.at(gram).put(speaker, self.total);
            kept.push_back((self.total, gram));
            self.total += 1;
            let old = if kept.len() > BACK { kept.pop_front() } else { None };
            let Some((at, gram)) = old else { continue };
            if let Some(places) = self.last.get_mut(&gram) {
                // Said again since, it stays.
                if places.go((speaker, at)) {
                    self.last.remove(&gram);
                }
            }
        }
    }

    /// Where the last 2,000 grams of some speakers begin.
    fn since(&self, who: impl Fn(usize) -> bool) -> usize {
        let mut left = BACK;
        for (_, start, grams) in self.turns.iter().rev().filter(|(s, ..)| who(*s)) {
            if *grams >= left {
                return start + grams - left;
            }
            left -= grams;
        }
        0
    }

    /// Each turn of 13 words or more.
    pub fn shares(&self) -> &[Shares] {
        &self.shares
    }

    /// The mean over turns, of all or of one speaker: of others, and of its own. `n` is turns.
    pub fn reading(&self, of: Option<usize>) -> Option<(Measured, Measured)> {
        let turns = || self.shares.iter().filter(|s| of.is_none_or(|of| s.speaker == of));
        let measured =
            |values: Vec<f64>| Some(Measured { value: chance::mean(&values)?, interval: chance::of_mean(&values, 0), n: values.len() });
        Some((measured(turns().map(|s| s.others).collect())?, measured(turns().map(|s| s.own).collect())?))
    }
}

/// The echo of a whole branch.
pub fn of(talk: &Talk) -> Echo {
    let mut echo = Echo::new(talk.script());
    for said in talk.said() {
        echo.push(said.speaker, &said.words);
    }
    echo
}
