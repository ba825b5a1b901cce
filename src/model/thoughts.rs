//! Leaves out thoughts that a server sends among the words: some give a reasoning model's `<think>…</think>` at the beginning of an
//! answer as it is. Only there, and only in chat: text that is gone on with is never touched.

use super::{
    Piece, Stop, Token,
    sse::Event,
    wire::{Decoder, Flaw, Sign},
};

/// What may open thoughts, and what closes them.
const TAGS: [(&str, &str); 3] = [("<think>", "</think>"), ("<thinking>", "</thinking>"), ("<thought>", "</thought>")];

/// A decoder whose answers begin after their thoughts.
pub(super) struct Thoughtless<D> {
    inner: D,
    place: Place,
}

/// How far the answer has come.
enum Place {
    /// Nothing but white space and perhaps the beginning of a tag, in pieces that are held back.
    Before(Vec<Piece>),
    /// Inside: what closes, and the end of what was skipped (as long as the closing tag at most).
    Inside(&'static str, String),
    /// Thoughts are over; white space after them goes too.
    After,
    /// Words.
    Words,
}

impl<D> Thoughtless<D> {
    pub fn new(inner: D) -> Self {
        Self { inner, place: Place::Before(Vec::new()) }
    }

    fn piece(&mut self, piece: Piece, out: &mut Vec<Piece>) {
        let Piece::Text { text, tokens } = piece else { return out.push(piece) };
        match &mut self.place {
            Place::Words => out.push(Piece::Text { text, tokens }),
            Place::Before(held) => {
                held.push(Piece::Text { text, tokens });
                let all: String = held.iter().map(words).collect();
                let begun = all.trim_start();
                if let Some((open, close)) = TAGS.iter().find(|(open, _)| begun.starts_with(open)) {
                    let skip = all.len() - begun.len() + open.len();
                    let held = std::mem::take(held);
                    self.place = Place::Inside(close, String::new());
                    self.rest(held, skip, out);
                } else if !TAGS.iter().any(|(open, _)| open.starts_with(begun)) {
                    out.append(held);
                    self.place = Place::Words;
                }
            }
            Place::Inside(close, tail) => {
                let before = tail.len();
                tail.push_str(&text);
                match tail.find(*close) {
                    Some(at) => {
                        let skip = at + close.len() - before;
                        self.place = Place::After;
                        self.rest(vec![Piece::Text { text, tokens }], skip, out);
                    }
                    None => {
                        let mut keep = tail.len().saturating_sub(close.len() - 1);
                        while !tail.is_char_boundary(keep) {
                            keep += 1;
                        }
                        tail.drain(..keep);
                    }
                }
            }
            Place::After => {
                let skip = text.len() - text.trim_start().len();
                if skip < text.len() {
                    self.place = Place::Words;
                    out.extend(cut(text, tokens, skip));
                }
            }
        }
    }

    /// Goes on with what comes after so many bytes of these pieces.
    fn rest(&mut self, pieces: Vec<Piece>, mut skip: usize, out: &mut Vec<Piece>) {
        for piece in pieces {
            let Piece::Text { text, tokens } = piece else { continue };
            let here = skip.min(text.len());
            skip -= here;
            if let Some(piece) = cut(text, tokens, here) {
                self.piece(piece, out);
            }
        }
    }
}

impl<D: Decoder> Decoder for Thoughtless<D> {
    fn take(&mut self, event: Event, out: &mut Vec<Piece>) -> Result<Sign, Flaw> {
        let mut pieces = Vec::new();
        let taken = self.inner.take(event, &mut pieces);
        pieces.into_iter().for_each(|piece| self.piece(piece, out));
        if let (Err(_), Place::Before(held)) = (&taken, &mut self.place) {
            out.append(held);
        }
        taken
    }

    fn close(&mut self, out: &mut Vec<Piece>) -> Option<Stop> {
        let mut pieces = Vec::new();
        let stop = self.inner.close(&mut pieces);
        let (last, rest): (Vec<Piece>, Vec<Piece>) = pieces.into_iter().partition(|p| matches!(p, Piece::Text { .. }));
        last.into_iter().for_each(|piece| self.piece(piece, out));
        if let Place::Before(held) = &mut self.place {
            out.append(held);
        }
        out.extend(rest);
        stop
    }
}

fn words(piece: &Piece) -> &str {
    match piece {
        Piece::Text { text, .. } => text,
        Piece::Usage(_) | Piece::End(_) => "",
    }
}

/// A piece without its first bytes; the token that they end in keeps what is left of it.
fn cut(text: String, tokens: Vec<Token>, skip: usize) -> Option<Piece> {
    if skip == 0 {
        return Some(Piece::Text { text, tokens });
    }
    let rest = text.get(skip..).filter(|rest| !rest.is_empty())?.to_owned();
    let mut end = 0;
    let left = tokens
        .into_iter()
        .filter_map(|token| {
            end += token.bytes as usize;
            let bytes = end.checked_sub(skip)?.min(token.bytes as usize);
            (bytes > 0 || (token.bytes == 0 && end > skip)).then(|| Token { bytes: u32::try_from(bytes).unwrap_or(token.bytes), ..token })
        })
        .collect();
    Some(Piece::Text { text: rest, tokens: left })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Says each event's data, one token a piece.
    struct Echo;

    impl Decoder for Echo {
        fn take(&mut self, event: Event, out: &mut Vec<Piece>) -> Result<Sign, Flaw> {
            let bytes = u32::try_from(event.data.len()).unwrap();
            out.push(Piece::Text { text: event.data, tokens: vec![Token { bytes, logprob: -1.0 }] });
            Ok(Sign::Work)
        }

        fn close(&mut self, _: &mut Vec<Piece>) -> Option<Stop> {
            Some(Stop::End)
        }
    }

    fn heard(parts: &[&str]) -> String {
        let mut decoder = Thoughtless::new(Echo);
        let mut out = Vec::new();
        for part in parts {
            decoder.take(Event { name: String::new(), data: (*part).to_owned() }, &mut out).unwrap();
        }
        decoder.close(&mut out);
        out.iter()
            .map(|piece| match piece {
                Piece::Text { text, tokens } => {
                    assert!(!text.is_empty());
                    assert_eq!(tokens.iter().map(|t| t.bytes as usize).sum::<usize>(), text.len(), "{out:?}");
                    text.as_str()
                }
                other => panic!("{other:?}"),
            })
            .collect()
    }

    #[test]
    fn thoughts_at_the_beginning_are_left_out_and_nothing_else() {
        for (said, want) in [
            ("<think>hm </ think> é</think>\n\nSo it is.", "So it is."),
            ("\n<thinking>x</thinking>So", "So"),
            ("<think></think>So", "So"),
            ("<think>never ends", ""),
            ("So <think>aloud</think> it is", "So <think>aloud</think> it is"),
            (" <thin air", " <thin air"),
            ("<think", "<think"),
            ("  ", "  "),
            ("", ""),
        ] {
            let parts: Vec<&str> = if said.is_empty() { Vec::new() } else { vec![said] };
            assert_eq!(heard(&parts), want, "{said:?}");
            let chars: Vec<String> = said.chars().map(String::from).collect();
            let chars: Vec<&str> = chars.iter().map(String::as_str).collect();
            assert_eq!(heard(&chars), want, "{said:?} a character at a time");
        }
    }

    proptest! {
        #[test]
        fn where_packets_are_cut_makes_no_difference(text in "( |<think>|<thinking>|</think>|</thinking>|é|a|<){0,8}", cut in 0usize..60) {
            let at = (0..=cut.min(text.len())).rev().find(|&i| text.is_char_boundary(i)).unwrap();
            let parts: Vec<&str> = [&text[..at], &text[at..]].into_iter().filter(|p| !p.is_empty()).collect();
            let whole: Vec<&str> = [text.as_str()].into_iter().filter(|p| !p.is_empty()).collect();
            prop_assert_eq!(heard(&parts), heard(&whole));
        }
    }
}
