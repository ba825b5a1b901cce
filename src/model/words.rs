//! What decoders have in common: the words and tokens of an answer so far, what it costs and how it ends, and the error that a server
//! sends in its midst. Does not know any provider's events.

use serde_json::Value;

use super::{
    Piece, Stop, Usage,
    align::{Align, Told},
    fault::{self, Who},
    sse::Event,
    wire::{Flaw, Sign},
};

/// An answer under way.
#[derive(Debug)]
pub(super) struct Words {
    /// For errors.
    pub who: Who,
    align: Align,
    /// What it cost, as far as that was told.
    pub usage: Option<Usage>,
    /// How it ended, once it has.
    pub stop: Option<Stop>,
}

/// Reads an event's data.
pub(super) fn read(event: &Event) -> Result<Value, Flaw> {
    serde_json::from_str(&event.data).map_err(|_| Flaw::Garbled(event.data.clone()))
}

/// Whether a value tells of an error in the field that all have for it.
pub(super) fn is_error(value: &Value) -> bool {
    value.get("error").is_some_and(|e| !e.is_null())
}

impl Words {
    /// Of an answer that has not begun.
    pub fn new(who: Who) -> Self {
        Self { who, align: Align::default(), usage: None, stop: None }
    }

    /// Words, and the tokens that came with them.
    pub fn push(&mut self, text: &str, tokens: Vec<Told>, out: &mut Vec<Piece>) {
        self.align.push(text, tokens, out);
    }

    /// No words will follow: what was held back.
    pub fn finish(&mut self, out: &mut Vec<Piece>) {
        self.align.finish(out);
    }

    /// The last event came.
    pub fn over(&mut self, usage: Option<Usage>, full: bool) -> Sign {
        self.usage = usage;
        self.stop = Some(if full { Stop::Length } else { Stop::End });
        Sign::Over
    }

    /// An error came instead of more words; those before it are kept.
    pub fn fail(&mut self, value: &Value, out: &mut Vec<Piece>) -> Flaw {
        self.finish(out);
        Flaw::Error(fault::in_stream(value, &self.who))
    }

    /// What a decoder's `close` has to do.
    pub fn close(&mut self, out: &mut Vec<Piece>) -> Option<Stop> {
        self.finish(out);
        out.extend(self.usage.take().map(Piece::Usage));
        self.stop
    }
}
