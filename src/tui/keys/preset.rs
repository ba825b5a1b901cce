//! Keys as hands that grew up elsewhere expect them. What a preset doesn't name keeps its usual keys.

/// A set of keys to start from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Preset {
    /// Ours.
    #[default]
    Own,
    /// As in vim.
    Vim,
    /// As in emacs.
    Emacs,
}

const VIM: &[(&str, &[&str])] = &[
    ("up", &["k", "up", "ctrl-y"]),
    ("down", &["j", "down", "ctrl-e"]),
    ("page-up", &["ctrl-b", "pageup", "ctrl-u"]),
    ("page-down", &["ctrl-f", "pagedown", "ctrl-d"]),
    ("previous-turn", &["{", "K", "shift-up"]),
    ("next-turn", &["}", "J", "shift-down"]),
    ("previous-pane", &["h", "shift-tab", "left"]),
    ("next-pane", &["l", "tab", "right", "ctrl-w"]),
    ("lenses", &["alt-l"]),
    ("retake", &["r", "ctrl-r"]),
    ("take-before", &["[", "ctrl-o"]),
];

const EMACS: &[(&str, &[&str])] = &[
    ("up", &["ctrl-p", "up"]),
    ("down", &["ctrl-n", "down"]),
    ("page-up", &["alt-v", "pageup"]),
    ("page-down", &["ctrl-v", "pagedown"]),
    ("first", &["alt-<", "home"]),
    ("last", &["alt->", "end"]),
    ("previous-turn", &["alt-p", "shift-up"]),
    ("next-turn", &["alt-n", "shift-down"]),
    ("previous-pane", &["ctrl-b", "shift-tab", "left"]),
    ("next-pane", &["ctrl-f", "tab", "right"]),
    ("search", &["ctrl-s", "/"]),
    ("palette", &["alt-x", ":"]),
    ("copy", &["alt-w", "y"]),
    ("back", &["ctrl-g", "esc"]),
];

impl Preset {
    /// All, with the names that the settings have for them.
    pub const NAMES: [(&str, Self); 3] = [("agon", Self::Own), ("vim", Self::Vim), ("emacs", Self::Emacs)];

    /// A preset by its name.
    pub fn named(name: &str) -> Option<Self> {
        Self::NAMES.into_iter().find(|(n, _)| *n == name).map(|(_, preset)| preset)
    }

    /// The keys that it has for an action, by the action's name.
    pub fn keys(self, action: &str) -> Option<&'static [&'static str]> {
        let table = match self {
            Self::Own => return None,
            Self::Vim => VIM,
            Self::Emacs => EMACS,
        };
        table.iter().find(|(name, _)| *name == action).map(|(_, keys)| *keys)
    }
}
