//! Several takes of one turn, written side by side on branches of their own, beside the stage; then one of them is put on stage.
//!
//! Each take is a request with a seed of its own: one that fails fails alone, each is paid for by its own turn, and none gives anybody else the floor:
//! it ends where the next speaker begins. The debate waits until one is chosen: by a person, or else the first is.

use super::{Effect, GATHER_MS, Room, budget, drive::prompt_bytes, listen::within, spend::Spent, trouble::RETRIES_S};
use crate::{
    debate::{Clean, Ended, Kind, SeatId, Speaker, TokenMark, TurnId, Who},
    model::{Ask, ModelError, Piece, Shape, Stop, Usage},
    room::{
        Activity, Command, Facts,
        asking::{Asked, Asking},
    },
    script::{
        cues::{Heard, Out, Splitter, Start},
        frame,
        prompt::{self, Next},
    },
};

/// How many takes may be written at once.
pub const TAKES: std::ops::RangeInclusive<usize> = 2..=4;

/// Takes under way, or written and waiting for a choice.
#[derive(Debug)]
pub(super) struct Takes {
    /// What they follow.
    parent: Option<TurnId>,
    /// Who speaks; whoever the model lets when `None`.
    seat: Option<SeatId>,
    /// The branches that they get.
    names: Vec<Clean>,
    /// Whether a person chooses.
    chosen_by_hand: bool,
    /// Empty until their model was asked.
    all: Vec<Take>,
    since: u64,
}

#[derive(Debug)]
struct Take {
    branch: Clean,
    request: u64,
    model: Clean,
    /// What was asked, to be asked again.
    ask: Ask,
    asking: Option<Asking>,
    /// The request as it was before anything came.
    fresh: Asking,
    /// When it is asked again.
    again_at: Option<u64>,
    tries: usize,
    turn: Option<TurnId>,
    /// Words that wait to be stored.
    gathered: Option<(Clean, Vec<TokenMark>)>,
    stored_at: u64,
}

impl Take {
    fn is_under_way(&self) -> bool {
        self.asking.is_some() || self.again_at.is_some()
    }
}

impl Room {
    /// The command `takes`.
    pub(super) fn take_several(&mut self, turn: TurnId, count: usize, chosen_by_hand: bool) -> Result<(), String> {
        if !TAKES.contains(&count) {
            return Err(format!("{} to {} takes can be written at once, not {count}", TAKES.start(), TAKES.end()));
        }
        if self.stuck {
            return Err("nothing can be saved now, so no takes are written".into());
        }
        let (parent, seat, takes) = self.again(turn)?;
        self.interrupt();
        let names = (1..=count).map(|n| self.free_name(&format!("turn {turn} take {}", takes + n))).collect();
        self.takes = Some(Takes { parent, seat, names, chosen_by_hand, all: Vec::new(), since: self.now });
        Ok(())
    }

    /// The command `keep`: all takes stay where they are, and the debate goes on where it was.
    pub(super) fn keep_takes(&mut self) -> Result<(), String> {
        if self.takes.is_none() {
            return Err("there are no takes to choose from".into());
        }
        self.end_takes();
        Ok(())
    }

    /// Goes on with takes, if there are any. True when the debate may go on.
    pub(super) fn takes_are_over(&mut self) -> bool {
        match &self.takes {
            None => return true,
            Some(takes) if takes.all.is_empty() => self.ask_takes(),
            Some(_) => {}
        }
        let Some(takes) = &self.takes else { return true };
        if takes.all.is_empty() || takes.all.iter().any(Take::is_under_way) {
            return false;
        }
        let written = takes.all.iter().filter(|t| t.turn.is_some());
        let whole = |t: &&Take| t.turn.and_then(|id| self.debate.turn(id)).is_some_and(|t| t.ended == Some(Ended::Done));
        let first = written.clone().find(whole).or(written.clone().next()).map(|t| t.branch.clone());
        let Some(first) = first else {
            self.takes = None;
            self.pause("none of the takes was written; try again, or take another model");
            return true;
        };
        if takes.chosen_by_hand {
            return false;
        }
        // A steering file may say at once which one it wants.
        let staged_next = matches!(self.steering.front(), Some((after, Command::Stage { .. })) if after.0 < self.debate.next_turn().0);
        if staged_next {
            self.takes = None;
        } else {
            self.choose_take(&first);
        }
        true
    }

    /// Puts a take on stage: one that is still written goes on there, the others end. False where there is no such take.
    pub(super) fn choose_take(&mut self, branch: &Clean) -> bool {
        let Some(at) = self.takes.as_ref().and_then(|t| t.all.iter().position(|t| t.turn.is_some() && t.branch == *branch)) else {
            return false;
        };
        let Some(mut takes) = self.takes.take() else { return false };
        let mut chosen = takes.all.swap_remove(at);
        for take in takes.all {
            self.end_take(take, Ended::Cut);
        }
        self.flush_take(&mut chosen);
        self.chosen = None;
        self.happen(Kind::Switched { branch: chosen.branch });
        match chosen.asking {
            Some(asking) => {
                self.asked = Some(asking.facts.shape);
                self.staged_request = chosen.request;
                self.asking = Some(asking);
            }
            // It ended beside the stage, and is counted now.
            None => self.spoken += u32::from(takes.seat.is_some()),
        }
        true
    }

    /// Ends all takes; what was said stays.
    pub(super) fn end_takes(&mut self) {
        for take in self.takes.take().into_iter().flat_map(|t| t.all) {
            self.end_take(take, Ended::Cut);
        }
    }

    /// Ends turns that were spoken beside the stage when the program ended.
    pub(super) fn end_beside(&mut self) {
        for turn in self.debate.beside().to_vec() {
            self.happen(Kind::TurnEnded { turn, how: Ended::Cut });
        }
    }

    fn ask_takes(&mut self) {
        let Some(takes) = &self.takes else { return };
        let (parent, seat, names) = (takes.parent, takes.seat, takes.names.clone());
        let mut view = self.debate.as_of(parent);
        let name = seat.and_then(|seat| view.model_of(seat)).unwrap_or(&self.model).clone();
        if let Some(why) = self.shut.remove(&name) {
            return self.no_takes(&format!("{name} can't be opened: {why}"));
        }
        let Some(facts) = self.needed(&name) else { return };
        let next = seat.map_or(Next::Anyone, Next::Speaker);
        let turn_tokens = self.turn_tokens(seat);
        let max_tokens = turn_tokens * 2;
        let Some(mut rendered) = prompt::render(&view, facts.shape, next) else { return };
        if self.fold(Some(&view), prompt_bytes(&rendered.prompt), max_tokens, &facts) {
            view = self.debate.as_of(parent);
            match prompt::render(&view, facts.shape, next) {
                Some(again) => rendered = again,
                None => return,
            }
        }
        let bytes = prompt_bytes(&rendered.prompt);
        if let Some(why) = self.too_dear(&facts, bytes, max_tokens, names.len()) {
            return self.no_takes(&why);
        }
        let words = self.words();
        let stop = if facts.shape == Shape::Raw { Self::stops(&view, words) } else { Vec::new() };
        let enough = Self::enough(facts.shape, turn_tokens, 0);
        let start = match seat {
            Some(seat) => Start::Given { seat, lead: rendered.lead },
            None => Start::Open { lead: rendered.lead },
        };
        let splitter = Splitter::new(view.cast(), words.audience, words.voice, start);
        let (mut asks, mut all) = (Vec::new(), Vec::new());
        for branch in names {
            self.generation += 1;
            self.request += 1;
            let asked = Asked {
                model: name.clone(),
                facts: facts.clone(),
                given: seat,
                splitter: splitter.clone(),
                enough,
                prompt_bytes: bytes,
                continued: false,
                joint: None,
            };
            let sampling = self.sampling(self.request);
            let ask = Ask { prompt: rendered.prompt.clone(), stop: stop.clone(), max_tokens, sampling, enough };
            let fresh = Asking::new(self.generation, self.now, asked);
            asks.push((self.generation, ask.clone()));
            all.push(Take {
                branch,
                request: self.request,
                model: name.clone(),
                ask,
                asking: Some(fresh.clone()),
                fresh,
                again_at: None,
                tries: 0,
                turn: None,
                gathered: None,
                stored_at: 0,
            });
        }
        self.effects.push(Effect::AskAll(name, asks));
        if let Some(takes) = &mut self.takes {
            takes.all = all;
        }
    }

    fn no_takes(&mut self, why: &str) {
        self.takes = None;
        self.effects.push(Effect::Refuse(Clean::line(&format!("no takes were written: {why}"))));
    }

    /// Why so many answers must not be asked for.
    fn too_dear(&self, facts: &Facts, prompt_bytes: usize, max_tokens: u32, count: usize) -> Option<String> {
        let count = count as u64;
        let one = super::drive::worst(prompt_bytes, max_tokens);
        let all = Usage { prompt_tokens: one.prompt_tokens * count, cached_tokens: 0, output_tokens: one.output_tokens * count };
        let spent = budget::since(&self.spent, &self.debate.totals());
        self.setup.budget.ends(&spent, &all, self.setup.price.of(facts.name.as_str(), &all))
    }

    /// A piece of one of the takes' answers.
    pub(super) fn take_piece(&mut self, generation: u64, piece: Result<Piece, ModelError>) {
        let Some(at) = self.take_at(generation) else { return };
        // Taken out while it is worked on, so that everything else of the room is free.
        let Some(mut take) = self.takes.as_mut().map(|t| t.all.remove(at)) else { return };
        let over = match piece {
            Ok(Piece::Text { text, tokens }) => {
                let now = self.now;
                let outs = take.asking.as_mut().map(|a| a.push(now, &text, &tokens)).unwrap_or_default();
                let over = self.take_heard(&mut take, outs);
                let full = take.turn.is_some() && take.asking.as_ref().is_some_and(|a| a.watch.sentence_ends());
                (over || full).then_some(Ended::Done)
            }
            Ok(Piece::Usage(usage)) => {
                if let Some(asking) = &mut take.asking {
                    asking.usage = Some(usage);
                }
                None
            }
            Ok(Piece::End(stop)) => {
                let over = self.take_rest(&mut take);
                Some(if stop == Stop::Length && !over { Ended::Cut } else { Ended::Done })
            }
            Err(error) => self.take_failed(&mut take, error),
        };
        let take = match over {
            Some(how) => self.end_take(take, how),
            None => take,
        };
        if let Some(takes) = &mut self.takes {
            takes.all.insert(at, take);
        }
    }

    fn take_at(&self, generation: u64) -> Option<usize> {
        let is = |t: &Take| t.asking.as_ref().is_some_and(|a| a.generation == generation);
        self.takes.as_ref().and_then(|takes| takes.all.iter().position(is))
    }

    /// Whether an answer of this generation is one of the takes'.
    pub(super) fn is_take(&self, generation: u64) -> bool {
        self.take_at(generation).is_some()
    }

    /// What an answer held back; true when the take was over with it.
    fn take_rest(&mut self, take: &mut Take) -> bool {
        let outs = take.asking.as_mut().map(Asking::finish).unwrap_or_default();
        self.take_heard(take, outs)
    }

    /// Carries words into the take. True where the next speaker begins, or somebody who wasn't asked.
    fn take_heard(&mut self, take: &mut Take, outs: Vec<(Out, Vec<TokenMark>)>) -> bool {
        for (out, marks) in outs {
            match out {
                Out::Begin { who, label, cue } => {
                    let given = take.asking.as_mut().and_then(Asking::take_given);
                    if take.turn.is_some() || given.is_some_and(|seat| who != Heard::Seat(seat)) {
                        return true;
                    }
                    self.begin_take(take, who, label, cue, given.is_some());
                }
                Out::Text { text, .. } => {
                    let end = take.asking.as_mut().and_then(|a| a.watch.line_end(text.as_str())).filter(|_| take.turn.is_some());
                    let (text, marks) = match end {
                        Some(end) => (text.slice(0..end), within(marks, end)),
                        None => (text, marks),
                    };
                    match &mut take.gathered {
                        Some((words, tokens)) => {
                            words.push(&text);
                            tokens.extend(marks);
                        }
                        None => take.gathered = Some((text, marks)),
                    }
                    if end.is_some() {
                        return true;
                    }
                }
            }
        }
        false
    }

    fn begin_take(&mut self, take: &mut Take, who: Heard, label: Clean, cue: Clean, given: bool) {
        let (speaker, seat) = match who {
            Heard::Seat(seat) => (Who::Expert, Some(seat)),
            Heard::WalkOn => (Who::WalkOn, None),
            Heard::Stage => (Who::Stage, None),
        };
        let parent = self.takes.as_ref().and_then(|t| t.parent);
        let (turn, from) = (self.debate.next_turn(), self.debate.branch().map(|b| b.name.clone()).unwrap_or_default());
        self.happen(Kind::Forked { branch: take.branch.clone(), at: parent, from });
        let branch = Some(take.branch.clone());
        self.happen(Kind::TurnBegan { turn, parent, speaker, seat, label, cue, given, passed: None, branch, kept: None });
        take.turn = Some(turn);
    }

    /// What came of it is kept; without a word it is asked for again, as long as there is hope. Else how the take ends.
    fn take_failed(&mut self, take: &mut Take, error: ModelError) -> Option<Ended> {
        self.take_rest(take);
        let (what, passing) = match error {
            ModelError::Passing { what, retry_after } => (what, Some(retry_after)),
            ModelError::Final { what } | ModelError::TooLong { what } => (what, None),
        };
        let wait =
            passing.and_then(|asked_for| Some(asked_for.unwrap_or(*RETRIES_S.get(take.tries)?)).filter(|_| take.tries < RETRIES_S.len()));
        match wait.filter(|_| take.turn.is_none()) {
            Some(seconds) => {
                // A late piece of it is nobody's.
                take.asking = None;
                take.tries += 1;
                take.again_at = Some(self.now + seconds.saturating_mul(self.setup.second_ms));
                self.happen(Kind::Problem { what: Clean::line(&what), retry_in: Some(seconds) });
                None
            }
            None => {
                self.happen(Kind::Problem { what: Clean::line(&format!("one take failed: {what}")), retry_in: None });
                Some(Ended::Failed)
            }
        }
    }

    /// A take whose time has come is asked for again, and words that waited are stored.
    pub(super) fn takes_due(&mut self) {
        let Some(mut takes) = self.takes.take() else { return };
        for take in &mut takes.all {
            if take.gathered.is_some() && self.now >= take.stored_at + GATHER_MS {
                self.flush_take(take);
            }
            if take.again_at.is_some_and(|at| self.now >= at) {
                take.again_at = None;
                self.generation += 1;
                take.asking = Some(take.fresh.again(self.generation, self.now));
                self.effects.push(Effect::AskAll(take.model.clone(), vec![(self.generation, take.ask.clone())]));
            }
        }
        self.takes = Some(takes);
    }

    fn flush_take(&mut self, take: &mut Take) {
        if let (Some(turn), Some((delta, tokens))) = (take.turn, take.gathered.take()) {
            take.stored_at = self.now;
            self.happen(Kind::Text { turn, delta, tokens });
        }
    }

    /// Ends a take: its answer is dropped, its cost told.
    fn end_take(&mut self, mut take: Take, how: Ended) -> Take {
        self.flush_take(&mut take);
        take.again_at = None;
        let Some(asking) = take.asking.take() else { return take };
        self.effects.push(Effect::DropOne(asking.generation));
        let speed = asking.speed(self.now);
        if speed > 0.0 {
            self.status.tokens_per_s = speed;
        }
        let shape = asking.facts.shape;
        if asking.first_at.is_some() || how != Ended::Failed {
            self.spend(Spent {
                request: take.request,
                turn: take.turn,
                model: asking.facts.name,
                told: asking.usage,
                prompt_bytes: asking.prompt_bytes,
                output_tokens: asking.watch.tokens(),
                first_token_ms: asking.first_at.unwrap_or(self.now).saturating_sub(asking.asked_at),
                elapsed_ms: self.now.saturating_sub(asking.asked_at),
            });
        }
        if let Some(turn) = take.turn {
            self.happen(Kind::TurnEnded { turn, how });
            let slip = self.debate.turn(turn).and_then(|t| frame::slip(t.said()));
            if let Some(slip) = slip.filter(|_| how == Ended::Done && shape == Shape::Chat) {
                self.happen(Kind::OutOfFrame { turn, slip });
            }
        }
        take
    }

    /// When takes want to be looked at next.
    pub(super) fn takes_wake(&self) -> Option<u64> {
        let all = self.takes.iter().flat_map(|t| &t.all);
        all.flat_map(|t| [t.gathered.as_ref().map(|_| t.stored_at + GATHER_MS), t.again_at]).flatten().min()
    }

    /// What goes on with takes, and how fast.
    pub(super) fn takes_activity(&self) -> Option<(Activity, f32)> {
        let takes = self.takes.as_ref()?;
        let speed = takes.all.iter().filter_map(|t| t.asking.as_ref()).map(|a| a.speed(self.now)).sum();
        let activity = if takes.all.is_empty() {
            Activity::Waiting { seat: takes.seat, since: takes.since }
        } else if !takes.all.iter().any(Take::is_under_way) {
            Activity::Choosing
        } else if takes.all.iter().any(|t| t.turn.is_some()) {
            Activity::Speaking
        } else {
            Activity::Waiting { seat: takes.seat, since: takes.since }
        };
        Some((activity, speed))
    }

    /// What a turn follows and who speaks it, if it can be written again; and how many takes of it there are.
    pub(super) fn again(&self, turn: TurnId) -> Result<(Option<TurnId>, Option<SeatId>, usize), String> {
        let old = self.debate.turn(turn).ok_or_else(|| super::branches::no_such_turn(turn))?;
        let seat = match old.speaker {
            Speaker::Expert(seat) => Some(seat),
            Speaker::WalkOn => None,
            Speaker::Audience { .. } | Speaker::Stage => {
                return Err(format!("turn {turn} was not written by the model; edit it instead"));
            }
        };
        let same = |id: &TurnId| self.debate.turn(*id).is_some_and(|t| t.speaker == old.speaker);
        Ok((old.parent, seat, self.debate.takes(turn).iter().filter(|id| same(id)).count()))
    }
}
