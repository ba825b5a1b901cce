//! Who is at the table: swaps, guests, leaving, and how readily somebody speaks. Each is a line of the transcript.

use super::Room;
use crate::debate::{Clean, Expert, Kind, Seat, SeatId, Speaker, Talk, TurnId, look::alike, panel::EXPERTS};

impl Room {
    pub(super) fn swap(&mut self, label: &Clean, expert: Expert) -> Result<(), String> {
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

    pub(super) fn add(&mut self, expert: Expert, once: bool) -> Result<(), String> {
        if self.debate.cast().present().count() >= *EXPERTS.end() {
            return Err(format!("the table seats {}; dismiss or swap somebody first", EXPERTS.end()));
        }
        let expert = self.newcomer(expert, None)?;
        self.interrupt();
        let text = self.words().added(&expert);
        let seat = SeatId(u16::try_from(self.debate.cast().seats().len()).map_err(|_| "there are no more chairs")?);
        let (turn, parent) = self.place();
        self.happen(Kind::Added { turn, parent, seat, expert, text, once });
        if once {
            self.chosen = Some(seat);
        }
        Ok(())
    }

    pub(super) fn dismiss(&mut self, label: &Clean) -> Result<(), String> {
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

    pub(super) fn change_bias(&mut self, label: &Clean, bias: Clean) -> Result<(), String> {
        let expert = Expert { bias, ..(*self.seat(label)?.expert).clone() };
        self.swap(label, expert)
    }

    pub(super) fn incline(&mut self, label: &Clean, talk: Talk) -> Result<(), String> {
        let (seat, label, now) = {
            let seat = self.seat(label)?;
            (seat.id, seat.expert.label.clone(), seat.talk)
        };
        if now == talk {
            return Err(format!("{label} is {} already", talk.name()));
        }
        let others = self.debate.cast().present().filter(|s| s.id != seat && s.talk != Talk::Silent).count();
        if talk == Talk::Silent && others == 0 {
            return Err("nobody would be left to speak".into());
        }
        self.interrupt();
        let text = self.words().inclined(label.as_str(), talk);
        let (turn, parent) = self.place();
        self.happen(Kind::Inclined { turn, parent, seat, talk, text });
        if talk == Talk::Silent && self.chosen == Some(seat) {
            self.chosen = None;
        }
        Ok(())
    }

    /// The guest who has had the one turn they came for.
    fn leaving(&self) -> Option<SeatId> {
        let once = self.debate.cast().present().find(|seat| seat.once)?.id;
        // Looked for from the end, no further than to where they came.
        let here = |id: &TurnId| self.debate.cast_at(Some(*id)).seat(once).is_some_and(|seat| seat.present);
        let spoke = |id: &TurnId| self.debate.turn(*id).is_some_and(|t| t.speaker == Speaker::Expert(once));
        self.debate.path().iter().rev().take_while(|id| here(id)).any(spoke).then_some(once)
    }

    /// Whether somebody is to be seen out before the debate goes on.
    pub(super) fn sees_out(&self) -> bool {
        self.leaving().is_some()
    }

    /// Sees a guest out who came for one turn. False when there is none.
    pub(super) fn see_out(&mut self) -> bool {
        let Some(seat) = self.leaving() else { return false };
        let label = self.debate.cast().seat(seat).map(|s| s.expert.label.clone()).unwrap_or_default();
        let text = self.words().dismissed(label.as_str());
        let (turn, parent) = self.place();
        self.happen(Kind::Dismissed { turn, parent, seat, label, text });
        true
    }

    /// Checks that a newcomer's label can't be taken for somebody else's.
    fn newcomer(&self, expert: Expert, instead_of: Option<SeatId>) -> Result<Expert, String> {
        let expert = expert.completed();
        if let Some(fault) = expert.fault() {
            return Err(fault);
        }
        let taken = |s: &&Seat| Some(s.id) != instead_of && alike(s.expert.label.as_str(), expert.label.as_str());
        match self.debate.cast().present().find(taken) {
            Some(_) => Err(format!("{} is at the table already", expert.label)),
            None => Ok(expert),
        }
    }
}
