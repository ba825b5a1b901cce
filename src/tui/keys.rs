//! Which key means what: a table, as data, that a person may change.
//!
//! Owns [`Intent`] (everything a key can ask for) and which keys mean it; `table` has its name, its words and its usual keys.
//! Does not carry anything out: `update` does.

use std::{
    collections::{BTreeMap, HashMap},
    fmt,
};

#[cfg(test)]
mod page;
mod preset;
mod press;
mod table;

pub use preset::Preset;
pub use press::Press;
pub use table::{ENTRIES, Entry, Group};

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
    /// Send a guest of the room away.
    SeeOut,
    /// Leave; the session is kept.
    Quit,
    /// Leave to the shell for a while.
    Suspend,
    /// Draw everything anew.
    Redraw,
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
        let (map, faults) = Keymap::with(Preset::Own, &changes(&[("fork", "Z")]));
        assert_eq!((map.intent(Press::parse("Z").unwrap()), map.intent(Press::parse("f").unwrap())), (Some(Intent::Fork), None));
        assert!(faults.is_empty());
        let (_, faults) = Keymap::with(Preset::Own, &changes(&[("fork", "Z"), ("cut", "Z")]));
        assert_eq!(faults[0].to_string(), "keys: Z is asked for by both cut and fork; cut has it");
        assert!(faults[1].what.contains("fork has no key any more"));
        let (_, faults) = Keymap::with(Preset::Own, &changes(&[("frok", "Z")]));
        assert!(faults[0].what.contains("did you mean “fork”"), "{faults:?}");
        let (_, faults) = Keymap::with(Preset::Own, &changes(&[("fork", "hyper-x")]));
        assert!(faults[0].what.contains("is no key"), "{faults:?}");
        let (_, faults) = Keymap::with(Preset::Own, &changes(&[("fork", "ctrl-c")]));
        assert!(faults[0].what.contains("always"), "{faults:?}");
    }
}
