//! A box over the room.

use ratatui::{
    buffer::Buffer,
    layout::Rect,
    style::{Modifier, Style},
    widgets::{Block, BorderType, Clear, Widget},
};

use super::{Look, paper, put, tint};
use crate::tui::{
    theme::{Role, Theme},
    wrap::cells,
};

/// Draws an empty box of at most this size in the middle of an area. Gives the room inside, which may be nothing.
pub fn frame(look: Look<'_>, area: Rect, size: (u16, u16), title: &str, keys: &str, buffer: &mut Buffer) -> Rect {
    boxed((look.theme, paper(look)), area, size, title, keys, buffer)
}

/// The same with a theme and what lies under everything.
pub fn boxed((theme, paper): (&Theme, Style), area: Rect, size: (u16, u16), title: &str, keys: &str, buffer: &mut Buffer) -> Rect {
    let outer = centred(area, size);
    clear(outer, buffer);
    tint(buffer, outer, paper);
    if outer.width < 10 || outer.height < 3 {
        return outer;
    }
    Block::bordered().border_type(BorderType::Rounded).border_style(theme.style(Role::Accent)).render(outer, buffer);
    let room = outer.width.saturating_sub(4);
    let style = theme.style(Role::Title).add_modifier(Modifier::BOLD);
    put(buffer, outer.x + 2, outer.y, &format!(" {} ", crate::tui::wrap::clip(title, room.saturating_sub(2))), room, style);
    let keys = format!(" {keys} ");
    if cells(&keys) <= room {
        let x = outer.right() - 2 - cells(&keys);
        put(buffer, x, outer.bottom() - 1, &keys, room, theme.style(Role::Dim));
    }
    Rect { x: outer.x + 2, y: outer.y + 1, width: outer.width - 4, height: outer.height - 2 }
}

fn centred(area: Rect, (width, height): (u16, u16)) -> Rect {
    let (width, height) = (width.min(area.width), height.min(area.height));
    Rect { x: area.x + (area.width - width) / 2, y: area.y + (area.height - height) / 2, width, height }
}

/// Empties an area. A wide character that reaches into it from the left goes whole.
fn clear(area: Rect, buffer: &mut Buffer) {
    if let Some(x) = area.x.checked_sub(1) {
        for y in area.rows().map(|r| r.y) {
            if let Some(cell) = buffer.cell_mut((x, y)).filter(|c| cells(c.symbol()) > 1) {
                cell.set_symbol(" ");
            }
        }
    }
    Clear.render(area, buffer);
}
