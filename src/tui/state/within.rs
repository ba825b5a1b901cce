//! A place within a turn, where it could go another way.
//!
//! Owns the words of the turn, which of them is marked, and what is told of others there. Does not fork: the room does.

use std::ops::Range;

use unicode_segmentation::UnicodeSegmentation;

use super::field::Field;
use crate::{
    debate::{Clean, TurnId},
    room::{Command, Place, Words},
};

/// What is known of other words.
#[derive(Clone, Debug, PartialEq)]
pub enum Told {
    /// The model was asked.
    Waiting,
    /// Words with the natural-log probability of the first token of each.
    Words(Vec<(Clean, f32)>),
    /// Nobody can tell, and why.
    Nothing(Clean),
}

/// A place within a turn.
#[derive(Clone, Debug)]
pub struct Within {
    /// The turn.
    pub turn: TurnId,
    /// Its text when it was opened.
    pub text: Clean,
    words: Vec<Range<usize>>,
    at: usize,
    /// Other words.
    pub told: Told,
    /// The marked one of them.
    pub chosen: usize,
    /// Words of one's own.
    pub field: Field,
    /// Whether one is typing.
    pub typing: bool,
}

impl Within {
    /// At the first word of a text. `None` where it has no words.
    pub fn new(turn: TurnId, text: Clean, typed: &str) -> Option<Self> {
        let whole = |(at, word): (usize, &str)| (!word.trim().is_empty()).then(|| at..at + word.len());
        let words: Vec<Range<usize>> = text.as_str().split_word_bound_indices().filter_map(whole).collect();
        if words.is_empty() {
            return None;
        }
        Some(Self { turn, text, words, at: 0, told: Told::Waiting, chosen: 0, field: Field::line(typed), typing: false })
    }

    /// The bytes of the marked word.
    pub fn word(&self) -> Range<usize> {
        self.words.get(self.at).cloned().unwrap_or(0..0)
    }

    /// The place before the marked word: after the one before it, since a model begins a word with the space before it.
    pub fn place(&self) -> usize {
        self.text.as_str().get(..self.word().start).unwrap_or_default().trim_end().len()
    }

    /// Goes on by so many words, as far as there are. True when that is another one.
    pub fn step(&mut self, by: isize) -> bool {
        let to = self.at.saturating_add_signed(by).min(self.words.len() - 1);
        self.go(to)
    }

    /// Goes to the word that holds this byte, or the one after it.
    pub fn go_to(&mut self, byte: usize) -> bool {
        let to = self.words.iter().position(|w| w.end > byte).unwrap_or(self.words.len() - 1);
        self.go(to)
    }

    fn go(&mut self, to: usize) -> bool {
        let moved = to != self.at;
        if moved {
            (self.at, self.told, self.chosen) = (to, Told::Waiting, 0);
        }
        moved
    }

    /// Goes on by so many of the other words, around the ends.
    pub fn choose(&mut self, by: isize) {
        let Told::Words(words) = &self.told else { return };
        let count = isize::try_from(words.len()).unwrap_or(1).max(1);
        let at = isize::try_from(self.chosen).unwrap_or(0);
        self.chosen = usize::try_from((at + by).rem_euclid(count)).unwrap_or(0);
    }

    /// Takes in what is told, if it is told of this place.
    pub fn hear(&mut self, words: &Words) {
        if words.turn == self.turn && words.bytes == self.place() {
            self.told = match &words.told {
                Ok(all) if all.is_empty() => Told::Nothing("the model tells no other words".into()),
                Ok(all) => Told::Words(all.clone()),
                Err(why) => Told::Nothing(why.clone()),
            };
        }
    }

    /// Asks for other words at this place.
    pub fn ask(&self) -> Command {
        Command::Words { turn: self.turn, place: Place::At(self.place()) }
    }

    /// What enter does: the typed words, or else the marked ones, from this place on.
    pub fn command(&self) -> Option<Command> {
        let place = self.place();
        let text = if self.typing {
            let typed = Clean::line(&self.field.text());
            let gap = self.text.slice(place..self.word().start);
            if typed.is_empty() { None } else { Some(Clean::concat([&gap, &typed])) }
        } else {
            match &self.told {
                Told::Words(words) => words.get(self.chosen).map(|(word, _)| word.clone()),
                Told::Waiting | Told::Nothing(_) => None,
            }
        };
        text.map(|text| Command::Refork { turn: self.turn, place: Place::At(place), text })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn walk(text: &str) -> Vec<(String, usize)> {
        let mut within = Within::new(TurnId(1), text.into(), "").unwrap();
        let mut words = Vec::new();
        loop {
            words.push((text[within.word()].to_owned(), within.place()));
            if !within.step(1) {
                return words;
            }
        }
    }

    #[test]
    fn words_are_walked_whole_in_every_script_and_a_place_is_after_the_word_before() {
        let own = |all: &[(&str, usize)]| all.iter().map(|(w, n)| ((*w).to_owned(), *n)).collect::<Vec<_>>();
        assert_eq!(walk(" The moat, again."), own(&[("The", 0), ("moat", 4), (",", 9), ("again", 10), (".", 16)]));
        assert_eq!(walk("护城河👩‍👧。"), own(&[("护", 0), ("城", 3), ("河", 6), ("👩‍👧", 9), ("。", 20)]));
        assert_eq!(walk("Cafe\u{301} au"), own(&[("Cafe\u{301}", 0), ("au", 6)]));
        assert!(Within::new(TurnId(1), " \n".into(), "").is_none());
    }

    #[test]
    fn what_is_told_late_of_another_place_is_not_taken_and_typed_words_get_their_space() {
        let mut within = Within::new(TurnId(1), " The moat is taste.".into(), "").unwrap();
        within.step(1);
        let told = |bytes| Words { turn: TurnId(1), bytes, told: Ok(vec![(" one".into(), -1.0), (" two".into(), -2.0)]) };
        within.hear(&told(0));
        assert_eq!(within.told, Told::Waiting);
        assert_eq!(within.command(), None);
        within.hear(&told(4));
        within.choose(-1);
        let refork = |text: &str| Some(Command::Refork { turn: TurnId(1), place: Place::At(4), text: text.into() });
        assert_eq!(within.command(), refork(" two"));
        within.typing = true;
        within.field.insert("secret");
        assert_eq!(within.command(), refork(" secret"));
    }
}
