//! What is to be told, above the footer: it stays until it was read.

use ratatui::{buffer::Buffer, layout::Rect};

use super::{Look, put};
use crate::{
    room::Activity,
    tui::{
        keys::Intent,
        state::Weight,
        theme::Role,
        tongue::phrase,
        wrap::{Setting, Tone, wrap},
    },
};

/// Draws the newest notice, else the room's problem, else why it stands still.
pub fn draw(look: Look<'_>, area: Rect, buffer: &mut Buffer) {
    let (screen, tongue) = (look.screen, look.screen.tongue);
    let Some(mut text) = screen.told().filter(|_| area.height > 0) else { return };
    let (sign, role) = match screen.notices.last() {
        Some(notice) => match notice.weight {
            Weight::Good => ("✓", Role::Good),
            Weight::Warn => ("!", Role::Warn),
            Weight::Bad => ("✗", Role::Bad),
        },
        None if screen.debate.problem().is_some() => {
            if let Activity::Retrying { at } = screen.status.activity {
                text.push_str(&format!(" · {}", phrase!(tongue, "told-again", n = at.saturating_sub(screen.now).div_ceil(1000))));
            }
            ("✗", Role::Bad)
        }
        None if screen.hint().as_ref() == Some(&text) => ("☞", Role::Accent),
        None => {
            if let Some(key) = screen.keys.key(Intent::Pause).filter(|_| !screen.is_finished()) {
                text.push_str(&format!(" · {}", phrase!(tongue, "told-goes-on", key = key)));
            }
            ("‖", Role::Warn)
        }
    };
    let style = look.theme.style(role);
    put(buffer, area.x + 1, area.y, sign, 1, style);
    let rows = wrap(&[(Tone::default(), text)], Setting { width: area.width.saturating_sub(4).max(1), hang: 0, words: true });
    for (n, (y, row)) in (area.y..area.bottom()).zip(&rows).enumerate() {
        let more = usize::from(area.height) == n + 1 && rows.len() > n + 1;
        let text = if more { format!("{} …", row.text()) } else { row.text() };
        put(buffer, area.x + 3, y, &text, area.width.saturating_sub(3), style);
    }
}
