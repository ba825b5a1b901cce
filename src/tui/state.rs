//! All that is shown, as plain data.
//!
//! Owns [`Screen`]. What only the screen knows (scroll, focus, an open dialog) lives here and never becomes an event. Changed by
//! `update` alone; read by `view`. Does not draw, and knows no terminal.

use std::collections::BTreeMap;

use crate::{
    debate::{Debate, Expert, Phase, SeatId, Speaker, Turn, TurnId},
    room::{Activity, Status, shared::Here},
};

use super::{
    fetch::Absent,
    keys::{Intent, Keymap},
    theme::Theme,
    tongue::Tongue,
};

pub mod arrange;
pub mod choose;
pub mod compare;
pub mod fetching;
pub mod field;
pub mod grid;
pub mod held;
pub mod layer;
pub mod lenses;
pub mod line;
pub mod marked;
pub mod minutes;
pub mod notice;
pub mod panes;
pub mod pasted;
pub mod rights;
pub mod rows;
pub mod search;
pub mod shares;
pub mod sheet;
pub mod side;
pub mod sift;
pub mod takes;
pub mod tree;
pub mod whatif;
pub mod within;

pub use arrange::{Arranged, Shown, Visible};
pub use fetching::Fetching;
pub use layer::Layer;
pub use line::Line;
pub use marked::{Marked, Pressed};
pub use notice::{Notice, Weight};
pub use panes::{Item, PaneId, Panes, Scroll};
pub use rights::Rights;
pub use rows::Rows;
pub use takes::Takes;

/// How the turns are laid out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Layout {
    /// One pane an expert.
    #[default]
    Grid,
    /// Like a musical score: columns are experts, down is time; a turn begins where the one before it ended.
    Score,
    /// One column, in order.
    Transcript,
    /// One expert large, a line for each of the others.
    Focus,
}

impl Layout {
    /// All, in the order in which the key walks them.
    pub const ALL: [Self; 4] = [Self::Grid, Self::Score, Self::Transcript, Self::Focus];

    /// Its name, as `--layout` has it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Grid => "grid",
            Self::Score => "score",
            Self::Transcript => "transcript",
            Self::Focus => "focus",
        }
    }

    /// Its name, as the screen tells it.
    pub fn shown(self, tongue: Tongue) -> &'static str {
        tongue.say(match self {
            Self::Grid => "layout-grid",
            Self::Score => "layout-score",
            Self::Transcript => "layout-transcript",
            Self::Focus => "layout-focus",
        })
    }

    /// A layout by its name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|l| l.name() == name)
    }

    /// Whether it shows all turns in one pane.
    pub fn is_one(self) -> bool {
        match self {
            Self::Score | Self::Transcript => true,
            Self::Grid | Self::Focus => false,
        }
    }

    /// The one after it.
    #[must_use]
    pub fn next(self) -> Self {
        let at = Self::ALL.iter().position(|l| *l == self).unwrap_or(0);
        Self::ALL[(at + 1) % Self::ALL.len()]
    }
}

/// All that is shown.
#[derive(Clone, Debug)]
pub struct Screen {
    /// The debate so far.
    pub debate: Debate,
    /// What the room is about to do.
    pub status: Status,
    /// What is not shown yet, where one reads along at a pace.
    pub held: held::Held,
    /// The language it speaks.
    pub tongue: Tongue,
    /// Milliseconds since 1970, as of the last input.
    pub now: u64,
    /// Which turns stand in which pane, and where each pane is scrolled to.
    pub panes: Panes,
    /// Which turns are takes of one another.
    pub takes: Takes,
    /// How much room each pane gets.
    pub shares: shares::Shares,
    /// Wrapped turns.
    pub rows: Rows,
    /// What is where, as last arranged.
    pub arranged: Arranged,
    /// How the turns are laid out.
    pub layout: Layout,
    /// Whether the focused pane stands alone.
    pub zoomed: bool,
    /// The pane a person chose; none means whoever speaks.
    pub focus: Option<PaneId>,
    /// The turn a person chose.
    pub selected: Option<TurnId>,
    /// The button of the mouse, since it went down last.
    pub pressed: Option<Pressed>,
    /// Text that is marked.
    pub marked: Option<Marked>,
    /// The line in which a person speaks.
    pub line: Line,
    /// What lies over the room, the topmost last.
    pub layers: Vec<Layer>,
    /// Text typed into dialogs that were left, by dialog.
    pub drafts: BTreeMap<String, String>,
    /// Experts who were being written when their fields were left.
    pub sheets: Vec<sheet::Sheet>,
    /// A “what if” that was left.
    pub what_if: Option<Box<whatif::WhatIf>>,
    /// What is measured of the branch on stage.
    pub lenses: lenses::Lenses,
    /// What is looked for.
    pub search: Option<search::Search>,
    /// A turn to be shown as soon as its branch is on stage.
    pub reveal_later: Option<TurnId>,
    /// A comparison was asked for, and nothing came of it yet.
    pub asked_compare: bool,
    /// The room is there to compare its panel with the plain assistant.
    pub compares: bool,
    /// Minutes were asked for, and nothing came of it yet.
    pub asked_minutes: bool,
    /// What is to be told.
    pub notices: Vec<Notice>,
    /// First hints that are not followed yet; the first one is shown.
    pub hints: Vec<Intent>,
    /// Whether the unsent line is kept when one leaves.
    pub keeps_draft: bool,
    /// Until when a second Ctrl-C leaves.
    pub armed_until: Option<u64>,
    /// Whom one can call in by name.
    pub guests: Vec<Expert>,
    /// Formats that can be taken up: name, and what it is.
    pub formats: Vec<(String, String)>,
    /// Names of models that can be asked for.
    pub models: Vec<String>,
    /// Models whose weights are not here.
    pub absent: Vec<Absent>,
    /// Weights on their way.
    pub fetching: Option<Fetching>,
    /// The keys in force.
    pub keys: Keymap,
    /// The themes there are.
    pub themes: Vec<Theme>,
    /// Which of them is worn.
    pub theme: usize,
    /// Whether the terminal's background is light. A theme made for the other kind brings its own paper.
    pub light_terminal: bool,
    /// Whether things may move by themselves.
    pub animations: bool,
    /// The room has ended: nothing more will come.
    pub over: bool,
    /// Where the branch is saved if nothing else is said.
    pub save_to: String,
    /// What whoever sits here may ask for.
    pub rights: Rights,
    /// Guests of the room, where it is shared.
    pub here: Option<Here>,
}

impl Screen {
    /// A screen on a debate.
    pub fn new(debate: Debate, themes: Vec<Theme>) -> Self {
        let mut screen = Self {
            debate,
            status: Status::default(),
            held: held::Held::default(),
            tongue: Tongue::default(),
            now: 0,
            panes: Panes::default(),
            takes: Takes::default(),
            shares: shares::Shares::default(),
            rows: Rows::default(),
            arranged: Arranged::default(),
            layout: Layout::default(),
            zoomed: false,
            focus: None,
            selected: None,
            pressed: None,
            marked: None,
            line: Line::default(),
            layers: Vec::new(),
            drafts: BTreeMap::new(),
            sheets: Vec::new(),
            what_if: None,
            lenses: lenses::Lenses::default(),
            search: None,
            reveal_later: None,
            asked_compare: false,
            compares: false,
            asked_minutes: false,
            notices: Vec::new(),
            hints: Vec::new(),
            keeps_draft: false,
            armed_until: None,
            guests: Vec::new(),
            formats: Vec::new(),
            models: Vec::new(),
            absent: Vec::new(),
            fetching: None,
            keys: Keymap::default(),
            themes,
            theme: 0,
            light_terminal: false,
            animations: true,
            over: false,
            save_to: String::new(),
            rights: Rights::Host,
            here: None,
        };
        screen.follow();
        screen.shares = shares::Shares::settled(&screen.debate, &screen.panes.shown(&screen.debate));
        screen
    }

    /// Speaks another language from now on.
    pub fn speak(&mut self, tongue: Tongue) {
        (self.tongue, self.line.tongue, self.rows.tongue) = (tongue, tongue, tongue);
        self.rows.clear();
    }

    /// Takes in what the debate has that is not in the panes yet.
    pub fn follow(&mut self) {
        self.panes.follow(&self.debate);
        self.takes.follow(&self.debate);
    }

    /// The theme worn.
    pub fn theme(&self) -> Option<&Theme> {
        self.themes.get(self.theme).or(self.themes.first())
    }

    /// Whether the debate stands still by a person's or the room's wish.
    pub fn is_paused(&self) -> bool {
        matches!(self.debate.phase(), Phase::Paused { .. })
    }

    /// Whether nothing more will be said.
    pub fn is_finished(&self) -> bool {
        self.over || *self.debate.phase() == Phase::Closed
    }

    /// The pane in which somebody speaks or is about to.
    pub fn lit(&self) -> Option<PaneId> {
        if let Some(turn) = self.debate.speaking() {
            return Some(self.pane_of(turn));
        }
        match self.status.activity {
            Activity::Waiting { seat: Some(seat), .. } => Some(PaneId::Seat(seat)),
            Activity::Waiting { seat: None, .. }
            | Activity::Still
            | Activity::Speaking
            | Activity::Retrying { .. }
            | Activity::AwaitingFloor
            | Activity::AwaitingVote
            | Activity::Choosing
            | Activity::Minuting { .. }
            | Activity::Comparing { .. } => None,
        }
    }

    /// The pane that a turn belongs to in the grid.
    pub fn pane_of(&self, turn: &Turn) -> PaneId {
        match turn.speaker {
            Speaker::Expert(seat) => PaneId::Seat(seat),
            Speaker::WalkOn => PaneId::Others,
            Speaker::Audience { to: Some(seat) } => PaneId::Seat(seat),
            Speaker::Audience { to: None } | Speaker::Stage => self.focus_now(),
        }
    }

    /// The focused pane: the one chosen, else the speaker's, else the last speaker's, else the first.
    pub fn focus_now(&self) -> PaneId {
        if let Some(pane) = self.focus.filter(|p| self.panes.get(*p).is_some()) {
            return pane;
        }
        let speaks = |t: &Turn| match t.speaker {
            Speaker::Expert(seat) => Some(PaneId::Seat(seat)),
            Speaker::WalkOn => Some(PaneId::Others),
            Speaker::Audience { .. } | Speaker::Stage => None,
        };
        let awaited = match self.status.activity {
            Activity::Waiting { seat: Some(seat), .. } if self.debate.speaking().is_none() => Some(PaneId::Seat(seat)),
            _ => None,
        };
        awaited
            .filter(|p| self.panes.get(*p).is_some())
            .or_else(|| self.debate.staged_turns().rev().find_map(speaks))
            .or_else(|| self.panes.shown(&self.debate).first().copied())
            .unwrap_or(PaneId::Seat(SeatId(0)))
    }

    /// The focused expert's seat, if the focused pane is an expert's.
    pub fn focused_seat(&self) -> Option<SeatId> {
        match self.focus_now() {
            PaneId::Seat(seat) => Some(seat),
            PaneId::Others | PaneId::Everything => None,
        }
    }

    /// The label of a seat, as of now.
    pub fn label(&self, seat: SeatId) -> &str {
        self.debate.cast().seat(seat).map_or("", |s| s.expert.label.as_str())
    }

    /// The turn that a key acts on: the selected one, else the last that an expert spoke.
    pub fn turn_in_hand(&self) -> Option<&Turn> {
        if let Some(turn) = self.selected.and_then(|id| self.debate.turn(id)) {
            return Some(turn);
        }
        self.debate.staged_turns().rev().find(|t| matches!(t.speaker, Speaker::Expert(_) | Speaker::WalkOn))
    }

    /// When the screen changes by itself next, in milliseconds since 1970. `None`: only when something happens.
    pub fn next_change(&self) -> Option<u64> {
        let step = if self.animations { 100 } else { 1000 };
        let moving = match self.status.activity {
            _ if self.is_finished() => None,
            Activity::Waiting { since, .. } => Some(self.now + step - self.now.saturating_sub(since) % step),
            // The countdown shows whole seconds.
            Activity::Retrying { at } if at > self.now => Some(self.now + (at - self.now - 1) % 1000 + 1),
            Activity::Retrying { .. }
            | Activity::Still
            | Activity::Speaking
            | Activity::AwaitingFloor
            | Activity::AwaitingVote
            | Activity::Choosing
            | Activity::Minuting { .. }
            | Activity::Comparing { .. } => None,
        };
        let fading = self.notices.iter().filter_map(|n| n.until).min();
        [moving, fading, self.armed_until, self.held.due()].into_iter().flatten().min()
    }
}
