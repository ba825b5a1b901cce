//! Takes side by side; one at a time where the screen is narrow.

use ratatui::{
    buffer::Buffer,
    layout::{Position, Rect},
    style::Modifier,
};

use super::{Look, dialog, put, tint};
use crate::{
    debate::Ended,
    room::Activity,
    tui::{
        state::side::SideBySide,
        theme::Role,
        tongue::phrase,
        wrap::{Setting, Tone, clip, wrap},
    },
};

/// Cells that a take needs to be read beside others.
const LEAST: u16 = 24;

/// Draws them over the panes.
pub fn draw(look: Look<'_>, side: &SideBySide, area: Rect, buffer: &mut Buffer) -> Option<Position> {
    let count = u16::try_from(side.count).unwrap_or(1).max(1);
    let keys = look.say(if area.width >= 60 { "takes-keys" } else { "takes-keys-brief" });
    let label = look.screen.debate.turn(side.of).map(|t| t.label.clone()).unwrap_or_default();
    let title = phrase!(look.screen.tongue, "takes-title", id = side.of, label = label);
    let inner = dialog::frame(look, area, (area.width, area.height.saturating_sub(2)), &title, keys, buffer);
    if inner.height < 3 || inner.width < 8 {
        return None;
    }
    let (mut columns, said) = (inner, look.screen.debate.problem());
    if let Some(problem) = said {
        columns.height -= 1;
        put(
            buffer,
            inner.x,
            inner.bottom() - 1,
            &format!("! {}", look.screen.tongue.heard(problem.as_str())),
            inner.width,
            look.theme.style(Role::Warn),
        );
    }
    let each = columns.width / count;
    if each >= LEAST {
        for n in 0..side.count {
            let x = columns.x + each * u16::try_from(n).unwrap_or(0);
            let last = n + 1 == side.count;
            let width = if last { columns.right().saturating_sub(x) } else { each - 2 };
            take(look, side, n, Rect { x, width, ..columns }, buffer);
        }
    } else {
        take(look, side, side.at, columns, buffer);
    }
    None
}

fn take(look: Look<'_>, side: &SideBySide, n: usize, area: Rect, buffer: &mut Buffer) {
    let (theme, debate) = (look.theme, &look.screen.debate);
    let here = n == side.at;
    let head = Rect { height: 1, ..area };
    if here {
        tint(buffer, head, theme.selected());
    }
    let turn = side.takes.get(n).and_then(|(branch, id)| Some((branch, debate.turn(*id)?)));
    let over = look.screen.status.activity == Activity::Choosing;
    let told = |id| format!(" · {}", look.say(id));
    let mark = match turn.map(|(_, t)| t.ended) {
        None if over => told("turn-failed"),
        None => " …".to_owned(),
        Some(None) => " ▍".to_owned(),
        Some(Some(Ended::Done)) => String::new(),
        Some(Some(Ended::Cut)) => told("turn-cut"),
        Some(Some(Ended::Failed)) => told("turn-broke-off"),
    };
    let style = if here { theme.style(Role::Accent).add_modifier(Modifier::BOLD) } else { theme.style(Role::Dim) };
    let name = turn.map_or_else(String::new, |(branch, t)| format!(" #{} {branch}", t.id));
    let sign = if here { "▌" } else { " " };
    let head_text = format!("{sign}{}{}{mark}", n + 1, clip(&name, area.width.saturating_sub(4)));
    put(buffer, head.x, head.y, &head_text, area.width, style);
    let Some((_, turn)) = turn else { return };
    let room = Rect { y: area.y + 1, height: area.height.saturating_sub(1), ..area };
    let text = [(Tone::default(), turn.said().to_owned())];
    let rows = wrap(&text, Setting { width: room.width.saturating_sub(1).max(1), hang: 0, words: true });
    let visible = usize::from(room.height);
    let end = rows.len().saturating_sub(if here { usize::from(side.back) } else { 0 }).max(visible.min(rows.len()));
    let from = end.saturating_sub(visible);
    for (y, row) in (room.y..room.bottom()).zip(&rows[from..end]) {
        put(buffer, room.x + 1, y, &row.text(), room.width.saturating_sub(1), theme.style(Role::Text));
    }
}
