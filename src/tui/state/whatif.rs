//! “What if …”: a fork with something changed, in one dialog.
//!
//! Owns what is typed, says what is wrong with it, and makes the commands of it. Does not carry them out.

use crate::{
    debate::{Clean, Debate, Expert, Phase, SeatId, TurnId},
    room::Command,
};

use super::{choose::fits, field::Field};

/// Longest part of a premise that names the branch, in characters.
const NAME: usize = 24;

/// A field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// What is different: a stage direction.
    Premise,
    /// Who sits in the chair.
    Expert,
    /// Which model speaks.
    Model,
}

impl Part {
    /// All, in their order.
    pub const ALL: [Self; 3] = [Self::Premise, Self::Expert, Self::Model];
}

/// What is changed.
#[derive(Clone, Debug)]
pub struct WhatIf {
    /// The last turn that stays; where the debate is when `None`.
    pub at: Option<TurnId>,
    /// The chair that somebody else may take.
    pub seat: Option<SeatId>,
    fields: [Field; 3],
    here: usize,
}

impl WhatIf {
    /// Nothing is changed yet.
    pub fn new(at: Option<TurnId>, seat: Option<SeatId>) -> Self {
        Self { at, seat, fields: [Field::line(""), Field::line(""), Field::line("")], here: 0 }
    }

    /// The field one types into.
    pub fn part(&self) -> Part {
        Part::ALL[self.here]
    }

    /// A field.
    pub fn field(&self, part: Part) -> &Field {
        &self.fields[part as usize]
    }

    /// The field one types into, to type.
    pub fn field_mut(&mut self) -> &mut Field {
        &mut self.fields[self.here]
    }

    /// Goes on by so many fields, around the ends.
    pub fn step(&mut self, by: isize) {
        let at = isize::try_from(self.here).unwrap_or(0);
        self.here = usize::try_from((at + by).rem_euclid(3)).unwrap_or(0);
    }

    /// Whether nothing was typed.
    pub fn is_blank(&self) -> bool {
        self.fields.iter().all(Field::is_blank)
    }

    /// The label of the chair's owner after the last turn that stays.
    pub fn label(&self, debate: &Debate) -> Option<Clean> {
        let cast = self.at.map_or_else(|| debate.cast(), |at| debate.cast_at(Some(at)));
        self.seat.and_then(|seat| cast.seat(seat)).filter(|s| s.present).map(|s| s.expert.label.clone())
    }

    /// What is sent, in order; or what is wrong, in which field.
    pub fn commands(&self, debate: &Debate, guests: &[Expert]) -> Result<Vec<Command>, (Part, String)> {
        let text = |part| Clean::line(&self.field(part).text());
        let (premise, who, model) = (text(Part::Premise), text(Part::Expert), text(Part::Model));
        if self.is_blank() {
            return Err((Part::Premise, "change something: a premise, an expert, or the model".to_owned()));
        }
        let mut commands = vec![Command::Fork { at: self.at, name: name(debate, &premise, &who, &model) }];
        if !model.is_empty() {
            commands.push(Command::Model { label: None, model });
        }
        if !who.is_empty() {
            let guest = guests.iter().find(|g| g.name.as_str().eq_ignore_ascii_case(who.as_str())).cloned();
            let expert = guest.or_else(|| Expert::from_line(who.as_str()));
            let expert = expert.ok_or((Part::Expert, "write NAME: how this mind works".to_owned()))?.completed();
            let label = self.label(debate).ok_or((Part::Expert, "focus an expert whose chair it is".to_owned()))?;
            let cast = self.at.map_or_else(|| debate.cast(), |at| debate.cast_at(Some(at)));
            fits(&expert, self.seat, cast).map_err(|why| (Part::Expert, why))?;
            commands.push(Command::Swap { label, expert });
        }
        if !premise.is_empty() {
            commands.push(Command::Note { text: premise });
        }
        // Nobody is to begin, or to be paid for, before all is in place.
        if *debate.phase() == Phase::Running {
            commands.insert(0, Command::Pause);
            commands.push(Command::Resume);
        }
        Ok(commands)
    }
}

/// A name for the branch that no other has; none where the room is to find one.
fn name(debate: &Debate, premise: &Clean, who: &Clean, model: &Clean) -> Option<Clean> {
    let of = [premise, who, model].into_iter().find(|text| !text.is_empty())?;
    let short: String = of.as_str().split([':', '：']).next().unwrap_or_default().chars().take(NAME).collect();
    let name = Clean::line(&format!("what if {}", short.trim()));
    Some(name).filter(|name| debate.find_branch(name.as_str()).is_none())
}
