//! Every intent with its name, what it says in help, palette and footer, and its usual keys. `docs/keys.md` is made from it.

use super::Intent;

/// What is to be known of an intent.
pub struct Entry {
    /// What it is.
    pub intent: Intent,
    /// Its name in the settings.
    pub name: &'static str,
    /// What it does, in a few words.
    pub does: &'static str,
    /// The same in one or two, for the footer.
    pub short: &'static str,
    /// Where help lists it.
    pub group: Group,
    pub(super) keys: &'static [&'static str],
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
    pub fn title(self) -> &'static str {
        match self {
            Self::Steer => "take part",
            Self::Cast => "the table",
            Self::Tree => "turns and branches",
            Self::Look => "move and look",
            Self::Program => "agon",
        }
    }
}

const fn entry(
    intent: Intent,
    name: &'static str,
    does: &'static str,
    short: &'static str,
    group: Group,
    keys: &'static [&'static str],
) -> Entry {
    Entry { intent, name, does, short, group, keys }
}

/// All intents with their default keys.
pub const ENTRIES: &[Entry] = &[
    entry(Intent::Interject, "interject", "say something to the room", "speak", Group::Steer, &["i", "enter"]),
    entry(Intent::Address, "address", "say something to one expert", "to one", Group::Steer, &["@"]),
    entry(Intent::Note, "note", "add a stage direction", "note", Group::Steer, &["o"]),
    entry(Intent::Ask, "ask", "ask the room, or one expert", "ask", Group::Steer, &["Q"]),
    entry(Intent::Object, "object", "object to what was said", "object", Group::Steer, &["O"]),
    entry(Intent::Fact, "fact", "lay a card with a fact on the table", "card", Group::Steer, &["C"]),
    entry(Intent::Pause, "pause", "pause, or go on", "pause", Group::Steer, &["space"]),
    entry(Intent::Cut, "cut", "cut the speaker off", "cut", Group::Steer, &["x"]),
    entry(Intent::Floor, "floor", "give the floor to an expert", "floor", Group::Steer, &["n"]),
    entry(Intent::Rule, "rule", "the rule for who speaks next", "rule", Group::Steer, &["N"]),
    entry(Intent::Limit, "limit", "how long turns may get", "length", Group::Steer, &["L"]),
    entry(Intent::Vote, "vote", "vote, as the audience", "vote", Group::Steer, &["V"]),
    entry(Intent::Phase, "phase", "the next phase of the format, or another", "phase", Group::Steer, &[">"]),
    entry(Intent::Format, "format", "take up another format, or leave it (free)", "format", Group::Steer, &["D"]),
    entry(Intent::Autopilot, "autopilot", "where it stops by itself", "autopilot", Group::Steer, &["A"]),
    entry(Intent::Pace, "pace", "read along: words a second", "pace", Group::Steer, &["P"]),
    entry(Intent::Remedies, "remedies", "what helps when they became one voice", "remedies", Group::Steer, &["!"]),
    entry(Intent::Swap, "swap", "swap the focused expert for another", "swap", Group::Cast, &["s"]),
    entry(Intent::Add, "add", "call in a guest", "add", Group::Cast, &["a"]),
    entry(Intent::Guest, "guest", "call in a guest for one turn", "guest", Group::Cast, &["+"]),
    entry(Intent::Talk, "talk", "how readily the focused expert speaks: silent, shy, usual, talkative", "talk", Group::Cast, &["M"]),
    entry(Intent::Dismiss, "dismiss", "dismiss the focused expert", "dismiss", Group::Cast, &["d"]),
    entry(Intent::Change, "change", "change the focused expert's name, bias, voice …", "change", Group::Cast, &["E"]),
    entry(Intent::Model, "model", "let another model speak", "model", Group::Cast, &["m"]),
    entry(Intent::Fork, "fork", "fork at the selected turn", "fork", Group::Tree, &["f"]),
    entry(Intent::Retake, "retake", "another take of the selected turn", "retake", Group::Tree, &["r"]),
    entry(Intent::Takes, "takes", "three takes of the selected turn, side by side", "3 takes", Group::Tree, &["R"]),
    entry(Intent::Within, "fork-within", "fork at a word of the selected turn", "at a word", Group::Tree, &["F"]),
    entry(Intent::WhatIf, "what-if", "what if …: fork with a premise, expert or model changed", "what if", Group::Tree, &["I"]),
    entry(Intent::TakeBefore, "take-before", "stage the take before", "take before", Group::Tree, &["["]),
    entry(Intent::TakeAfter, "take-after", "stage the take after", "take after", Group::Tree, &["]"]),
    entry(Intent::Edit, "edit", "reword the selected turn (which forks)", "edit", Group::Tree, &["e"]),
    entry(Intent::Rewind, "rewind", "end the branch at the selected turn; what follows is kept", "rewind", Group::Tree, &["<"]),
    entry(Intent::Pin, "pin", "pin the selected turn: no fold drops it", "pin", Group::Tree, &["p"]),
    entry(Intent::Name, "name", "name the branch on stage", "name", Group::Tree, &["B"]),
    entry(Intent::Undo, "undo", "take the last command back", "undo", Group::Tree, &["u"]),
    entry(Intent::Branches, "branches", "the tree of branches", "branches", Group::Tree, &["b"]),
    entry(Intent::Minutes, "minutes", "the minutes of the branch; made by the model when there are none", "minutes", Group::Tree, &["T"]),
    entry(Intent::Compare, "compare", "compare with the plain assistant: same model, same tokens", "compare", Group::Tree, &["c"]),
    entry(Intent::PreviousTurn, "previous-turn", "select the turn before", "select", Group::Look, &["K", "shift-up"]),
    entry(Intent::NextTurn, "next-turn", "select the turn after", "select", Group::Look, &["J", "shift-down"]),
    entry(Intent::Up, "up", "scroll up", "scroll", Group::Look, &["k", "up"]),
    entry(Intent::Down, "down", "scroll down", "scroll", Group::Look, &["j", "down"]),
    entry(Intent::PageUp, "page-up", "a page up", "page up", Group::Look, &["pageup", "ctrl-u"]),
    entry(Intent::PageDown, "page-down", "a page down", "page down", Group::Look, &["pagedown", "ctrl-d"]),
    entry(Intent::First, "first", "to the beginning", "beginning", Group::Look, &["g", "home"]),
    entry(Intent::Last, "last", "to the end, show all, and follow it", "follow", Group::Look, &["G", "end"]),
    entry(Intent::NextPane, "next-pane", "focus the next pane", "pane", Group::Look, &["tab", "right"]),
    entry(Intent::PreviousPane, "previous-pane", "focus the pane before", "pane", Group::Look, &["shift-tab", "left"]),
    entry(Intent::Pane(1), "pane-1", "focus pane 1", "pane", Group::Look, &["1"]),
    entry(Intent::Pane(2), "pane-2", "focus pane 2", "pane", Group::Look, &["2"]),
    entry(Intent::Pane(3), "pane-3", "focus pane 3", "pane", Group::Look, &["3"]),
    entry(Intent::Pane(4), "pane-4", "focus pane 4", "pane", Group::Look, &["4"]),
    entry(Intent::Pane(5), "pane-5", "focus pane 5", "pane", Group::Look, &["5"]),
    entry(Intent::Pane(6), "pane-6", "focus pane 6", "pane", Group::Look, &["6"]),
    entry(Intent::Pane(7), "pane-7", "focus pane 7", "pane", Group::Look, &["7"]),
    entry(Intent::Pane(8), "pane-8", "focus pane 8", "pane", Group::Look, &["8"]),
    entry(Intent::Layout, "layout", "the next layout", "layout", Group::Look, &["v"]),
    entry(Intent::Zoom, "zoom", "the focused pane alone, and back", "zoom", Group::Look, &["z"]),
    entry(Intent::Lenses, "lenses", "lenses on or off: what is measured of this debate", "lenses", Group::Look, &["l"]),
    entry(Intent::Heat, "heat", "tint the words that the model itself found surprising", "heat", Group::Look, &["H"]),
    entry(Intent::Search, "search", "look for words, here or in all branches", "search", Group::Look, &["/"]),
    entry(Intent::Copy, "copy", "copy the selected turn", "copy", Group::Program, &["y"]),
    entry(Intent::Links, "links", "addresses in the selected turn, to copy one", "links", Group::Program, &["U"]),
    entry(Intent::Save, "save", "save the branch as markdown", "save", Group::Program, &["w"]),
    entry(Intent::KeepPanel, "keep-panel", "save this panel: keep whoever sits here now", "keep", Group::Program, &["S"]),
    entry(Intent::Themes, "themes", "choose a theme", "theme", Group::Program, &["t"]),
    entry(Intent::Palette, "palette", "find any action by its name", "actions", Group::Program, &[":", "ctrl-p"]),
    entry(Intent::Help, "help", "what the keys do", "help", Group::Program, &["?", "f1"]),
    entry(Intent::Back, "back", "one step back", "back", Group::Program, &["esc"]),
    entry(Intent::Redraw, "redraw", "draw everything anew", "redraw", Group::Program, &["ctrl-l"]),
    entry(Intent::Suspend, "suspend", "to the shell for a while (fg comes back)", "suspend", Group::Program, &["ctrl-z"]),
    entry(Intent::Quit, "quit", "leave; the session is kept", "leave", Group::Program, &["q"]),
];

impl Intent {
    /// What is to be known of it.
    pub fn entry(self) -> Option<&'static Entry> {
        ENTRIES.iter().find(|e| e.intent == self)
    }
}
