//! Who sits: a card for each side by side, or, where there is no room for that, a line for each and the focused one's card.

use ratatui::{
    buffer::Buffer,
    layout::Rect,
    style::{Modifier, Style},
    widgets::{Block, BorderType, Widget},
};

use super::Look;
use crate::tui::{
    casting::state::Seat,
    theme::Role,
    view::{put, put_all, tint},
    wrap::{Setting, Tone, cells, wrap},
};

pub fn draw(look: Look<'_>, buffer: &mut Buffer) {
    let table = look.table;
    let side_by_side = table.rooms.card.height == 0;
    for (n, (seat, area)) in table.seats.iter().zip(&table.rooms.seats).enumerate() {
        if side_by_side {
            card(look, n, seat, *area, buffer);
        } else {
            line(look, n, seat, *area, buffer);
        }
    }
    if let Some(seat) = table.seats.get(table.at).filter(|_| !side_by_side) {
        card(look, table.at, seat, table.rooms.card, buffer);
    }
}

fn own(look: Look<'_>, n: usize) -> Style {
    look.theme.expert(u16::try_from(n).unwrap_or(0)).add_modifier(Modifier::BOLD)
}

/// What stands beside a name: that it is locked, or that the card is not there yet.
fn mark(look: Look<'_>, seat: &Seat) -> &'static str {
    match (seat.locked, seat.waiting) {
        (true, _) => look.say("cast-is-locked"),
        (false, true) => "…",
        (false, false) => "",
    }
}

fn line(look: Look<'_>, n: usize, seat: &Seat, area: Rect, buffer: &mut Buffer) {
    if area.height == 0 {
        return;
    }
    let (theme, here) = (look.theme, look.table.at == n);
    if here {
        tint(buffer, area, theme.selected());
        put(buffer, area.x, area.y, "▌", 1, theme.style(Role::Accent));
    }
    let mark = mark(look, seat);
    put(buffer, area.right().saturating_sub(cells(mark) + 1), area.y, mark, cells(mark), theme.style(Role::Good));
    let pieces = [
        (format!("{} ", n + 1), theme.style(Role::Dim)),
        (seat.expert.label.to_string(), own(look, n)),
        (format!("  {}", sees(look, seat)), theme.style(Role::Dim)),
    ];
    put_all(buffer, area.x + 1, area.y, area.width.saturating_sub(cells(mark) + 3), &pieces);
}

/// What they see, where the sheet says it; else what for they are here.
fn sees(look: Look<'_>, seat: &Seat) -> String {
    let one = seat.candidate.and_then(|c| look.table.sheet.get(c));
    one.map_or_else(|| seat.expert.role.to_string(), |c| c.sees.to_string())
}

fn card(look: Look<'_>, n: usize, seat: &Seat, area: Rect, buffer: &mut Buffer) {
    if area.height < 3 || area.width < 12 {
        return;
    }
    let (theme, here) = (look.theme, look.table.at == n);
    let frame = if here { theme.style(Role::Accent) } else { theme.style(Role::Faint) };
    Block::bordered().border_type(BorderType::Rounded).border_style(frame).render(area, buffer);
    let mark = mark(look, seat);
    let room = area.width.saturating_sub(4);
    put(buffer, area.x + 2, area.y, &format!(" {} {} ", n + 1, seat.expert.label), room, own(look, n));
    if !mark.is_empty() {
        let mark = format!(" {mark} ");
        put(buffer, area.right().saturating_sub(cells(&mark) + 2), area.bottom() - 1, &mark, cells(&mark), theme.style(Role::Good));
    }
    let inner = Rect { x: area.x + 2, y: area.y + 1, width: room, height: area.height - 2 };
    let rows = rows(look, seat, inner.width);
    let most = rows.len().saturating_sub(usize::from(inner.height));
    let from = if here { usize::from(look.table.scroll).min(most) } else { 0 };
    for ((text, style), y) in rows.iter().skip(from).zip(inner.y..inner.bottom()) {
        put(buffer, inner.x, y, text, inner.width, *style);
    }
    if from < most {
        put(buffer, area.x + 2, area.bottom() - 1, " ↓ ", 3, theme.style(Role::Dim));
    }
}

/// A card's rows with their styles.
fn rows(look: Look<'_>, seat: &Seat, width: u16) -> Vec<(String, Style)> {
    let (theme, expert) = (look.theme, &seat.expert);
    let (dim, text) = (theme.style(Role::Dim), theme.style(Role::Text));
    let mut rows = Vec::new();
    let mut add = |lead: &str, body: &str, style: Style| {
        if !body.is_empty() {
            let set = Setting { width: width.max(1), hang: 0, words: true };
            rows.extend(wrap(&[(Tone::default(), format!("{lead}{body}"))], set).iter().map(|row| (row.text(), style)));
        }
    };
    if expert.name.as_str().to_uppercase() != expert.label.as_str() {
        add("", expert.name.as_str(), text.add_modifier(Modifier::BOLD));
    }
    add("", expert.role.as_str(), dim);
    if let Some(one) = seat.candidate.and_then(|c| look.table.sheet.get(c)) {
        add(&format!("{} ", look.say("cast-sees")), one.sees.as_str(), theme.style(Role::Accent));
    }
    add("", expert.bias.as_str(), text);
    add(&format!("{} ", look.say("sheet-voice")), expert.voice.as_str(), dim);
    for line in &expert.samples {
        add("› ", line.as_str(), text.add_modifier(Modifier::ITALIC));
    }
    if seat.waiting {
        add("", &format!("… {}", look.say("cast-card-written")), dim);
    }
    rows
}
