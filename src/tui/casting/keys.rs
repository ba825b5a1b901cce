//! Which key means what while people are cast. Kept apart from the room's: the same letter may mean another thing there.

use std::collections::{BTreeMap, HashMap};

use crossterm::event::KeyEvent;

use crate::tui::{Tongue, keys::Press};

/// What a key asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Act {
    /// Take the cast as it is.
    Accept,
    /// Somebody else on this seat.
    Reroll,
    /// Somebody else on every seat that is not locked.
    RerollAll,
    /// Keep this seat, or no longer.
    Lock,
    /// Change somebody's fields.
    Edit,
    /// Choose from the library.
    Library,
    /// One seat more.
    Add,
    /// One seat less.
    Remove,
    /// Keep the cast as a panel.
    Save,
    /// The next seat.
    Next,
    /// The seat before.
    Previous,
    /// Further down in a card that is longer than its place.
    Down,
    /// Further up.
    Up,
    /// What the keys do.
    Help,
}

/// An action with its name in the settings, by which the texts have what it does, and its keys.
type Row = (Act, &'static str, &'static [&'static str]);

/// All of them. Names begin with `cast-`.
pub const ACTS: &[Row] = &[
    (Act::Accept, "cast-accept", &["enter"]),
    (Act::Reroll, "cast-reroll", &["r"]),
    (Act::RerollAll, "cast-reroll-all", &["R"]),
    (Act::Lock, "cast-lock", &["space", "l"]),
    (Act::Edit, "cast-edit", &["e"]),
    (Act::Library, "cast-library", &["p"]),
    (Act::Add, "cast-add", &["a", "+"]),
    (Act::Remove, "cast-remove", &["d", "-"]),
    (Act::Save, "cast-save", &["w"]),
    (Act::Next, "cast-next", &["right", "down", "j", "tab"]),
    (Act::Previous, "cast-previous", &["left", "up", "k", "h", "shift-tab"]),
    (Act::Down, "cast-down", &["pagedown", "J"]),
    (Act::Up, "cast-up", &["pageup", "K"]),
    (Act::Help, "cast-help", &["?", "f1"]),
];

/// Whether an action of the settings is one of these.
pub fn is_known(name: &str) -> bool {
    ACTS.iter().any(|row| row.1 == name)
}

/// The keys in force.
#[derive(Clone, Debug)]
pub struct Keys(HashMap<Press, Act>, Vec<(Act, Vec<Press>)>);

impl Keys {
    /// The usual keys with a person's changes, which win. What can't be read as a key is left out.
    pub fn with(changes: &BTreeMap<String, Vec<String>>) -> Self {
        let mut keys = Self(HashMap::new(), Vec::new());
        for own in [true, false] {
            for (act, name, usual) in ACTS {
                let presses: Vec<Press> = match changes.get(*name) {
                    Some(list) if own => list.iter().filter_map(|k| Press::parse(k)).collect(),
                    None if !own => usual.iter().filter_map(|k| Press::parse(k)).collect(),
                    _ => continue,
                };
                let free: Vec<Press> = presses.into_iter().filter(|p| !p.is_reserved() && !keys.0.contains_key(p)).collect();
                keys.0.extend(free.iter().map(|p| (*p, *act)));
                keys.1.push((*act, free));
            }
        }
        keys
    }

    /// What a key asks for.
    pub fn act(&self, event: KeyEvent) -> Option<Act> {
        self.0.get(&Press::of(event)).copied()
    }

    /// What an action does.
    pub fn does(tongue: Tongue, act: Act) -> &'static str {
        ACTS.iter().find(|row| row.0 == act).and_then(|row| tongue.find(&format!("key-{}", row.1))).unwrap_or_default()
    }

    /// The same in a word.
    pub fn short(tongue: Tongue, act: Act) -> &'static str {
        ACTS.iter().find(|row| row.0 == act).and_then(|row| tongue.find(&format!("key-{}.short", row.1))).unwrap_or_default()
    }

    /// The keys of an action, as they are shown.
    pub fn shown(&self, act: Act) -> Vec<String> {
        self.1.iter().find(|(a, _)| *a == act).map(|(_, keys)| keys.iter().map(Press::shown).collect()).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_key_is_one_action_s_and_a_person_s_own_wins() {
        let mut all: Vec<&str> = ACTS.iter().flat_map(|row| row.2).copied().collect();
        let count = all.len();
        all.sort_unstable();
        all.dedup();
        assert_eq!(all.len(), count);
        assert!(ACTS.iter().all(|row| row.1.starts_with("cast-") && is_known(row.1)) && !is_known("fork"));
        let keys =
            Keys::with(&BTreeMap::from([("cast-reroll".to_owned(), vec!["a".to_owned(), "hyper-x".to_owned(), "ctrl-c".to_owned()])]));
        assert_eq!((keys.shown(Act::Reroll), keys.shown(Act::Add)), (vec!["a".to_owned()], vec!["+".to_owned()]));
    }
}
