//! Where an answer is long enough. One rule, by which a provider stops by itself and whoever asked comes to the very same end.

/// Where an answer may end before its tokens are used up. Whoever asks watches for it too and drops the answer then; a provider that stops
/// by itself does no work in vain, and an embedded one is left in the same state each time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Enough {
    /// Tokens after which the end of a line is the end.
    pub line_after: Option<u64>,
    /// Tokens after which the end of a sentence is the end.
    pub sentence_after: Option<u64>,
}

/// Whether a text ends with a sentence's end, perhaps inside quotation marks.
pub fn ends_sentence(text: &str) -> bool {
    text.trim_end().trim_end_matches(['"', '”', '’', '\'', ')', '*', '」', '』', '）']).ends_with(['.', '!', '?', '。', '！', '？', '…'])
}

/// One answer's watch: told of its tokens and words as they come.
#[derive(Clone, Debug)]
pub struct Watch {
    enough: Enough,
    tokens: u64,
    text: String,
}

impl Watch {
    /// A watch for an answer that has not begun.
    pub fn new(enough: Enough) -> Self {
        Self { enough, tokens: 0, text: String::new() }
    }

    /// Tokens that came (pieces of text where the provider doesn't tell tokens).
    pub fn tokens(&self) -> u64 {
        self.tokens
    }

    /// A piece came with so many tokens.
    pub fn count(&mut self, tokens: usize) {
        self.tokens += tokens.max(1) as u64;
    }

    /// Takes in words: at which byte of them a line ends that is the end. Zero where words follow a break that came before them.
    pub fn line_end(&mut self, text: &str) -> Option<usize> {
        let before = self.text.len();
        let settled = self.text.trim_end().len();
        self.text.push_str(text);
        if !self.reached(self.enough.line_after) {
            return None;
        }
        // What stands before the first words ends no line.
        let from = if settled > 0 { settled } else { self.text.len() - self.text.trim_start().len() };
        self.text[from..].find('\n').map(|at| (from + at).saturating_sub(before))
    }

    /// Whether the words so far are enough, since a sentence ends with them.
    pub fn sentence_ends(&self) -> bool {
        self.reached(self.enough.sentence_after) && ends_sentence(&self.text)
    }

    fn reached(&self, after: Option<u64>) -> bool {
        after.is_some_and(|after| self.tokens >= after)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ends(pieces: &[&str]) -> Option<(usize, Option<usize>)> {
        let mut watch = Watch::new(Enough { line_after: Some(3), sentence_after: Some(5) });
        pieces.iter().enumerate().find_map(|(n, piece)| {
            watch.count(1);
            let line = watch.line_end(piece);
            (line.is_some() || watch.sentence_ends()).then_some((n, line))
        })
    }

    #[test]
    fn an_answer_is_enough_at_the_end_of_a_line_or_of_a_sentence() {
        assert_eq!(ends(&[" One.", " Two.", " three", " four", " five", " six", " seven."]), Some((6, None)));
        assert_eq!(ends(&[" One", " two", " three.\nFour"]), Some((2, Some(7))), "a line has its sentence's end");
        assert_eq!(ends(&[" One.", "\n\n", "Two"]), Some((2, Some(0))), "a break before the limit counts when words follow");
        assert_eq!(ends(&["\n", "\n", "\n", " one", "\n"]), Some((4, Some(0))), "nothing was said before");
        assert_eq!(ends(&[" a", " b", " c", " d"]), None);
    }
}
