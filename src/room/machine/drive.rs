//! Who is asked for what: the next speaker, the prompt, its length, the ranking of bidders.

use super::{Effect, Room};
use crate::{
    debate::{Kind, Opening, SeatId, Speaker, Staging},
    model::{self, Ask, ModelError, Prompt, Shape},
    room::{
        asking::Asking,
        floor::{self, Call},
    },
    script::{
        cues::{Splitter, Start},
        prompt::{self, Next},
        wording::Wording,
    },
};

/// Tokens one request may write in staging `stream`.
const STREAM_TOKENS: u32 = 1024;
/// About how long a turn gets where nothing else is said, in tokens.
pub const TURN_TOKENS: u32 = 110;
/// Bytes of text taken for one token where no count is known; on the safe side for English, about right for Chinese.
const BYTES_PER_TOKEN: usize = 3;

impl Room {
    /// Goes on with the debate, if it runs and nothing is under way.
    pub(super) fn next(&mut self) {
        if !self.running() || self.asking.is_some() || self.ranking.is_some() || self.retry_at.is_some() {
            return;
        }
        let Some(opening) = self.debate.opening().cloned() else { return };
        if self.debate.speaking().is_some() {
            self.ask(Next::Continue);
            return;
        }
        if let Some(seat) = self.chosen.take() {
            self.ask(Next::Speaker(seat));
            return;
        }
        if opening.staging == Staging::Stream {
            // The audience's question to one expert is answered by that one, in either staging.
            match self.debate.head().map(|t| t.speaker) {
                Some(Speaker::Audience { to: Some(seat) }) => self.ask(Next::Speaker(seat)),
                _ => self.ask(Next::Anyone),
            }
            return;
        }
        match floor::next(&self.debate, opening.floor) {
            Call::Seat(seat) => self.ask(Next::Speaker(seat)),
            Call::Ask(seats) => self.rank(seats),
            Call::Wait => {}
        }
    }

    fn ask(&mut self, next: Next) {
        let Some(opening) = self.debate.opening().cloned() else { return };
        let Some(mut rendered) = prompt::render(&self.debate, self.setup.shape, next) else { return };
        let turn_tokens = opening.sampling.turn_tokens.unwrap_or(TURN_TOKENS);
        let max_tokens = match next {
            Next::Anyone => STREAM_TOKENS,
            Next::Speaker(_) | Next::Continue if opening.staging == Staging::Stream => STREAM_TOKENS,
            Next::Speaker(_) | Next::Continue => turn_tokens * 2,
        };
        if self.fold(prompt_bytes(&rendered.prompt), max_tokens) {
            match prompt::render(&self.debate, self.setup.shape, next) {
                Some(again) => rendered = again,
                None => return,
            }
        }
        let given = match next {
            Next::Speaker(seat) => Some(seat),
            Next::Continue | Next::Anyone => None,
        };
        let start = match next {
            Next::Continue => Start::Middle,
            Next::Speaker(seat) => Start::Given { seat, lead: rendered.lead },
            Next::Anyone => Start::Open { lead: rendered.lead },
        };
        let words = self.words();
        let splitter = Splitter::new(self.debate.cast(), words.audience, words.voice, start);
        self.generation += 1;
        self.request += 1;
        let bytes = prompt_bytes(&rendered.prompt);
        self.asking = Some(Asking::new(self.generation, self.now, given, splitter, bytes, self.setup.shape == Shape::Chat));
        let stop = if opening.staging == Staging::Turns { self.stops(words) } else { Vec::new() };
        let sampling = settled(&opening, self.request);
        self.effects.push(Effect::Ask(self.generation, Ask { prompt: rendered.prompt, stop, max_tokens, sampling }));
    }

    /// Where a raw answer in staging `turns` ends: at anybody's label.
    fn stops(&self, words: &Wording) -> Vec<String> {
        if self.setup.shape == Shape::Chat {
            return Vec::new();
        }
        self.debate.cast().present().map(|s| format!("\n{}{}", s.expert.label, words.colon)).collect()
    }

    fn rank(&mut self, seats: Vec<SeatId>) {
        let words = self.words();
        if self.setup.shape == Shape::Chat {
            self.chosen = seats.first().copied();
            self.next();
            return;
        }
        let Some(rendered) = prompt::render(&self.debate, Shape::Raw, Next::Anyone) else { return };
        let Prompt::Raw(text) = rendered.prompt else { return };
        let labels = seats.iter().map(|s| format!("{}{}", prompt::label_at(&self.debate, *s), words.colon)).collect();
        self.generation += 1;
        self.ranking = Some((self.generation, seats));
        self.effects.push(Effect::Score(self.generation, text, labels));
    }

    pub(super) fn scored(&mut self, generation: u64, scores: Result<Vec<f32>, ModelError>) {
        if self.ranking.as_ref().is_none_or(|(g, _)| *g != generation) {
            return;
        }
        let Some((_, seats)) = self.ranking.take() else { return };
        let scores = scores.unwrap_or_default();
        let best = seats.iter().zip(&scores).max_by(|a, b| a.1.total_cmp(b.1)).map(|(seat, _)| *seat);
        self.chosen = best.or(seats.first().copied());
    }

    /// Folds the oldest turns into the digest when the prompt would not fit. Seldom and in big steps: half of what stands unfolded goes.
    fn fold(&mut self, bytes: usize, max_tokens: u32) -> bool {
        let room = self.setup.context_tokens.saturating_sub(max_tokens + 64) as usize;
        if bytes / BYTES_PER_TOKEN <= room {
            return false;
        }
        self.fold_half()
    }

    pub(super) fn fold_half(&mut self) -> bool {
        let done = self.debate.folded().map_or(0, |t| t.depth as usize + 1);
        let open = self.debate.path().len().saturating_sub(done);
        // The last two turns always stay: without them nobody knows what is being answered.
        let more = (open / 2).max(1);
        if open < 3 {
            return false;
        }
        let upto = self.debate.path()[done + more - 1];
        self.happen(Kind::Folded { upto });
        true
    }
}

fn prompt_bytes(prompt: &Prompt) -> usize {
    match prompt {
        Prompt::Raw(text) => text.len(),
        Prompt::Chat(messages) => messages.iter().map(|m| m.content.len() + 8).sum(),
    }
}

/// The opening's sampling with what reads well (measured, docs/embedded.md) where it says nothing, and this request's seed.
fn settled(opening: &Opening, request: u64) -> model::Sampling {
    let s = opening.sampling;
    model::Sampling {
        temperature: s.temperature.unwrap_or(0.9),
        min_p: s.min_p,
        top_p: s.top_p,
        top_k: s.top_k,
        repeat_penalty: s.repeat_penalty,
        presence_penalty: s.presence_penalty,
        frequency_penalty: s.frequency_penalty,
        seed: mixed(opening.seed, request),
    }
}

/// SplitMix64 over both numbers: requests of one session get unrelated seeds.
fn mixed(seed: u64, request: u64) -> u64 {
    let mut z = seed.wrapping_add(request.wrapping_mul(0x9e37_79b9_7f4a_7c15));
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}
