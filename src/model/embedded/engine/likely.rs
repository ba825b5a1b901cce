//! The likeliest words after a prompt: its likeliest tokens, each gone on with greedily to the end of its word, side by side in sequences that
//! are thrown away.

use llama_cpp_2::token::LlamaToken;

use super::{End, Engine, Ready, SCRATCH, SCRATCHES};
use crate::model::{
    Likely, ModelError, Next,
    embedded::{cache::TokenId, logits::best, sampling::logprob, tokens},
};

/// Tokens that are looked at for each word wanted: some are no words.
const LOOKED_AT: usize = 4;
/// Most tokens that are added to complete a word.
const MORE: usize = 5;

/// A word that may come next.
struct Word {
    last: TokenId,
    bytes: Vec<u8>,
    open: bool,
}

impl Engine<'_> {
    pub(super) fn likeliest(&mut self, prompt: &str, count: usize, cut: &dyn Fn() -> bool) -> Result<Likely, End> {
        let Ready { slot, usage } = self.ready(prompt, cut)?;
        let count = count.min(SCRATCHES);
        let logits = self.context()?.get_logits();
        let mut found = Vec::new();
        best(logits, count * LOOKED_AT, &mut found);
        let word = |&(_, id): &(f32, TokenId)| {
            let text = String::from_utf8(tokens::bytes(self.model, id)?).ok()?;
            Some((Next { text, logprob: logprob(logits, id) }, id))
        };
        let ids: Vec<(Next, TokenId)> = found.iter().filter_map(word).collect();
        let mut likely = Likely { next: ids.iter().map(|(next, _)| next.clone()).collect(), usage }.words(count);
        let open = |next: &Next| Word {
            last: ids.iter().find(|(other, _)| other.text == next.text).map_or(0, |(_, id)| *id),
            bytes: next.text.clone().into_bytes(),
            open: goes_on(&next.text),
        };
        let mut words: Vec<Word> = likely.next.iter().map(open).collect();
        let at = self.cache.len(slot);
        for place in 0..words.len() {
            self.copy(slot, SCRATCH + place, 0, at);
        }
        let completed = self.complete(slot, &mut words, cut);
        for place in 0..words.len() {
            self.remove(SCRATCH + place, 0);
        }
        completed?;
        for (next, word) in likely.next.iter_mut().zip(words) {
            if let Ok(text) = String::from_utf8(word.bytes) {
                next.text = text;
            }
        }
        Ok(likely)
    }

    fn complete(&mut self, slot: usize, words: &mut [Word], cut: &dyn Fn() -> bool) -> Result<(), End> {
        let at = self.cache.len(slot);
        for step in 0..MORE {
            let open: Vec<usize> = (0..words.len()).filter(|&n| words[n].open).collect();
            if open.is_empty() {
                break;
            }
            if self.closing(cut) {
                return Err(End::Cut);
            }
            let room = words.len() * (step + 1);
            let steps = self.cache.make_room(&[slot], room).ok_or_else(|| self.too_long(at + room))?;
            self.carry_out(&steps);
            self.batch.clear();
            for &n in &open {
                let added = self.batch.add(LlamaToken(words[n].last), (at + step) as i32, &[(SCRATCH + n) as i32], true);
                added.map_err(|error| ModelError::fatal(format!("the model can't read this: {error}")))?;
            }
            self.decode_batch()?;
            for (row, &n) in open.iter().enumerate() {
                let logits = self.context()?.get_logits_ith(row as i32);
                let mut first = Vec::new();
                best(logits, 1, &mut first);
                let more = first.first().and_then(|&(_, id)| Some((id, tokens::bytes(self.model, id)?)));
                let word = &mut words[n];
                match more {
                    Some((id, bytes)) if begins_inside(&bytes) => {
                        word.bytes.extend(&bytes);
                        word.last = id;
                    }
                    _ => word.open = false,
                }
            }
        }
        Ok(())
    }
}

/// Whether a token may be a part of a longer word: in a script with spaces, up to its last letter.
fn goes_on(text: &str) -> bool {
    text.chars().next_back().is_some_and(|c| (c.is_alphanumeric() || matches!(c, '\'' | '’')) && c < '\u{2e80}')
}

/// Whether a token goes on with a word.
fn begins_inside(bytes: &[u8]) -> bool {
    std::str::from_utf8(bytes)
        .is_ok_and(|text| text.chars().all(|c| (c.is_alphanumeric() || c == '\'' || c == '’') && c < '\u{2e80}') && !text.is_empty())
}
