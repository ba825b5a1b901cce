//! Which citations hold. A simple test that can be read in one sentence: the turn was read, it is of somebody whom the statement names (if it
//! names anybody), and the two share more words than chance would have it.
//!
//! Chance: a word of the statement stands in a text as long as the turn with probability `1 − (1 − f)^n`, `f` its share of all words of the *other* turns,
//! `n` the turn's words. The chance that as many of the statement's words or more are met is the tail of the sum of these (Poisson
//! binomial); a citation holds from two shared words on, where it is at most one in twenty. So the topic's own words, which stand everywhere, prove nothing.
//!
//! What it can't tell: a statement that turns what was said into its opposite uses the same words.

use std::collections::{BTreeMap, BTreeSet};

use unicode_segmentation::UnicodeSegmentation;

use super::{read::Claim, words};
use crate::debate::{Clean, Debate, Speaker, Turn, TurnId};

/// Most that chance may explain of it.
const CHANCE: f64 = 0.05;
/// Words that have to be shared at least.
const SHARED: usize = 2;
/// Words of other talk that are taken to be there at least: in a short debate hardly any word was used by two.
const OTHERS: usize = 200;
/// Letters of a word that tell it apart from others; what follows is mostly grammar.
const STEM: usize = 5;

/// A turn as the minutes read it.
#[derive(Clone, Debug)]
pub struct Contribution {
    /// Its number.
    pub turn: TurnId,
    /// Whose; empty for a stage direction.
    pub label: Clean,
    /// Whether an expert spoke.
    pub speaks: bool,
    /// What was said.
    pub text: String,
    words: Vec<String>,
}

/// The turns of a branch, and whose names mean whom.
#[derive(Debug)]
pub struct Tape {
    all: Vec<Contribution>,
    /// A name as it is looked for, and the label of whoever bears it.
    names: Vec<(String, Clean)>,
    counts: BTreeMap<String, usize>,
    total: usize,
}

impl Tape {
    /// Of these turns.
    pub fn new(debate: &Debate, turns: &[&Turn]) -> Self {
        let names = names(debate, turns);
        let one = |t: &&Turn| {
            let label = if t.speaker == Speaker::Stage { Clean::default() } else { t.label.clone() };
            let text = t.said().to_owned();
            let words = content(&text, &names);
            Contribution { turn: t.id, label, speaks: matches!(t.speaker, Speaker::Expert(_)), text, words }
        };
        let all: Vec<Contribution> = turns.iter().map(one).collect();
        let mut counts = BTreeMap::new();
        for word in all.iter().flat_map(|c| &c.words) {
            *counts.entry(word.clone()).or_insert(0) += 1;
        }
        let total = counts.values().sum();
        Self { all, names, counts, total }
    }

    /// All of them.
    pub fn contributions(&self) -> &[Contribution] {
        &self.all
    }

    /// The citations of a statement that hold, among the turns of a part; and how many don't.
    pub fn holding(&self, claim: &Claim, part: &std::ops::Range<usize>) -> (Vec<TurnId>, u32) {
        let named = self.named(claim.text.as_str());
        let words: BTreeSet<String> = content(claim.text.as_str(), &self.names).into_iter().collect();
        let holds = |turn: &&TurnId| {
            let Some(c) = self.all.get(part.clone()).and_then(|all| all.iter().find(|c| c.turn == **turn)) else { return false };
            (named.is_empty() || named.contains(&c.label)) && self.shares(&words, c)
        };
        let held: Vec<TurnId> = claim.cites.iter().filter(holds).copied().collect();
        let loose = u32::try_from(claim.cites.len() - held.len()).unwrap_or(u32::MAX);
        (held, loose)
    }

    /// The labels of those whom a statement names.
    fn named(&self, text: &str) -> BTreeSet<Clean> {
        self.names.iter().filter(|(name, _)| is_in(name, text)).map(|(_, label)| label.clone()).collect()
    }

    /// Whether a contribution has more of these words than chance would have it.
    fn shares(&self, words: &BTreeSet<String>, c: &Contribution) -> bool {
        let own = |word: &String| c.words.iter().filter(|w| *w == word).count();
        let shared = words.iter().filter(|w| own(w) > 0).count();
        if shared < SHARED {
            return false;
        }
        let others = (self.total - c.words.len()).max(OTHERS) as f64;
        let length = f64::from(u32::try_from(c.words.len()).unwrap_or(u32::MAX));
        let chances = words.iter().map(|word| {
            let elsewhere = self.counts.get(word).copied().unwrap_or(0) - own(word);
            let share = ((elsewhere as f64 + 0.5) / (others + 1.0)).min(1.0);
            1.0 - (1.0 - share).powf(length)
        });
        tail(chances, shared) <= CHANCE
    }
}

/// The chance that at least `least` of independent things happen.
fn tail(chances: impl Iterator<Item = f64>, least: usize) -> f64 {
    // `few[n]`: the chance that exactly n happened so far, n below `least`.
    let mut few = vec![0.0; least];
    few[0] = 1.0;
    for p in chances {
        for n in (0..least).rev() {
            let one_less = if n > 0 { few[n - 1] } else { 0.0 };
            few[n] = few[n] * (1.0 - p) + one_less * p;
        }
    }
    1.0 - few.iter().sum::<f64>()
}

/// By what names those who spoke are known: label and name, and each word of them that is one person's only.
fn names(debate: &Debate, turns: &[&Turn]) -> Vec<(String, Clean)> {
    let mut people: Vec<(Clean, Vec<String>)> = Vec::new();
    for turn in turns.iter().filter(|t| !t.label.is_empty()) {
        if people.iter().any(|(label, _)| *label == turn.label) {
            continue;
        }
        let seat = match turn.speaker {
            Speaker::Expert(seat) => debate.cast_at(turn.parent).seat(seat),
            Speaker::WalkOn | Speaker::Audience { .. } | Speaker::Stage => None,
        };
        let name = seat.map(|s| s.expert.name.to_string());
        people.push((turn.label.clone(), [Some(turn.label.to_string()), name].into_iter().flatten().collect()));
    }
    let mut names: Vec<(String, Clean)> = Vec::new();
    for (label, all) in &people {
        for name in all {
            names.push((name.to_lowercase(), label.clone()));
            let parts = name.split_whitespace().map(str::to_lowercase);
            names.extend(parts.filter(|p| p.chars().count() >= 3 && !words::is_stop(p)).map(|part| (part, label.clone())));
        }
    }
    names.sort();
    names.dedup();
    let shared = names.clone();
    names.retain(|(name, label)| !shared.iter().any(|(n, l)| n == name && l != label));
    names
}

/// Whether a name stands in a text: as whole words with a capital where the script has any, else anywhere.
fn is_in(name: &str, text: &str) -> bool {
    if name.chars().any(is_dense) {
        return text.to_lowercase().contains(name);
    }
    let words: Vec<&str> = text.unicode_words().collect();
    let parts: Vec<&str> = name.unicode_words().collect();
    !parts.is_empty()
        && words.windows(parts.len()).any(|w| {
            w.iter().zip(&parts).all(|(word, part)| word.trim_end_matches("'s").trim_end_matches("’s").to_lowercase() == *part)
                && w.iter().any(|word| word.starts_with(|c: char| !c.is_lowercase()))
        })
}

/// Han and kana are written without blanks: two characters stand for a word there.
fn is_dense(c: char) -> bool {
    matches!(c, '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{9fff}' | '\u{f900}'..='\u{faff}')
}

/// The words of a text that say something, each as its stem; names are no such words, since they are looked at apart.
fn content(text: &str, names: &[(String, Clean)]) -> Vec<String> {
    let mut lower = text.to_lowercase();
    for (name, _) in names.iter().filter(|(name, _)| name.chars().any(is_dense)) {
        lower = lower.replace(name.as_str(), " ");
    }
    let mut found = Vec::new();
    for word in lower.unicode_words() {
        let word = word.trim_end_matches("'s").trim_end_matches("’s");
        if word.chars().any(is_dense) {
            continue;
        }
        let figures = word.chars().any(|c| c.is_ascii_digit());
        let short = word.chars().count() < 3 && !figures;
        if !short && !words::is_stop(word) && !names.iter().any(|(name, _)| name == word) {
            found.push(stem(word));
        }
    }
    let dense: Vec<char> = lower.chars().collect();
    for pair in dense.windows(2).filter(|pair| pair.iter().all(|c| is_dense(*c))) {
        let pair: String = pair.iter().collect();
        if !words::is_stop(&pair) {
            found.push(pair);
        }
    }
    found
}

/// How many words that say something two texts share.
pub fn overlap(one: &str, other: &str) -> usize {
    let other: BTreeSet<String> = content(other, &[]).into_iter().collect();
    content(one, &[]).into_iter().collect::<BTreeSet<_>>().intersection(&other).count()
}

fn stem(word: &str) -> String {
    let short = word.strip_suffix('s').filter(|w| w.chars().count() >= 3).unwrap_or(word);
    short.chars().take(STEM).collect()
}
