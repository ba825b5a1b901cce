//! One of the assistant's texts while it is written: its words are cleaned, and its tokens stay with them.

use crate::{
    debate::{Arm, Clean, Cleaner, TokenMark},
    model::{Token, Usage},
    room::machine::GATHER_MS,
};

/// One of the three ways to ask.
#[derive(Debug)]
pub(super) struct Voice {
    pub arm: Arm,
    /// Which of its answers is asked for next, or is being written.
    pub sample: u16,
    /// Tokens of answers that are over.
    pub used: u64,
    /// The answer under way.
    pub asked: Option<Answering>,
    pub over: bool,
    pub tries: usize,
    pub retry_at: Option<u64>,
}

impl Voice {
    pub(super) fn new(arm: Arm) -> Self {
        Self { arm, sample: 0, used: 0, asked: None, over: false, tries: 0, retry_at: None }
    }
}

/// An answer under way.
#[derive(Debug)]
pub(super) struct Answering {
    pub generation: u64,
    /// Tokens that came; pieces of text where the provider doesn't tell tokens.
    pub tokens: u64,
    pub max_tokens: u32,
    pub usage: Option<Usage>,
    pub prompt_bytes: usize,
    pub asked_at: u64,
    pub first_at: Option<u64>,
    /// Whether there were words in it.
    pub said: bool,
    cleaner: Cleaner,
    words: Clean,
    marks: Vec<TokenMark>,
    stored_at: u64,
}

impl Answering {
    pub(super) fn new(generation: u64, now: u64, prompt_bytes: usize, max_tokens: u32) -> Self {
        Self {
            generation,
            tokens: 0,
            max_tokens,
            usage: None,
            prompt_bytes,
            asked_at: now,
            first_at: None,
            said: false,
            cleaner: Cleaner::default(),
            words: Clean::default(),
            marks: Vec::new(),
            stored_at: now,
        }
    }

    /// Takes in a piece.
    pub(super) fn push(&mut self, now: u64, text: &str, tokens: &[Token]) {
        self.first_at.get_or_insert(now);
        self.tokens += tokens.len().max(1) as u64;
        let mut from = 0;
        // A token covers what cleaning made of its bytes.
        for token in tokens {
            let to = (from + token.bytes as usize).min(text.len());
            let bytes = self.add(text.get(from..to).unwrap_or_default());
            self.marks.push(TokenMark { bytes, logprob: token.logprob });
            from = to;
        }
        self.add(text.get(from..).unwrap_or_default());
    }

    fn add(&mut self, text: &str) -> u32 {
        // Nothing stands before its first word.
        let text = if self.said { text } else { text.trim_start() };
        let clean = self.cleaner.push(text);
        self.said |= !clean.is_empty();
        self.words.push(&clean);
        u32::try_from(clean.len()).unwrap_or(u32::MAX)
    }

    /// When words wait to be stored.
    pub(super) fn due(&self) -> Option<u64> {
        (!self.words.is_empty() || !self.marks.is_empty()).then_some(self.stored_at + GATHER_MS)
    }

    /// The words that wait.
    pub(super) fn take(&mut self, now: u64) -> Option<(Clean, Vec<TokenMark>)> {
        self.due()?;
        self.stored_at = now;
        Some((std::mem::take(&mut self.words), std::mem::take(&mut self.marks)))
    }

    /// The last words.
    pub(super) fn finish(&mut self) -> Option<(Clean, Vec<TokenMark>)> {
        self.take(self.stored_at).filter(|_| self.said)
    }

    /// Tokens that it cost, as they were told.
    pub(super) fn spent(&self) -> u64 {
        self.usage.map_or(0, |u| u.output_tokens).max(self.tokens)
    }

    /// Tokens each second.
    pub(super) fn speed(&self, now: u64) -> f32 {
        match self.first_at {
            Some(first) if now > first && self.tokens > 1 => (self.tokens - 1) as f32 * 1000.0 / (now - first) as f32,
            _ => 0.0,
        }
    }
}
