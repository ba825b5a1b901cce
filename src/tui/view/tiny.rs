//! A terminal too small for anything: one line that can still be read.

use ratatui::{buffer::Buffer, layout::Rect};

use super::{Look, put};
use crate::tui::{theme::Role, wrap::cells};

/// The end of what is being said, after who says it.
pub fn draw(look: Look<'_>, area: Rect, buffer: &mut Buffer) {
    let screen = look.screen;
    let head = screen.debate.head();
    let (who, said) = head.map_or(("agon", screen.debate.topic()), |t| (t.label.as_str(), t.said()));
    let last = said.lines().last().unwrap_or_default();
    let label = format!("{who}: ");
    let room = area.width.saturating_sub(cells(&label));
    let x = put(buffer, area.x, area.y, &label, area.width, look.theme.style(Role::Accent));
    // The newest words matter most.
    let mut from = last;
    while cells(from) > room {
        let Some(c) = from.chars().next() else { break };
        from = &from[c.len_utf8()..];
    }
    put(buffer, x, area.y, from, room, look.theme.style(Role::Text));
    if area.height > 1 {
        put(buffer, area.x, area.y + 1, "SIMULATION · too small", area.width, look.theme.style(Role::Dim));
    }
}
