//! The screen: state, keys, update, view.
//!
//! `state` is all that is shown, `keys` says which key means what, `update` alone changes the state or commands the room,
//! `view` draws, `theme` has the colours, `wrap` sets text, `terminal` takes the terminal and gives it back, `run` is the loop, `lobby` is
//! where one is without a topic, `casting` where one sees who will argue. Does not
//! know models or the archive: it is given a room and what to save with.

use std::{
    collections::BTreeMap,
    fmt,
    path::{Path, PathBuf},
};

use thiserror::Error;
use tokio::sync::oneshot;

use crate::{
    debate::{Debate, Expert, TurnId},
    room::{self, Unstored},
};

mod broke;
pub mod casting;
#[cfg(any(test, fuzzing))]
#[cfg_attr(fuzzing, allow(dead_code))]
mod fake;
pub mod fetch;
#[cfg(any(test, fuzzing))]
pub mod fuzz;
pub mod guest;
mod keeper;
pub mod keys;
pub mod lobby;
pub mod plain;
pub mod run;
mod signals;
pub mod state;
pub mod terminal;
pub mod theme;
pub mod tongue;
pub mod update;
pub mod view;
mod voices;
pub mod wardrobe;
pub mod wrap;

pub use broke::watch as watch_breaks;
pub use keeper::Files;
pub use run::run;
pub use state::Layout;
pub use theme::{Colours, Theme};
pub use tongue::Tongue;
pub use wardrobe::Looks;

/// The name of the threads on which guests' screens are drawn: what breaks there leaves the host's screen as it is.
pub const GUESTS_THREADS: &str = "agon guests";

/// Writes the branch on stage to a file; the last argument tells whether a file that is there may be replaced.
pub type Save = Box<dyn FnMut(&Debate, &Path, bool) -> Result<PathBuf, SaveError> + Send>;

/// Tells what changed in a person's files since it was asked last. Asked about once a second while something happens.
pub type Reload = Box<dyn FnMut() -> Vec<Changed> + Send>;

/// Something that a person saved while the screen was up.
#[derive(Clone, Debug)]
pub enum Changed {
    /// All themes of their own.
    Themes(Vec<Theme>),
    /// The settings.
    Settings(Box<Manners>),
    /// A file that can't be used, with the place; what held before still holds.
    Fault(String),
}

/// What settings say of the screen.
#[derive(Clone, Debug)]
pub struct Manners {
    /// Which theme to wear, where that is another than the settings had.
    pub theme: Option<String>,
    /// How turns are laid out, where that is another than the settings had.
    pub layout: Option<Layout>,
    /// The keys in force.
    pub keymap: keys::Keymap,
    /// Whether things may move by themselves.
    pub animations: bool,
    /// Whether the mouse is taken.
    pub mouse: bool,
    /// The language of the screen.
    pub tongue: Tongue,
}

/// Why a save did not happen.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum SaveError {
    /// A file is there already.
    #[error("{} is there already", .0.display())]
    Exists(PathBuf),
    /// Anything else, with what to do now.
    #[error("{0}")]
    Failed(String),
}

/// What the screen is given.
pub struct Stage {
    /// Commands in, updates out.
    pub room: room::Handle,
    /// The debate as it stands; empty for a new session.
    pub debate: Debate,
    /// Whom one can call in by name.
    pub guests: Vec<Expert>,
    /// Formats that can be taken up: name, and what it is.
    pub formats: Vec<(String, String)>,
    /// Names of models that can be asked for.
    pub models: Vec<String>,
    /// More of them, when they have been found: looking for them keeps nobody from the first frame.
    pub found: Option<oneshot::Receiver<Vec<String>>>,
    /// Models whose weights are not here.
    pub absent: Vec<fetch::Absent>,
    /// Fetches weights.
    pub fetch: Option<fetch::Fetch>,
    /// Colours and manners.
    pub looks: Looks,
    /// How turns are laid out at first.
    pub layout: Layout,
    /// Which keys to start from, by name.
    pub keymap: Option<String>,
    /// Keys that a person wants otherwise: actions by name, each with all of its keys.
    pub keys: BTreeMap<String, Vec<String>>,
    /// Where `w` saves if nothing else is typed: a whole path.
    pub save_to: PathBuf,
    /// Writes the branch on stage.
    pub save: Save,
    /// Keeps the panel on stage in the person's own folder.
    pub keep: Option<casting::Keep>,
    /// What is to be told at first.
    pub notice: Option<String>,
    /// It is there to be compared with the plain assistant: that is seen first.
    pub compares: bool,
    /// The turn that is to be seen at first, on its branch; the last one otherwise.
    pub at: Option<TurnId>,
    /// Where small files are kept.
    pub files: Files,
    /// Gives a person's own themes and settings again when their files have changed.
    pub reload: Option<Reload>,
    /// The way in for guests, where the room is shared.
    pub door: Option<room::shared::Door>,
}

impl fmt::Debug for Stage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Stage").field("looks", &self.looks).field("layout", &self.layout).finish_non_exhaustive()
    }
}

/// How the screen was left.
#[derive(Debug)]
pub struct Leave {
    /// By what.
    pub how: How,
    /// Files that were written.
    pub saved: Vec<PathBuf>,
    /// What the archive could not store in the end.
    pub unstored: Option<Unstored>,
    /// The debate as it stood.
    pub debate: Debate,
    /// The theme worn at the end, if it was changed.
    pub theme: Option<String>,
    /// The layout at the end.
    pub layout: Layout,
}

/// What made the screen close.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum How {
    /// A person left.
    Quit,
    /// A signal asked for it: its number.
    Signal(i32),
    /// The terminal is gone.
    Gone,
}

/// Why there is no screen.
#[derive(Debug, Error)]
pub enum TuiError {
    /// The terminal would not be taken.
    #[error("the screen can't go on: {0}; `agon run` needs none")]
    Terminal(#[from] std::io::Error),
    /// No theme could be read.
    #[error("no theme could be read")]
    NoTheme,
}
