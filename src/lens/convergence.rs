//! Convergence: do the experts come to talk alike? The mean pairwise cosine of what each said last (300 words, TF-IDF), against the same with the
//! labels of these turns shuffled. A trend to look at, never an alarm alone; moves under 0.05 are noise.

use std::collections::HashSet;

use super::{
    Interval, Script, Talk,
    chance::{self, Chance},
    table::Table,
};

/// Words of each expert that are looked at, and of the blocks that make a word rare.
const WINDOW: usize = 300;
/// Fewest words of an expert who counts.
pub const LEAST: usize = 150;
const SHUFFLES: usize = 40;
/// How far back a window may reach, in words for each expert: who has been silent for longer is not compared.
const BACK: usize = 4 * WINDOW;
/// Most readings of a trend.
pub const READINGS: usize = 24;

type Term = u64;

/// How rare terms are, by the blocks of a branch so far. A reading takes it as it is then.
#[derive(Clone, Debug, Default)]
pub struct Rarity {
    words: usize,
    here: HashSet<Term>,
    blocks_with: Table<Term, u32>,
}

impl Rarity {
    /// Counts.
    pub fn of(talk: &Talk) -> Self {
        let mut rarity = Self::default();
        talk.said().iter().for_each(|said| rarity.push(talk.script(), &said.words));
        rarity
    }

    /// Takes in the words of one turn.
    pub fn push(&mut self, script: Script, words: &[u32]) {
        for term in terms(script, words) {
            if self.here.insert(term) {
                *self.blocks_with.at(term) += 1;
            }
            self.words += 1;
            if self.words.is_multiple_of(WINDOW) {
                self.here.clear();
            }
        }
    }

    fn weight(&self, term: Term) -> f64 {
        let with = self.blocks_with.get(&term).copied().unwrap_or(0);
        ((1 + self.words.div_ceil(WINDOW)) as f64 / f64::from(1 + with)).ln() + 1.0
    }
}

/// How alike they talked at one point.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Reading {
    /// After how many turns.
    pub turns: usize,
    /// Mean pairwise cosine.
    pub cosine: f64,
    /// Its mean over shuffles.
    pub shuffled: f64,
    /// The middle 90 % of the shuffles.
    pub band: Interval,
    /// Experts compared.
    pub experts: usize,
    /// Their words.
    pub words: usize,
}

impl Reading {
    /// The measure: above 0, more alike than by chance.
    pub fn value(&self) -> f64 {
        self.cosine - self.shuffled
    }

    /// Whether it is above all that chance makes.
    pub fn is_above(&self) -> bool {
        self.cosine > self.band.high
    }
}

/// Readings along a branch, at most 24, the last at its end; none where two experts never had 150 words.
pub fn trend(talk: &Talk) -> Vec<Reading> {
    let rarity = Rarity::of(talk);
    let turns = talk.said().len();
    let step = turns.div_ceil(READINGS).max(1);
    let mut points: Vec<usize> = (1..).map(|i| turns.saturating_sub(i * step - step)).take_while(|t| *t > 0).collect();
    points.reverse();
    points.into_iter().filter_map(|upto| reading(talk, &rarity, upto)).collect()
}

/// The reading after so many turns.
pub fn reading(talk: &Talk, rarity: &Rarity, upto: usize) -> Option<Reading> {
    let said = talk.said().get(..upto)?;
    let speakers = talk.speakers().len();
    let (mut words, mut from, mut seen) = (vec![0; speakers], said.len(), 0);
    while from > 0 && seen < BACK * speakers && words.iter().any(|w| *w < WINDOW) {
        from -= 1;
        words[said[from].speaker] += said[from].words.len();
        seen += said[from].words.len();
    }
    let experts: Vec<usize> = (0..speakers).filter(|s| words[*s] >= LEAST).collect();
    if experts.len() < 2 {
        return None;
    }
    let turns: Vec<(usize, &[u32])> =
        said[from..].iter().filter_map(|s| Some((experts.iter().position(|e| *e == s.speaker)?, s.words.as_slice()))).collect();
    let mut labels: Vec<usize> = turns.iter().map(|(s, _)| *s).collect();
    let mut stretch = Stretch::new(talk.script(), rarity, turns.into_iter().map(|(_, words)| words));
    let mut vectors = vec![Vector::of(stretch.weights.len()); experts.len()];
    let mut alike = |labels: &[usize]| {
        for (expert, vector) in vectors.iter_mut().enumerate() {
            stretch.fill(vector, labels, expert);
        }
        mean_cosine(&vectors)
    };
    let cosine = alike(&labels);
    let mut chance = Chance::default();
    let shuffles: Vec<f64> = (0..SHUFFLES)
        .map(|_| {
            chance.shuffle(&mut labels);
            alike(&labels)
        })
        .collect();
    let compared = experts.iter().map(|e| words[*e].min(WINDOW)).sum();
    let (shuffled, band) = (chance::mean(&shuffles)?, Interval::of(shuffles)?);
    Some(Reading { turns: upto, cosine, shuffled, band, experts: experts.len(), words: compared })
}

/// Words, or pairs of characters where words are not written apart.
fn terms(script: Script, words: &[u32]) -> Vec<Term> {
    match script {
        Script::Spaced => words.iter().map(|w| Term::from(*w)).collect(),
        Script::Dense => words.windows(2).map(|w| (Term::from(w[0]) << 32) | Term::from(w[1])).collect(),
    }
}

/// The turns of a stretch, with all that stays the same however their labels are dealt.
struct Stretch {
    /// Words of each turn, and its terms as indices into `weights`.
    turns: Vec<(usize, Vec<u32>)>,
    /// How much each different term weighs, in the order of terms.
    weights: Vec<f64>,
    /// `1 + ln n` for each n that can be.
    often: Vec<f64>,
    script: Script,
    /// How often each term is there, and which are, a bit each: empty between uses.
    counts: Vec<u16>,
    there: Vec<u64>,
}

/// What one expert said last, of length 1: which terms, in their order, and how much of each.
#[derive(Clone)]
struct Vector {
    terms: Vec<u32>,
    /// By term; 0 where it is not there.
    values: Vec<f64>,
}

impl Vector {
    fn of(terms: usize) -> Self {
        Self { terms: Vec::with_capacity(WINDOW), values: vec![0.0; terms] }
    }

    fn clear(&mut self) {
        for term in self.terms.drain(..) {
            self.values[term as usize] = 0.0;
        }
    }
}

impl Stretch {
    fn new<'a>(script: Script, rarity: &Rarity, turns: impl Iterator<Item = &'a [u32]>) -> Self {
        let turns: Vec<(usize, Vec<Term>)> = turns.map(|words| (words.len(), terms(script, words))).collect();
        let mut all: Vec<Term> = turns.iter().flat_map(|(_, terms)| terms).copied().collect();
        all.sort_unstable();
        all.dedup();
        // A stretch has a few thousand terms.
        let index = |term: &Term| all.binary_search(term).map_or(0, |at| u32::try_from(at).unwrap_or(u32::MAX));
        let weights = all.iter().map(|term| rarity.weight(*term)).collect();
        let turns = turns.iter().map(|(words, terms)| (*words, terms.iter().map(index).collect())).collect();
        let often = (0..=WINDOW).map(|n| 1.0 + (n as f64).ln()).collect();
        Self { turns, weights, often, script, counts: vec![0; all.len()], there: vec![0; all.len().div_ceil(64)] }
    }

    /// The last 300 words of one expert, summed in the order of terms: the same to the last bit.
    fn fill(&mut self, vector: &mut Vector, labels: &[usize], expert: usize) {
        let mut left = WINDOW;
        for ((words, terms), _) in self.turns.iter().zip(labels).rev().filter(|(_, label)| **label == expert) {
            let taken = left.min(*words);
            left -= taken;
            let last = match self.script {
                Script::Spaced => taken,
                Script::Dense => taken.saturating_sub(1),
            };
            for term in &terms[terms.len().saturating_sub(last)..] {
                let at = *term as usize;
                self.counts[at] += 1;
                self.there[at / 64] |= 1 << (at % 64);
            }
            if left == 0 {
                break;
            }
        }
        vector.clear();
        for (n, bits) in self.there.iter_mut().enumerate() {
            while *bits != 0 {
                let at = n * 64 + bits.trailing_zeros() as usize;
                *bits &= *bits - 1;
                vector.terms.push(u32::try_from(at).unwrap_or(u32::MAX));
                vector.values[at] = self.often[usize::from(std::mem::take(&mut self.counts[at]))] * self.weights[at];
            }
        }
        let Vector { terms, values } = vector;
        let length = terms.iter().map(|t| values[*t as usize]).map(|v| v * v).sum::<f64>().sqrt().max(f64::MIN_POSITIVE);
        terms.iter().for_each(|t| values[*t as usize] /= length);
    }
}

fn mean_cosine(vectors: &[Vector]) -> f64 {
    let (mut sum, mut pairs) = (0.0, 0_u32);
    for (i, a) in vectors.iter().enumerate() {
        for b in &vectors[i + 1..] {
            // What only one of them has adds nothing, to the last bit.
            sum += a.terms.iter().fold(0.0, |sum, t| sum + a.values[*t as usize] * b.values[*t as usize]);
            pairs += 1;
        }
    }
    sum / f64::from(pairs.max(1))
}
