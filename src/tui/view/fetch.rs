//! Weights on their way: a bar with an estimate.

use ratatui::{
    buffer::Buffer,
    layout::{Position, Rect},
};

use super::{Look, dialog, put};
use crate::tui::{
    state::Fetching,
    theme::{Role, Theme},
    tongue::{Tongue, phrase},
    wrap::cells,
};

/// Draws the box.
pub fn draw(look: Look<'_>, area: Rect, buffer: &mut Buffer) -> Option<Position> {
    let fetching = look.screen.fetching.as_ref()?;
    let width = area.width.saturating_sub(6).clamp(30, 64);
    let keys = look.say(if width >= 44 { "fetch-keys" } else { "fetch-keys-brief" });
    let inner = dialog::frame(look, area, (width, 5), &fetching.model, keys, buffer);
    bar((look.theme, look.screen.tongue), fetching, inner, buffer);
    if inner.height > 2 {
        put(buffer, inner.x, inner.y + 2, look.say("fetch-meanwhile"), inner.width, look.theme.style(Role::Dim));
    }
    None
}

/// Draws how far it is in two lines: a bar, and numbers.
pub fn bar((theme, tongue): (&Theme, Tongue), fetching: &Fetching, area: Rect, buffer: &mut Buffer) {
    if area.height == 0 {
        return;
    }
    let percent = format!(" {:>3} %", fetching.percent());
    let room = area.width.saturating_sub(cells(&percent));
    let filled = u16::try_from(u64::from(room) * fetching.percent() / 100).unwrap_or(room).min(room);
    let x = put(buffer, area.x, area.y, &"█".repeat(usize::from(filled)), room, theme.style(Role::Accent));
    let x = put(buffer, x, area.y, &"░".repeat(usize::from(room - filled)), room, theme.style(Role::Faint));
    put(buffer, x, area.y, &percent, cells(&percent), theme.style(Role::Text));
    if area.height > 1 {
        let (doing, numbers) = (tongue.heard(fetching.doing), numbers(tongue, fetching));
        let whole = if numbers.is_empty() { doing.into_owned() } else { format!("{doing} · {numbers}") };
        // Where there is no room for both, how much and how long says more.
        let text = if cells(&whole) <= area.width { whole } else { numbers };
        put(buffer, area.x, area.y + 1, &text, area.width, theme.style(Role::Text));
    }
}

/// `120 of 292 MB · 14 s left`.
fn numbers(tongue: Tongue, fetching: &Fetching) -> String {
    if fetching.total == 0 {
        return String::new();
    }
    let much = phrase!(tongue, "fetch-much", done = fetching.done / 1_000_000, total = fetching.total / 1_000_000);
    match fetching.left() {
        Some(s) if s >= 100 => format!("{much} · {}", phrase!(tongue, "fetch-minutes-left", n = s.div_ceil(60))),
        Some(s) => format!("{much} · {}", phrase!(tongue, "fetch-seconds-left", n = s)),
        None => much,
    }
}
