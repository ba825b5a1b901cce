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
    // Even here nobody is to take this for what people said.
    let sign = if area.width >= 12 { format!(" {}", screen.tongue.say("simulation-brief")) } else { String::new() };
    let room = area.width.saturating_sub(cells(&label) + cells(&sign));
    let x = put(buffer, area.x, area.y, &label, area.width.saturating_sub(cells(&sign)), look.theme.style(Role::Accent));
    // The newest words matter most.
    let mut from = last;
    while cells(from) > room {
        let Some(c) = from.chars().next() else { break };
        from = &from[c.len_utf8()..];
    }
    put(buffer, x, area.y, from, room, look.theme.style(Role::Text));
    put(buffer, area.right().saturating_sub(cells(&sign)), area.y, &sign, cells(&sign), look.theme.style(Role::Simulation));
    if area.height > 1 {
        put(buffer, area.x, area.y + 1, screen.tongue.say("larger-window"), area.width, look.theme.style(Role::Dim));
    }
}
