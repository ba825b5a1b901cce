//! Watches, as text is shown, for the place where an answer is long enough. By the very text and tokens that are handed up, so that whoever
//! asked comes to the same end.

use crate::model::{Enough, ends_sentence};

/// One answer's watch.
#[derive(Debug)]
pub struct Watch {
    enough: Enough,
    told: u64,
    text: String,
}

impl Watch {
    /// A watch for an answer that has not begun.
    pub fn new(enough: Enough) -> Self {
        Self { enough, told: 0, text: String::new() }
    }

    /// Takes in what is shown now; tells whether that is enough.
    pub fn is_enough(&mut self, text: &str, tokens: usize) -> bool {
        self.told += tokens as u64;
        // A break that was shown before counts when this is what follows it.
        let settled = self.text.trim_end().len();
        self.text.push_str(text);
        let reached = |after: Option<u64>| after.is_some_and(|after| self.told >= after);
        let line = reached(self.enough.line_after) && settled > 0 && self.text[settled..].contains('\n');
        line || reached(self.enough.sentence_after) && ends_sentence(&self.text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_enough_at_the_end_of_a_line_or_of_a_sentence() {
        let watch = || Watch::new(Enough { line_after: Some(3), sentence_after: Some(5) });
        let ends = |pieces: &[&str]| {
            let mut watch = watch();
            pieces.iter().position(|piece| watch.is_enough(piece, 1))
        };
        assert_eq!(ends(&[" One.", " Two.", " three", " four", " five", " six", " seven."]), Some(6));
        assert_eq!(ends(&[" One.", "\n\n", "Two"]), Some(2), "a break before the limit counts when words follow");
        assert_eq!(ends(&["\n", "\n", "\n", " one", "\n"]), Some(4), "nothing was said before");
        assert_eq!(ends(&[" a", " b", " c", " d"]), None);
    }
}
