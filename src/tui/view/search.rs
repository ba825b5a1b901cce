//! What is looked for, and how much of it there is.

use ratatui::{
    buffer::Buffer,
    layout::{Position, Rect},
    style::{Modifier, Style},
    widgets::Widget,
};
use unicode_segmentation::UnicodeSegmentation;

use super::{Look, paper, put, tint};
use crate::tui::{
    state::{Layer, search::Search},
    theme::Role,
    tongue::phrase,
    wrap::{Row, cells},
};

/// Draws the line; gives where the cursor is while one types.
pub fn draw(look: Look<'_>, area: Rect, buffer: &mut Buffer) -> Option<Position> {
    let search = look.screen.search.as_ref().filter(|_| area.height > 0)?;
    let typing = matches!(look.screen.layers.last(), Some(Layer::Search));
    tint(buffer, area, paper(look));
    let (accent, dim) = (look.theme.style(Role::Accent), look.theme.style(Role::Dim));
    let blank = search.field.is_blank();
    let (count, style) = match search.hits.len() {
        _ if blank => (String::new(), dim),
        0 => (look.say("search-nothing").to_owned(), look.theme.style(Role::Warn)),
        n => (phrase!(look.screen.tongue, "n-of", n = search.at + 1, of = n), accent),
    };
    let (all, this) = (look.say("search-all"), look.say("search-this"));
    let (place, other) = if search.whole_tree { (all, this) } else { (this, all) };
    let hint = match (typing, area.width >= 64) {
        (true, true) => format!(" · {place} (tab: {other})"),
        (true, false) => format!(" · {place} (tab)"),
        (false, _) => format!(" · {place}"),
    };
    let right = area.right().saturating_sub(cells(&count) + cells(&hint) + 1);
    let x = put(buffer, right, area.y, &count, area.right() - right, style);
    put(buffer, x, area.y, &hint, area.right().saturating_sub(x), dim);
    put(buffer, area.x + 1, area.y, "/", 1, accent.add_modifier(Modifier::BOLD));
    let field = Rect { x: area.x + 3, y: area.y, width: right.saturating_sub(area.x + 4).max(1), height: 1 };
    if blank && typing {
        put(buffer, field.x + 1, area.y, look.say("search-hint"), field.width, dim);
    } else {
        search.field.area().render(field, buffer);
    }
    let (x, _) = search.field.cursor();
    typing.then(|| Position::new(field.x + x.min(field.width.saturating_sub(1)), field.y))
}

/// Marks what was found in a row that is drawn already.
pub fn mark(look: Look<'_>, search: &Search, rows: &[Row], n: usize, here: bool, area: Rect, buffer: &mut Buffer) {
    let text = |n: Option<usize>| n.and_then(|n| rows.get(n)).map(Row::text).unwrap_or_default();
    let row = text(Some(n));
    let style = if here {
        look.theme.filled(look.theme.style(Role::Accent))
    } else {
        Style::new().patch(look.theme.style(Role::Accent)).add_modifier(Modifier::BOLD | Modifier::UNDERLINED)
    };
    let (before, after) = (text(n.checked_sub(1)), text(Some(n + 1)));
    let marks = search.marks(before.trim_start(), row.trim_start(), after.trim_start());
    if marks.is_empty() {
        return;
    }
    let indent = row.chars().count() - row.trim_start().chars().count();
    let (mut x, mut at) = (area.x, 0);
    for g in row.graphemes(true) {
        let width = cells(g);
        let place = at;
        at += g.chars().count();
        if marks.iter().any(|(from, to)| place >= from + indent && place < to + indent) {
            tint(buffer, Rect { x, y: area.y, width, height: 1 }, style);
        }
        x += width;
    }
}
