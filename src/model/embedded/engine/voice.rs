//! One answer while it is written: its sequence, its samplers, and its way out to whoever asked.

use super::{End, Engine, Ready};
use crate::model::{
    Ask, Piece, Pieces, Stop, Usage, Watch,
    embedded::{
        cache::TokenId,
        sampling::{Chooser, PENALTY_TOKENS},
        tokens,
        utf8::{Outlet, Shown},
    },
};

use llama_cpp_2::model::LlamaModel;

/// An answer under way.
pub(super) struct Voice<'a> {
    ask: &'a Ask,
    pieces: &'a Pieces,
    /// The sequence that holds it.
    pub slot: usize,
    /// The token of its sequence from which on cells are not guarded.
    pub unguarded: usize,
    usage: Usage,
    outlet: Outlet,
    watch: Watch,
    chooser: Chooser,
}

/// A token that was chosen.
pub(super) struct Chosen {
    pub id: TokenId,
    pub bytes: Vec<u8>,
    logprob: f32,
}

impl Voice<'_> {
    /// Chooses the next token; `None` where the model comes to an end.
    pub fn choose(&mut self, model: &LlamaModel, logits: &[f32]) -> Option<Chosen> {
        let (id, logprob) = self.chooser.choose(logits);
        let bytes = tokens::bytes(model, id)?;
        Some(Chosen { id, bytes, logprob })
    }

    /// Hands a token's words up. True when the answer is over with them.
    pub fn say(&mut self, chosen: &Chosen) -> Result<bool, End> {
        self.usage.output_tokens += 1;
        let (shown, stopped) = self.outlet.push(&chosen.bytes, chosen.logprob);
        // By the very text and tokens that are handed up, so that whoever asked comes to the same end.
        let enough = shown.as_ref().is_some_and(|(text, tokens)| {
            self.watch.count(tokens.len());
            self.watch.line_end(text).is_some() || self.watch.sentence_ends()
        });
        self.show(shown)?;
        Ok(stopped || enough)
    }

    /// The last that is told of it.
    pub fn end(mut self, stop: Stop) -> Result<(), End> {
        let rest = self.outlet.finish();
        self.show(rest)?;
        self.send(Piece::Usage(self.usage))?;
        self.send(Piece::End(stop))
    }

    /// Whether nobody listens any more.
    pub fn is_unheard(&self) -> bool {
        self.pieces.is_closed()
    }

    fn show(&self, shown: Option<Shown>) -> Result<(), End> {
        shown.map_or(Ok(()), |(text, tokens)| self.send(Piece::Text { text, tokens }))
    }

    fn send(&self, piece: Piece) -> Result<(), End> {
        self.pieces.blocking_send(Ok(piece)).map_err(|_| End::Cut)
    }
}

impl Engine<'_> {
    /// An answer that begins after a prompt that was read.
    pub(super) fn voice<'a>(&self, ask: &'a Ask, pieces: &'a Pieces, ready: Ready) -> Result<Voice<'a>, End> {
        let Ready { slot, usage } = ready;
        let voice = Voice {
            ask,
            pieces,
            slot,
            unguarded: self.cache.len(slot),
            usage,
            outlet: Outlet::new(&ask.stop),
            watch: Watch::new(ask.enough),
            chooser: Chooser::new(&ask.sampling, self.model.n_vocab(), &self.cache.last(slot, PENALTY_TOKENS)),
        };
        voice.send(Piece::Usage(usage))?;
        Ok(voice)
    }

    /// Whether there is no room for one more token.
    pub(super) fn is_full(&self, voice: &Voice<'_>) -> bool {
        voice.usage.output_tokens >= u64::from(voice.ask.max_tokens) || self.cache.len(voice.slot) >= self.setup.context_tokens as usize
    }

    /// Guards the cells of an answer once there are so many that aren't.
    pub(super) fn guard_voice(&mut self, voice: &mut Voice<'_>, tokens: usize) {
        if self.cache.len(voice.slot) >= voice.unguarded + tokens {
            self.guard(voice.slot, voice.unguarded);
            voice.unguarded = self.cache.len(voice.slot);
        }
    }
}
