//! “What if …”: three fields and what enter does with them.

use ratatui::{
    buffer::Buffer,
    layout::{Position, Rect},
    style::Modifier,
    widgets::Widget,
};

use super::{Look, dialog, put};
use crate::tui::{
    state::whatif::{Part, WhatIf},
    theme::Role,
    tongue::phrase,
};

/// Draws it; gives where the cursor is.
pub fn draw(look: Look<'_>, dialog: &WhatIf, area: Rect, buffer: &mut Buffer) -> Option<Position> {
    let width = area.width.saturating_sub(6).clamp(34, 80);
    let keys = look.say(if width >= 50 { "whatif-keys" } else { "sheet-keys-brief" });
    let tongue = look.screen.tongue;
    let title = match dialog.at {
        Some(at) => phrase!(tongue, "whatif-after", at = at),
        None => tongue.say("whatif-here").to_owned(),
    };
    let inner = self::dialog::frame(look, area, (width, 9), &title, keys, buffer);
    if inner.height < 4 || inner.width < 8 {
        return None;
    }
    let (text, role) = match dialog.commands(&look.screen.debate, &look.screen.guests) {
        Ok(_) => (format!("✓ {}", tongue.say("whatif-forks")), Role::Good),
        Err((_, why)) => (format!("… {}", tongue.heard(&why)), if dialog.is_blank() { Role::Dim } else { Role::Warn }),
    };
    put(buffer, inner.x, inner.y, &text, inner.width, look.theme.style(role));
    // Two rows each where there is room, else the name of a field is its hint.
    let tall = inner.height >= 7;
    let mut cursor = None;
    for (n, part) in (0u16..).zip(Part::ALL) {
        let y = inner.y + 1 + n * if tall { 2 } else { 1 };
        let row = Rect { y, height: 1, ..inner };
        cursor = one(look, dialog, part, row, tall, buffer).or(cursor);
    }
    cursor
}

fn one(look: Look<'_>, dialog: &WhatIf, part: Part, row: Rect, tall: bool, buffer: &mut Buffer) -> Option<Position> {
    let (here, field) = (dialog.part() == part, dialog.field(part));
    let label = dialog.label(&look.screen.debate);
    let tongue = look.screen.tongue;
    let chair = label.map_or_else(|| tongue.say("whatif-nobody").to_owned(), |label| phrase!(tongue, "whatif-chair", label = label));
    let (name, hint) = match part {
        Part::Premise => (tongue.say("whatif-premise").to_owned(), "whatif-premise-hint"),
        Part::Expert => (chair, "whatif-expert-hint"),
        Part::Model => (tongue.say("whatif-model").to_owned(), "whatif-model-hint"),
    };
    let style = look.theme.style(if here { Role::Accent } else { Role::Dim });
    let style = if here { style.add_modifier(Modifier::BOLD) } else { style };
    put(buffer, row.x, row.y, if here { "›" } else { " " }, 1, style);
    let mut text = Rect { x: row.x + 2, width: row.width.saturating_sub(2), ..row };
    if tall {
        put(buffer, text.x, text.y, &name, text.width, style);
        text.y += 1;
    }
    if field.is_blank() {
        let shown = if tall { tongue.say(hint) } else { name.as_str() };
        put(buffer, text.x + u16::from(here), text.y, shown, text.width.saturating_sub(1), look.theme.style(Role::Dim));
        return here.then(|| Position::new(text.x, text.y));
    }
    field.area().render(text, buffer);
    let (x, _) = field.cursor();
    here.then(|| Position::new(text.x + x.min(text.width.saturating_sub(1)), text.y))
}
