//! Which model speaks for whom, and how one comes into the room: it is opened by its name outside, and until it is there nobody waits
//! who doesn't need it.

use super::{Effect, Room};
use crate::{
    debate::{Clean, Kind, SeatId, Speaker},
    model::Usage,
    room::Facts,
};

impl Room {
    /// The name of the model that speaks for a seat; the room's where it has none of its own.
    pub(super) fn model_for(&self, seat: Option<SeatId>) -> Clean {
        seat.and_then(|seat| self.debate.model_of(seat)).unwrap_or(&self.model).clone()
    }

    /// The seat of whoever speaks.
    pub(super) fn speaking_seat(&self) -> Option<SeatId> {
        match self.debate.speaking()?.speaker {
            Speaker::Expert(seat) => Some(seat),
            Speaker::WalkOn | Speaker::Audience { .. } | Speaker::Stage => None,
        }
    }

    /// What is known of a model, if it is open.
    pub(super) fn facts(&self, name: &Clean) -> Option<&Facts> {
        self.setup.models.get(name)
    }

    /// Whether the turn under way can be gone on with later, by the model that speaks for it, as if nothing had been.
    pub(super) fn goes_on(&self) -> bool {
        let facts = match &self.asking {
            Some(asking) => Some(&asking.facts),
            None => self.facts(&self.model_for(self.speaking_seat())),
        };
        // Of a model that isn't open yet it is not known: then the turn may wait.
        facts.is_none_or(|facts| facts.continues)
    }

    /// What is known of a model that is needed now. Where it isn't open it is sent for; where it can't be opened the room pauses.
    pub(super) fn needed(&mut self, name: &Clean) -> Option<Facts> {
        if let Some(facts) = self.facts(name) {
            return Some(facts.clone());
        }
        match self.shut.remove(name) {
            Some(why) => self.pause(&format!("{name} can't be opened: {why}")),
            None => self.send_for(name),
        }
        None
    }

    fn send_for(&mut self, name: &Clean) {
        if !self.opening.contains(name) {
            self.opening.push(name.clone());
            self.opening_since = self.now;
            self.effects.push(Effect::Open(name.clone()));
        }
    }

    /// Sends for the models of those who are at the table, so that nobody waits for them later.
    pub(super) fn send_for_all(&mut self) {
        let names: Vec<Clean> = self.debate.cast().present().filter_map(|s| self.debate.model_of(s.id).cloned()).collect();
        for name in &names {
            if self.facts(name).is_none() {
                self.send_for(name);
            }
        }
    }

    /// A model is there, or can't be had.
    pub(super) fn opened(&mut self, name: &Clean, opened: Result<Facts, String>) {
        self.opening.retain(|n| n != name);
        let wanted: Vec<(Option<(SeatId, Clean)>, Clean)> = self.wanted.extract_if(.., |(_, n)| n == name).collect();
        match opened.and_then(|facts| self.affordable(facts)) {
            Ok(facts) => {
                self.shut.remove(name);
                self.setup.models.insert(name.clone(), facts);
                for (whose, name) in wanted {
                    self.changed(whose, name);
                }
            }
            Err(why) if wanted.is_empty() => {
                self.shut.insert(name.clone(), why);
            }
            Err(why) => self.effects.push(Effect::Refuse(Clean::line(&format!("{name} can't be opened: {why}. Nothing was changed")))),
        }
    }

    /// Under a budget in money only what has a price may speak.
    fn affordable(&self, facts: Facts) -> Result<Facts, String> {
        let priced = self.setup.price.of(facts.name.as_str(), &Usage::default()).is_some();
        if self.setup.budget.dollars.is_none() || priced {
            Ok(facts)
        } else {
            Err(format!("nobody knows what {} costs, so --max-cost could not hold; put its price into prices.toml", facts.name))
        }
    }

    /// The command `model`: what is open speaks from the next request on, what isn't is opened first.
    pub(super) fn change_model(&mut self, label: Option<&Clean>, name: Clean) -> Result<(), String> {
        let whose = match label {
            Some(label) => {
                let seat = self.seat(label)?;
                Some((seat.id, seat.expert.label.clone()))
            }
            None => None,
        };
        if name.is_empty() && whose.is_none() {
            return Err("the room needs a model: model PROVIDER/MODEL".into());
        }
        // What was asked for last is what counts.
        self.wanted.retain(|(other, _)| *other != whose);
        if name.is_empty() || self.facts(&name).is_some() {
            self.changed(whose, name);
        } else {
            self.send_for(&name);
            self.wanted.push((whose, name));
        }
        Ok(())
    }

    fn changed(&mut self, whose: Option<(SeatId, Clean)>, model: Clean) {
        match whose {
            None => {
                self.model = model.clone();
                self.happen(Kind::Modelled { seat: None, model });
            }
            // Whoever took the chair meanwhile has a model of their own, or none.
            Some((seat, label)) => match self.debate.cast().seat(seat).filter(|s| s.expert.label == label) {
                Some(_) => self.happen(Kind::Modelled { seat: Some(seat), model }),
                None => {
                    self.effects.push(Effect::Refuse(Clean::line(&format!("{label} has left the table; {model} was opened for nobody"))));
                }
            },
        }
    }
}
