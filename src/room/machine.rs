//! What happens next in a debate, as a plain state machine: `step(now, input) → effects`.
//!
//! No clock, no I/O, no async: time comes in, effects go out as data, so hours of debate with every fault run in milliseconds
//! under a test's clock. Owns the debate as it will be once everything stored so far is stored; every change of it is an
//! event, and the event goes out to be stored in the same step. Late pieces of a dropped request carry an old generation and are
//! ignored.
//!
//! `steer` (in its own file) carries out commands; this file drives the model.

use std::collections::VecDeque;

use super::{
    Activity, Command, Status,
    asking::Asking,
    floor::{self, Call},
};
use crate::{
    debate::{Clean, Debate, Ended, Event, Kind, Misfit, Opening, Phase, SeatId, Speaker, Staging, TokenMark, TurnId, Who},
    model::{self, Ask, ModelError, Piece, Prompt, Shape, Stop},
    script::{
        cues::{Heard, Out, Splitter, Start},
        prompt::{self, Next},
        wording::{self, Wording},
    },
};

mod steer;

/// Streamed words wait this long (milliseconds) for more before they are stored, unless they come after a quiet moment.
const GATHER_MS: u64 = 16;
/// Waits before the tries after a passing failure, in seconds; then the room pauses.
const RETRIES_S: [u64; 4] = [1, 2, 5, 15];
/// Answers without a word before the room pauses.
const EMPTY_MAX: u32 = 4;
/// Tokens one request may write in staging `stream`.
const STREAM_TOKENS: u32 = 1024;
/// About how long a turn gets where nothing else is said, in tokens.
pub const TURN_TOKENS: u32 = 110;
/// Bytes of text taken for one token where no count is known; on the safe side for English, about right for Chinese.
const BYTES_PER_TOKEN: usize = 3;

/// What a room can be told.
#[derive(Debug)]
pub enum Input {
    /// It is set going. Once, first of all.
    Start,
    /// Somebody steers.
    Command(Command),
    /// A piece of an answer; an error ends the answer.
    Piece(u64, Result<Piece, ModelError>),
    /// The answer ended without its last piece.
    Vanished(u64),
    /// What [`Effect::Score`] asked for.
    Scored(u64, Result<Vec<f32>, ModelError>),
    /// The time asked for with [`Effect::Wake`] has come.
    Timer,
    /// The archive can't store, and why.
    NotStored(String),
    /// The archive can store again.
    StoredAgain,
}

/// What a room wants done.
#[derive(Debug, PartialEq)]
pub enum Effect {
    /// Store these, in this order; `durable`: so that they survive a power cut.
    Store {
        /// What.
        events: Vec<Event>,
        /// How firmly.
        durable: bool,
    },
    /// Ask the model; pieces come back with this generation. At most one answer at a time.
    Ask(u64, Ask),
    /// Rank continuations of a raw prompt.
    Score(u64, String, Vec<String>),
    /// Drop the answer under way.
    Drop,
    /// Come back at this time (milliseconds) with [`Input::Timer`]; replaces an earlier wish.
    Wake(u64),
    /// Tell the person that a command was refused, and why.
    Refuse(Clean),
    /// The session is over: store what is to be stored, then stop.
    Close,
}

/// What a room has to know of its model and its task.
#[derive(Clone, Debug)]
pub struct Setup {
    /// How the model wants prompts.
    pub shape: Shape,
    /// Tokens that prompt and answer may have together.
    pub context_tokens: u32,
    /// Name of the model, for `usage`.
    pub model: Clean,
    /// Turns of experts after which the room closes by itself, counted from its start; `None`: never.
    pub max_turns: Option<u32>,
    /// Commands that are due when a turn has ended, in order.
    pub steering: Vec<(TurnId, Command)>,
}

/// A debate that is running.
#[derive(Debug)]
pub struct Room {
    setup: Setup,
    debate: Debate,
    now: u64,
    generation: u64,
    request: u64,
    asking: Option<Asking>,
    /// A ranking under way: its generation and who is ranked.
    ranking: Option<(u64, Vec<SeatId>)>,
    /// Given the floor by hand.
    chosen: Option<SeatId>,
    steering: VecDeque<(TurnId, Command)>,
    /// Expert turns ended since the start.
    spoken: u32,
    /// Words that wait to be stored.
    gathered: Option<(TurnId, Clean, Vec<TokenMark>)>,
    stored_at: u64,
    retry_at: Option<u64>,
    tries: usize,
    empties: u32,
    stuck: bool,
    closed: bool,
    status: Status,
    effects: Vec<Effect>,
}

impl Room {
    /// A room for a debate so far: empty for a new one (then `opening` is its first event), else as it was left.
    pub fn new(setup: Setup, debate: Debate) -> Self {
        let steering = setup.steering.iter().cloned().collect();
        let request = debate.totals().requests;
        Self {
            setup,
            debate,
            now: 0,
            generation: 0,
            request,
            asking: None,
            ranking: None,
            chosen: None,
            steering,
            spoken: 0,
            gathered: None,
            stored_at: 0,
            retry_at: None,
            tries: 0,
            empties: 0,
            stuck: false,
            closed: false,
            status: Status::default(),
            effects: Vec::new(),
        }
    }

    /// The debate as it will be when all that was sent to be stored is stored.
    pub fn debate(&self) -> &Debate {
        &self.debate
    }

    /// What the room is about to do.
    pub fn status(&self) -> Status {
        self.status
    }

    /// Opens a new session: its first event. To be stored before [`Input::Start`].
    pub fn open(&mut self, now: u64, opening: Opening) -> Result<Vec<Effect>, Misfit> {
        self.now = now;
        let event = Event { seq: self.debate.seq() + 1, at: now, kind: Kind::Opened(Box::new(opening)) };
        self.debate.apply(&event)?;
        Ok(vec![Effect::Store { events: vec![event], durable: true }])
    }

    /// Takes in what happened; gives what is to be done, in order.
    pub fn step(&mut self, now: u64, input: Input) -> Vec<Effect> {
        self.now = now.max(self.now);
        if !self.closed {
            match input {
                Input::Start => self.start(),
                Input::Command(command) => self.command(command),
                Input::Piece(generation, piece) if self.is_current(generation) => self.piece(piece),
                Input::Vanished(generation) if self.is_current(generation) => {
                    self.failed(ModelError::passing("the model's answer broke off"));
                }
                Input::Piece(..) | Input::Vanished(_) => {}
                Input::Scored(generation, scores) => self.scored(generation, scores),
                Input::Timer => {}
                Input::NotStored(why) => self.not_stored(&why),
                Input::StoredAgain => self.stored_again(),
            }
            self.due();
            self.settle();
        }
        std::mem::take(&mut self.effects)
    }

    fn start(&mut self) {
        // A turn that was being spoken when the program died: in raw text it can go on; in chat it can't.
        if self.debate.speaking().is_some() && self.setup.shape == Shape::Chat {
            self.end_turn(Ended::Cut);
        }
        self.run_steering(TurnId(0));
        self.next();
    }

    fn is_current(&self, generation: u64) -> bool {
        self.asking.as_ref().is_some_and(|a| a.generation == generation)
    }

    fn words(&self) -> &'static Wording {
        wording::of(self.debate.opening().map_or("en", |o| o.panel.language.as_str()))
    }

    fn running(&self) -> bool {
        *self.debate.phase() == Phase::Running && !self.closed && !self.stuck
    }

    /// Makes something happen: applies it and sends it to be stored.
    fn happen(&mut self, kind: Kind) {
        self.flush();
        let durable = !matches!(kind, Kind::Text { .. } | Kind::TurnBegan { .. });
        let event = Event { seq: self.debate.seq() + 1, at: self.now, kind };
        match self.debate.apply(&event) {
            Ok(()) => match self.effects.last_mut() {
                Some(Effect::Store { events, durable: firm }) => {
                    events.push(event);
                    *firm |= durable;
                }
                _ => self.effects.push(Effect::Store { events: vec![event], durable }),
            },
            // A fault of the room itself: nothing was changed, and the person has to know.
            Err(misfit) => self.effects.push(Effect::Refuse(Clean::line(&format!("{misfit}; please report this")))),
        }
    }

    // ---- asking -------------------------------------------------------------------------------------------------------

    /// Goes on with the debate, if it runs and nothing is under way.
    fn next(&mut self) {
        if !self.running() || self.asking.is_some() || self.ranking.is_some() || self.retry_at.is_some() {
            return;
        }
        let Some(opening) = self.debate.opening().cloned() else { return };
        if self.setup.max_turns.is_some_and(|max| self.spoken >= max) {
            self.close();
            return;
        }
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
        self.asking = Some(Asking::new(self.generation, self.now, splitter, bytes, self.setup.shape == Shape::Chat));
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

    fn scored(&mut self, generation: u64, scores: Result<Vec<f32>, ModelError>) {
        if !self.ranking.as_ref().is_some_and(|(g, _)| *g == generation) {
            return;
        }
        let Some((_, seats)) = self.ranking.take() else { return };
        let scores = scores.unwrap_or_default();
        let best = seats.iter().zip(&scores).max_by(|a, b| a.1.total_cmp(b.1)).map(|(seat, _)| *seat);
        self.chosen = best.or(seats.first().copied());
        self.next();
    }

    /// Folds the oldest turns into the digest when the prompt would not fit. Seldom and in big steps: half of what stands unfolded goes.
    fn fold(&mut self, bytes: usize, max_tokens: u32) -> bool {
        let room = self.setup.context_tokens.saturating_sub(max_tokens + 64) as usize;
        if bytes / BYTES_PER_TOKEN <= room {
            return false;
        }
        self.fold_half()
    }

    fn fold_half(&mut self) -> bool {
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

    // ---- an answer ----------------------------------------------------------------------------------------------------

    fn piece(&mut self, piece: Result<Piece, ModelError>) {
        match piece {
            Ok(Piece::Text { text, tokens }) => {
                let now = self.now;
                let outs = self.asking.as_mut().map(|a| a.push(now, &text, &tokens)).unwrap_or_default();
                self.tries = 0;
                self.heard(outs);
                self.full_turn();
            }
            Ok(Piece::Usage(usage)) => {
                if let Some(asking) = &mut self.asking {
                    asking.usage = Some(usage);
                }
            }
            Ok(Piece::End(stop)) => self.answered(stop),
            Err(error) => self.failed(error),
        }
    }

    /// Carries what the splitter found into the debate. In staging `turns` the answer is over at the second speaker.
    fn heard(&mut self, outs: Vec<(Out, Vec<TokenMark>)>) {
        let turns = self.debate.opening().is_some_and(|o| o.staging == Staging::Turns);
        for (out, marks) in outs {
            match out {
                Out::Begin { who, label, cue } => {
                    let began = self.debate.speaking().is_some();
                    if turns && (began || !self.is_expected(who)) {
                        self.finish_answer();
                        self.end_turn(Ended::Done);
                        self.after_answer(began);
                        return;
                    }
                    self.end_turn(Ended::Done);
                    self.begin(who, label, cue);
                    if self.closed || self.asking.is_none() {
                        return;
                    }
                }
                Out::Text { text, .. } => self.gather(text, marks),
            }
        }
    }

    /// Whether an answer in staging `turns` begins with the words of the one who was given the floor.
    fn is_expected(&self, who: Heard) -> bool {
        match (who, self.asking.as_ref().and_then(Asking::given)) {
            (Heard::Seat(seat), Some(given)) => seat == given,
            (Heard::WalkOn | Heard::Stage, _) | (_, None) => false,
        }
    }

    fn begin(&mut self, who: Heard, label: Clean, cue: Clean) {
        let given = match who {
            Heard::Seat(seat) => self.asking.as_mut().is_some_and(|a| a.take_given() == Some(seat)),
            Heard::WalkOn | Heard::Stage => false,
        };
        let (speaker, seat) = match who {
            Heard::Seat(seat) => (Who::Expert, Some(seat)),
            Heard::WalkOn => (Who::WalkOn, None),
            Heard::Stage => (Who::Stage, None),
        };
        let (turn, parent) = (self.debate.next_turn(), self.debate.path().last().copied());
        self.happen(Kind::TurnBegan { turn, parent, speaker, seat, label, cue, given });
    }

    fn gather(&mut self, text: Clean, marks: Vec<TokenMark>) {
        let Some(turn) = self.debate.speaking().map(|t| t.id) else { return };
        match &mut self.gathered {
            Some((_, words, tokens)) => {
                words.push(&text);
                tokens.extend(marks);
            }
            None => self.gathered = Some((turn, text, marks)),
        }
    }

    /// Sends gathered words to be stored.
    fn flush(&mut self) {
        if let Some((turn, delta, tokens)) = self.gathered.take() {
            self.stored_at = self.now;
            self.happen(Kind::Text { turn, delta, tokens });
        }
    }

    /// In staging `turns`: a turn that is long enough ends with its sentence.
    fn full_turn(&mut self) {
        let Some(opening) = self.debate.opening().cloned() else { return };
        let Some(asking) = &self.asking else { return };
        let enough = u64::from(opening.sampling.turn_tokens.unwrap_or(TURN_TOKENS));
        if opening.staging != Staging::Turns || asking.tokens < enough || self.debate.speaking().is_none() {
            return;
        }
        let (Some(turn), gathered) = (self.debate.speaking(), &self.gathered) else { return };
        let text = gathered.as_ref().map_or(turn.text.as_str(), |(_, words, _)| words.as_str());
        if ends_sentence(text) {
            self.finish_answer();
            self.end_turn(Ended::Done);
            self.after_answer(true);
        }
    }

    /// The model came to an end.
    fn answered(&mut self, stop: Stop) {
        let outs = self.asking.as_mut().map(Asking::finish).unwrap_or_default();
        let generation = self.generation;
        self.heard(outs);
        if !self.is_current(generation) {
            return;
        }
        let spoke = self.asking.as_ref().is_some_and(|a| a.first_at.is_some());
        let staging = self.debate.opening().map(|o| o.staging).unwrap_or_default();
        self.finish_answer();
        let said = self.debate.speaking().is_some();
        match (stop, staging) {
            // The budget of one request is no reason to end a turn that raw text can go on with.
            (Stop::Length, Staging::Stream) if said && self.setup.shape == Shape::Raw => {}
            (Stop::Length, _) => self.end_turn(Ended::Cut),
            (Stop::End, _) => self.end_turn(Ended::Done),
        }
        self.after_answer(said || spoke && staging == Staging::Stream && self.debate.head().is_some());
    }

    /// What a request cost becomes an event; the answer, if any is left, is dropped.
    fn finish_answer(&mut self) {
        self.flush();
        let Some(asking) = self.asking.take() else { return };
        self.effects.push(Effect::Drop);
        let speed = asking.speed(self.now);
        if speed > 0.0 {
            self.status.tokens_per_s = speed;
        }
        let estimated = asking.usage.is_none();
        let usage = asking.usage.unwrap_or(model::Usage {
            prompt_tokens: (asking.prompt_bytes / 4) as u64,
            cached_tokens: 0,
            output_tokens: asking.tokens,
        });
        self.happen(Kind::Usage {
            request: self.request,
            model: self.setup.model.clone(),
            estimated,
            prompt_tokens: usage.prompt_tokens,
            cached_tokens: usage.cached_tokens,
            // An answer that was dropped told its cost before it was over.
            output_tokens: usage.output_tokens.max(asking.tokens),
            first_token_ms: asking.first_at.unwrap_or(self.now).saturating_sub(asking.asked_at),
            elapsed_ms: self.now.saturating_sub(asking.asked_at),
        });
    }

    /// After an answer: on with the debate, unless the model has nothing to say again and again.
    fn after_answer(&mut self, said: bool) {
        if said {
            self.empties = 0;
        } else {
            self.empties += 1;
            if self.empties >= EMPTY_MAX {
                self.empties = 0;
                self.pause("the model says nothing, again and again; try another model, another take or a note");
            }
        }
        self.next();
    }

    /// Ends the turn under way, if any, and runs what is due after it.
    fn end_turn(&mut self, how: Ended) {
        self.flush();
        let Some(turn) = self.debate.speaking() else { return };
        let (id, expert) = (turn.id, matches!(turn.speaker, Speaker::Expert(_)));
        self.happen(Kind::TurnEnded { turn: id, how });
        if expert {
            self.spoken += 1;
        }
        self.run_steering(id);
        if self.setup.max_turns.is_some_and(|max| self.spoken >= max) {
            self.close();
        }
    }

    // ---- bad days -----------------------------------------------------------------------------------------------------

    fn failed(&mut self, error: ModelError) {
        let outs = self.asking.as_mut().map(Asking::finish).unwrap_or_default();
        let generation = self.generation;
        self.heard(outs);
        if !self.is_current(generation) {
            return;
        }
        self.flush();
        self.asking = None;
        self.effects.push(Effect::Drop);
        if self.setup.shape == Shape::Chat {
            self.end_turn(Ended::Failed);
        }
        match error {
            ModelError::TooLong { what } => {
                if !self.fold_half() {
                    self.pause(&format!("the prompt is longer than the model's context, and nothing is left to fold ({what})"));
                }
                self.next();
            }
            ModelError::Passing { what, retry_after } => match RETRIES_S.get(self.tries).copied() {
                Some(wait) => {
                    self.tries += 1;
                    let wait = retry_after.unwrap_or(wait);
                    self.retry_at = Some(self.now + wait * 1000);
                    self.happen(Kind::Problem { what: Clean::line(&what), retry_in: Some(wait) });
                }
                None => {
                    self.tries = 0;
                    self.give_up(&what);
                }
            },
            ModelError::Final { what } => self.give_up(&what),
        }
    }

    fn give_up(&mut self, what: &str) {
        self.happen(Kind::Problem { what: Clean::line(what), retry_in: None });
        self.pause(what);
    }

    fn not_stored(&mut self, why: &str) {
        if !self.stuck {
            self.stuck = true;
            self.drop_answer();
            self.effects.push(Effect::Refuse(Clean::line(&format!("not saved: {why}. The debate waits, and goes on when it can be saved"))));
        }
    }

    fn stored_again(&mut self) {
        if std::mem::take(&mut self.stuck) {
            self.effects.push(Effect::Refuse(Clean::new("saved again; the debate goes on")));
            self.next();
        }
    }

    /// Drops what is under way. The turn stays open in raw text, where it can go on; in chat it is cut.
    fn drop_answer(&mut self) {
        self.ranking = None;
        self.retry_at = None;
        if self.asking.is_some() {
            self.finish_answer();
        }
        if self.setup.shape == Shape::Chat {
            self.end_turn(Ended::Cut);
        }
    }

    fn pause(&mut self, why: &str) {
        if *self.debate.phase() == Phase::Running {
            self.drop_answer();
            self.happen(Kind::Paused { why: Clean::line(why) });
        }
    }

    fn close(&mut self) {
        if self.closed {
            return;
        }
        self.closed = true;
        self.drop_answer();
        self.happen(Kind::Closed);
        self.effects.push(Effect::Close);
    }

    // ---- time ---------------------------------------------------------------------------------------------------------

    /// Does what is due by now.
    fn due(&mut self) {
        if self.closed {
            return;
        }
        if self.gathered.is_some() && self.now >= self.stored_at + GATHER_MS {
            self.flush();
        }
        if self.retry_at.is_some_and(|at| self.now >= at) {
            self.retry_at = None;
            self.next();
        }
    }

    /// Asks to be woken for what is due later, and says what goes on.
    fn settle(&mut self) {
        let gathered = self.gathered.as_ref().map(|_| self.stored_at + GATHER_MS);
        if let Some(at) = [gathered, self.retry_at].into_iter().flatten().min() {
            self.effects.push(Effect::Wake(at));
        }
        self.status.activity = if let Some(at) = self.retry_at {
            Activity::Retrying { at }
        } else if let Some(asking) = &self.asking {
            let speed = asking.speed(self.now);
            if speed > 0.0 {
                self.status.tokens_per_s = speed;
            }
            match self.debate.speaking() {
                Some(_) if asking.first_at.is_some() => Activity::Speaking,
                Some(turn) => Activity::Waiting { seat: seat_of(turn.speaker), since: asking.asked_at },
                None => Activity::Waiting { seat: asking.given(), since: asking.asked_at },
            }
        } else if self.ranking.is_some() {
            Activity::Waiting { seat: None, since: self.now }
        } else if self.running() {
            Activity::AwaitingFloor
        } else {
            Activity::Still
        };
    }
}

fn seat_of(speaker: Speaker) -> Option<SeatId> {
    match speaker {
        Speaker::Expert(seat) => Some(seat),
        Speaker::WalkOn | Speaker::Audience { .. } | Speaker::Stage => None,
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

fn ends_sentence(text: &str) -> bool {
    text.trim_end().trim_end_matches(['"', '”', '’', '\'', ')', '*', '」', '』', '）']).ends_with(['.', '!', '?', '。', '！', '？', '…'])
}

#[cfg(test)]
mod tests;
