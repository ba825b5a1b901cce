//! What happens next in a debate, as a plain state machine: `step(now, input) → effects`.
//!
//! No clock, no I/O, no async: time comes in, effects go out as data, so hours of debate with every fault run in milliseconds
//! under a test's clock. Owns the debate as it will be once everything stored so far is stored; every change of it is an
//! event, and the event goes out to be stored in the same step. Late pieces of a dropped request carry an old generation and are
//! ignored.
//!
//! This file has the state, the step and what happens by itself; `steer` carries out commands, `drive` asks the model, `fold` keeps its prompts
//! short enough, `listen` takes in its answers, `takes` has several of them written at once, `minute` makes minutes, `compare` asks the plain assistant, `within` forks within a turn, `play` follows the format, `spend` tells what answers cost, `trouble` what goes wrong, `voice` which model speaks for whom.

use std::collections::{BTreeMap, VecDeque};

use super::{
    Activity, Autopilot, Command, Facts, Pace, Status, Words,
    asking::Asking,
    budget,
    director::{self, Cue},
};
use crate::{
    debate::{Clean, Debate, Ended, Event, Kind, Misfit, Opening, Phase, SeatId, Speaker, TokenMark, Totals, TurnId},
    lens::Course,
    model::{Ask, Likely, ModelError, Piece, Prompt, Scored, Shape},
    script::wording::{self, Wording},
};

mod branches;
mod compare;
mod drive;
mod extract;
mod fold;
mod listen;
mod minute;
mod play;
mod setup;
mod spend;
mod steer;
mod table;
mod takes;
mod trouble;
mod undo;
mod voice;
mod within;

use drive::Ranking;

pub use drive::TURN_TOKENS;
pub use setup::Setup;
pub use takes::TAKES;

/// Streamed words wait this long (milliseconds) for more before they are stored, unless they come after a quiet moment.
const GATHER_MS: u64 = 3;

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
    /// What [`Effect::Open`] asked for, by the same name.
    Opened(Clean, Result<Facts, String>),
    /// What [`Effect::Score`] asked for.
    Scored(u64, Result<Scored, ModelError>),
    /// What [`Effect::Likeliest`] asked for; `None` where the model can't tell.
    Likely(u64, Option<Result<Likely, ModelError>>),
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
    /// Open a model by its name; [`Input::Opened`] tells how that went. Several may be on their way.
    Open(Clean),
    /// Ask the model of this name; pieces come back with this generation. At most one at a time.
    Ask(u64, Clean, Ask),
    /// Ask the model of this name for several answers at once; pieces of each come back with its own generation.
    AskAll(Clean, Vec<(u64, Ask)>),
    /// Drop the answer of this generation.
    DropOne(u64),
    /// Rank continuations of a raw prompt by the model of this name.
    Score(u64, Clean, String, Vec<String>),
    /// Ask the model of this name for the likeliest words after a prompt; replaces an earlier question.
    Likeliest(u64, Clean, Prompt, usize),
    /// Tell whoever asked about words at a place.
    Tell(Words),
    /// Drop the answer that the debate waits for, and the ranking of bidders.
    Drop,
    /// Read no more of any answer until told to: whoever writes them waits.
    Hold(bool),
    /// Come back at this time (milliseconds) with [`Input::Timer`]; replaces an earlier wish.
    Wake(u64),
    /// Tell the person that a command was refused, and why.
    Refuse(Clean),
    /// Tell the person that what stood in the way is gone.
    Mend(Clean),
    /// The session is over: store what is to be stored, then stop.
    Close,
}

/// A debate that is running.
#[derive(Debug)]
pub struct Room {
    setup: Setup,
    debate: Debate,
    /// The room's model, by the name under which it was opened.
    model: Clean,
    /// Models on their way.
    opening: Vec<Clean>,
    opening_since: u64,
    /// Models that could not be opened when they were sent for, and why.
    shut: BTreeMap<Clean, String>,
    /// Changes of model that wait for one on its way: whose (the room's when `None`), and its name.
    wanted: Vec<(Option<(SeatId, Clean)>, Clean)>,
    /// The steering file asked for one of these: it counts in turns, so the next one waits.
    held: bool,
    now: u64,
    generation: u64,
    request: u64,
    asking: Option<Asking>,
    /// The number of the request whose answer is on stage.
    staged_request: u64,
    /// Takes that are written beside the stage.
    takes: Option<takes::Takes>,
    /// A place within a turn about which somebody asked.
    wanted_words: Option<within::Wanted>,
    /// Bytes of a prompt for each of its tokens, by model, as its last answer told.
    bytes_per_token: BTreeMap<Clean, f64>,
    /// Bidders who are being ranked.
    ranking: Option<Ranking>,
    /// Minutes that are to be made as soon as nobody speaks.
    minutes_of: Option<minute::Wish>,
    /// Minutes under way.
    minuting: Option<Box<minute::Minuting>>,
    /// The model with which the branch is to be compared as soon as nobody speaks.
    compare_with: Option<(Clean, Facts)>,
    /// The comparison under way.
    comparing: Option<Box<compare::Comparing>>,
    /// What the panel may say before it is compared, in a room that was made for that.
    target: Option<compare::Target>,
    /// Given the floor by hand.
    chosen: Option<SeatId>,
    /// How commands are taken back, the last one last.
    undos: Vec<undo::Undo>,
    /// How the command that is being carried out is.
    undo_next: Option<undo::Undo>,
    steering: VecDeque<(TurnId, Command)>,
    /// Expert turns ended since the start.
    spoken: u32,
    /// Words that wait to be stored.
    gathered: Option<(TurnId, Clean, Vec<TokenMark>)>,
    stored_at: u64,
    retry_at: Option<u64>,
    tries: usize,
    /// Times that the turn under way broke off.
    mends: u32,
    /// Tokens of the turn under way that came with earlier requests.
    carried: u64,
    /// What the last request was made to.
    asked: Option<Shape>,
    /// A turn fell out of the frame and nothing was said about it yet.
    slipped: bool,
    /// Turns that did so one after another.
    slips: u32,
    /// The last turn that a chat model fell out of the frame with was answered by a nudge, and none held it since.
    nudged: bool,
    /// What had been spent when the room was made.
    spent: Totals,
    autopilot: Autopilot,
    /// What had been spent when it was set.
    autopilot_since: Totals,
    /// What is measured of the branch on stage, while the autopilot listens.
    course: Course,
    pace: Option<Pace>,
    /// When what was said has been read.
    read_at: u64,
    /// The head of the branch when the autopilot was asked last.
    looked_at: Option<TurnId>,
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
        let (spent, model) = (debate.totals(), setup.model.clone());
        let target = setup.compare.map(compare::Target::new);
        let (request, autopilot) = (spent.requests, setup.autopilot);
        // Nobody reads along where nobody is.
        let pace = setup.pace.filter(|_| !setup.alone);
        Self {
            setup,
            debate,
            model,
            opening: Vec::new(),
            opening_since: 0,
            shut: BTreeMap::new(),
            wanted: Vec::new(),
            held: false,
            now: 0,
            generation: 0,
            request,
            asking: None,
            staged_request: request,
            takes: None,
            wanted_words: None,
            bytes_per_token: BTreeMap::new(),
            ranking: None,
            minutes_of: None,
            minuting: None,
            compare_with: None,
            comparing: None,
            target,
            chosen: None,
            undos: Vec::new(),
            undo_next: None,
            steering,
            spoken: 0,
            gathered: None,
            stored_at: 0,
            retry_at: None,
            tries: 0,
            mends: 0,
            carried: 0,
            asked: None,
            slipped: false,
            slips: 0,
            nudged: false,
            spent,
            autopilot,
            autopilot_since: spent,
            course: Course::default(),
            pace,
            read_at: 0,
            looked_at: None,
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
                Input::Piece(generation, piece) if self.is_take(generation) => self.take_piece(generation, piece),
                Input::Vanished(generation) if self.is_take(generation) => {
                    self.take_piece(generation, Err(ModelError::passing("the model's answer broke off")));
                }
                Input::Piece(generation, piece) if self.minutes_ask(generation) => self.minutes_piece(piece),
                Input::Vanished(generation) if self.minutes_ask(generation) => {
                    self.minutes_failed(ModelError::passing("the model's answer broke off"));
                }
                Input::Piece(generation, piece) if self.compare_ask(generation).is_some() => self.compare_piece(generation, piece),
                Input::Vanished(generation) if self.compare_ask(generation).is_some() => {
                    self.compare_piece(generation, Err(ModelError::passing("the model's answer broke off")));
                }
                Input::Piece(..) | Input::Vanished(_) => {}
                Input::Opened(name, facts) => self.opened(&name, facts),
                Input::Scored(generation, scores) => self.scored(generation, scores),
                Input::Likely(generation, likely) => self.likely(generation, likely),
                Input::Timer => {}
                Input::NotStored(why) => self.not_stored(&why),
                Input::StoredAgain => self.stored_again(),
            }
            self.due();
            self.advance();
            self.settle();
        } else if let Input::NotStored(why) = input {
            self.not_stored(&why);
        } else if matches!(input, Input::StoredAgain) {
            self.stored_again();
        }
        std::mem::take(&mut self.effects)
    }

    fn start(&mut self) {
        match self.debate.phase() {
            // Nobody pays for words before being there: a session that is opened again waits for a key.
            Phase::Closed | Phase::Running if self.debate.seq() > 1 => self.happen(Kind::Paused { why: Clean::default() }),
            Phase::Closed | Phase::Running | Phase::Paused { .. } => {}
        }
        self.end_beside();
        self.end_broken_comparison();
        // A turn that was being spoken when the program ended: in raw text it can go on; in chat mostly not.
        if !self.goes_on() {
            self.end_turn(Ended::Cut);
        }
        // Opened again with another model than it was left with, or with a name of the user's own, by which it is found again.
        if self.debate.model() != Some(&self.model) {
            self.happen(Kind::Modelled { seat: None, model: self.model.clone() });
        }
        if self.running() {
            self.send_for_all();
        }
    }

    /// Does what is due between turns (steering, the last turn), then goes on with the debate.
    fn advance(&mut self) {
        loop {
            self.minute();
            self.compare();
            if self.closed || self.debate.speaking().is_some() || !self.takes_are_over() || self.waits() {
                break;
            }
            if std::mem::take(&mut self.slipped) {
                self.nudge();
            } else if self.see_out() {
            } else if let Some(command) = self.due_command() {
                let model = matches!(command, Command::Model { .. });
                self.command(command);
                self.held |= model;
            } else if self.has_enough() {
                if !self.panel_is_done("") {
                    self.close();
                }
            } else if !self.autopilot_stops() && !self.direct() {
                break;
            }
        }
        self.held &= !self.wanted.is_empty();
        if !self.held && self.takes.is_none() && !self.waits() {
            self.next();
        }
    }

    /// The next command of the steering, when its turn has ended.
    fn due_command(&mut self) -> Option<Command> {
        let ended = self.debate.next_turn().0 - 1;
        let due = self.steering.front().is_some_and(|(after, _)| after.0 <= ended);
        if due { self.steering.pop_front().map(|(_, command)| command) } else { None }
    }

    /// Whether something is due now that a turn has ended, so that an answer under way must not go on.
    fn is_due(&mut self) -> bool {
        self.slipped
            || self.waits()
            || self.has_enough()
            || self.sees_out()
            || self.autopilot_says().is_some()
            || self.steering.front().is_some_and(|(after, _)| after.0 < self.debate.next_turn().0)
    }

    /// Whether something is asked beside the debate, for which it waits.
    fn waits(&self) -> bool {
        self.at_minutes() || self.at_comparison() && !self.compares_beside()
    }

    fn has_enough(&self) -> bool {
        self.setup.max_turns.is_some_and(|max| self.spoken >= max)
            || self.setup.max_written.is_some_and(|max| self.debate.totals().output_tokens >= max)
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
        let durable = !matches!(kind, Kind::Text { .. } | Kind::TurnBegan { .. } | Kind::Answer { .. });
        let event = Event { seq: self.debate.seq() + 1, at: self.now, kind };
        if let Some(pace) = self.pace {
            self.read_at = self.read_at.max(self.now) + pace.time_for(&event.kind);
        }
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

    /// Does what is due by now.
    fn due(&mut self) {
        if self.gathered.is_some() && self.now >= self.stored_at + GATHER_MS {
            self.flush();
        }
        self.takes_due();
        self.compare_due();
        self.words_due();
        if self.retry_at.is_some_and(|at| self.now >= at) {
            self.retry_at = None;
        }
    }

    /// Asks to be woken for what is due later, and says what goes on.
    fn settle(&mut self) {
        let gathered = self.gathered.as_ref().map(|_| self.stored_at + GATHER_MS);
        let reading = Some(self.asks_at()).filter(|at| *at > self.now && self.running() && self.asking.is_none());
        if let Some(at) = [gathered, self.retry_at, reading, self.takes_wake(), self.words_wake(), self.minutes_at(), self.compare_at()]
            .into_iter()
            .flatten()
            .min()
        {
            self.effects.push(Effect::Wake(at));
        }
        self.status.activity = if let Some((activity, speed)) = self.takes_activity() {
            self.speed_is(speed);
            activity
        } else {
            let debate = self.debate_activity(reading.is_some());
            // Somebody has to give the floor, or vote: that is told, whatever goes on beside it.
            let asks = matches!(debate, Activity::AwaitingFloor | Activity::AwaitingVote) && self.compares_beside();
            match self.compare_activity().filter(|_| !asks) {
                Some((activity, speed)) => {
                    self.speed_is(speed);
                    activity
                }
                None => debate,
            }
        };
        (self.status.autopilot, self.status.pace) = (self.autopilot, self.pace);
    }

    fn speed_is(&mut self, speed: f32) {
        if speed > 0.0 {
            self.status.tokens_per_s = speed;
        }
    }

    /// What the debate does, whatever is asked beside it; `reading`: the next one waits until what was said is read.
    fn debate_activity(&mut self, reading: bool) -> Activity {
        if let Some(activity) = self.minutes_activity() {
            activity
        } else if let Some(at) = self.retry_at {
            Activity::Retrying { at }
        } else if let Some(asking) = &self.asking {
            let (speed, first_at, since, given) = (asking.speed(self.now), asking.first_at, asking.asked_at, asking.given());
            self.speed_is(speed);
            match self.debate.speaking() {
                Some(_) if first_at.is_some() => Activity::Speaking,
                Some(turn) => Activity::Waiting { seat: seat_of(turn.speaker), since },
                None => Activity::Waiting { seat: given, since },
            }
        } else if reading {
            Activity::Speaking
        } else if self.running() && !self.opening.is_empty() {
            Activity::Waiting { seat: None, since: self.opening_since }
        } else if self.ranking.is_some() {
            Activity::Waiting { seat: None, since: self.now }
        } else if self.running() && director::next(&self.debate) == Some(Cue::Vote) {
            Activity::AwaitingVote
        } else if self.running() {
            Activity::AwaitingFloor
        } else {
            Activity::Still
        }
    }
}

fn seat_of(speaker: Speaker) -> Option<SeatId> {
    match speaker {
        Speaker::Expert(seat) => Some(seat),
        Speaker::WalkOn | Speaker::Audience { .. } | Speaker::Stage => None,
    }
}

#[cfg(test)]
mod tests;
