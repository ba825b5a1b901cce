//! What is looked for, and where it is: in the turns of the branch on stage, or of the whole tree.
//!
//! Looks at turns as they are read, without the marks of markdown. Knows no panes.

use crate::{
    debate::{Debate, Turn, TurnId},
    tui::wrap::{Tone, markup::inline},
};

use super::field::Field;

/// A search.
#[derive(Clone, Debug)]
pub struct Search {
    /// What is typed.
    pub field: Field,
    /// Whether all branches are searched.
    pub whole_tree: bool,
    /// Turns in which it is, in the order in which one reads.
    pub hits: Vec<TurnId>,
    /// Which of them one is at.
    pub at: usize,
    /// The turn that was selected before.
    pub from: Option<TurnId>,
}

impl Search {
    /// Nothing is looked for yet.
    pub fn new(from: Option<TurnId>) -> Self {
        Self { field: Field::line(""), whole_tree: false, hits: Vec::new(), at: 0, from }
    }

    /// Looks through everything; stays at the turn one is at, else goes to the last one at or before where one was.
    pub fn look(&mut self, debate: &Debate) {
        let here = self.hits.get(self.at).copied();
        let needle = folded(self.field.text().trim());
        let has = |turn: &&Turn| !needle.is_empty() && !found(&folded(&read(turn)), &needle).is_empty();
        self.hits = if self.whole_tree {
            debate.turns().iter().filter(has).map(|t| t.id).collect()
        } else {
            debate.staged_turns().filter(has).map(|t| t.id).collect()
        };
        let near = |id: TurnId| self.hits.iter().rposition(|h| *h <= id);
        self.at = here
            .and_then(|id| self.hits.iter().position(|h| *h == id))
            .or_else(|| self.from.and_then(near))
            .unwrap_or_else(|| if self.from.is_some() { 0 } else { self.hits.len().saturating_sub(1) });
    }

    /// A turn has ended or changed: it may be one of the hits now.
    pub fn heard(&mut self, debate: &Debate, id: TurnId) {
        let needle = folded(self.field.text().trim());
        let Some(turn) = debate.turn(id).filter(|_| !needle.is_empty() && !self.hits.contains(&id)) else { return };
        if !found(&folded(&read(turn)), &needle).is_empty() {
            self.hits.push(id);
        }
    }

    /// The hit one is at.
    pub fn hit(&self) -> Option<TurnId> {
        self.hits.get(self.at).copied()
    }

    /// Goes to the next hit or the one before, around the ends.
    pub fn step(&mut self, by: isize) {
        let count = isize::try_from(self.hits.len()).unwrap_or(isize::MAX);
        if count > 0 {
            let at = isize::try_from(self.at).unwrap_or(0);
            self.at = usize::try_from((at + by).rem_euclid(count)).unwrap_or(0);
        }
    }

    /// Which characters of a row are part of what is looked for; `before` and `after` are its neighbours, over whose ends it may run.
    pub fn marks(&self, before: &str, row: &str, after: &str) -> Vec<(usize, usize)> {
        let needle = folded(self.field.text().trim());
        let mut marks = Vec::new();
        if needle.is_empty() {
            return marks;
        }
        let (start, length) = (before.chars().count(), row.chars().count());
        // A row ends at a space, or between two characters of a script without any.
        for gap in [" ", ""] {
            let start = start + gap.len();
            let all = folded(&format!("{before}{gap}{row}{gap}{after}"));
            for at in found(&all, &needle) {
                let (from, to) = (at.max(start), (at + needle.len()).min(start + length));
                if from < to && !marks.contains(&(from - start, to - start)) {
                    marks.push((from - start, to - start));
                }
            }
        }
        marks
    }
}

/// A turn as it is read: its rows without the marks of markdown.
fn read(turn: &Turn) -> String {
    let mut text = String::new();
    for line in turn.said().lines() {
        if !text.is_empty() {
            text.push(' ');
        }
        inline(line.trim(), Tone::default(), false).iter().for_each(|(_, run)| text.push_str(run));
    }
    text
}

/// Characters, small where there is a small one; one for one, so that places stay.
fn folded(text: &str) -> Vec<char> {
    text.chars().map(|c| c.to_lowercase().next().unwrap_or(c)).collect()
}

/// Where the needle begins.
fn found(text: &[char], needle: &[char]) -> Vec<usize> {
    text.windows(needle.len().max(1)).enumerate().filter(|(_, w)| *w == needle).map(|(n, _)| n).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn searching(text: &str) -> Search {
        Search { field: Field::line(text), ..Search::new(None) }
    }

    #[test]
    fn a_find_is_marked_over_the_ends_of_rows_in_any_case() {
        assert_eq!(searching("MOAT").marks("", "a moat, a Moat", ""), [(2, 6), (10, 14)]);
        assert_eq!(searching("the moat is").marks("about the", "moat", "is gone"), [(0, 4)]);
        assert_eq!(searching("护城河").marks("什么护", "城河？", ""), [(0, 2)]);
        assert_eq!(searching("").marks("a", "b", "c"), []);
    }
}
