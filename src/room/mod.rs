//! A debate that is running.
//!
//! Owns the state machine that decides what happens next (`machine`), who has the floor (`floor`), the commands, and the thin
//! runner that carries effects out (`runner`); before a debate, `casting` asks a model who should argue. Does not draw, and does not know which models or which archive it drives.

mod asking;
pub mod autopilot;
pub mod budget;
pub mod casting;
pub mod command;
pub mod director;
pub mod floor;
mod joint;
pub mod machine;
pub mod models;
pub mod pace;
pub mod runner;
pub mod shared;
pub mod steering;

pub use autopilot::Autopilot;
pub use budget::{Budget, Price};
pub use command::{Command, Place};
pub use models::{Facts, Models};
pub use pace::Pace;

use std::sync::Arc;

use tokio::sync::mpsc;

use crate::debate::{Clean, Event, SeatId, TurnId};

/// What a room tells whoever watches it.
#[derive(Clone, Debug)]
pub enum Update {
    /// Something happened, and is stored. Apply it to a [`crate::debate::Debate`].
    Event(Arc<Event>),
    /// What the room is about to do changed.
    Status(Status),
    /// A command could not be carried out; why, for the person who gave it. Nothing changed.
    Refused(Clean),
    /// A command was dealt with, in the order in which they came.
    Carried {
        /// What became of it is in the events up to this number, which come as they are stored.
        upto: u64,
        /// Why it could not be carried out, as [`Self::Refused`] told too.
        refused: Option<Clean>,
    },
    /// The likeliest words at a place that was asked about.
    Words(Words),
    /// What stood in the way is gone, in words; the debate goes on.
    Mended(Clean),
    /// The room was left, and these could not be stored.
    Unstored(Unstored),
}

/// Events that the archive could not store before the room was left. Nobody was shown them.
#[derive(Clone, Debug)]
pub struct Unstored {
    /// They, in order.
    pub events: Vec<Arc<Event>>,
    /// Why.
    pub why: Clean,
}

impl Unstored {
    /// What happened, for a person.
    pub fn words(&self) -> String {
        format!("{} events of this session could not be stored: {}", self.events.len(), self.why)
    }
}

/// The likeliest words at a place of a turn: for whoever asked only, never stored.
#[derive(Clone, Debug, PartialEq)]
pub struct Words {
    /// Which turn.
    pub turn: TurnId,
    /// After so many bytes of its text.
    pub bytes: usize,
    /// Words with the natural-log probability of the first token of each, the likeliest first; or why nobody can tell.
    pub told: Result<Vec<(Clean, f32)>, Clean>,
}

impl Words {
    /// In one line, for whoever has no screen.
    pub fn line(&self) -> String {
        match &self.told {
            Ok(words) => {
                let word = |(word, logprob): &(Clean, f32)| format!("{} {:.0} %", Clean::line(word.as_str()), logprob.exp() * 100.0);
                let words: Vec<String> = words.iter().map(word).collect();
                format!("after byte {} of turn {}: {}", self.bytes, self.turn, words.join(", "))
            }
            Err(why) => format!("which words are likely in turn {} nobody can tell: {why}", self.turn),
        }
    }
}

/// What a room is about to do: for the screen only, never stored.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Status {
    /// What goes on.
    pub activity: Activity,
    /// Speed of the answer under way or the last one; 0 until known.
    pub tokens_per_s: f32,
    /// Where it will stop by itself.
    pub autopilot: Autopilot,
    /// How fast one reads along.
    pub pace: Option<Pace>,
}

/// What goes on in a room.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub enum Activity {
    /// Nothing; a pause.
    #[default]
    Still,
    /// A model was asked and no word has come yet.
    Waiting {
        /// Who is about to speak, where the room decides it.
        seat: Option<SeatId>,
        /// Since when (milliseconds since 1970).
        since: u64,
    },
    /// Words are coming.
    Speaking,
    /// A request failed and is tried again.
    Retrying {
        /// When (milliseconds since 1970).
        at: u64,
    },
    /// Minutes are being made; the debate waits.
    Minuting {
        /// Which section, from 1.
        section: u16,
        /// Of how many.
        of: u16,
        /// Tokens of it so far, about.
        tokens: u64,
    },
    /// The plain assistant is asked what the panel argues; the debate waits.
    Comparing {
        /// Tokens that it wrote so far, about.
        tokens: u64,
        /// How many it may write at most.
        of: u64,
        /// Whether it stands still.
        held: bool,
    },
    /// Floor is manual: somebody has to be given it.
    AwaitingFloor,
    /// The format has the audience vote.
    AwaitingVote,
    /// Takes stand side by side: one has to be chosen.
    Choosing,
}

/// A running room, held by whoever steers and watches it.
#[derive(Debug)]
pub struct Handle {
    /// Commands in. A full channel means the room is busy; it never is for long.
    pub commands: mpsc::Sender<Command>,
    /// What happens, in order. `None` after the room has closed and everything is stored.
    pub updates: mpsc::Receiver<Update>,
}
