//! Several takes of one turn, written side by side on branches of their own, beside the stage; then one of them is put on stage.
//!
//! Each take is a request with a seed of its own: one that fails fails alone, each is paid for by its own turn, and none gives anybody else the floor:
//! it ends where the next speaker begins. The debate waits until one is chosen: by a person, or else the first is.

mod write;

use super::{Effect, GATHER_MS, Room, budget, drive::prompt_bytes};
use crate::{
    debate::{Clean, Ended, Kind, SeatId, Speaker, TokenMark, TurnId},
    model::{Ask, Shape, Usage},
    room::{
        Activity, Command, Facts,
        asking::{Asked, Asking},
    },
    script::{
        cues::{Splitter, Start},
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
                max_tokens,
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
