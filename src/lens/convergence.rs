//! Convergence: do the experts come to talk alike? The mean pairwise cosine of what each said last (300 words, TF-IDF), against the same with the
//! labels of these turns shuffled. A trend to look at, never an alarm alone; moves under 0.05 are noise.

use std::collections::{HashMap, HashSet};

use super::{
    Interval, Script, Talk,
    chance::{self, Chance},
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
    blocks_with: HashMap<Term, u32>,
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
                *self.blocks_with.entry(term).or_default() += 1;
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
    let stretch: Vec<(usize, &[u32])> =
        said[from..].iter().filter_map(|s| Some((experts.iter().position(|e| *e == s.speaker)?, s.words.as_slice()))).collect();
    let mut labels: Vec<usize> = stretch.iter().map(|(s, _)| *s).collect();
    let alike = |labels: &[usize]| {
        let last = (0..experts.len()).map(|e| {
            let own = stretch.iter().zip(labels).rev().filter(|(_, l)| **l == e).map(|((_, words), _)| *words);
            vector(talk.script(), rarity, own)
        });
        mean_cosine(&last.collect::<Vec<_>>())
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

/// The last 300 words of one expert, turns given from the last backwards, as a vector of length 1, in the order of terms: the same sum to the last bit.
fn vector<'a>(script: Script, rarity: &Rarity, turns: impl Iterator<Item = &'a [u32]>) -> Vec<(Term, f64)> {
    let (mut all, mut left) = (Vec::with_capacity(WINDOW), WINDOW);
    for words in turns {
        let words = &words[words.len().saturating_sub(left)..];
        left -= words.len();
        all.extend(terms(script, words));
        if left == 0 {
            break;
        }
    }
    all.sort_unstable();
    let weighed = all.chunk_by(|a, b| a == b).map(|same| (same[0], (1.0 + (same.len() as f64).ln()) * rarity.weight(same[0])));
    let mut vector: Vec<(Term, f64)> = weighed.collect();
    let length = vector.iter().map(|(_, v)| v * v).sum::<f64>().sqrt().max(f64::MIN_POSITIVE);
    vector.iter_mut().for_each(|(_, v)| *v /= length);
    vector
}

fn mean_cosine(vectors: &[Vec<(Term, f64)>]) -> f64 {
    let (mut sum, mut pairs) = (0.0, 0_u32);
    for (i, a) in vectors.iter().enumerate() {
        for b in &vectors[i + 1..] {
            sum += product(a, b);
            pairs += 1;
        }
    }
    sum / f64::from(pairs.max(1))
}

fn product(a: &[(Term, f64)], b: &[(Term, f64)]) -> f64 {
    let (mut sum, mut b) = (0.0, b.iter().peekable());
    for (term, x) in a {
        while b.next_if(|(other, _)| other < term).is_some() {}
        if let Some((_, y)) = b.next_if(|(other, _)| other == term) {
            sum += x * y;
        }
    }
    sum
}
