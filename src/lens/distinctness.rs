//! Distinctness: are these different voices? Pieces of text are told apart by who speaks, from other stretches of the same branch, by the cosine of
//! z-scored letter habits (Evert et al. 2017); judged against 99 shuffles of labels over whole turns.
//!
//! Testing within blocks of time keeps topic drift out: one person cut in two by time is no two voices.

use std::collections::HashMap;

use super::{Script, Talk, chance::Chance};

/// Fewest words of each speaker.
pub const LEAST: usize = 2_000;
const PIECE: usize = 200;
/// Most pieces of one speaker in one block.
const PIECES: usize = 6;
/// Fewest blocks in which two of the compared speak.
const BLOCKS_LEAST: usize = 3;
const SHUFFLES: usize = 99;
const FEATURES: usize = 1_000;
const FEATURES_DENSE: usize = 150;

/// What was found.
#[derive(Clone, Debug, PartialEq)]
pub enum Found {
    /// Fewer than two speakers have words enough; how many have.
    NotYet(usize),
    /// They hardly speak in the same stretches; in how many of the blocks two do.
    NotComparable(usize),
    /// It was measured.
    Measured(Distinctness),
}

/// How well the voices are told apart.
#[derive(Clone, Debug, PartialEq)]
pub struct Distinctness {
    /// Who was compared.
    pub speakers: Vec<usize>,
    /// 0: as by guessing; 1: always told apart.
    pub d: f64,
    /// Its mean over shuffles.
    pub null: f64,
    /// How often a shuffle does as well.
    pub p: f64,
    /// What is above the shuffles' mean, as a share of what could be.
    pub v: f64,
    /// Words of the compared.
    pub words: usize,
    /// Blocks that could be used.
    pub blocks: usize,
}

impl Distinctness {
    /// Whether it may be called distinct.
    pub fn is_distinct(&self) -> bool {
        self.p <= 0.05
    }
}

/// Measures a branch.
pub fn of(talk: &Talk) -> Found {
    let each = talk.words_of_each();
    let speakers: Vec<usize> = (0..each.len()).filter(|s| each[*s] >= LEAST).collect();
    if speakers.len() < 2 {
        return Found::NotYet(speakers.len());
    }
    let panel = Panel::new(talk, &speakers, each.iter().sum());
    let mut labels: Vec<usize> = talk.said().iter().filter_map(|s| speakers.iter().position(|x| *x == s.speaker)).collect();
    let (d, blocks) = match panel.tell_apart(&labels) {
        Ok(told) => told,
        Err(blocks) => return Found::NotComparable(blocks),
    };
    let mut chance = Chance::default();
    let nulls: Vec<f64> = (0..SHUFFLES)
        .filter_map(|_| {
            chance.shuffle(&mut labels);
            panel.tell_apart(&labels).ok().map(|(d, _)| d)
        })
        .collect();
    let null = nulls.iter().sum::<f64>() / nulls.len().max(1) as f64;
    let as_well = nulls.iter().filter(|n| **n >= d).count() + SHUFFLES - nulls.len();
    Found::Measured(Distinctness {
        d,
        null,
        p: (1 + as_well) as f64 / (1 + SHUFFLES) as f64,
        v: (d - null) / (1.0 - null).max(f64::EPSILON),
        words: speakers.iter().map(|s| each[*s]).sum(),
        speakers,
        blocks,
    })
}

/// What stays the same over shuffles.
struct Panel<'a> {
    speakers: usize,
    blocks: usize,
    /// For each turn of the compared, its words in each block it reaches into.
    turns: Vec<Vec<(usize, &'a [u32])>>,
    /// Features of each word of the vocabulary.
    features: Vec<Vec<u16>>,
    width: usize,
}

struct Piece {
    block: usize,
    speaker: usize,
    /// Relative frequencies, z-scored later.
    habits: Vec<f32>,
}

impl<'a> Panel<'a> {
    fn new(talk: &'a Talk, speakers: &[usize], total: usize) -> Self {
        let blocks = if total < 6_000 { 5 } else { 10 };
        let mut counts = vec![0_u32; talk.vocabulary().len()];
        let (mut turns, mut at) = (Vec::new(), 0);
        for said in talk.said() {
            let parts = parts(&said.words, at, blocks, total);
            at += said.words.len();
            if speakers.contains(&said.speaker) {
                for word in &said.words {
                    counts[*word as usize] += 1;
                }
                turns.push(parts);
            }
        }
        let (features, width) = features(talk, &counts);
        Self { speakers: speakers.len(), blocks, turns, features, width }
    }

    /// D, and the blocks that could be used; their number alone where they are too few.
    fn tell_apart(&self, labels: &[usize]) -> Result<(f64, usize), usize> {
        let mut pieces = self.pieces(labels);
        let speaks = |block: usize, speaker: usize| pieces.iter().any(|p| p.block == block && p.speaker == speaker);
        let usable: Vec<bool> = (0..self.blocks).map(|b| (0..self.speakers).filter(|s| speaks(b, *s)).count() >= 2).collect();
        let blocks = usable.iter().filter(|u| **u).count();
        if blocks < BLOCKS_LEAST {
            return Err(blocks);
        }
        self.standardise(&mut pieces);
        let mut sums = vec![vec![0_f32; self.width]; self.speakers * (self.blocks + 1)];
        let mut counts = vec![0_usize; self.speakers * (self.blocks + 1)];
        // The last row of each speaker is that of all blocks.
        let place = |speaker: usize, block: usize| speaker * (self.blocks + 1) + block;
        for piece in &pieces {
            for row in [place(piece.speaker, piece.block), place(piece.speaker, self.blocks)] {
                counts[row] += 1;
                for (sum, habit) in sums[row].iter_mut().zip(&piece.habits) {
                    *sum += habit;
                }
            }
        }
        let (mut hits, mut tries) = (vec![0_usize; self.speakers], vec![0_usize; self.speakers]);
        for block in (0..self.blocks).filter(|b| usable[*b]) {
            let means: Vec<Option<Vec<f32>>> = (0..self.speakers)
                .map(|s| {
                    let (here, all) = (place(s, block), place(s, self.blocks));
                    let n = counts[all] - counts[here];
                    (n > 0).then(|| sums[all].iter().zip(&sums[here]).map(|(a, h)| (a - h) / n as f32).collect())
                })
                .collect();
            if means.iter().flatten().count() < 2 {
                continue;
            }
            let centroids = centred(means);
            for piece in pieces.iter().filter(|p| p.block == block && centroids[p.speaker].is_some()) {
                let near = |(c, middle): &(Vec<f32>, f32)| c.iter().zip(&piece.habits).map(|(a, b)| a * b).sum::<f32>() - middle;
                let best =
                    centroids.iter().enumerate().filter_map(|(s, c)| Some((s, near(c.as_ref()?)))).max_by(|a, b| a.1.total_cmp(&b.1));
                tries[piece.speaker] += 1;
                hits[piece.speaker] += usize::from(best.is_some_and(|(s, _)| s == piece.speaker));
            }
        }
        let rates: Vec<f64> = hits.iter().zip(&tries).filter(|(_, t)| **t > 0).map(|(h, t)| *h as f64 / *t as f64).collect();
        if rates.len() < 2 {
            return Err(0);
        }
        let (b, guess) = (rates.iter().sum::<f64>() / rates.len() as f64, 1.0 / self.speakers as f64);
        Ok(((b - guess) / (1.0 - guess), blocks))
    }

    fn pieces(&self, labels: &[usize]) -> Vec<Piece> {
        let mut open = vec![(vec![0_u32; self.width], 0_usize, 0_usize); self.speakers * self.blocks];
        let mut pieces = Vec::new();
        for (turn, speaker) in self.turns.iter().zip(labels) {
            for (block, words) in turn {
                let (counts, words_in, done) = &mut open[speaker * self.blocks + block];
                for word in *words {
                    if *done == PIECES {
                        break;
                    }
                    for feature in &self.features[*word as usize] {
                        counts[usize::from(*feature)] += 1;
                    }
                    *words_in += 1;
                    if *words_in == PIECE {
                        let all = counts.iter().sum::<u32>().max(1) as f32;
                        let habits = counts.iter().map(|c| *c as f32 / all).collect();
                        pieces.push(Piece { block: *block, speaker: *speaker, habits });
                        counts.fill(0);
                        (*words_in, *done) = (0, *done + 1);
                    }
                }
            }
        }
        pieces
    }

    fn standardise(&self, pieces: &mut [Piece]) {
        let n = pieces.len() as f32;
        let (mut means, mut spreads) = (vec![0_f32; self.width], vec![0_f32; self.width]);
        for piece in pieces.iter() {
            for (mean, habit) in means.iter_mut().zip(&piece.habits) {
                *mean += habit / n;
            }
        }
        for piece in pieces.iter() {
            for ((spread, mean), habit) in spreads.iter_mut().zip(&means).zip(&piece.habits) {
                *spread += (habit - mean).powi(2) / n;
            }
        }
        for piece in pieces {
            for ((habit, mean), spread) in piece.habits.iter_mut().zip(&means).zip(&spreads) {
                *habit = if *spread > 0.0 { (*habit - mean) / spread.sqrt() } else { 0.0 };
            }
        }
    }
}

/// A turn's words by block. A turn stays whole, in the block where its middle is: cut in two, one half would tell who spoke the other. Only one
/// that is longer than half a block is cut.
fn parts(words: &[u32], at: usize, blocks: usize, total: usize) -> Vec<(usize, &[u32])> {
    let block_of = |at: usize| (at * blocks / total).min(blocks - 1);
    if words.len() * 2 * blocks <= total {
        return vec![(block_of(at + words.len() / 2), words)];
    }
    let (mut parts, mut at, mut words) = (Vec::new(), at, words);
    while !words.is_empty() {
        let block = block_of(at);
        // The first word of the next block.
        let end = ((block + 1) * total).div_ceil(blocks);
        let (here, rest) = words.split_at(words.len().min(end.saturating_sub(at).max(1)));
        parts.push((block, here));
        at += here.len();
        words = rest;
    }
    parts
}

/// Speakers' means as directions from the middle between them, with where that middle lies in each direction. The middle of the *other* blocks' means, each
/// speaker counting once: with that of all pieces, a block's pieces would go to whoever has fewer elsewhere, who has more in this block, and shuffled
/// labels would seem distinct.
fn centred(means: Vec<Option<Vec<f32>>>) -> Vec<Option<(Vec<f32>, f32)>> {
    let there = means.iter().flatten().count().max(1) as f32;
    let mut middle = vec![0_f32; means.iter().flatten().next().map_or(0, Vec::len)];
    for mean in means.iter().flatten() {
        middle.iter_mut().zip(mean).for_each(|(m, v)| *m += v / there);
    }
    let direction = |mean: Vec<f32>| {
        let mut c: Vec<f32> = mean.iter().zip(&middle).map(|(a, m)| a - m).collect();
        let length = c.iter().map(|v| v * v).sum::<f32>().sqrt().max(f32::MIN_POSITIVE);
        c.iter_mut().for_each(|v| *v /= length);
        let middle = c.iter().zip(&middle).map(|(a, m)| a * m).sum();
        (c, middle)
    };
    means.into_iter().map(|mean| mean.map(direction)).collect()
}

/// For each word, which of the commonest features it has: its letters in threes, a blank at each end; itself where words are characters.
fn features(talk: &Talk, counts: &[u32]) -> (Vec<Vec<u16>>, usize) {
    let grams: Vec<Vec<String>> = talk
        .vocabulary()
        .iter()
        .map(|word| match talk.script() {
            Script::Dense => vec![word.clone()],
            Script::Spaced => {
                let letters: Vec<char> = format!(" {word} ").chars().collect();
                letters.windows(3).map(|w| w.iter().collect()).collect()
            }
        })
        .collect();
    let mut common: HashMap<&str, u32> = HashMap::new();
    for (grams, count) in grams.iter().zip(counts) {
        for gram in grams {
            *common.entry(gram).or_default() += count;
        }
    }
    let mut common: Vec<(&str, u32)> = common.into_iter().filter(|(_, n)| *n > 0).collect();
    common.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(b.0)));
    common.truncate(if talk.script() == Script::Dense { FEATURES_DENSE } else { FEATURES });
    let index: HashMap<&str, u16> = common.iter().zip(0..).map(|((gram, _), i)| (*gram, i)).collect();
    (grams.iter().map(|grams| grams.iter().filter_map(|g| index.get(g.as_str()).copied()).collect()).collect(), common.len())
}
