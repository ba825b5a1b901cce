//! The line in which one speaks.

use ratatui::{
    buffer::Buffer,
    layout::{Position, Rect},
    style::Modifier,
    widgets::{Block, BorderType, Clear, Widget},
};

use super::{Look, paper, put, tint};
use crate::tui::{
    state::line::Becomes,
    theme::Role,
    tongue::phrase,
    wrap::{cells, clip},
};

/// Draws the line; gives where the cursor is.
pub fn draw(look: Look<'_>, area: Rect, buffer: &mut Buffer) -> Option<Position> {
    if area.height == 0 || area.width < 6 {
        return None;
    }
    let (screen, line) = (look.screen, &look.screen.line);
    Clear.render(area, buffer);
    tint(buffer, area, paper(look));
    let (role, title, hint) = match line.becomes {
        Becomes::Speech => (Role::Audience, "line-say", "line-say-hint"),
        Becomes::Question => (Role::Audience, "line-ask", "line-ask-hint"),
        Becomes::Objection => (Role::Audience, "line-object", "line-object-hint"),
        Becomes::Fact => (Role::Audience, "line-card", "line-card-hint"),
        Becomes::Note => (Role::Stage, "line-note", "line-note-hint"),
    };
    let (style, tongue) = (look.theme.style(role), screen.tongue);
    let mut text = area;
    if area.height >= 3 {
        Block::bordered().border_type(BorderType::Rounded).border_style(style).render(area, buffer);
        let title = match line.addressee(screen.debate.cast()) {
            Some(label) if line.becomes == Becomes::Speech => phrase!(tongue, "line-say-to", label = label),
            Some(label) if line.becomes == Becomes::Question => phrase!(tongue, "line-ask-one", label = label),
            Some(label) => phrase!(tongue, "line-object-to", label = label),
            None => tongue.say(title).to_owned(),
        };
        let x = put(buffer, area.x + 2, area.y, &format!(" {title} "), area.width - 4, style);
        let found = line.completions(screen.debate.cast());
        if !found.is_empty() {
            let offer = format!(" tab {} ", found.join(" "));
            let room = area.right().saturating_sub(x + 3);
            let offer = clip(&offer, room);
            put(buffer, area.right() - 2 - cells(&offer), area.y, &offer, room, look.theme.style(Role::Dim));
        }
        let below = match line.rewrite(&screen.debate) {
            Some(rewrite) => format!(" {} ", phrase!(tongue, "line-rewrite", heard = rewrite.heard, instead = rewrite.instead)),
            None => format!(" {} ", tongue.say("line-becomes")),
        };
        let room = area.width - 4;
        put(buffer, area.x + 2, area.bottom() - 1, &clip(&below, room), room, look.theme.style(Role::Dim));
        text = Rect { x: area.x + 1, y: area.y + 1, width: area.width - 2, height: area.height - 2 };
    }
    put(buffer, text.x, text.y, "›", 1, style);
    let field = Rect { x: text.x + 2, width: text.width.saturating_sub(3), ..text };
    if line.field.text().is_empty() {
        put(buffer, field.x + 1, field.y, tongue.say(hint), field.width.saturating_sub(1), look.theme.style(Role::Dim));
        return Some(Position::new(field.x, field.y));
    }
    line.field.area().render(field, buffer);
    line.chips().for_each(|chip| dress(look, chip, field, buffer));
    let (x, y) = line.field.cursor();
    Some(Position::new(field.x + x.min(field.width.saturating_sub(1)), field.y + y.min(field.height.saturating_sub(1))))
}

/// Makes a chip look like one thing, where it stands on one row.
fn dress(look: Look<'_>, chip: &str, area: Rect, buffer: &mut Buffer) {
    for y in area.rows().map(|r| r.y) {
        let (mut row, mut places) = (String::new(), Vec::new());
        for x in area.x..area.right() {
            places.push((row.len(), x));
            row.push_str(buffer.cell((x, y)).map_or(" ", |c| c.symbol()));
        }
        for (at, found) in row.match_indices(chip) {
            if let Some((_, x)) = places.iter().find(|(from, _)| *from == at) {
                let rect = Rect { x: *x, y, width: cells(found), height: 1 };
                tint(buffer, rect, look.theme.style(Role::Accent).add_modifier(Modifier::BOLD));
            }
        }
    }
}
