//! Who is asked for what: the next speaker, the prompt, its length, the ranking of bidders.

use super::{Effect, Room, budget, spend::Spent};
use crate::{
    debate::{Clean, Debate, Ended, Floor, Kind, Opening, SeatId, Speaker, Staging},
    model::{self, Ask, Enough, ModelError, Prompt, Scored, Shape, Usage},
    room::{
        Facts,
        asking::{Asked, Asking},
        director::{self, Cue},
        floor::{self, Call},
        joint::Joint,
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
/// Tokens after which a line's end is the end of a given turn of raw text.
const PARAGRAPH_TOKENS: u64 = 32;
/// Fewest tokens that are asked for to end a turn that broke off.
const REST_TOKENS: u32 = 24;
/// Bytes of text taken for one token where no count is known; on the safe side for English, about right for Chinese.
pub(super) const BYTES_PER_TOKEN: usize = 3;

/// A ranking under way.
#[derive(Debug)]
pub(super) struct Ranking {
    generation: u64,
    seats: Vec<SeatId>,
    /// The model, as its prices are listed.
    model: Clean,
    asked_at: u64,
    prompt_bytes: usize,
}

impl Room {
    /// Goes on with the debate, if it runs and nothing is under way.
    pub(super) fn next(&mut self) {
        let busy = self.asking.is_some() || self.ranking.is_some() || self.retry_at.is_some() || self.looks_up();
        if !self.running() || self.debate.opening().is_none() || busy || self.now < self.asks_at() {
            return;
        }
        let shape = self.facts(&self.model_for(self.speaking_seat())).map(|facts| facts.shape);
        match self.debate.speaking() {
            // Another model has come, to which it can't be given as it is.
            Some(turn) if shape.is_some_and(|shape| !prompt::is_open(turn, shape)) => self.end_turn(Ended::Cut),
            Some(_) => {
                self.ask(Next::Continue);
                return;
            }
            None => {}
        }
        if let Some(seat) = self.chosen {
            if self.ask(Next::Speaker(seat)) {
                self.chosen = None;
            }
            return;
        }
        match director::next(&self.debate) {
            Some(Cue::Speak(seat)) => {
                self.ask(Next::Speaker(seat));
                return;
            }
            Some(Cue::Begin(_) | Cue::Vote | Cue::Over) => return,
            Some(Cue::Floor) | None => {}
        }
        if self.staging() == Staging::Stream {
            // The audience's question to one expert is answered by that one, in either staging.
            let raw = shape == Some(Shape::Raw);
            let seat = match self.debate.head().map(|t| t.speaker) {
                Some(Speaker::Audience { to: Some(seat) }) => Some(seat),
                // A base model that is not in the debate yet, or has left it for a story, comes to it by a name.
                None | Some(Speaker::Stage | Speaker::WalkOn) if raw => match floor::next(&self.debate, Floor::Rotate) {
                    Call::Seat(seat) => Some(seat),
                    Call::Ask(_) | Call::Wait => None,
                },
                _ => None,
            };
            self.ask(seat.map_or(Next::Anyone, Next::Speaker));
            return;
        }
        match floor::next(&self.debate, self.debate.floor()) {
            Call::Seat(seat) => {
                self.ask(Next::Speaker(seat));
            }
            Call::Ask(seats) => self.rank(seats),
            Call::Wait => {}
        }
    }

    /// Asks the model of whoever is to speak. False when nothing could be asked now.
    fn ask(&mut self, next: Next) -> bool {
        let speaker = match next {
            Next::Continue => self.speaking_seat(),
            Next::Speaker(seat) => Some(seat),
            Next::Anyone => None,
        };
        let name = self.model_for(speaker);
        let Some(facts) = self.needed(&name) else { return false };
        let joint = if next == Next::Continue { self.mark_break(&facts) } else { None };
        let Some(mut rendered) = prompt::render(&self.debate, facts.shape, next) else { return false };
        let turn_tokens = self.turn_tokens(speaker);
        let left = self.left_to_compare();
        if left == Some(0) {
            self.panel_is_done("");
            return false;
        }
        let max_tokens = match next {
            Next::Anyone => STREAM_TOKENS,
            Next::Speaker(_) | Next::Continue if self.staging() == Staging::Stream => STREAM_TOKENS,
            Next::Speaker(_) | Next::Continue => {
                (turn_tokens * 2).saturating_sub(u32::try_from(self.carried).unwrap_or(u32::MAX)).max(REST_TOKENS)
            }
        };
        let max_tokens = left.and_then(|left| u32::try_from(left).ok()).map_or(max_tokens, |left| max_tokens.min(left));
        if self.fold(None, prompt_bytes(&rendered.prompt), max_tokens, &facts) {
            match prompt::render(&self.debate, facts.shape, next) {
                Some(again) => rendered = again,
                None => return false,
            }
        }
        let bytes = prompt_bytes(&rendered.prompt);
        if self.budget_ends(&facts, bytes, max_tokens) {
            return false;
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
        self.staged_request = self.request;
        self.asked = Some(facts.shape);
        let stop =
            if self.staging() == Staging::Turns && facts.shape == Shape::Raw { Self::stops(&self.debate, words) } else { Vec::new() };
        let (continued, prompt_bytes) = (next == Next::Continue, bytes);
        let enough = match self.staging() {
            Staging::Turns => Self::enough(facts.shape, turn_tokens, self.carried),
            Staging::Stream => Enough::default(),
        };
        let asked = Asked { model: name.clone(), facts, given, splitter, enough, prompt_bytes, max_tokens, continued, joint };
        self.asking = Some(Asking::new(self.generation, self.now, asked));
        let sampling = self.sampling(self.request);
        self.effects.push(Effect::Ask(self.generation, name, Ask { prompt: rendered.prompt, stop, max_tokens, sampling, enough }));
        true
    }

    /// Where one turn's answer ends before its tokens are used up; `carried` came before it.
    pub(super) fn enough(shape: Shape, turn_tokens: u32, carried: u64) -> Enough {
        Enough {
            // What a base model writes after a break is mostly no longer this speaker's.
            line_after: (shape == Shape::Raw).then_some(PARAGRAPH_TOKENS),
            sentence_after: Some(u64::from(turn_tokens).saturating_sub(carried)),
        }
    }

    /// About how many tokens a turn gets.
    pub(super) fn turn_tokens(&self, speaker: Option<SeatId>) -> u32 {
        self.debate.turn_tokens(speaker).unwrap_or(TURN_TOKENS)
    }

    /// How a request chooses among tokens.
    pub(super) fn sampling(&self, request: u64) -> model::Sampling {
        let mut sampling = self.debate.opening().map_or_else(model::Sampling::default, |opening| settled(opening, request));
        if let Some(temperature) = self.debate.temperature() {
            sampling.temperature = temperature;
        }
        sampling
    }

    /// Where a model can't go on with its own words, the turn under way gets a stage direction that asks for it.
    fn mark_break(&mut self, facts: &Facts) -> Option<Joint> {
        if facts.continues {
            return None;
        }
        let turn = self.debate.speaking()?;
        let (id, joint) = (turn.id, Joint::new(turn.text.as_str()));
        let bytes = u32::try_from(turn.text.len()).ok()?;
        if turn.breaks.last() != Some(&bytes) {
            self.happen(Kind::BrokeOff { turn: id, bytes });
        }
        Some(joint)
    }

    /// Closes the room when the next answer might cost more than may be spent.
    fn budget_ends(&mut self, facts: &Facts, prompt_bytes: usize, max_tokens: u32) -> bool {
        let worst = self.with_under_way(worst(prompt_bytes, max_tokens));
        let cost = self.setup.price.of(facts.name.as_str(), &worst);
        let spent = budget::since(&self.spent, &self.debate.totals());
        let Some(why) = self.setup.budget.ends(&spent, &worst, cost) else { return false };
        self.end_turn(Ended::Cut);
        if self.panel_is_done(&why) {
            return true;
        }
        self.happen(Kind::Problem { what: Clean::line(&format!("the debate ends here: {why}")), retry_in: None });
        self.close();
        true
    }

    /// Where a raw answer in staging `turns` ends: at anybody's label.
    pub(super) fn stops(debate: &Debate, words: &Wording) -> Vec<String> {
        debate.cast().present().map(|s| format!("\n{}{}", s.expert.label, words.colon)).collect()
    }

    fn rank(&mut self, seats: Vec<SeatId>) {
        let words = self.words();
        let name = self.model.clone();
        let Some(facts) = self.needed(&name) else { return };
        if facts.shape == Shape::Chat {
            self.chosen = seats.first().copied();
            self.next();
            return;
        }
        let Some(rendered) = prompt::render(&self.debate, Shape::Raw, Next::Anyone) else { return };
        let Prompt::Raw(text) = rendered.prompt else { return };
        let labels = seats.iter().map(|s| format!("{}{}", prompt::label_at(&self.debate, *s), words.colon)).collect();
        self.generation += 1;
        self.request += 1;
        self.ranking =
            Some(Ranking { generation: self.generation, seats, model: facts.name.clone(), asked_at: self.now, prompt_bytes: text.len() });
        self.effects.push(Effect::Score(self.generation, name, text, labels));
    }

    pub(super) fn scored(&mut self, generation: u64, scored: Result<Scored, ModelError>) {
        if self.ranking.as_ref().is_none_or(|r| r.generation != generation) {
            return;
        }
        let Some(Ranking { seats, model, asked_at, prompt_bytes, .. }) = self.ranking.take() else { return };
        if let Some(scored) = scored.as_ref().ok().filter(|scored| !scored.logprobs.is_empty()) {
            let told = Some(scored.usage).filter(|usage| usage.prompt_tokens > 0);
            let ms = self.now.saturating_sub(asked_at);
            self.spend(Spent {
                request: self.request,
                turn: self.debate.speaking().map(|turn| turn.id),
                model,
                told,
                prompt_bytes,
                output_tokens: 1,
                first_token_ms: ms,
                elapsed_ms: ms,
            });
        }
        let scored = scored.unwrap_or_default();
        self.chosen = floor::best_bid(&self.debate, &seats, &scored.logprobs).or(seats.first().copied());
    }
}

/// What a request may take at most.
pub(super) fn worst(prompt_bytes: usize, max_tokens: u32) -> Usage {
    let prompt_tokens = (prompt_bytes / BYTES_PER_TOKEN) as u64;
    Usage { prompt_tokens, cached_tokens: 0, output_tokens: u64::from(max_tokens) }
}

pub(super) fn prompt_bytes(prompt: &Prompt) -> usize {
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
pub(super) fn mixed(seed: u64, request: u64) -> u64 {
    let mut z = seed.wrapping_add(request.wrapping_mul(0x9e37_79b9_7f4a_7c15));
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}
