//! Who would be a good group to argue a question: what a model is asked for that, how its answer is read, and who is picked.
//!
//! A model continues the notes of somebody who invites people to an evening: a sheet with ten who were considered, each with the odds that
//! were given (asking for the odds keeps the unlikely ones: Zhang 2025, “verbalized sampling”), then a card for each who comes. Nobody is
//! asked what it thinks. Pure; does not know how a model is reached (`room::casting` does) nor where panels are kept.

mod cards;
mod features;
mod library;
mod prompt;
mod read;
mod spread;
#[cfg(test)]
mod tests;
mod words;

use crate::debate::{Clean, Expert, Panel, panel::EXPERTS};

pub use cards::{Card, seat};
pub use library::{language_of, nearest};
pub use prompt::{Asked, cards, sheet};
pub use read::{read_cards, read_sheet};
pub use spread::{farthest, spread};

use super::wording;

/// People on a sheet.
pub const SHEET: usize = 10;
/// Fewest people on a sheet from which a cast can be picked.
pub const FEWEST: usize = 4;
/// The panel's name that stands for “a cast for this question”.
pub const NAME: &str = "cast";

/// What a cast is for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Brief {
    /// The question.
    pub topic: Clean,
    /// BCP 47 tag of the language they are to speak.
    pub language: Clean,
}

/// Somebody who was considered.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Candidate {
    /// A name, or a type without one (“a night nurse”).
    pub name: Clean,
    /// The odds that were given, 0 to 1; 0 where none were.
    pub chance: f32,
    /// What they would see that the others miss.
    pub sees: Clean,
    /// How this mind works, and what it won't grant.
    pub bias: Clean,
}

impl Candidate {
    /// What is compared, to find people who are far apart.
    fn text(&self) -> String {
        format!("{} {} {}", self.name, self.sees, self.bias)
    }

    /// Whether both are the same person, as far as the name tells.
    pub fn is(&self, name: &str) -> bool {
        read::same(self.name.as_str(), name)
    }
}

/// A panel of people who were cast. `None` while they are too few, or don't fit at one table.
pub fn panel(brief: &Brief, experts: Vec<Expert>) -> Option<Panel> {
    let panel = Panel {
        name: NAME.into(),
        about: Clean::line(&format!("cast for “{}”", brief.topic)),
        setting: Clean::new(wording::of(brief.language.as_str()).setting),
        language: brief.language.clone(),
        experts,
        ..Panel::default()
    };
    (EXPERTS.contains(&panel.experts.len()) && panel.check().is_ok()).then_some(panel)
}
