//! Carries out commands. Each puts a line into the transcript or moves the stage; none rewrites what was said.
//!
//! Whoever speaks is cut off first and keeps what they said; `advance` then goes on with the debate.

use super::{Effect, Room, seat_of, undo::Undo};
use crate::{
    debate::{Clean, Ended, Floor, Kind, Manner, Phase, Seat, SeatId, Speaker, TurnId},
    room::Command,
    script::voices,
};

impl Room {
    pub(super) fn command(&mut self, command: Command) {
        // Who acts has read enough.
        self.read_at = 0;
        let place = self.debate.path().last().copied();
        let undo = command == Command::Undo;
        match self.carry_out(command) {
            Ok(()) if undo => {}
            Ok(()) => self.remember(place),
            Err(why) => self.effects.push(Effect::Refuse(Clean::line(&why))),
        }
    }

    fn carry_out(&mut self, command: Command) -> Result<(), String> {
        match command {
            Command::Say { to, text, manner } => self.say(None, to.as_ref(), text, manner),
            Command::Voice { by, to, text, manner } => self.say(Some(&by), to.as_ref(), text, manner),
            Command::Note { text } => self.note(text),
            Command::Swap { label, expert } => self.swap(&label, expert),
            Command::Add { expert } => self.add(expert, false),
            Command::Guest { expert } => self.add(expert, true),
            Command::Bias { label, bias } => self.change_bias(&label, bias),
            Command::Talk { label, talk } => self.incline(&label, talk),
            Command::Dismiss { label } => self.dismiss(&label),
            Command::Floor { label } => self.give_floor(&label),
            Command::Rule { floor } => self.rule(floor),
            Command::Limit { label, tokens } => self.limit(label.as_ref(), tokens),
            Command::Temperature { temperature } => self.temper(temperature),
            Command::Phase { name } => self.go_to_phase(name.as_ref()),
            Command::Format { name } => self.take_up(&name),
            Command::Vote { text } => self.vote(&text),
            Command::Pace(pace) => self.set_pace(pace),
            Command::Autopilot(autopilot) => {
                self.set_autopilot(autopilot);
                Ok(())
            }
            Command::Minutes { branch, model } => self.want_minutes(branch.as_ref(), model),
            Command::NoMinutes => self.stop_minutes(),
            Command::Compare => self.want_comparison(),
            Command::NoCompare => self.stop_comparison(),
            Command::Model { label, model } => self.change_model(label.as_ref(), model),
            Command::Cut => self.cut(),
            Command::Retake { turn } => self.retake(turn),
            Command::Takes { turn, count, by_hand } => self.take_several(turn, count, by_hand),
            Command::Keep => self.keep_takes(),
            Command::Edit { turn, text } => self.edit(turn, text),
            Command::Refork { turn, place, text } => self.refork(turn, &place, &text),
            Command::Words { turn, place } => self.want_words(turn, &place),
            Command::Fork { at, name } => self.fork(at, name),
            Command::Rewind { to } => self.rewind(to),
            Command::Pin { turn, pinned } => self.pin(turn, pinned),
            Command::Rename { branch, name } => self.rename(branch.as_ref(), name),
            Command::Drop { branch } => self.drop_branch(&branch),
            Command::Undo => self.undo(),
            Command::Stage { branch } => self.stage(&branch),
            Command::Pause => self.stand_still(),
            Command::Resume => self.go_on(),
            Command::Stop => {
                self.close();
                Ok(())
            }
        }
    }

    fn say(&mut self, by: Option<&Clean>, to: Option<&Clean>, text: Clean, manner: Manner) -> Result<(), String> {
        let text = text.trimmed();
        if text.is_empty() {
            return Err("nothing was said".into());
        }
        let to = match to.map(|label| self.seat(label)).transpose()?.map(|seat| seat.id) {
            None if manner == Manner::Object => self.spoke_last(),
            to => to,
        };
        let label = self.audience(by)?;
        self.interrupt();
        let (turn, parent) = self.place();
        self.happen(Kind::Interjected { turn, parent, to, label, text, manner });
        self.chosen = to;
        Ok(())
    }

    /// How the transcript names whoever of the audience speaks.
    fn audience(&self, by: Option<&Clean>) -> Result<Clean, String> {
        let Some(by) = by else { return Ok(Clean::line(self.words().audience)) };
        let name = voices::name(by.as_str()).ok_or_else(|| format!("nobody in the audience can be called “{by}”"))?;
        match voices::taken_for(self.debate.cast(), name.as_str()) {
            Some(expert) => Err(format!("{expert} sits at the table; somebody of the audience needs another name")),
            None => Ok(self.words().audience_named(name.as_str())),
        }
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

    /// The last expert who spoke and is still here.
    fn spoke_last(&self) -> Option<SeatId> {
        let last = self.debate.staged_turns().rev().find_map(|turn| seat_of(turn.speaker))?;
        self.debate.cast().seat(last).filter(|seat| seat.present).map(|seat| seat.id)
    }

    fn rule(&mut self, floor: Floor) -> Result<(), String> {
        let before = self.debate.floor();
        if before == floor {
            return Err("that is the rule already".into());
        }
        self.happen(Kind::Ruled { floor });
        self.can_undo(Undo::By(Kind::Ruled { floor: before }));
        Ok(())
    }

    fn limit(&mut self, label: Option<&Clean>, tokens: Option<u32>) -> Result<(), String> {
        let seat = label.map(|label| self.seat(label)).transpose()?.map(|seat| seat.id);
        let before = self.debate.limit(seat);
        self.happen(Kind::Limited { seat, tokens });
        self.can_undo(Undo::By(Kind::Limited { seat, tokens: before }));
        Ok(())
    }

    fn temper(&mut self, temperature: Option<f32>) -> Result<(), String> {
        let before = self.debate.temperature();
        if before == temperature {
            return Err("that is the temperature already".into());
        }
        self.happen(Kind::Tempered { temperature });
        self.can_undo(Undo::By(Kind::Tempered { temperature: before }));
        Ok(())
    }

    fn stand_still(&mut self) -> Result<(), String> {
        if self.hold_comparison(true) {
            return Ok(());
        }
        match self.debate.phase() {
            Phase::Running => {
                self.pause("");
                Ok(())
            }
            Phase::Paused { .. } | Phase::Closed => Err("it is paused already".into()),
        }
    }

    fn go_on(&mut self) -> Result<(), String> {
        if self.hold_comparison(false) {
            return Ok(());
        }
        if self.retry_at.take().is_some() {
            return Ok(());
        }
        match self.debate.phase() {
            Phase::Running => Err("it is running already".into()),
            Phase::Paused { .. } | Phase::Closed => {
                self.tries = 0;
                let played = self.is_played();
                self.happen(Kind::Resumed);
                if played {
                    self.go_on_freely();
                }
                Ok(())
            }
        }
    }

    /// Ends what is under way: the answer is dropped, the speaker cut off; what they said stays.
    pub(super) fn interrupt(&mut self) {
        self.drop_answer();
        self.end_turn(Ended::Cut);
    }

    /// The number of the next turn, and what it follows.
    pub(super) fn place(&self) -> (TurnId, Option<TurnId>) {
        (self.debate.next_turn(), self.debate.path().last().copied())
    }

    pub(super) fn seat(&self, label: &Clean) -> Result<&Seat, String> {
        self.debate.cast().find(label.as_str()).ok_or_else(|| {
            let labels: Vec<&str> = self.debate.cast().present().map(|s| s.expert.label.as_str()).collect();
            format!("nobody at the table answers to “{label}” alone; there are: {}", labels.join(", "))
        })
    }
}
