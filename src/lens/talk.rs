//! What lenses look at: who said which words. Stage directions, the audience and the names of the panel are left out here, once.

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfc_quick};
use unicode_segmentation::UnicodeSegmentation;

use crate::debate::{Branch, Cast, Debate, Speaker, TokenMark, Turn};

/// Words of names that are also words of the language; they stay.
const COMMON: [&str; 14] = ["the", "and", "for", "von", "van", "der", "die", "das", "del", "los", "las", "chair", "voice", "from"];
/// Fewest letters of a name's word, where letters are written apart.
const NAME_MIN: usize = 3;

/// How words are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Script {
    /// With blanks between them.
    Spaced,
    /// Without: Han, kana, Thai. A character counts as a word.
    Dense,
}

impl Script {
    /// The script that most letters of a text are in.
    pub fn of(text: &str) -> Self {
        let letters = text.chars().filter(|c| c.is_alphabetic());
        let (dense, all) = letters.fold((0_usize, 0_usize), |(dense, all), c| (dense + usize::from(is_dense(c)), all + 1));
        // A Han character says about as much as half a word of five letters.
        if dense * 3 > all { Self::Dense } else { Self::Spaced }
    }
}

fn is_dense(c: char) -> bool {
    matches!(c, '\u{e00}'..='\u{e7f}' | '\u{3005}'..='\u{3007}' | '\u{3040}'..='\u{30ff}' | '\u{31f0}'..='\u{31ff}' | '\u{3400}'..='\u{9fff}'
        | '\u{f900}'..='\u{faff}' | '\u{ff66}'..='\u{ff9f}' | '\u{20000}'..='\u{3ffff}')
}

/// One speaker's turn.
#[derive(Clone, Debug, PartialEq)]
pub struct Said {
    /// Who, as an index into [`Talk::speakers`].
    pub speaker: usize,
    /// The text (NFC) without names of the panel.
    pub text: String,
    /// Its words, as indices into [`Talk::vocabulary`].
    pub words: Vec<u32>,
    /// Characters, and the surprisal of each token but the first, in bits; empty where the model tells none.
    pub bits: Vec<f64>,
    /// Characters of the text that those tokens cover.
    pub bits_chars: usize,
}

/// A branch as lenses see it.
#[derive(Clone, Debug)]
pub struct Talk {
    script: Script,
    speakers: Vec<String>,
    said: Vec<Said>,
    vocabulary: Vec<String>,
    index: HashMap<String, u32>,
    names: HashSet<String>,
    dense_names: Vec<String>,
    /// Whose names were taken last.
    cast: Option<Arc<Cast>>,
}

impl Talk {
    /// Nothing said yet. The names are those of the panel.
    pub fn new<'a>(script: Script, names: impl IntoIterator<Item = &'a str>) -> Self {
        let mut talk = Self {
            script,
            speakers: Vec::new(),
            said: Vec::new(),
            vocabulary: Vec::new(),
            index: HashMap::new(),
            names: HashSet::new(),
            dense_names: Vec::new(),
            cast: None,
        };
        for name in names {
            talk.name(name);
        }
        talk
    }

    /// A branch, without those who are labelled as one of `without`.
    pub fn of(debate: &Debate, branch: Option<&Branch>, without: &[String]) -> Self {
        let path = branch.and_then(|b| b.head).map_or_else(Vec::new, |head| debate.path_to(head));
        let turns = || {
            let turns = path.iter().filter_map(|id| debate.turn(*id));
            turns.filter(|t| matches!(t.speaker, Speaker::Expert(_) | Speaker::WalkOn) && without.iter().all(|w| t.label != w.as_str()))
        };
        let sample: String = turns().take(50).map(|t| t.text.as_str()).collect();
        let mut talk = Self::new(Script::of(&sample), []);
        for expert in debate.opening().iter().flat_map(|o| &o.panel.experts) {
            talk.name(expert.name.as_str());
            talk.name(expert.label.as_str());
        }
        for turn in turns() {
            talk.hear(turn);
        }
        talk
    }

    /// One turn of a debate more; who came to the table meanwhile is named first.
    pub fn hear(&mut self, turn: &Turn) {
        // Who comes to the table comes with a cast of its own.
        if self.cast.as_ref().is_none_or(|c| !Arc::ptr_eq(c, &turn.cast)) {
            for seat in turn.cast.seats() {
                self.name(seat.expert.name.as_str());
                self.name(seat.expert.label.as_str());
            }
            self.cast = Some(turn.cast.clone());
        }
        self.push(turn.label.as_str(), turn.said(), &turn.tokens);
    }

    /// One name more to leave out of what is said from now on.
    pub fn name(&mut self, name: &str) {
        let name: String = name.nfc().collect();
        if name.chars().any(is_dense) {
            if name.chars().count() > 1 && !self.dense_names.contains(&name) {
                self.dense_names.push(name);
                self.dense_names.sort_by_key(|n| std::cmp::Reverse(n.len()));
            }
            return;
        }
        for word in name.unicode_words().map(str::to_lowercase) {
            if word.chars().count() >= NAME_MIN && !COMMON.contains(&word.as_str()) {
                self.names.insert(word);
            }
        }
    }

    /// One turn more.
    pub fn push(&mut self, label: &str, text: &str, tokens: &[TokenMark]) {
        let speaker = self.speakers.iter().position(|s| s == label).unwrap_or_else(|| {
            self.speakers.push(label.to_owned());
            self.speakers.len() - 1
        });
        // Most text is in that form already.
        let mut raw = if is_nfc_quick(text.chars()) == IsNormalized::Yes { text.to_owned() } else { text.nfc().collect() };
        for name in &self.dense_names {
            if raw.contains(name.as_str()) {
                raw = raw.replace(name.as_str(), "");
            }
        }
        let (mut kept, mut words) = (String::with_capacity(raw.len()), Vec::new());
        for piece in raw.split_word_bounds() {
            if !piece.chars().any(char::is_alphanumeric) {
                kept.push_str(piece);
            } else if piece.chars().any(is_dense) {
                kept.push_str(piece);
                for c in piece.chars().filter(|c| c.is_alphanumeric()) {
                    words.push(self.word(&c.to_lowercase().to_string()));
                }
            } else {
                let word = piece.to_lowercase().replace('’', "'");
                if piece.chars().next().is_some_and(|c| !c.is_lowercase()) && self.names.contains(word.trim_end_matches("'s")) {
                    continue;
                }
                kept.push_str(piece);
                words.push(self.word(&word));
            }
        }
        let rest = tokens.get(1..).unwrap_or_default();
        let first = tokens.first().map_or(0, |t| t.bytes as usize);
        let bits_chars =
            if rest.is_empty() { 0 } else { text.chars().count().saturating_sub(text.get(..first).map_or(0, |s| s.chars().count())) };
        let bits = rest.iter().map(|t| -f64::from(t.logprob) / std::f64::consts::LN_2).collect();
        self.said.push(Said { speaker, text: kept, words, bits, bits_chars });
    }

    fn word(&mut self, word: &str) -> u32 {
        if let Some(id) = self.index.get(word) {
            return *id;
        }
        // Four thousand million different words are out of reach.
        let id = u32::try_from(self.vocabulary.len()).unwrap_or(u32::MAX);
        self.vocabulary.push(word.to_owned());
        self.index.insert(word.to_owned(), id);
        id
    }

    /// How its words are written.
    pub fn script(&self) -> Script {
        self.script
    }

    /// Who spoke, in the order of first words.
    pub fn speakers(&self) -> &[String] {
        &self.speakers
    }

    /// All turns.
    pub fn said(&self) -> &[Said] {
        &self.said
    }

    /// All different words, in the order in which they came.
    pub fn vocabulary(&self) -> &[String] {
        &self.vocabulary
    }

    /// Words of each speaker.
    pub fn words_of_each(&self) -> Vec<usize> {
        let mut words = vec![0; self.speakers.len()];
        for said in &self.said {
            words[said.speaker] += said.words.len();
        }
        words
    }

    /// The same without all that comes after so many words. Tokens of a turn that is cut are left out.
    #[must_use]
    pub fn first(&self, words: usize) -> Self {
        let mut cut = self.clone();
        let mut left = words;
        cut.said.retain_mut(|said| {
            if left == 0 {
                return false;
            }
            if said.words.len() > left {
                said.words.truncate(left);
                let end = end_of(&said.text, left);
                said.text.truncate(end);
                (said.bits, said.bits_chars) = (Vec::new(), 0);
            }
            left -= said.words.len().min(left);
            true
        });
        cut
    }

    /// The same turns under other labels, given as one speaker's index a turn: for shuffles and for checks.
    #[must_use]
    pub fn relabelled(&self, speakers: Vec<String>, labels: &[usize]) -> Self {
        let mut other = self.clone();
        for (said, label) in other.said.iter_mut().zip(labels) {
            said.speaker = (*label).min(speakers.len().saturating_sub(1));
        }
        Self { speakers, ..other }
    }
}

/// Where so many words of a text end, as [`Talk::push`] counts them.
fn end_of(text: &str, words: usize) -> usize {
    let mut left = words;
    for (at, piece) in text.split_word_bound_indices().filter(|(_, p)| p.chars().any(char::is_alphanumeric)) {
        let of_piece = if piece.chars().any(is_dense) { piece.chars().filter(|c| c.is_alphanumeric()).count() } else { 1 };
        left = left.saturating_sub(of_piece);
        if left == 0 {
            return at + piece.len();
        }
    }
    text.len()
}
