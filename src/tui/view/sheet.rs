//! An expert's fields.

use ratatui::{
    buffer::Buffer,
    layout::{Position, Rect},
    style::{Modifier, Style},
    widgets::Widget,
};

use super::{Look, boxed, paper, put, tint};
use crate::tui::{
    state::sheet::{Part, Seating, Sheet},
    theme::{Role, Theme},
    tongue::{Tongue, phrase},
    wrap::cells,
};

/// Cells of the names at the left, with the sign of the field one types into.
const NAMES: u16 = 10;

/// Draws the fields over the room; gives where the cursor is.
pub fn draw(look: Look<'_>, sheet: &Sheet, area: Rect, buffer: &mut Buffer) -> Option<Position> {
    fields((look.theme, paper(look), look.screen.tongue), sheet, (&title(look, sheet), verdict(look, sheet)), area, buffer)
}

/// Draws the fields under a title, with what enter would do; gives where the cursor is.
pub fn fields(
    (theme, paper, tongue): (&Theme, Style, Tongue),
    sheet: &Sheet,
    (title, (text, role)): (&str, (String, Role)),
    area: Rect,
    buffer: &mut Buffer,
) -> Option<Position> {
    let width = area.width.saturating_sub(6).clamp(36, 84);
    let room = width.saturating_sub(4 + NAMES).max(1);
    let most = area.height.saturating_sub(5).max(1);
    let heights = heights(sheet, room, most);
    let all: u16 = heights.iter().sum();
    let keys = tongue.say(if width >= 60 { "sheet-keys" } else { "sheet-keys-brief" });
    let inner = boxed((theme, paper), area, (width, all.min(most) + 3), title, keys, buffer);
    if inner.height < 2 || inner.width <= NAMES + 2 {
        return None;
    }
    put(buffer, inner.x, inner.y, &text, inner.width, theme.style(role));
    let fields = Rect { y: inner.y + 1, height: inner.height - 1, ..inner };
    // Where not all fit, the one that is typed into is in sight.
    let end = heights.iter().take(sheet.part() as usize + 1).sum::<u16>();
    let skipped = end.saturating_sub(fields.height);
    let (mut top, mut cursor) = (0u16, None);
    for (part, height) in Part::ALL.into_iter().zip(heights) {
        let (from, to) = (top.saturating_sub(skipped), (top + height).saturating_sub(skipped).min(fields.height));
        top += height;
        if top <= skipped || from >= to {
            continue;
        }
        let at = Rect { y: fields.y + from, height: to - from, ..fields };
        cursor = one((theme, tongue), sheet, part, at, buffer).or(cursor);
    }
    cursor
}

/// Rows of each field: as many as its text takes, fewer where there is no room, but never none.
fn heights(sheet: &Sheet, room: u16, most: u16) -> [u16; 6] {
    let wish = |part: Part| match part {
        Part::Name | Part::Label | Part::Role => 1,
        Part::Bias | Part::Voice => sheet.field(part).rows(room).clamp(1, 4),
        Part::Samples => sheet.field(part).rows(room).clamp(1, 8),
    };
    let mut heights = Part::ALL.map(wish);
    let longest = |heights: &[u16; 6]| (0..6).filter(|n| heights[*n] > 1).max_by_key(|n| (heights[*n], *n != sheet.part() as usize));
    while heights.iter().sum::<u16>() > most
        && let Some(n) = longest(&heights)
    {
        heights[n] -= 1;
    }
    heights
}

fn one((theme, tongue): (&Theme, Tongue), sheet: &Sheet, part: Part, area: Rect, buffer: &mut Buffer) -> Option<Position> {
    let here = sheet.part() == part;
    let (name, field) = (theme.style(Role::Dim), sheet.field(part));
    let name = if here { theme.style(Role::Accent).add_modifier(Modifier::BOLD) } else { name };
    put(buffer, area.x, area.y, if here { "›" } else { " " }, 1, name);
    put(buffer, area.x + 2, area.y, tongue.say(part.name()), NAMES - 2, name);
    let text = Rect { x: area.x + NAMES, width: area.width - NAMES, ..area };
    if field.text().is_empty() {
        let made = sheet.expert().label;
        let hint = if part == Part::Label && !made.is_empty() { made.as_str() } else { tongue.say(part.hint()) };
        put(buffer, text.x + u16::from(here), text.y, hint, text.width - 1, theme.style(Role::Dim));
        return here.then(|| Position::new(text.x, text.y));
    }
    field.area().render(text, buffer);
    if !here {
        tint(buffer, text, theme.style(Role::Text));
        return None;
    }
    let (x, y) = field.cursor();
    Some(Position::new(text.x + x.min(text.width.saturating_sub(1)), text.y + y.min(text.height.saturating_sub(1))))
}

fn title(look: Look<'_>, sheet: &Sheet) -> String {
    match sheet.of {
        Seating::Swap(seat) => phrase!(look.screen.tongue, "who-takes-chair", label = look.screen.label(seat)),
        Seating::Add => look.say("who-sits-down").to_owned(),
        Seating::Guest => look.say("who-comes-in").to_owned(),
        Seating::Change(seat) => phrase!(look.screen.tongue, "sheet-from-here", label = look.screen.label(seat)),
    }
}

/// What enter would do, or what is missing.
fn verdict(look: Look<'_>, sheet: &Sheet) -> (String, Role) {
    let (label, tongue) = (sheet.expert().label, look.screen.tongue);
    match (sheet.fault(look.screen.debate.cast()), sheet.of) {
        (Some((part, why)), _) => {
            let why = tongue.heard(&why).into_owned();
            let why = if cells(&why) > 60 { crate::tui::wrap::clip(&why, 60) } else { why };
            (format!("… {}{}{why}", tongue.say(part.name()), tongue.say("colon")), Role::Warn)
        }
        (None, Seating::Change(_)) if !sheet.is_changed() => (tongue.say("sheet-unchanged").to_owned(), Role::Dim),
        (None, Seating::Change(_)) => (format!("✓ {}", phrase!(tongue, "sheet-changes", label = label)), Role::Good),
        (None, Seating::Swap(_) | Seating::Add | Seating::Guest) => {
            (format!("✓ {}", phrase!(tongue, "sheet-seats", label = label)), Role::Good)
        }
    }
}
