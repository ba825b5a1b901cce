//! Whole characters out of tokens, and the end of an answer at a stop string. Owns the text that is held back; knows nothing
//! of models.

use std::collections::VecDeque;

use crate::model::Token;

/// Collects bytes until they are characters.
#[derive(Debug, Default)]
struct Whole(Vec<u8>);

impl Whole {
    /// The characters that these bytes complete. What can't become one is shown as U+FFFD.
    fn push(&mut self, bytes: &[u8]) -> String {
        self.0.extend_from_slice(bytes);
        let mut text = String::new();
        loop {
            match std::str::from_utf8(&self.0) {
                Ok(all) => {
                    text.push_str(all);
                    self.0.clear();
                    return text;
                }
                Err(error) => {
                    let good = error.valid_up_to();
                    text.push_str(std::str::from_utf8(&self.0[..good]).unwrap_or_default());
                    let Some(bad) = error.error_len() else {
                        self.0.drain(..good);
                        return text;
                    };
                    text.push(char::REPLACEMENT_CHARACTER);
                    self.0.drain(..good + bad);
                }
            }
        }
    }
}

/// Text on its way out.
#[derive(Debug, Default)]
pub struct Outlet {
    stops: Vec<String>,
    whole: Whole,
    held: String,
    /// Tokens of the held text: the byte of it at which each ends, and its log-probability.
    tokens: VecDeque<(usize, f32)>,
}

/// What may be shown, never empty.
pub type Shown = (String, Vec<Token>);

impl Outlet {
    /// One that ends at any of these strings.
    pub fn new(stops: &[String]) -> Self {
        Self { stops: stops.iter().filter(|s| !s.is_empty()).cloned().collect(), ..Self::default() }
    }

    /// Takes in a token; gives what may be shown now, and whether a stop string came.
    pub fn push(&mut self, bytes: &[u8], logprob: f32) -> (Option<Shown>, bool) {
        self.held.push_str(&self.whole.push(bytes));
        self.tokens.push_back((self.held.len(), logprob));
        if let Some(stop) = self.stops.iter().filter_map(|s| self.held.find(s.as_str())).min() {
            let shown = self.show(stop);
            self.held.clear();
            self.tokens.clear();
            return (shown, true);
        }
        let keep = self.stops.iter().map(|s| overlap(&self.held, s)).max().unwrap_or(0);
        let free = self.held.len() - keep;
        // Whole tokens only, so that each one's bytes are those it is told with.
        let end = self.tokens.iter().map(|(end, _)| *end).take_while(|end| *end <= free).last().unwrap_or(0);
        (self.show(end), false)
    }

    /// No more comes: what was held back for a stop string that didn't come. Half a character is dropped.
    pub fn finish(&mut self) -> Option<Shown> {
        self.show(self.held.len())
    }

    fn show(&mut self, end: usize) -> Option<Shown> {
        if end == 0 {
            return None;
        }
        let rest = self.held.split_off(end);
        let text = std::mem::replace(&mut self.held, rest);
        let mut tokens = Vec::new();
        let mut from = 0;
        while from < end
            && let Some((to, logprob)) = self.tokens.pop_front()
        {
            tokens.push(Token { bytes: u32::try_from(to.min(end) - from).unwrap_or(u32::MAX), logprob });
            from = to.min(end);
        }
        for token in &mut self.tokens {
            token.0 = token.0.saturating_sub(end);
        }
        Some((text, tokens))
    }
}

/// Bytes at the text's end with which the stop string may begin.
fn overlap(text: &str, stop: &str) -> usize {
    (1..stop.len().min(text.len() + 1)).rev().find(|&n| stop.is_char_boundary(n) && text.ends_with(&stop[..n])).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn run(stops: &[&str], parts: &[&[u8]]) -> (String, Vec<Token>, bool) {
        let mut outlet = Outlet::new(&stops.iter().map(ToString::to_string).collect::<Vec<_>>());
        let (mut text, mut tokens, mut stopped) = (String::new(), Vec::new(), false);
        for part in parts {
            let (shown, stop) = outlet.push(part, -1.0);
            if let Some((t, k)) = shown {
                assert_eq!(k.iter().map(|t| t.bytes as usize).sum::<usize>(), t.len());
                text.push_str(&t);
                tokens.extend(k);
            }
            if stop {
                stopped = true;
                break;
            }
        }
        if !stopped && let Some((t, k)) = outlet.finish() {
            text.push_str(&t);
            tokens.extend(k);
        }
        (text, tokens, stopped)
    }

    #[test]
    fn a_character_split_over_tokens_comes_whole() {
        let (text, tokens, _) = run(&[], &[b"a\xe6", b"\x8a", b"\xa4b"]);
        assert_eq!(text, "a护b");
        assert_eq!(tokens.iter().map(|t| t.bytes).collect::<Vec<_>>(), [1, 0, 4]);
    }

    #[test]
    fn bytes_that_are_no_text_are_shown_as_such() {
        assert_eq!(run(&[], &[b"a\xff", b"b"]).0, "a\u{fffd}b");
    }

    #[test]
    fn a_stop_string_split_over_tokens_ends_the_answer_and_is_not_shown() {
        let (text, tokens, stopped) = run(&["\nMUSK:"], &[b"No.", b"\nMU", b"SK", b": Yes"]);
        assert_eq!((text.as_str(), stopped), ("No.", true));
        assert_eq!(tokens.len(), 1);
    }

    #[test]
    fn what_only_looked_like_a_stop_string_is_shown_after_all() {
        assert_eq!(run(&["\nMUSK:"], &[b"No.", b"\nMU", b"ST"]).0, "No.\nMUST");
        assert_eq!(run(&["\nMUSK:"], &[b"No.", b"\nMU"]).0, "No.\nMU");
    }

    #[test]
    fn a_token_that_runs_into_a_stop_string_is_told_with_the_bytes_shown() {
        let (text, tokens, stopped) = run(&["\n"], &[b"ab\nc"]);
        assert_eq!((text.as_str(), stopped, tokens[0].bytes), ("ab", true, 2));
    }

    proptest! {
        #[test]
        fn a_text_cut_anywhere_is_the_same_text(text in "(a|b|护|é|\n){0,20}", cuts in prop::collection::vec(0usize..60, 0..12), stop in "(a|b|\n){1,3}") {
            let bytes = text.as_bytes();
            let mut cuts: Vec<usize> = cuts.into_iter().map(|c| c % (bytes.len() + 1)).collect();
            cuts.extend([0, bytes.len()]);
            cuts.sort_unstable();
            let parts: Vec<&[u8]> = cuts.windows(2).map(|w| &bytes[w[0]..w[1]]).collect();
            let (shown, _, stopped) = run(&[&stop], &parts);
            prop_assert_eq!(stopped, text.contains(&stop));
            prop_assert_eq!(shown.as_str(), text.split(&stop).next().unwrap_or_default());
        }
    }
}
