//! Which key means what: a table, as data, that a person may change.
//!
//! Owns [`Intent`] (everything a key can ask for), its name, what it says in help, palette and footer, and its default keys.
//! Does not carry anything out: `update` does.

use std::{
    collections::{BTreeMap, HashMap},
    fmt,
};

mod preset;
mod press;

pub use preset::Preset;
pub use press::Press;

/// What a key asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Intent {
    /// Open the line to the room.
    Interject,
    /// Open the line to one expert.
    Address,
    /// Add a stage direction.
    Note,
    /// Swap the focused expert.
    Swap,
    /// Call in a guest.
    Add,
    /// Dismiss the focused expert.
    Dismiss,
    /// Change the focused expert's fields.
    Change,
    /// Let another model speak.
    Model,
    /// Give the floor.
    Floor,
    /// Go to another phase of the format.
    Phase,
    /// Take up another format.
    Format,
    /// Vote.
    Vote,
    /// Say where it stops by itself.
    Autopilot,
    /// How fast one reads along.
    Pace,
    /// Cut the speaker off.
    Cut,
    /// Pause or go on.
    Pause,
    /// Fork at the selected turn.
    Fork,
    /// Another take of the selected turn.
    Retake,
    /// Three takes of it side by side.
    Takes,
    /// Fork within the selected turn.
    Within,
    /// Fork with something changed.
    WhatIf,
    /// The take before.
    TakeBefore,
    /// The take after.
    TakeAfter,
    /// Reword the selected turn.
    Edit,
    /// The branches.
    Branches,
    /// The minutes of the branch.
    Minutes,
    /// The panel beside the plain assistant.
    Compare,
    /// Save as markdown.
    Save,
    /// Keep the panel on stage.
    KeepPanel,
    /// Look for words.
    Search,
    /// Copy the selected turn.
    Copy,
    /// The addresses in the selected turn.
    Links,
    /// The next layout.
    Layout,
    /// The focused pane alone.
    Zoom,
    /// Measures on or off.
    Lenses,
    /// Tint surprising words, or no more.
    Heat,
    /// What helps where the panel became one voice.
    Remedies,
    /// Focus the next pane.
    NextPane,
    /// Focus the pane before.
    PreviousPane,
    /// Focus a pane by its number.
    Pane(u8),
    /// A line up.
    Up,
    /// A line down.
    Down,
    /// A page up.
    PageUp,
    /// A page down.
    PageDown,
    /// The beginning.
    First,
    /// The end, and follow it.
    Last,
    /// Select the turn after.
    NextTurn,
    /// Select the turn before.
    PreviousTurn,
    /// A question.
    Ask,
    /// An objection.
    Object,
    /// A card with a fact.
    Fact,
    /// The rule for the floor.
    Rule,
    /// How long turns may get.
    Limit,
    /// A guest for one turn.
    Guest,
    /// How readily an expert speaks.
    Talk,
    /// End the branch at a turn.
    Rewind,
    /// Keep a turn from being folded.
    Pin,
    /// Name the branch.
    Name,
    /// Take the last command back.
    Undo,
    /// The theme picker.
    Themes,
    /// What the keys do here.
    Help,
    /// All actions by name.
    Palette,
    /// One step back.
    Back,
    /// Leave; the session is kept.
    Quit,
    /// Leave to the shell for a while.
    Suspend,
    /// Draw everything anew.
    Redraw,
}

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
    keys: &'static [&'static str],
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

/// Who wants a key to mean something; the first wins.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Source {
    Person,
    Preset,
    Default,
}

/// What can't be of the keys that a person asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// The action, as the settings name it.
    pub action: String,
    /// What is wrong, and what holds.
    pub what: String,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "keys: {}", self.what)
    }
}

/// The keys in force.
#[derive(Clone, Debug)]
pub struct Keymap {
    of: HashMap<Press, Intent>,
    /// Keys of each intent, in the order in which they are named.
    keys: BTreeMap<Intent, Vec<Press>>,
}

impl Default for Keymap {
    fn default() -> Self {
        Self::with(Preset::Own, &BTreeMap::new()).0
    }
}

impl Keymap {
    /// A preset with a person's changes: intents by name, each with all of its keys. What can't be is told, and left out.
    pub fn with(preset: Preset, changes: &BTreeMap<String, Vec<String>>) -> (Self, Vec<Fault>) {
        let (mut map, mut faults) = (Self { of: HashMap::new(), keys: BTreeMap::new() }, Vec::new());
        for name in changes.keys().filter(|n| !super::casting::keys::is_known(n) && !ENTRIES.iter().any(|e| e.name == n.as_str())) {
            faults.push(Fault { action: name.clone(), what: format!("there is no action “{name}”{}", nearest(name)) });
        }
        // Changed ones first, then the preset's: they win over a default that has the same key.
        for source in [Source::Person, Source::Preset, Source::Default] {
            for entry in ENTRIES {
                let (changed, set) = (changes.get(entry.name), preset.keys(entry.name));
                let (from, keys): (_, Vec<&str>) = match (changed, set) {
                    (Some(keys), _) => (Source::Person, keys.iter().map(String::as_str).collect()),
                    (None, Some(keys)) => (Source::Preset, keys.to_vec()),
                    (None, None) => (Source::Default, entry.keys.to_vec()),
                };
                if from == source {
                    keys.iter().for_each(|key| map.bind(entry, key, source, &mut faults));
                }
            }
        }
        // A key gives way in silence, unless that leaves its action without any.
        for entry in ENTRIES.iter().filter(|e| !map.keys.contains_key(&e.intent) && changes.get(e.name).is_none_or(|k| !k.is_empty())) {
            let what = format!("{} has no key any more; it is still found in the palette", entry.name);
            faults.push(Fault { action: entry.name.to_owned(), what });
        }
        (map, faults)
    }

    fn bind(&mut self, entry: &Entry, key: &str, source: Source, faults: &mut Vec<Fault>) {
        let mut fault = |what: String| faults.push(Fault { action: entry.name.to_owned(), what });
        let Some(press) = Press::parse(key) else {
            fault(format!("“{key}” for {} is no key; write e.g. x, X, space, ctrl-p, alt-enter, f1", entry.name));
            return;
        };
        if press.is_reserved() {
            fault(format!("{press} always stops or leaves and can't be {}", entry.name));
            return;
        }
        match self.of.get(&press) {
            None => {
                self.of.insert(press, entry.intent);
                self.keys.entry(entry.intent).or_default().push(press);
            }
            Some(other) if source == Source::Person => {
                let other = other.entry().map_or("another", |e| e.name);
                fault(format!("{press} is asked for by both {other} and {}; {other} has it", entry.name));
            }
            Some(_) => {}
        }
    }

    /// What a key means.
    pub fn intent(&self, press: Press) -> Option<Intent> {
        self.of.get(&press).copied()
    }

    /// The first key of an intent, as it is shown.
    pub fn key(&self, intent: Intent) -> Option<String> {
        self.keys.get(&intent).and_then(|k| k.first()).map(Press::shown)
    }

    /// All keys of an intent, as they are shown.
    pub fn all(&self, intent: Intent) -> Vec<String> {
        self.keys.get(&intent).map(|keys| keys.iter().map(Press::shown).collect()).unwrap_or_default()
    }
}

/// `; did you mean …?` for a name with a typing fault.
fn nearest(name: &str) -> String {
    let shared =
        |other: &str| name.chars().filter(|c| other.contains(*c)).count() + usize::from(other.chars().next() == name.chars().next()) * 2;
    let best = ENTRIES.iter().filter(|e| e.name.len().abs_diff(name.len()) <= 2).max_by_key(|e| shared(e.name));
    best.filter(|e| shared(e.name) >= name.chars().count()).map_or_else(String::new, |e| format!("; did you mean “{}”?", e.name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_defaults_are_free_of_conflicts_and_every_name_is_one_action_s() {
        let (_, faults) = Keymap::with(Preset::Own, &BTreeMap::new());
        assert_eq!(faults, []);
        let mut keys: Vec<&str> = ENTRIES.iter().flat_map(|e| e.keys).copied().collect();
        keys.sort_unstable();
        let all = keys.len();
        keys.dedup();
        assert_eq!(keys.len(), all);
    }

    #[test]
    fn presets_are_free_of_conflicts_and_name_actions_that_there_are() {
        for (name, preset) in Preset::NAMES {
            let (map, faults) = Keymap::with(preset, &BTreeMap::new());
            assert_eq!(faults, [], "{name}");
            for entry in ENTRIES {
                for key in preset.keys(entry.name).unwrap_or_default() {
                    assert_eq!(map.intent(Press::parse(key).unwrap()), Some(entry.intent), "{name}: {key}");
                }
            }
        }
        let (map, _) = Keymap::with(Preset::Emacs, &BTreeMap::new());
        let press = |key| map.intent(Press::parse(key).unwrap());
        assert_eq!((press("ctrl-p"), press("ctrl-s"), press("i")), (Some(Intent::Up), Some(Intent::Search), Some(Intent::Interject)));
        let changes = BTreeMap::from([("fork".to_owned(), vec!["ctrl-s".to_owned()])]);
        let (map, faults) = Keymap::with(Preset::Emacs, &changes);
        assert_eq!((map.intent(Press::parse("ctrl-s").unwrap()), faults), (Some(Intent::Fork), vec![]));
    }

    #[test]
    fn a_changed_key_wins_and_a_conflict_is_told() {
        let changes = |pairs: &[(&str, &str)]| pairs.iter().map(|(n, k)| ((*n).to_owned(), vec![(*k).to_owned()])).collect();
        let (map, faults) = Keymap::with(Preset::Own, &changes(&[("fork", "X")]));
        assert_eq!((map.intent(Press::parse("X").unwrap()), map.intent(Press::parse("f").unwrap())), (Some(Intent::Fork), None));
        assert!(faults.is_empty());
        let (_, faults) = Keymap::with(Preset::Own, &changes(&[("fork", "X"), ("cut", "X")]));
        assert_eq!(faults[0].to_string(), "keys: X is asked for by both cut and fork; cut has it");
        assert!(faults[1].what.contains("fork has no key any more"));
        let (_, faults) = Keymap::with(Preset::Own, &changes(&[("frok", "X")]));
        assert!(faults[0].what.contains("did you mean “fork”"), "{faults:?}");
        let (_, faults) = Keymap::with(Preset::Own, &changes(&[("fork", "hyper-x")]));
        assert!(faults[0].what.contains("is no key"), "{faults:?}");
        let (_, faults) = Keymap::with(Preset::Own, &changes(&[("fork", "ctrl-c")]));
        assert!(faults[0].what.contains("always"), "{faults:?}");
    }
}
