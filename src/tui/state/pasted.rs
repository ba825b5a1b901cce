//! Big pastes in the line: each is shown as one chip, and is sent and kept whole.
//!
//! Owns which chip stands for which text. A chip is plain text in the field, so that undo and wrapping go on as ever; that no part of one is
//! taken away or written into is seen to by [`super::Line`].

use std::ops::Range;

use crate::{
    debate::Clean,
    tui::tongue::{Tongue, phrase},
};

/// Most lines, and most characters, that are shown as they are.
const LINES: usize = 10;
const CHARACTERS: usize = 1000;

/// Texts that were pasted, by their chips.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Pasted {
    all: Vec<(String, Clean)>,
}

impl Pasted {
    /// The chip for a text, if it is big.
    pub fn fold(&mut self, tongue: Tongue, text: &Clean) -> Option<String> {
        let whole = text.as_str();
        let (lines, characters) = (whole.trim_end_matches('\n').split('\n').count(), whole.chars().count());
        if lines <= LINES && characters <= CHARACTERS || whole.trim().is_empty() {
            return None;
        }
        if let Some((chip, _)) = self.all.iter().find(|(_, known)| known == text) {
            return Some(chip.clone());
        }
        let label = phrase!(tongue, "line-pasted", n = lines, characters = short(characters));
        // Two of a size are told apart.
        let names = std::iter::once(format!("[{label}]")).chain((2..).map(|n| format!("[{label} · {n}]")));
        let chip = names.into_iter().find(|name| !self.all.iter().any(|(chip, _)| chip == name))?;
        self.all.push((chip.clone(), text.clone()));
        Some(chip)
    }

    /// Whether nothing big was pasted.
    pub fn is_empty(&self) -> bool {
        self.all.is_empty()
    }

    /// The chips.
    pub fn chips(&self) -> impl Iterator<Item = &str> {
        self.all.iter().map(|(chip, _)| chip.as_str())
    }

    /// The text of a chip.
    pub fn text(&self, chip: &str) -> Option<&Clean> {
        self.all.iter().find(|(known, _)| known == chip).map(|(_, text)| text)
    }

    /// Where chips stand in a text, in order.
    pub fn places(&self, shown: &str) -> Vec<Range<usize>> {
        let mut places: Vec<Range<usize>> =
            self.chips().flat_map(|chip| shown.match_indices(chip).map(|(at, _)| at..at + chip.len())).collect();
        places.sort_by_key(|p| p.start);
        places
    }

    /// A text with what its chips stand for.
    pub fn unfold(&self, shown: &str) -> String {
        let (mut whole, mut at) = (String::new(), 0);
        for place in self.places(shown) {
            whole.push_str(&shown[at..place.start]);
            whole.push_str(self.text(&shown[place.clone()]).map_or("", Clean::as_str));
            at = place.end;
        }
        whole.push_str(&shown[at..]);
        whole
    }

    /// Whether a change took a part of a chip away, or wrote into one; then which, in the text before.
    pub fn broken(&self, before: &str, after: &str) -> Option<Range<usize>> {
        if self.chips().all(|chip| before.matches(chip).count() <= after.matches(chip).count()) {
            return None;
        }
        let same = |(a, b): &(char, char)| a == b;
        let start: usize = before.chars().zip(after.chars()).take_while(same).map(|(c, _)| c.len_utf8()).sum();
        let rest = (before.len().min(after.len()) - start, &before[start..], &after[start..]);
        let end: usize = rest.1.chars().rev().zip(rest.2.chars().rev()).take_while(same).map(|(c, _)| c.len_utf8()).sum();
        let gone = start..before.len() - end.min(rest.0);
        self.places(before).into_iter().find(|p| gone.start < p.end && gone.end > p.start && !(gone.start <= p.start && gone.end >= p.end))
    }
}

/// `812`, `3.4k`, `120k`.
fn short(n: usize) -> String {
    match n {
        0..1000 => n.to_string(),
        1000..10_000 => format!("{}.{}k", n / 1000, n % 1000 / 100),
        _ => format!("{}k", n / 1000),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_big_is_folded_and_comes_out_whole_and_two_of_a_size_are_two() {
        let mut pasted = Pasted::default();
        assert_eq!(pasted.fold(Tongue::English, &Clean::new(&"line\n".repeat(10))), None);
        assert_eq!(pasted.fold(Tongue::English, &Clean::new(&"x".repeat(1000))), None);
        assert_eq!(pasted.fold(Tongue::English, &Clean::new(&"\n".repeat(40))), None);
        let (a, b) = (Clean::new(&"a line\n".repeat(48)), Clean::new(&"b line\n".repeat(48)));
        let (first, second) = (pasted.fold(Tongue::English, &a).unwrap(), pasted.fold(Tongue::English, &b).unwrap());
        assert_eq!((first.as_str(), second.as_str()), ("[pasted 48 lines, 336 characters]", "[pasted 48 lines, 336 characters · 2]"));
        assert_eq!(pasted.fold(Tongue::English, &a), Some(first.clone()));
        assert_eq!(pasted.unfold(&format!("x {first} y {second}{first}")), format!("x {a} y {b}{a}"));
        // A pasted text that has a chip in it is not looked into.
        let odd = Clean::new(&format!("{first}\n").repeat(12));
        let chip = pasted.fold(Tongue::English, &odd).unwrap();
        assert_eq!(pasted.unfold(&chip), odd.as_str());
    }

    #[test]
    fn only_a_chip_that_lost_a_part_is_broken() {
        let mut pasted = Pasted::default();
        let chip = pasted.fold(Tongue::English, &Clean::new(&"a line\n".repeat(48))).unwrap();
        let text = format!("a {chip} b");
        let broken = |after: &str| pasted.broken(&text, after);
        assert_eq!(broken(&text), None);
        assert_eq!(broken("a  b"), None);
        assert_eq!(broken(" b"), None);
        assert_eq!(broken(&format!("{chip} b")), None);
        assert_eq!(broken(&text.replace(']', "")), Some(2..2 + chip.len()));
        assert_eq!(broken(&text.replace('[', "")), Some(2..2 + chip.len()));
        assert_eq!(broken(&text.replace("lines", "x")), Some(2..2 + chip.len()));
    }
}
