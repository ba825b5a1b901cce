//! An order of play as data: phases, who speaks in each, what is read out when it begins, and where it ends.
//!
//! Owns the types, who has which role, and the directions by language. Does not decide what comes next (`room::director`), nor where formats
//! are kept (`config`).

mod read;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

pub use read::FormatError;

use super::{
    expert::{Cast, SeatId, Talk},
    text::Clean,
};

/// Stands in `speaks` for everybody at the table.
pub const ALL: &str = "all";
/// Stands in `speaks` for whoever the room's own floor lets speak.
pub const FLOOR: &str = "floor";

/// An order of play.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Format {
    /// What `--format` calls it.
    pub name: Clean,
    /// One line for a list.
    #[serde(default)]
    pub about: Clean,
    /// Who has which role, by the role's name.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub roles: BTreeMap<String, Seats>,
    /// What comes one after another.
    pub phases: Vec<Phase>,
}

/// A part of it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Phase {
    /// What the progress line and `phase NAME` call it.
    pub name: Clean,
    /// The stage direction that is read out when it begins, by language; under an empty tag where it is the same in all.
    pub say: BTreeMap<String, Clean>,
    /// Who speaks: [`ALL`], [`FLOOR`], or roles that take turns. Nobody in a vote.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub speaks: Vec<String>,
    /// How often each of them speaks, at most where numbers are asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rounds: Option<u16>,
    /// How many turns they have together.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub turns: Option<u16>,
    /// What it waits for beside words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub asks: Option<Asks>,
    /// What can be voted for, by language.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub choices: BTreeMap<String, Vec<Clean>>,
    /// Whether nobody hears what the others say in it before it is over.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub blind: bool,
}

/// What a phase asks for beside words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Asks {
    /// The audience's vote.
    Vote,
    /// A number of everybody who speaks.
    Number,
}

/// Which seats have a role.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Seats {
    /// By a rule.
    Rule(Rule),
    /// By place at the table, from 1.
    Places(Vec<u16>),
}

/// A rule by which seats get a role.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Rule {
    /// The first, third, fifth … place.
    Odd,
    /// The second, fourth …
    Even,
    /// The first who is present.
    First,
    /// The last of those who sat there from the start; the last who is present where that one has left.
    Last,
    /// Everybody who has no other role.
    Rest,
}

impl Rule {
    /// All, by the names that files have for them.
    pub const NAMES: [(&str, Self); 5] =
        [("odd", Self::Odd), ("even", Self::Even), ("first", Self::First), ("last", Self::Last), ("rest", Self::Rest)];
}

impl Format {
    /// Reads and checks a format file.
    pub fn parse(toml: &str) -> Result<Self, FormatError> {
        read::read(toml)
    }

    /// A phase by its name (any case).
    pub fn find(&self, name: &str) -> Option<usize> {
        self.phases.iter().position(|p| p.name.as_str().to_lowercase() == name.trim().to_lowercase())
    }

    /// The seats that have a role, in the order of the table. `cast`: who is there now; `first`: how many sat there from the start.
    pub fn seats(&self, role: &str, cast: &Cast, first: usize) -> Vec<SeatId> {
        // Observers have no turn to come.
        let present = || cast.present().filter(|s| s.talk != Talk::Silent).map(|s| s.id);
        let place = |id: &SeatId| usize::from(id.0) + 1;
        match self.roles.get(role) {
            None => Vec::new(),
            Some(Seats::Places(places)) => present().filter(|id| places.iter().any(|p| usize::from(*p) == place(id))).collect(),
            Some(Seats::Rule(Rule::Odd)) => present().filter(|id| place(id) % 2 == 1).collect(),
            Some(Seats::Rule(Rule::Even)) => present().filter(|id| place(id) % 2 == 0).collect(),
            Some(Seats::Rule(Rule::First)) => present().take(1).collect(),
            Some(Seats::Rule(Rule::Last)) => present().find(|id| place(id) == first).or_else(|| present().last()).into_iter().collect(),
            Some(Seats::Rule(Rule::Rest)) => {
                let others = self.roles.iter().filter(|(name, seats)| *name != role && **seats != Seats::Rule(Rule::Rest));
                let taken: Vec<SeatId> = others.flat_map(|(name, _)| self.seats(name, cast, first)).collect();
                present().filter(|id| !taken.contains(id)).collect()
            }
        }
    }

    /// Who speaks in a phase, a list a role, each in the order of the table. Nobody in a vote, everybody in one list where the floor decides.
    pub fn sides(&self, phase: &Phase, cast: &Cast, first: usize) -> Vec<Vec<SeatId>> {
        if phase.speaks.iter().any(|s| s == ALL || s == FLOOR) {
            return vec![cast.present().map(|s| s.id).collect()];
        }
        phase.speaks.iter().map(|role| self.seats(role, cast, first)).collect()
    }
}

impl Phase {
    /// Whether the room's own floor says who speaks.
    pub fn is_floor(&self) -> bool {
        self.speaks.iter().any(|s| s == FLOOR)
    }

    /// The stage direction in a language, with its `{…}` as written.
    pub fn direction(&self, language: &str) -> &str {
        by_language(&self.say, language).map_or("", Clean::as_str)
    }

    /// What can be voted for, in a language; empty where it says nothing.
    pub fn choices(&self, language: &str) -> &[Clean] {
        by_language(&self.choices, language).map_or(&[], Vec::as_slice)
    }

    /// How often each speaks, unless turns are counted or nobody counts.
    pub fn rounds_of_each(&self) -> Option<u16> {
        match (self.rounds, self.turns, self.asks) {
            (Some(n), ..) => Some(n),
            (None, Some(_), _) | (None, None, Some(Asks::Vote)) => None,
            // Who gives no number is asked once more.
            (None, None, Some(Asks::Number)) => Some(2),
            (None, None, None) => (!self.is_floor()).then_some(1),
        }
    }
}

/// What stands for a language: its own, else what holds for all, else English, else any.
fn by_language<'a, T>(map: &'a BTreeMap<String, T>, language: &str) -> Option<&'a T> {
    let main = language.split(['-', '_']).next().unwrap_or_default().to_ascii_lowercase();
    [main.as_str(), "", "en"].iter().find_map(|tag| map.get(*tag)).or_else(|| map.values().next())
}

/// Says that there is no format of a name, and which may be meant.
pub fn no_format<'a>(name: &str, there: impl Iterator<Item = &'a str> + Clone) -> String {
    match read::nearest(name, there.clone()) {
        Some(near) => format!("there is no format “{name}”; did you mean `{near}`?"),
        None => format!("there is no format “{name}”; there are {}", there.collect::<Vec<_>>().join(", ")),
    }
}

/// The words in braces of a direction, each with its byte; an error is the byte of a brace that isn't closed.
pub fn placeholders(text: &str) -> Result<Vec<(usize, &str)>, usize> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(open) = text[at..].find(['{', '}']).map(|n| n + at) {
        let close = text[open..].strip_prefix('{').and_then(|rest| rest.find(['{', '}'])).map(|n| open + 1 + n);
        match close.filter(|close| text[*close..].starts_with('}')) {
            Some(close) => {
                found.push((open, &text[open + 1..close]));
                at = close + 1;
            }
            None => return Err(open),
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests;
