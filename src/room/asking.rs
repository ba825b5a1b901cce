//! One request under way: its answer is cleaned, split by speaker, and its tokens are kept beside their words.
//!
//! Does not decide anything; `machine` does.

use std::collections::VecDeque;

use crate::{
    debate::{Clean, Cleaner, SeatId, TokenMark},
    model::{Enough, Shape, Token, Usage, Watch},
    script::cues::{Out, Splitter},
};

use super::{Facts, joint::Joint};

/// A request under way.
#[derive(Clone, Debug)]
pub struct Asking {
    /// Tells its answer from late ones.
    pub generation: u64,
    /// When it was sent, in milliseconds.
    pub asked_at: u64,
    /// The model that was asked, by the name under which it is known in the room.
    pub model: Clean,
    /// What is known of it.
    pub facts: Facts,
    /// Who was given the floor, until they begin.
    given: Option<SeatId>,
    /// When its first text came.
    pub first_at: Option<u64>,
    /// What the provider told of its cost.
    pub usage: Option<Usage>,
    /// Counts its tokens, and knows where it is long enough.
    pub watch: Watch,
    /// Bytes of the prompt, for an estimate where the provider tells nothing.
    pub prompt_bytes: usize,
    /// Tokens that were asked for at most.
    pub max_tokens: u32,
    cleaner: Cleaner,
    splitter: Splitter,
    /// Tokens whose words are still held back, with the byte of the answer at which each ends.
    marks: VecDeque<(usize, TokenMark)>,
    /// Bytes of the cleaned answer.
    bytes: usize,
    /// Whether leading white space is still to be dropped (chat answers).
    trim: bool,
    /// Where words that broke off are gone on with after a stage direction, until that is done.
    joint: Option<Joint>,
}

/// What is asked.
#[derive(Debug)]
pub struct Asked {
    /// The model, by the name under which it is known in the room.
    pub model: Clean,
    /// What is known of it.
    pub facts: Facts,
    /// Who is given the floor.
    pub given: Option<SeatId>,
    /// Splits its answer.
    pub splitter: Splitter,
    /// Where the answer may end before its tokens are used up.
    pub enough: Enough,
    /// Bytes of the prompt.
    pub prompt_bytes: usize,
    /// Tokens that it may have.
    pub max_tokens: u32,
    /// Whether it is to go on from the prompt's last byte.
    pub continued: bool,
    /// Where it is to go on after a stage direction.
    pub joint: Option<Joint>,
}

impl Asking {
    /// A request that was just sent.
    pub fn new(generation: u64, now: u64, asked: Asked) -> Self {
        let Asked { model, facts, given, splitter, enough, prompt_bytes, max_tokens, continued, joint } = asked;
        let trim = facts.shape == Shape::Chat && !continued && joint.is_none();
        Self {
            generation,
            asked_at: now,
            model,
            facts,
            given,
            first_at: None,
            usage: None,
            watch: Watch::new(enough),
            prompt_bytes,
            max_tokens,
            cleaner: Cleaner::default(),
            splitter,
            marks: VecDeque::new(),
            bytes: 0,
            trim,
            joint,
        }
    }

    /// The same request, sent once more: nothing had come.
    pub fn again(&self, generation: u64, now: u64) -> Self {
        Self { generation, asked_at: now, ..self.clone() }
    }

    /// Takes in a piece of text: whose words came, each with its tokens.
    pub fn push(&mut self, now: u64, text: &str, tokens: &[Token]) -> Vec<(Out, Vec<TokenMark>)> {
        self.first_at.get_or_insert(now);
        self.watch.count(tokens.len());
        match self.joint.as_mut().map(|joint| joint.push(text)) {
            None => self.take(text, tokens),
            Some(None) => Vec::new(),
            Some(Some(new)) => {
                self.joint = None;
                self.take(&new, &[])
            }
        }
    }

    fn take(&mut self, text: &str, tokens: &[Token]) -> Vec<(Out, Vec<TokenMark>)> {
        let mut cut = 0;
        if self.trim {
            cut = text.len() - text.trim_start().len();
            self.trim = cut == text.len();
        }
        // A token covers what cleaning made of its bytes, so both are cleaned in the same steps.
        let mut at = cut;
        let mut clean = Clean::default();
        let mut end = 0;
        for token in tokens {
            end += token.bytes as usize;
            if end > at {
                let part = self.cleaner.push(text.get(at..end).unwrap_or_default());
                self.bytes += part.len();
                clean.push(&part);
                at = end;
            }
            self.marks.push_back((self.bytes, TokenMark { bytes: 0, logprob: token.logprob }));
        }
        let rest = self.cleaner.push(text.get(at..).unwrap_or_default());
        self.bytes += rest.len();
        clean.push(&rest);
        let outs = self.splitter.push(&clean);
        self.mark(outs)
    }

    /// The answer is over: what was held back.
    pub fn finish(&mut self) -> Vec<(Out, Vec<TokenMark>)> {
        let rest = self.joint.take().map(|mut joint| joint.finish()).unwrap_or_default();
        let mut outs = self.take(&rest, &[]);
        let last = self.splitter.finish();
        outs.extend(self.mark(last));
        outs
    }

    /// Who was given the floor and has not begun.
    pub fn given(&self) -> Option<SeatId> {
        self.given
    }

    /// The one who was given the floor begins.
    pub fn take_given(&mut self) -> Option<SeatId> {
        self.given.take()
    }

    /// Tokens each second, once there is something to measure.
    pub fn speed(&self, now: u64) -> f32 {
        match self.first_at {
            Some(first) if now > first && self.watch.tokens() > 1 => (self.watch.tokens() - 1) as f32 * 1000.0 / (now - first) as f32,
            _ => 0.0,
        }
    }

    fn mark(&mut self, outs: Vec<Out>) -> Vec<(Out, Vec<TokenMark>)> {
        outs.into_iter()
            .map(|out| {
                let marks = match &out {
                    Out::Begin { .. } => Vec::new(),
                    Out::Text { text, from } => self.marks_within(*from, from + text.len()),
                };
                (out, marks)
            })
            .collect()
    }

    /// The tokens that end within these bytes; those before (of a label) are dropped.
    fn marks_within(&mut self, from: usize, to: usize) -> Vec<TokenMark> {
        let mut marks = Vec::new();
        let mut begin = from;
        while let Some((end, mark)) = self.marks.front().copied() {
            if end > to {
                break;
            }
            self.marks.pop_front();
            if end > from {
                marks.push(TokenMark { bytes: u32::try_from(end - begin).unwrap_or(u32::MAX), ..mark });
                begin = end;
            }
        }
        marks
    }
}
