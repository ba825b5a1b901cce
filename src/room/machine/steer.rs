//! Carries out commands. Each puts a line into the transcript or moves the stage; none rewrites what was said.
//!
//! Whoever speaks is cut off first and keeps what they said; `advance` then goes on with the debate.

use super::{Effect, Room};
use crate::{
    debate::{Clean, Ended, Expert, Kind, Phase, Seat, SeatId, Speaker, TurnId, panel::EXPERTS},
    room::Command,
};

impl Room {
    pub(super) fn command(&mut self, command: Command) {
        if let Err(why) = self.carry_out(command) {
            self.effects.push(Effect::Refuse(Clean::line(&why)));
        }
    }

    fn carry_out(&mut self, command: Command) -> Result<(), String> {
        match command {
            Command::Say { to, text } => self.say(to.as_ref(), text),
            Command::Note { text } => self.note(text),
            Command::Swap { label, expert } => self.swap(&label, expert),
            Command::Add { expert } => self.add(expert),
            Command::Dismiss { label } => self.dismiss(&label),
            Command::Floor { label } => self.give_floor(&label),
            Command::Model { label, model } => self.change_model(label.as_ref(), model),
            Command::Cut => self.cut(),
            Command::Retake { turn } => self.retake(turn),
            Command::Edit { turn, text } => self.edit(turn, text),
            Command::Fork { at, name } => self.fork(at, name),
            Command::Stage { branch } => self.stage(&branch),
            Command::Pause => self.stand_still(),
            Command::Resume => self.go_on(),
            Command::Stop => {
                self.close();
                Ok(())
            }
        }
    }

    fn say(&mut self, to: Option<&Clean>, text: Clean) -> Result<(), String> {
        let text = text.trimmed();
        if text.is_empty() {
            return Err("nothing was said".into());
        }
        let to = to.map(|label| self.seat(label)).transpose()?.map(|seat| seat.id);
        self.interrupt();
        let label = Clean::line(self.words().audience);
        let (turn, parent) = self.place();
        self.happen(Kind::Interjected { turn, parent, to, label, text });
        self.chosen = to;
        Ok(())
    }

    fn note(&mut self, text: Clean) -> Result<(), String> {
        let line = Clean::line(text.as_str());
        let bare = line.as_str().strip_prefix('[').and_then(|t| t.strip_suffix(']')).map_or(line.clone(), Clean::line);
        if bare.is_empty() {
            return Err("the stage direction has no words".into());
        }
        self.interrupt();
        let (turn, parent) = self.place();
        self.happen(Kind::Noted { turn, parent, text: bare });
        Ok(())
    }

    fn swap(&mut self, label: &Clean, expert: Expert) -> Result<(), String> {
        let (seat, out) = {
            let seat = self.seat(label)?;
            (seat.id, seat.expert.label.clone())
        };
        let expert = self.newcomer(expert, Some(seat))?;
        self.interrupt();
        let text = self.words().swapped(out.as_str(), &expert);
        let (turn, parent) = self.place();
        self.happen(Kind::Swapped { turn, parent, seat, out, expert, text });
        Ok(())
    }

    fn add(&mut self, expert: Expert) -> Result<(), String> {
        if self.debate.cast().present().count() >= *EXPERTS.end() {
            return Err(format!("the table seats {}; dismiss or swap somebody first", EXPERTS.end()));
        }
        let expert = self.newcomer(expert, None)?;
        self.interrupt();
        let text = self.words().added(&expert);
        let seat = SeatId(u16::try_from(self.debate.cast().seats().len()).map_err(|_| "there are no more chairs")?);
        let (turn, parent) = self.place();
        self.happen(Kind::Added { turn, parent, seat, expert, text });
        Ok(())
    }

    fn dismiss(&mut self, label: &Clean) -> Result<(), String> {
        let (seat, label) = {
            let seat = self.seat(label)?;
            (seat.id, seat.expert.label.clone())
        };
        if self.debate.cast().present().count() <= *EXPERTS.start() {
            return Err(format!("a debate needs {}; add or swap somebody instead", EXPERTS.start()));
        }
        self.interrupt();
        let text = self.words().dismissed(label.as_str());
        let (turn, parent) = self.place();
        self.happen(Kind::Dismissed { turn, parent, seat, label, text });
        Ok(())
    }

    fn give_floor(&mut self, label: &Clean) -> Result<(), String> {
        let seat = self.seat(label)?.id;
        let speaks = self.debate.speaking().is_some_and(|t| t.speaker == Speaker::Expert(seat));
        if !speaks {
            self.interrupt();
            self.chosen = Some(seat);
        }
        Ok(())
    }

    fn cut(&mut self) -> Result<(), String> {
        if self.debate.speaking().is_none() && self.asking.is_none() {
            return Err("nobody is speaking".into());
        }
        self.interrupt();
        Ok(())
    }

    fn retake(&mut self, turn: TurnId) -> Result<(), String> {
        let old = self.debate.turn(turn).ok_or_else(|| no_such_turn(turn))?;
        let parent = old.parent;
        let seat = match old.speaker {
            Speaker::Expert(seat) => Some(seat),
            Speaker::WalkOn => None,
            Speaker::Audience { .. } | Speaker::Stage => {
                return Err(format!("turn {turn} was not written by the model; edit it instead"));
            }
        };
        let speaker = old.speaker;
        let takes = self.debate.takes(turn).into_iter().filter(|id| self.debate.turn(*id).is_some_and(|t| t.speaker == speaker)).count();
        let name = self.free_name(&format!("turn {turn} take {}", takes + 1));
        self.branch_off(parent, name);
        self.chosen = seat;
        Ok(())
    }

    fn edit(&mut self, turn: TurnId, text: Clean) -> Result<(), String> {
        let parent = self.debate.turn(turn).ok_or_else(|| no_such_turn(turn))?.parent;
        let text = text.trimmed();
        if text.is_empty() {
            return Err("the new words are missing".into());
        }
        let name = self.free_name(&format!("turn {turn} edited"));
        self.branch_off(parent, name);
        let (id, parent) = self.place();
        self.happen(Kind::Edited { turn: id, parent, of: turn, text });
        Ok(())
    }

    fn fork(&mut self, at: Option<TurnId>, name: Option<Clean>) -> Result<(), String> {
        if let Some(turn) = at.filter(|turn| self.debate.turn(*turn).is_none()) {
            return Err(no_such_turn(turn));
        }
        let name = match name.filter(|n| !n.is_empty()) {
            Some(name) if self.debate.find_branch(name.as_str()).is_some() => {
                return Err(format!("there is a branch “{name}” already; stage it, or choose another name"));
            }
            Some(name) => name,
            None => self.free_name(&match at.or_else(|| self.debate.path().last().copied()) {
                Some(turn) => format!("after {turn}"),
                None => "from the start".into(),
            }),
        };
        self.interrupt();
        let at = at.or_else(|| self.debate.path().last().copied());
        self.branch_off(at, name);
        Ok(())
    }

    fn stage(&mut self, name: &Clean) -> Result<(), String> {
        let Some(branch) = self.debate.find_branch(name.as_str()).map(|b| b.name.clone()) else {
            let names: Vec<&str> = self.debate.branches().iter().map(|b| b.name.as_str()).collect();
            return Err(format!("there is no branch “{name}”; there are: {}", names.join(", ")));
        };
        if self.debate.branch().is_some_and(|b| b.name == branch) {
            return Err(format!("“{branch}” is on stage already"));
        }
        self.interrupt();
        self.chosen = None;
        self.happen(Kind::Switched { branch });
        Ok(())
    }

    fn stand_still(&mut self) -> Result<(), String> {
        match self.debate.phase() {
            Phase::Running => {
                self.pause("");
                Ok(())
            }
            Phase::Paused { .. } | Phase::Closed => Err("it is paused already".into()),
        }
    }

    fn go_on(&mut self) -> Result<(), String> {
        if self.retry_at.take().is_some() {
            return Ok(());
        }
        match self.debate.phase() {
            Phase::Running => Err("it is running already".into()),
            Phase::Paused { .. } | Phase::Closed => {
                self.tries = 0;
                self.happen(Kind::Resumed);
                Ok(())
            }
        }
    }

    /// Ends what is under way: the answer is dropped, the speaker cut off; what they said stays.
    fn interrupt(&mut self) {
        self.drop_answer();
        self.end_turn(Ended::Cut);
    }

    /// A new branch from `at`, put on stage.
    fn branch_off(&mut self, at: Option<TurnId>, branch: Clean) {
        self.interrupt();
        self.chosen = None;
        let from = self.debate.branch().map(|b| b.name.clone()).unwrap_or_default();
        self.happen(Kind::Forked { branch: branch.clone(), at, from });
        self.happen(Kind::Switched { branch });
    }

    /// The number of the next turn, and what it follows.
    fn place(&self) -> (TurnId, Option<TurnId>) {
        (self.debate.next_turn(), self.debate.path().last().copied())
    }

    pub(super) fn seat(&self, label: &Clean) -> Result<&Seat, String> {
        self.debate.cast().find(label.as_str()).ok_or_else(|| {
            let labels: Vec<&str> = self.debate.cast().present().map(|s| s.expert.label.as_str()).collect();
            format!("nobody at the table answers to “{label}” alone; there are: {}", labels.join(", "))
        })
    }

    /// Checks that a newcomer's label can't be taken for somebody else's.
    fn newcomer(&self, expert: Expert, instead_of: Option<SeatId>) -> Result<Expert, String> {
        let expert = expert.completed();
        if let Some(fault) = expert.fault() {
            return Err(fault);
        }
        let label = expert.label.as_str().to_lowercase();
        let taken = |s: &&Seat| Some(s.id) != instead_of && s.expert.label.as_str().to_lowercase() == label;
        match self.debate.cast().present().find(taken) {
            Some(_) => Err(format!("{} is at the table already", expert.label)),
            None => Ok(expert),
        }
    }

    /// This name, or with a number behind it when a branch has it.
    fn free_name(&self, wish: &str) -> Clean {
        let names = std::iter::once(wish.to_owned()).chain((2..).map(|n| format!("{wish} ({n})")));
        let free = names.map(|n| Clean::line(&n)).find(|n| self.debate.find_branch(n.as_str()).is_none());
        free.unwrap_or_else(|| Clean::line(wish))
    }
}

fn no_such_turn(turn: TurnId) -> String {
    format!("there is no turn {turn}")
}
