//! Surprise: how little the model expected its own words, in bits a token, from probabilities before temperature and truncation.
//!
//! It tends to the model's own entropy. Compare the same model with the same sampler only, and never call it density or quality.

use std::ops::Range;

use unicode_segmentation::UnicodeSegmentation;

use super::{Measured, Said, chance};
use crate::debate::TokenMark;

/// Fewest tokens of a turn.
pub const LEAST: usize = 20;
/// Fewest tokens to compare.
pub const COMPARE: usize = 200;

/// What tokens tell.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Surprise {
    /// Bits a token.
    pub bits: Measured,
    /// Bits a character.
    pub a_character: f64,
    /// Mean squared step from token to token.
    pub step: f64,
}

/// Of some turns; those under 20 tokens are passed over, tokens that were called impossible too. `n` is tokens.
pub fn of<'a>(turns: impl IntoIterator<Item = &'a Said>) -> Option<Surprise> {
    let (mut all, mut steps, mut characters) = (Vec::new(), Vec::new(), 0);
    for said in turns.into_iter().filter(|s| s.bits.len() >= LEAST) {
        all.extend(said.bits.iter().filter(|b| b.is_finite()));
        steps.extend(said.bits.windows(2).map(|w| (w[1] - w[0]).powi(2)).filter(|s| s.is_finite()));
        characters += said.bits_chars;
    }
    let value = chance::mean(&all)?;
    let bits = Measured { value, interval: if all.len() < COMPARE { None } else { chance::of_mean(&all, 0) }, n: all.len() };
    let a_character = if characters == 0 { return None } else { all.iter().sum::<f64>() / characters as f64 };
    Some(Surprise { bits, a_character, step: chance::mean(&steps)? })
}

/// Words of a text with the bits of their tokens, as ranges of bytes. A token that reaches over several words counts for the first that begins in it;
/// words of the turn's first token, and those that no token is known of, are left out.
pub fn of_words(text: &str, tokens: &[TokenMark]) -> Vec<(Range<usize>, f64)> {
    let mut at = 0;
    let mut marks = tokens.iter().enumerate().map(|(n, token)| {
        let start = at;
        at += token.bytes as usize;
        (n, start..at, -f64::from(token.logprob) / std::f64::consts::LN_2)
    });
    let (mut words, mut mark) = (Vec::new(), marks.next());
    for (start, word) in text.split_word_bound_indices().filter(|(_, w)| w.chars().any(char::is_alphanumeric)) {
        let range = start..start + word.len();
        let (mut bits, mut known) = (0.0, false);
        while let Some((n, token, told)) = mark.clone().filter(|(_, token, _)| token.start < range.end) {
            // The last letter of a token says which word it is part of: most begin with a blank.
            if token.end > range.start && n > 0 {
                (bits, known) = (bits + told, true);
            }
            mark = if token.end > range.end { break } else { marks.next() };
        }
        if known && bits.is_finite() {
            words.push((range, bits));
        }
    }
    words
}
