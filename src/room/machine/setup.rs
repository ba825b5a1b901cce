//! What a room is told when it is made.

use std::collections::BTreeMap;

use crate::{
    debate::{Clean, Format, TurnId},
    room::{Autopilot, Budget, Command, Facts, Pace, Price},
};

/// What a room has to know of its models and its task.
#[derive(Clone, Debug)]
pub struct Setup {
    /// The room's model, by a name of `models`.
    pub model: Clean,
    /// What is known of each model that is open, by the name under which it was opened.
    pub models: BTreeMap<Clean, Facts>,
    /// Turns of experts after which the room closes by itself, counted from its start; `None`: never.
    pub max_turns: Option<u32>,
    /// Tokens of answers after which the room closes by itself, at a turn's end; `None`: never.
    pub max_written: Option<u64>,
    /// Commands that are due when a turn has ended, in order.
    pub steering: Vec<(TurnId, Command)>,
    /// What may be spent; the room closes before it would be more.
    pub budget: Budget,
    /// What answers cost.
    pub price: Price,
    /// Formats that can be taken up by name.
    pub formats: Vec<Format>,
    /// Where it stops by itself, at first.
    pub autopilot: Autopilot,
    /// The panel speaks until so many output tokens are spent, is then compared with the plain assistant, and stands still.
    pub compare: Option<u32>,
    /// How fast one reads along, at first.
    pub pace: Option<Pace>,
    /// Nobody is there who could vote, or go on after a pause: where one with somebody there would pause, it ends.
    pub alone: bool,
    /// Milliseconds that a second of waiting after a failure takes: 1000, but in tests.
    pub second_ms: u64,
}

impl Setup {
    /// For one model that is open, with nothing else asked for.
    pub fn of(facts: Facts) -> Self {
        Self {
            model: facts.name.clone(),
            models: BTreeMap::from([(facts.name.clone(), facts)]),
            max_turns: None,
            max_written: None,
            steering: Vec::new(),
            budget: Budget::default(),
            price: Price::unknown(),
            formats: Vec::new(),
            autopilot: Autopilot::default(),
            compare: None,
            pace: None,
            alone: false,
            second_ms: 1000,
        }
    }
}
