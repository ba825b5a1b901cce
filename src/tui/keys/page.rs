//! `docs/keys.md`, made from the table of keys: `AGON_BLESS=1 cargo test docs_keys` writes it.

use std::fmt::Write as _;

use super::{ENTRIES, Group, Keymap, Preset};
use crate::tui::Tongue;

const HEAD: &str = "# Keys

Made from the program's own table. `?` shows the same for where you are, with your own keys; `:` finds any action by its name. The keys of the mouse: click to
focus, wheel to scroll, drag to select and copy.

Ctrl-C always stops what is being written and, a second time, leaves; it can't be given away. In a line that is typed, Enter sends, Alt-Enter breaks the line,
Esc puts it away and keeps what was typed, Shift-Tab turns it into a question, an objection, a card or a stage direction.
";

const TAIL: &str = "
## Keys of your own

```toml
# config.toml
keymap = \"vim\"               # the keys to start from: agon, vim or emacs

[keys]
interject = [\"i\", \"enter\"]   # all the keys of an action, by its name above
pause = \"ctrl-space\"
```

A key that two actions ask for stays with the first, and the room says so. An action without any key is still found in the palette. What is saved holds at once in an open
room.
";

fn page() -> String {
    let maps: Vec<(&str, Keymap)> =
        Preset::NAMES.iter().map(|(name, preset)| (*name, Keymap::with(*preset, &Default::default()).0)).collect();
    let (_, own) = &maps[0];
    let keys =
        |map: &Keymap, intent| map.all(intent).iter().map(|key| format!("`{}`", key.replace('|', "\\|"))).collect::<Vec<_>>().join(" ");
    let mut page = HEAD.to_owned();
    for group in Group::ALL {
        let _ = write!(page, "\n## {}\n\n| keys | name | does |\n|---|---|---|\n", group.title(Tongue::English));
        for entry in ENTRIES.iter().filter(|e| e.group == group) {
            let _ = writeln!(page, "| {} | `{}` | {} |", keys(own, entry.intent), entry.name, entry.does(Tongue::English));
        }
    }
    for (name, map) in &maps[1..] {
        let _ = write!(page, "\n## Where `{name}` differs\n\n| keys | name |\n|---|---|\n");
        for entry in ENTRIES.iter().filter(|e| map.all(e.intent) != own.all(e.intent)) {
            let _ = writeln!(page, "| {} | `{}` |", keys(map, entry.intent), entry.name);
        }
    }
    page + TAIL
}

mod tests;
