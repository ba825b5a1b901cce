//! How far the format is: its phases in one line, the one under way lit, with how much of it is done; at the right the last numbers.

use std::borrow::Cow;

use ratatui::{buffer::Buffer, layout::Rect, style::Modifier};

use super::{Look, put};
use crate::{
    export::plot,
    room::director::{self, Progress},
    tui::{theme::Role, wrap::cells},
};

/// Between two phases.
const GAP: &str = " ▸ ";
/// Cells of the plot, and fewest cells of a line that has one.
const PLOT: usize = 13;
const PLOT_MIN: u16 = 72;

/// Draws the line.
pub fn draw(look: Look<'_>, area: Rect, buffer: &mut Buffer) {
    let Some(progress) = director::progress(&look.screen.debate).filter(|_| !area.is_empty()) else { return };
    let names = names(look, &progress);
    let right = area.right().saturating_sub(1);
    let right = if area.width >= PLOT_MIN { estimates(look, Rect { width: right - area.x, ..area }, buffer) } else { right };
    let room = right.saturating_sub(area.x + 1);
    let (dim, faint) = (look.theme.style(Role::Dim), look.theme.style(Role::Faint));
    let lit = look.theme.style(Role::Accent).add_modifier(Modifier::BOLD);
    let now = progress.phase.unwrap_or(0);
    let title = look.screen.debate.format().map(|f| format!("{}  ", f.name)).unwrap_or_default();
    let wide = |from: usize, to: usize| {
        let between = names[from..to].iter().map(|n| cells(n) + cells(GAP)).sum::<u16>();
        let cut = u16::from(from > 0) + u16::from(to < names.len());
        between.saturating_sub(cells(GAP)) + cut * (cells(GAP) + 1)
    };
    // What is past goes first, then what is far ahead; where even the phase under way has no room beside others, its number stands for the rest.
    let (mut from, mut to) = (0, names.len());
    let titled = wide(from, to) + cells(&title) <= room;
    while wide(from, to) > room && from < now {
        from += 1;
    }
    while wide(from, to) > room && to > now + 1 {
        to -= 1;
    }
    let mut x = area.x + 1;
    if wide(from, to) > room {
        let place = format!("{}/{} ", now + 1, names.len());
        x = put(buffer, x, area.y, &place, room, dim);
        put(buffer, x, area.y, &names[now], right.saturating_sub(x), lit);
        return;
    }
    if titled {
        x = put(buffer, x, area.y, &title, room, dim);
    }
    if from > 0 {
        x = put(buffer, x, area.y, &format!("…{GAP}"), room, faint);
    }
    for (n, name) in names.iter().enumerate().take(to).skip(from) {
        let style = match (n.cmp(&now), progress.over || progress.phase.is_none()) {
            (std::cmp::Ordering::Equal, false) => lit,
            (std::cmp::Ordering::Less, _) | (std::cmp::Ordering::Equal, true) => dim,
            (std::cmp::Ordering::Greater, _) => faint,
        };
        x = put(buffer, x, area.y, name, right.saturating_sub(x), style);
        if n + 1 < names.len() {
            x = put(buffer, x, area.y, GAP, right.saturating_sub(x), faint);
        }
    }
    if to < names.len() {
        put(buffer, x, area.y, "…", 1, faint);
    }
}

/// The names of the phases, the one under way with what is done of it.
fn names(look: Look<'_>, progress: &Progress) -> Vec<String> {
    let phases = look.screen.debate.format().map(|f| f.phases.as_slice()).unwrap_or_default();
    let tongue = look.screen.tongue;
    let one = |(n, name): (usize, Cow<'_, str>)| match (progress.phase == Some(n), progress.of) {
        (true, Some(of)) => format!("{name} {}/{of}", progress.done),
        (true, None) => format!("{name} {}", progress.done),
        (false, _) => name.into_owned(),
    };
    phases.iter().map(|p| tongue.heard(p.name.as_str())).enumerate().map(one).collect()
}

/// The numbers that were given last, as a plot; gives where it begins.
fn estimates(look: Look<'_>, area: Rect, buffer: &mut Buffer) -> u16 {
    let debate = &look.screen.debate;
    let Some(spread) = debate.last_spread() else { return area.right() };
    let text = plot::line(&spread, PLOT);
    let x = area.right().saturating_sub(cells(&text));
    put(buffer, x, area.y, &text, cells(&text), look.theme.style(Role::Good));
    x.saturating_sub(2)
}

#[cfg(test)]
mod tests;
