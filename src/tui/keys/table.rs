//! Every intent with its name and its usual keys; what it says in help, palette and footer stands in the texts, by that name. `docs/keys.md` is made from it.

use super::Intent;
use crate::tui::Tongue;

/// What is to be known of an intent.
pub struct Entry {
    /// What it is.
    pub intent: Intent,
    /// Its name in the settings.
    pub name: &'static str,
    /// Where help lists it.
    pub group: Group,
    pub(super) keys: &'static [&'static str],
}

impl Entry {
    /// What it does, in a few words.
    pub fn does(&self, tongue: Tongue) -> &'static str {
        tongue.find(&format!("key-{}", self.name)).unwrap_or(self.name)
    }
}

/// Groups of intents in help.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Group {
    /// Taking part.
    Steer,
    /// Who is at the table.
    Cast,
    /// The tree.
    Tree,
    /// Moving and looking.
    Look,
    /// The program.
    Program,
}

impl Group {
    /// All, in the order of help.
    pub const ALL: [Self; 5] = [Self::Steer, Self::Cast, Self::Tree, Self::Look, Self::Program];

    /// Its heading.
    pub fn title(self, tongue: Tongue) -> &'static str {
        tongue.say(match self {
            Self::Steer => "keys-steer",
            Self::Cast => "keys-cast",
            Self::Tree => "keys-tree",
            Self::Look => "keys-look",
            Self::Program => "keys-program",
        })
    }
}

const fn entry(intent: Intent, name: &'static str, group: Group, keys: &'static [&'static str]) -> Entry {
    Entry { intent, name, group, keys }
}

/// All intents with their default keys.
pub const ENTRIES: &[Entry] = &[
    entry(Intent::Interject, "interject", Group::Steer, &["i", "enter"]),
    entry(Intent::Address, "address", Group::Steer, &["@"]),
    entry(Intent::Note, "note", Group::Steer, &["o"]),
    entry(Intent::Ask, "ask", Group::Steer, &["Q"]),
    entry(Intent::Object, "object", Group::Steer, &["O"]),
    entry(Intent::Fact, "fact", Group::Steer, &["C"]),
    entry(Intent::Pause, "pause", Group::Steer, &["space"]),
    entry(Intent::Cut, "cut", Group::Steer, &["x"]),
    entry(Intent::Floor, "floor", Group::Steer, &["n"]),
    entry(Intent::Rule, "rule", Group::Steer, &["N"]),
    entry(Intent::Limit, "limit", Group::Steer, &["L"]),
    entry(Intent::Vote, "vote", Group::Steer, &["V"]),
    entry(Intent::Phase, "phase", Group::Steer, &[">"]),
    entry(Intent::Format, "format", Group::Steer, &["D"]),
    entry(Intent::Autopilot, "autopilot", Group::Steer, &["A"]),
    entry(Intent::Pace, "pace", Group::Steer, &["P"]),
    entry(Intent::Remedies, "remedies", Group::Steer, &["!"]),
    entry(Intent::Swap, "swap", Group::Cast, &["s"]),
    entry(Intent::Add, "add", Group::Cast, &["a"]),
    entry(Intent::Guest, "guest", Group::Cast, &["+"]),
    entry(Intent::Talk, "talk", Group::Cast, &["M"]),
    entry(Intent::Dismiss, "dismiss", Group::Cast, &["d"]),
    entry(Intent::Change, "change", Group::Cast, &["E"]),
    entry(Intent::Model, "model", Group::Cast, &["m"]),
    entry(Intent::Fork, "fork", Group::Tree, &["f"]),
    entry(Intent::Retake, "retake", Group::Tree, &["r"]),
    entry(Intent::Takes, "takes", Group::Tree, &["R"]),
    entry(Intent::Within, "fork-within", Group::Tree, &["F"]),
    entry(Intent::WhatIf, "what-if", Group::Tree, &["I"]),
    entry(Intent::TakeBefore, "take-before", Group::Tree, &["["]),
    entry(Intent::TakeAfter, "take-after", Group::Tree, &["]"]),
    entry(Intent::Edit, "edit", Group::Tree, &["e"]),
    entry(Intent::Rewind, "rewind", Group::Tree, &["<"]),
    entry(Intent::Pin, "pin", Group::Tree, &["p"]),
    entry(Intent::Name, "name", Group::Tree, &["B"]),
    entry(Intent::Undo, "undo", Group::Tree, &["u"]),
    entry(Intent::Branches, "branches", Group::Tree, &["b"]),
    entry(Intent::Minutes, "minutes", Group::Tree, &["T"]),
    entry(Intent::Compare, "compare", Group::Tree, &["c"]),
    entry(Intent::PreviousTurn, "previous-turn", Group::Look, &["K", "shift-up"]),
    entry(Intent::NextTurn, "next-turn", Group::Look, &["J", "shift-down"]),
    entry(Intent::Up, "up", Group::Look, &["k", "up"]),
    entry(Intent::Down, "down", Group::Look, &["j", "down"]),
    entry(Intent::PageUp, "page-up", Group::Look, &["pageup", "ctrl-u"]),
    entry(Intent::PageDown, "page-down", Group::Look, &["pagedown", "ctrl-d"]),
    entry(Intent::First, "first", Group::Look, &["g", "home"]),
    entry(Intent::Last, "last", Group::Look, &["G", "end"]),
    entry(Intent::NextPane, "next-pane", Group::Look, &["tab", "right"]),
    entry(Intent::PreviousPane, "previous-pane", Group::Look, &["shift-tab", "left"]),
    entry(Intent::Pane(1), "pane-1", Group::Look, &["1"]),
    entry(Intent::Pane(2), "pane-2", Group::Look, &["2"]),
    entry(Intent::Pane(3), "pane-3", Group::Look, &["3"]),
    entry(Intent::Pane(4), "pane-4", Group::Look, &["4"]),
    entry(Intent::Pane(5), "pane-5", Group::Look, &["5"]),
    entry(Intent::Pane(6), "pane-6", Group::Look, &["6"]),
    entry(Intent::Pane(7), "pane-7", Group::Look, &["7"]),
    entry(Intent::Pane(8), "pane-8", Group::Look, &["8"]),
    entry(Intent::Layout, "layout", Group::Look, &["v"]),
    entry(Intent::Zoom, "zoom", Group::Look, &["z"]),
    entry(Intent::Lenses, "lenses", Group::Look, &["l"]),
    entry(Intent::Heat, "heat", Group::Look, &["H"]),
    entry(Intent::Search, "search", Group::Look, &["/"]),
    entry(Intent::Copy, "copy", Group::Program, &["y"]),
    entry(Intent::Links, "links", Group::Program, &["U"]),
    entry(Intent::Save, "save", Group::Program, &["w"]),
    entry(Intent::KeepPanel, "keep-panel", Group::Program, &["S"]),
    entry(Intent::Themes, "themes", Group::Program, &["t"]),
    entry(Intent::Palette, "palette", Group::Program, &[":", "ctrl-p"]),
    entry(Intent::Help, "help", Group::Program, &["?", "f1"]),
    entry(Intent::Back, "back", Group::Program, &["esc"]),
    entry(Intent::Redraw, "redraw", Group::Program, &["ctrl-l"]),
    entry(Intent::SeeOut, "see-out", Group::Program, &["X"]),
    entry(Intent::Suspend, "suspend", Group::Program, &["ctrl-z"]),
    entry(Intent::Quit, "quit", Group::Program, &["q"]),
];

impl Intent {
    /// What is to be known of it.
    pub fn entry(self) -> Option<&'static Entry> {
        ENTRIES.iter().find(|e| e.intent == self)
    }

    /// What it does, in one or two words, for the footer.
    pub fn short(self, tongue: Tongue) -> &'static str {
        self.entry().and_then(|e| tongue.find(&format!("key-{}.short", e.name))).unwrap_or_default()
    }
}
