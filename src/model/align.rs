//! Lays tokens beside the text that they make, where a server sends both on their own: a character may be spread over several
//! tokens, text may be held back after its token came (while it could still be a stop string), and some servers drop a space
//! that a token has. Where the two don't fit, text goes on without tokens; none is ever lost or changed.

use std::collections::VecDeque;

use serde_json::Value;

use super::{Piece, Token};

/// A token as a server tells it.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Told {
    /// Its bytes, which may be a part of a character.
    pub bytes: Vec<u8>,
    /// Natural logarithm of its probability.
    pub logprob: f32,
}

impl Told {
    /// Reads `{"token", "logprob", "bytes"}`, the form that OpenAI began and others took over.
    pub fn read(value: &Value) -> Option<Self> {
        let bytes = match value.get("bytes").and_then(Value::as_array) {
            Some(bytes) => bytes.iter().map(|b| u8::try_from(b.as_u64()?).ok()).collect::<Option<_>>()?,
            None => unescape(value.get("token")?.as_str()?),
        };
        Some(Self { bytes, logprob: value.get("logprob")?.as_f64()? as f32 })
    }

    /// Reads a list of them; none where one can't be read, since the others would stand beside the wrong words.
    pub fn list(value: Option<&Value>) -> Option<Vec<Self>> {
        value?.as_array()?.iter().map(Self::read).collect()
    }
}

/// A token that is no whole text is written as `bytes:\xe2\x80`.
pub(super) fn unescape(token: &str) -> Vec<u8> {
    let escaped = token.strip_prefix("bytes:").filter(|t| t.starts_with("\\x"));
    let bytes = escaped.and_then(|t| t.split("\\x").skip(1).map(|hex| u8::from_str_radix(hex, 16).ok()).collect::<Option<Vec<u8>>>());
    bytes.unwrap_or_else(|| token.as_bytes().to_vec())
}

/// Tokens and text of one answer that wait for each other.
#[derive(Debug, Default)]
pub(super) struct Align {
    tokens: VecDeque<Told>,
    /// Text that isn't handed on yet: it ends inside a token, or a token ends inside its character.
    text: String,
    /// Bytes of it that tokens reach already.
    reached: usize,
    /// Those tokens.
    marks: Vec<Token>,
}

impl Align {
    /// Takes in what came together: the pieces that are settled now.
    pub fn push(&mut self, text: &str, tokens: impl IntoIterator<Item = Told>, out: &mut Vec<Piece>) {
        self.tokens.extend(tokens);
        self.text.push_str(text);
        self.settle(false, out);
    }

    /// Nothing more will come: what was held back.
    pub fn finish(&mut self, out: &mut Vec<Piece>) {
        self.settle(true, out);
        self.give_up(out);
    }

    fn settle(&mut self, last: bool, out: &mut Vec<Piece>) {
        // Bytes of the text that belong to a token: whole characters.
        let mut marked = 0;
        while self.reached < self.text.len() {
            let Some(token) = self.tokens.front() else { break };
            let rest = &self.text.as_bytes()[self.reached..];
            let taken = match fitting(&token.bytes, rest) {
                Some(bytes) if bytes.len() <= rest.len() => bytes.len(),
                // The rest of this token's text is still to come.
                Some(_) if !last => break,
                Some(_) => rest.len(),
                None => {
                    self.hand_on(marked, out);
                    return self.give_up(out);
                }
            };
            self.reached += taken;
            let end = floor(&self.text, self.reached);
            self.marks.push(Token { bytes: u32::try_from(end - marked).unwrap_or(u32::MAX), logprob: token.logprob });
            marked = end;
            self.tokens.pop_front();
        }
        self.hand_on(marked, out);
        // Text doesn't wait for tokens that nobody spoke of.
        if self.tokens.is_empty() && self.reached == 0 {
            self.give_up(out);
        }
    }

    /// Text whose tokens are known.
    fn hand_on(&mut self, bytes: usize, out: &mut Vec<Piece>) {
        if bytes > 0 {
            let rest = self.text.split_off(bytes);
            let text = std::mem::replace(&mut self.text, rest);
            self.reached -= bytes;
            out.push(Piece::Text { text, tokens: std::mem::take(&mut self.marks) });
        }
    }

    /// The text goes on without tokens.
    fn give_up(&mut self, out: &mut Vec<Piece>) {
        self.tokens.clear();
        self.marks.clear();
        self.reached = 0;
        let text = std::mem::take(&mut self.text);
        if !text.is_empty() {
            out.push(Piece::Text { text, tokens: Vec::new() });
        }
    }
}

/// The part of a token that agrees with the text's beginning as far as both go; without leading white space if only so.
fn fitting<'a>(token: &'a [u8], text: &[u8]) -> Option<&'a [u8]> {
    [token, token.trim_ascii_start()].into_iter().find(|t| text.iter().zip(*t).all(|(a, b)| a == b))
}

fn floor(text: &str, mut at: usize) -> usize {
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn told(bytes: &[u8]) -> Told {
        Told { bytes: bytes.to_vec(), logprob: -(bytes.len() as f32) }
    }

    /// Text, and the bytes of each token beside it.
    fn run(steps: &[(&str, &[&[u8]])]) -> Vec<(String, Vec<u32>)> {
        let mut align = Align::default();
        let mut out = Vec::new();
        for (text, tokens) in steps {
            align.push(text, tokens.iter().map(|t| told(t)), &mut out);
        }
        align.finish(&mut out);
        out.into_iter()
            .map(|piece| match piece {
                Piece::Text { text, tokens } => {
                    let bytes: Vec<u32> = tokens.iter().map(|t| t.bytes).collect();
                    assert!(tokens.is_empty() || bytes.iter().sum::<u32>() as usize == text.len(), "{text:?} {bytes:?}");
                    (text, bytes)
                }
                other => panic!("{other:?}"),
            })
            .collect()
    }

    fn said(text: &str, bytes: &[u32]) -> (String, Vec<u32>) {
        (text.to_owned(), bytes.to_vec())
    }

    #[test]
    fn tokens_that_came_with_their_text_are_beside_it() {
        assert_eq!(run(&[("Hello", &[b"Hello"]), (" world", &[b" wor", b"ld"])]), [said("Hello", &[5]), said(" world", &[4, 2])]);
        assert_eq!(run(&[("plain", &[])]), [said("plain", &[])]);
    }

    #[test]
    fn a_character_of_several_tokens_belongs_to_the_last() {
        let smile = "😀".as_bytes();
        assert_eq!(run(&[("", &[&smile[..2]]), ("😀", &[&smile[2..]])]), [said("😀", &[0, 4])]);
        assert_eq!(run(&[("a😀", &[b"a\xF0", &smile[1..]])]), [said("a😀", &[1, 4])]);
    }

    #[test]
    fn text_that_was_held_back_finds_its_tokens() {
        assert_eq!(
            run(&[("a", &[b"a", b"b"]), ("", &[b"cd"]), ("bc", &[]), ("d", &[])]),
            [said("a", &[1]), said("b", &[1]), said("cd", &[2])]
        );
        assert_eq!(run(&[("ab", &[b"abc"])]), [said("ab", &[2])], "a stop string ended it inside a token");
    }

    #[test]
    fn a_space_that_the_text_lost_is_no_matter_and_what_does_not_fit_goes_without() {
        assert_eq!(run(&[("Hello", &[b" Hello"])]), [said("Hello", &[5])]);
        assert_eq!(run(&[("Hello", &[b"Bye"]), ("!", &[b"!"])]), [said("Hello", &[]), said("!", &[1])]);
        assert_eq!(run(&[("ab", &[b"a"]), ("c", &[b"b", b"c"])]), [said("a", &[1]), said("b", &[]), said("c", &[])]);
        assert_eq!(run(&[("end", &[b"end", b"</s>"])]), [said("end", &[3])]);
    }

    proptest! {
        #[test]
        fn no_text_is_lost_or_changed(steps in proptest::collection::vec(("[abé😀 ]{0,5}", proptest::collection::vec(proptest::collection::vec(prop_oneof![Just(b'a'), Just(b' '), any::<u8>()], 0..4), 0..3)), 0..8)) {
            let borrowed: Vec<(&str, Vec<&[u8]>)> = steps.iter().map(|(s, t)| (s.as_str(), t.iter().map(Vec::as_slice).collect())).collect();
            let borrowed: Vec<(&str, &[&[u8]])> = borrowed.iter().map(|(s, t)| (*s, t.as_slice())).collect();
            let text: String = run(&borrowed).into_iter().map(|(text, _)| text).collect();
            prop_assert_eq!(text, steps.iter().map(|(s, _)| s.as_str()).collect::<String>());
        }

        #[test]
        fn however_text_lags_behind_each_byte_is_marked(text in "[ab é😀]{1,12}", cut in 1usize..5, lag in 0usize..6) {
            let tokens: Vec<&[u8]> = text.as_bytes().chunks(cut).collect();
            let chars: Vec<String> = text.chars().map(String::from).collect();
            let steps = tokens.len().max(chars.len() + lag);
            let mut align = Align::default();
            let mut out = Vec::new();
            for i in 0..steps {
                // All tokens of a character come before it does.
                let from = if i == 0 { tokens.clone() } else { Vec::new() };
                align.push(i.checked_sub(lag).and_then(|i| chars.get(i)).map_or("", String::as_str), from.into_iter().map(told), &mut out);
            }
            align.finish(&mut out);
            for piece in out {
                let Piece::Text { text, tokens } = piece else { panic!() };
                prop_assert_eq!(tokens.iter().map(|t| t.bytes as usize).sum::<usize>(), text.len());
            }
        }
    }
}
