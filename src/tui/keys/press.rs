//! A key with its modifiers, as it is written in settings and shown on the screen.

use std::fmt;

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

/// A key with its modifiers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Press {
    code: KeyCode,
    ctrl: bool,
    alt: bool,
    shift: bool,
}

/// Keys that have a name.
const NAMED: [(&str, KeyCode, &str); 13] = [
    ("enter", KeyCode::Enter, "enter"),
    ("esc", KeyCode::Esc, "esc"),
    ("tab", KeyCode::Tab, "tab"),
    ("space", KeyCode::Char(' '), "space"),
    ("backspace", KeyCode::Backspace, "backspace"),
    ("delete", KeyCode::Delete, "del"),
    ("up", KeyCode::Up, "↑"),
    ("down", KeyCode::Down, "↓"),
    ("left", KeyCode::Left, "←"),
    ("right", KeyCode::Right, "→"),
    ("home", KeyCode::Home, "home"),
    ("end", KeyCode::End, "end"),
    ("pageup", KeyCode::PageUp, "pgup"),
];

impl Press {
    /// The key of an event. Shift is part of a character already, and of nothing that has no other sign of it.
    pub fn of(event: KeyEvent) -> Self {
        let has = |m| event.modifiers.contains(m);
        let (code, shift) = match event.code {
            KeyCode::BackTab => (KeyCode::Tab, true),
            // With the kitty protocol, shift comes beside a small letter.
            KeyCode::Char(c) if has(KeyModifiers::SHIFT) && c.is_lowercase() => {
                (KeyCode::Char(c.to_uppercase().next().unwrap_or(c)), false)
            }
            KeyCode::Char(c) => (KeyCode::Char(c), false),
            other => (other, has(KeyModifiers::SHIFT)),
        };
        Self { code, ctrl: has(KeyModifiers::CONTROL), alt: has(KeyModifiers::ALT), shift }
    }

    /// Reads `x`, `X`, `space`, `ctrl-p`, `alt-enter`, `shift-tab`, `f1`.
    pub fn parse(text: &str) -> Option<Self> {
        let mut press = Self { code: KeyCode::Null, ctrl: false, alt: false, shift: false };
        let mut rest = text;
        loop {
            if let Some(r) = rest.strip_prefix("ctrl-").filter(|r| !r.is_empty()) {
                (press.ctrl, rest) = (true, r);
            } else if let Some(r) = rest.strip_prefix("alt-").filter(|r| !r.is_empty()) {
                (press.alt, rest) = (true, r);
            } else if let Some(r) = rest.strip_prefix("shift-").filter(|r| !r.is_empty()) {
                (press.shift, rest) = (true, r);
            } else {
                break;
            }
        }
        press.code = if let Some((_, code, _)) = NAMED.iter().find(|(name, ..)| *name == rest) {
            *code
        } else if rest == "pagedown" {
            KeyCode::PageDown
        } else if let Some(n) = rest.strip_prefix('f').and_then(|n| n.parse::<u8>().ok()).filter(|n| (1..=24).contains(n)) {
            KeyCode::F(n)
        } else {
            let mut chars = rest.chars();
            let c = chars.next().filter(|c| !c.is_control())?;
            if chars.next().is_some() {
                return None;
            }
            KeyCode::Char(if press.shift { c.to_uppercase().next().unwrap_or(c) } else { c })
        };
        if matches!(press.code, KeyCode::Char(_)) {
            press.shift = false;
        }
        Some(press)
    }

    /// Keys that always mean the same: Ctrl-C.
    pub fn is_reserved(self) -> bool {
        self.ctrl && self.code == KeyCode::Char('c')
    }

    /// The key as the screen shows it.
    pub fn shown(&self) -> String {
        let named = NAMED.iter().find(|(_, code, _)| *code == self.code).map(|(_, _, shown)| (*shown).to_owned());
        let key = named.unwrap_or_else(|| match self.code {
            KeyCode::Char(c) => c.to_string(),
            KeyCode::F(n) => format!("f{n}"),
            KeyCode::PageDown => "pgdn".to_owned(),
            _ => "?".to_owned(),
        });
        let shift = if self.shift { "⇧" } else { "" };
        format!("{}{}{shift}{key}", if self.ctrl { "^" } else { "" }, if self.alt { "alt-" } else { "" })
    }
}

impl fmt::Display for Press {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.shown())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_found_again_as_it_is_written() {
        let event = |code, mods| Press::of(KeyEvent::new(code, mods));
        for (text, code, mods) in [
            ("x", KeyCode::Char('x'), KeyModifiers::NONE),
            ("X", KeyCode::Char('X'), KeyModifiers::SHIFT),
            ("X", KeyCode::Char('x'), KeyModifiers::SHIFT),
            ("ctrl-p", KeyCode::Char('p'), KeyModifiers::CONTROL),
            ("shift-tab", KeyCode::BackTab, KeyModifiers::SHIFT),
            ("alt-enter", KeyCode::Enter, KeyModifiers::ALT),
            ("space", KeyCode::Char(' '), KeyModifiers::NONE),
            ("-", KeyCode::Char('-'), KeyModifiers::NONE),
            ("f12", KeyCode::F(12), KeyModifiers::NONE),
            ("@", KeyCode::Char('@'), KeyModifiers::SHIFT),
        ] {
            assert_eq!(Press::parse(text), Some(event(code, mods)), "{text}");
        }
        assert_eq!(Press::parse("meta-x"), None);
        assert_eq!(Press::parse(""), None);
    }
}
