//! What the keys do, by what they are for.

use ratatui::{
    buffer::Buffer,
    layout::{Position, Rect},
    style::{Modifier, Style},
};

use super::{Look, dialog, put};
use crate::tui::{
    keys::{ENTRIES, Entry, Group, Intent},
    theme::Role,
    wrap::cells,
};

/// Draws all keys, in one column or two.
pub fn draw(look: Look<'_>, scroll: u16, area: Rect, buffer: &mut Buffer) -> Option<Position> {
    let (lines, tongue) = (lines(look), look.screen.tongue);
    let columns = if area.width >= 96 { 2 } else { 1 };
    let rows = lines.len().div_ceil(columns);
    let height = u16::try_from(rows).unwrap_or(u16::MAX).saturating_add(2).min(area.height.saturating_sub(2));
    let width = if columns == 2 { 104 } else { 58 };
    let inner = dialog::frame(look, area, (width, height), tongue.say("keys-title"), tongue.say("keys-foot"), buffer);
    let most = rows.saturating_sub(usize::from(inner.height));
    let from = usize::from(scroll).min(most);
    let each = inner.width / u16::try_from(columns).unwrap_or(1);
    for column in 0..columns {
        let x = inner.x + each * u16::try_from(column).unwrap_or(0);
        let part = lines.iter().skip(column * rows).take(rows).skip(from);
        for (y, line) in (inner.y..inner.bottom()).zip(part) {
            let mut at = x + 10u16.saturating_sub(cells(&line.0)).min(10);
            at = put(buffer, at, y, &line.0, (x + each).saturating_sub(at), line.2);
            let at = at.max(x + 12);
            put(buffer, at.min(x + 12 + u16::from(line.0.is_empty())), y, &line.1, (x + each).saturating_sub(at + 1), line.3);
        }
    }
    None
}

/// Keys, what they do, and the styles of both.
fn lines(look: Look<'_>) -> Vec<(String, String, Style, Style)> {
    let (theme, tongue) = (look.theme, look.screen.tongue);
    let (key, text) = (theme.style(Role::Accent).add_modifier(Modifier::BOLD), theme.style(Role::Text));
    let title = theme.style(Role::Title).add_modifier(Modifier::BOLD);
    let mut lines = Vec::new();
    for group in Group::ALL {
        if !lines.is_empty() {
            lines.push((String::new(), String::new(), text, text));
        }
        lines.push((String::new(), group.title(tongue).to_owned(), text, title));
        let shown = |intent| !matches!(intent, Intent::Pane(2..)) && look.screen.rights.allow(intent);
        for entry in ENTRIES.iter().filter(|e| e.group == group && shown(e.intent)) {
            let (keys, does) = named(look, entry);
            lines.push((keys, does, key, text));
        }
    }
    lines.push((tongue.say("keys-drag").to_owned(), tongue.say("keys-drag-does").to_owned(), key, text));
    lines.push(("^c".to_owned(), tongue.say("keys-interrupt").to_owned(), key, text));
    lines
}

fn named(look: Look<'_>, entry: &Entry) -> (String, String) {
    if entry.intent == Intent::Pane(1) {
        return ("1-8".to_owned(), look.screen.tongue.say("keys-panes").to_owned());
    }
    let mut keys = look.screen.keys.all(entry.intent);
    keys.truncate(2);
    (keys.join(" "), entry.does(look.screen.tongue).to_owned())
}
