//! The lenses along the branch on stage while it grows: what each turn added, at the cost of that turn.
//!
//! Follows a debate as panes do. Distinctness is the one that takes more than a turn's time: whoever owns a course measures it elsewhere
//! ([`Course::asks_for_voices`]) and tells it.

use std::collections::HashMap;

use super::{
    Live, Script, Talk,
    assent::Opens,
    collapse::{self, Sign},
    convergence::{self, Rarity, Reading},
    distinctness::{self, Distinctness, Found},
    surprise,
};
use crate::debate::{Debate, Speaker, TurnId};

/// Windows of 50 words that a point's diversity is the mean of.
const WINDOWS: usize = 200;
/// Turns after which it is looked again how words are written.
const SETTLED: [usize; 2] = [8, 50];
/// Words that have to come before voices are told apart again, beside a tenth of all.
const MORE_WORDS: usize = 500;

/// What was known when a turn had ended; `None`: too little text.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Point {
    /// Which turn.
    pub turn: TurnId,
    /// Who spoke it, as an index into the speakers.
    pub speaker: usize,
    /// Mean bits a token of this turn, where it has 20.
    pub bits: Option<f64>,
    /// Over the last 200 windows of 50 words.
    pub diversity: Option<f64>,
    /// Mean over the last 8 turns.
    pub echo: Option<f64>,
    /// Share of the last 8 turns.
    pub assent: Option<f64>,
    /// Above the shuffled mean.
    pub convergence: Option<f64>,
}

/// The lenses along a branch.
#[derive(Clone, Debug)]
pub struct Course {
    talk: Talk,
    live: Live,
    rarity: Rarity,
    points: Vec<Point>,
    trend: Vec<Reading>,
    /// Sum of bits and tokens of each speaker.
    bits: HashMap<usize, (f64, usize)>,
    voices: Voices,
    /// How many turns of the branch were taken in, and the last of them.
    taken: (usize, Option<TurnId>),
}

/// What is known of how well voices are told apart.
#[derive(Clone, Debug, Default)]
struct Voices {
    found: Option<Distinctness>,
    /// How many words there were when it was measured last, or is being measured.
    words: usize,
    were_distinct: bool,
    over_time: Vec<f64>,
}

impl Default for Course {
    fn default() -> Self {
        Self::new(Script::Spaced)
    }
}

impl Course {
    fn new(script: Script) -> Self {
        Self {
            talk: Talk::new(script, []),
            live: Live::new(script),
            rarity: Rarity::default(),
            points: Vec::new(),
            trend: Vec::new(),
            bits: HashMap::new(),
            voices: Voices::default(),
            taken: (0, None),
        }
    }

    /// Takes in the turns of the branch on stage that have ended since. Costs what is new, unless another branch came on stage.
    pub fn follow(&mut self, debate: &Debate) {
        let path = debate.path();
        let (taken, last) = self.taken;
        // A turn has one way back to the first, so the same turn in the same place means the same turns before it.
        let grown = taken <= path.len() && taken.checked_sub(1).and_then(|n| path.get(n).copied()) == last;
        if !grown || taken == 0 {
            let turns = debate.staged_turns().filter(|t| matches!(t.speaker, Speaker::Expert(_) | Speaker::WalkOn));
            let sample: String = turns.take(50).map(|t| t.text.as_str()).collect();
            self.begin(debate, Script::of(&sample));
        }
        self.take(debate);
        if SETTLED.contains(&self.points.len()) {
            let script = Script::of(&self.sample());
            if script != self.talk.script() {
                self.begin(debate, script);
                self.take(debate);
            }
        }
    }

    /// From the first turn on.
    fn begin(&mut self, debate: &Debate, script: Script) {
        *self = Self::new(script);
        for expert in debate.opening().iter().flat_map(|o| &o.panel.experts) {
            self.talk.name(expert.name.as_str());
            self.talk.name(expert.label.as_str());
        }
    }

    /// The turns that ended and were not taken in.
    fn take(&mut self, debate: &Debate) {
        let path = debate.path();
        let new = path.len().saturating_sub(self.taken.0);
        let step = new.div_ceil(convergence::READINGS).max(1);
        for (n, id) in path.iter().skip(self.taken.0).enumerate() {
            let Some(turn) = debate.turn(*id).filter(|t| t.ended.is_some()) else { break };
            if matches!(turn.speaker, Speaker::Expert(_) | Speaker::WalkOn) {
                self.talk.hear(turn);
                self.point(*id, (new - n - 1).is_multiple_of(step));
            }
            self.taken = (self.taken.0 + 1, Some(*id));
        }
    }

    fn sample(&self) -> String {
        self.talk.said().iter().take(50).map(|s| s.text.as_str()).collect()
    }

    fn point(&mut self, turn: TurnId, reads: bool) {
        let Some(said) = self.talk.said().last() else { return };
        self.live.push(said);
        self.rarity.push(self.talk.script(), &said.words);
        let told = said.bits.iter().filter(|b| b.is_finite());
        let (sum, n) = told.fold((0.0, 0), |(sum, n), b| (sum + b, n + 1));
        let bits = (said.bits.len() >= surprise::LEAST && n > 0).then(|| sum / n as f64);
        if bits.is_some() {
            let all = self.bits.entry(said.speaker).or_default();
            *all = (all.0 + sum, all.1 + n);
        }
        let speaker = said.speaker;
        let reading = if reads { convergence::reading(&self.talk, &self.rarity, self.talk.said().len()) } else { None };
        self.trend.extend(reading);
        self.points.push(Point {
            turn,
            speaker,
            bits,
            diversity: self.live.diversity.recent(WINDOWS),
            echo: self.echo(),
            assent: self.assent().map(|(n, of)| n as f64 / of as f64),
            convergence: reading.map(|r| r.value()),
        });
    }

    /// What was known after each turn of an expert.
    pub fn points(&self) -> &[Point] {
        &self.points
    }

    /// The branch so far.
    pub fn talk(&self) -> &Talk {
        &self.talk
    }

    /// Running measures of the branch so far.
    pub fn live(&self) -> &Live {
        &self.live
    }

    /// The last reading of convergence.
    pub fn convergence(&self) -> Option<&Reading> {
        self.trend.last()
    }

    /// Mean echo of others over the last 8 turns that are long enough.
    pub fn echo(&self) -> Option<f64> {
        let shares = self.live.echo.shares();
        let last = &shares[shares.len().checked_sub(collapse::TURNS)?..];
        Some(last.iter().map(|s| s.others).sum::<f64>() / last.len() as f64)
    }

    /// How many of the last 8 turns open with assent.
    pub fn assent(&self) -> Option<(usize, usize)> {
        let turns = self.live.assent.turns();
        let last = &turns[turns.len().checked_sub(collapse::TURNS)?..];
        Some((last.iter().filter(|t| t.opens == Opens::Assenting).count(), last.len()))
    }

    /// Who speaks under a label, as an index.
    pub fn speaker(&self, label: &str) -> Option<usize> {
        self.talk.speakers().iter().position(|s| s == label)
    }

    /// Mean bits a token of one speaker's turns, and of how many tokens.
    pub fn surprise(&self, speaker: usize) -> Option<(f64, usize)> {
        self.bits.get(&speaker).map(|(sum, n)| (sum / *n as f64, *n))
    }

    /// A speaker's share of all words, from 4 turns on.
    pub fn share(&self, speaker: usize) -> Option<f64> {
        let words = self.live.floor.words();
        let all: usize = words.iter().sum();
        (self.live.floor.turns() >= super::floor::LEAST && all > 0).then(|| words.get(speaker).copied().unwrap_or(0) as f64 / all as f64)
    }

    /// Whether there is text enough, and enough more than the last time, to tell voices apart. Then it counts as being measured.
    pub fn asks_for_voices(&mut self) -> bool {
        let words: usize = self.live.floor.words().iter().sum();
        let enough = self.live.floor.words().iter().filter(|w| **w >= distinctness::LEAST).count() >= 2;
        let due = enough && words >= self.voices.words + if self.voices.words == 0 { 0 } else { MORE_WORDS + self.voices.words / 10 };
        if due {
            self.voices.words = words;
        }
        due
    }

    /// Voices were told apart, or not.
    pub fn told_of_voices(&mut self, found: Found) {
        let Found::Measured(found) = found else { return };
        self.voices.were_distinct |= found.is_distinct();
        self.voices.over_time.push(found.d);
        self.voices.found = Some(found);
    }

    /// How well voices were told apart when that was measured last.
    pub fn voices(&self) -> Option<&Distinctness> {
        self.voices.found.as_ref()
    }

    /// How well they were told apart each time.
    pub fn voices_over_time(&self) -> &[f64] {
        &self.voices.over_time
    }

    /// The signs of a collapse that are there.
    pub fn signs(&self) -> Vec<Sign> {
        // Readings as far apart as those of a trend along the whole branch.
        let step = self.trend.len().div_ceil(convergence::READINGS).max(1);
        let mut trend: Vec<Reading> = self.trend.iter().rev().step_by(step).take(3).copied().collect();
        trend.reverse();
        let lost = self.voices.were_distinct && self.voices.found.as_ref().is_some_and(|v| !v.is_distinct());
        collapse::signs(&self.live.echo, &self.live.assent, &trend, lost)
    }
}

#[cfg(test)]
mod tests;
