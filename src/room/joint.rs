//! Joins words that broke off with those that a chat model says after it was told to go on: no word twice, and one space between.
//!
//! Pure. A model that goes on by itself (raw text, prefill) needs none of this.

/// Characters at the end of what was said that may be said again.
const AGAIN_MAX: usize = 4000;

/// The place where an answer joins what was said.
#[derive(Clone, Debug)]
pub struct Joint {
    /// The end of what was said.
    said: String,
    /// What came of the answer and may still be a repetition.
    held: String,
}

impl Joint {
    /// For an answer that goes on after these words.
    pub fn new(said: &str) -> Self {
        let from = said.char_indices().rev().nth(AGAIN_MAX).map_or(0, |(i, _)| i);
        Self { said: said[from..].trim_end().to_owned(), held: String::new() }
    }

    /// Takes in a piece; gives what is new, with its joint, once that is decided. `None`: go on.
    pub fn push(&mut self, piece: &str) -> Option<String> {
        self.held.push_str(piece);
        let held = self.held.trim_start();
        if held.is_empty() || self.places().any(|at| self.said[at..].len() > held.len() && self.said[at..].starts_with(held)) {
            return None;
        }
        Some(self.joined())
    }

    /// The answer is over: what is new in it.
    pub fn finish(&mut self) -> String {
        let held = self.held.trim();
        if held.is_empty() || self.places().any(|at| self.said[at..].starts_with(held)) { String::new() } else { self.joined() }
    }

    fn joined(&mut self) -> String {
        let held = std::mem::take(&mut self.held);
        let words = held.trim_start();
        // The longest repetition, from the beginning of a word to the end.
        if let Some(at) = self.places().find(|at| words.starts_with(&self.said[*at..])) {
            return words[self.said.len() - at..].to_owned();
        }
        let glued = |c: char| c.is_alphanumeric() && c < '\u{2e80}';
        let meets =
            self.said.chars().next_back().is_some_and(|c| c < '\u{2e80}' && !c.is_whitespace() && !matches!(c, '-' | '(' | '“' | '"'));
        let spaced = held.len() > words.len() || words.starts_with(glued);
        if meets && spaced && !self.said.is_empty() { format!(" {words}") } else { words.to_owned() }
    }

    /// Where a repetition may begin: at the words of what was said, the earliest first.
    fn places(&self) -> impl Iterator<Item = usize> {
        let mut before = ' ';
        self.said.char_indices().filter_map(move |(i, c)| {
            let begins = !c.is_whitespace() && (!before.is_alphanumeric() || c >= '\u{2e80}');
            before = c;
            begins.then_some(i)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_word_is_said_twice_and_none_is_glued_to_another() {
        for (said, answer, joined) in [
            ("The only moat", "is taste.", "The only moat is taste."),
            ("The only moat", " is taste.", "The only moat is taste."),
            ("The only moat", "The only moat is taste.", "The only moat is taste."),
            ("The only moat is tas", "taste.", "The only moat is taste."),
            ("The only moat", "moat is taste.", "The only moat is taste."),
            ("The only moat", ", and I say it again, is taste.", "The only moat, and I say it again, is taste."),
            ("No. No", "No. I said no.", "No. No. I said no."),
            ("唯一的护城河", "是品味。", "唯一的护城河是品味。"),
            ("唯一的护城河", "护城河是品味。", "唯一的护城河是品味。"),
            ("The only moat is", "The only moat is", "The only moat is"),
        ] {
            for size in [1, 3, 100] {
                let mut joint = Joint::new(said);
                let (mut all, mut open) = (said.to_owned(), true);
                let chars: Vec<char> = answer.chars().collect();
                for piece in chars.chunks(size).map(|c| c.iter().collect::<String>()) {
                    if open {
                        if let Some(new) = joint.push(&piece) {
                            all.push_str(&new);
                            open = false;
                        }
                    } else {
                        all.push_str(&piece);
                    }
                }
                if open {
                    all.push_str(&joint.finish());
                }
                assert_eq!(all, joined, "{said:?} + {answer:?} in pieces of {size}");
            }
        }
    }
}
