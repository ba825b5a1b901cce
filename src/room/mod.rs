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
pub mod steering;

pub use autopilot::Autopilot;
pub use budget::{Budget, Price};
pub use command::Command;
pub use models::{Facts, Models};
pub use pace::Pace;

use std::sync::Arc;

use tokio::sync::mpsc;

use crate::debate::{Clean, Event, SeatId};

/// What a room tells whoever watches it.
#[derive(Clone, Debug)]
pub enum Update {
    /// Something happened, and is stored. Apply it to a [`crate::debate::Debate`].
    Event(Arc<Event>),
    /// What the room is about to do changed.
    Status(Status),
    /// A command could not be carried out; why, for the person who gave it. Nothing changed.
    Refused(Clean),
    /// What stood in the way is gone, in words; the debate goes on.
    Mended(Clean),
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
