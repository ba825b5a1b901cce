//! A list one chooses from.

use ratatui::{
    buffer::Buffer,
    layout::{Position, Rect},
    style::{Modifier, Style},
    widgets::Widget,
};
use unicode_segmentation::UnicodeSegmentation;

use super::{Look, dialog, put, tint};
use crate::tui::{
    state::choose::{Choice, Choose, Purpose},
    theme::Role,
    tongue::phrase,
    wrap::{cells, clip},
};

/// Draws the list; gives where the cursor is.
pub fn draw(look: Look<'_>, list: &Choose, area: Rect, buffer: &mut Buffer) -> Option<Position> {
    let (title, hint) = title(look, list);
    let people = list.purpose.is_for_people();
    let keys = look.say(if people { "list-keys-people" } else { "list-keys" });
    let rows = u16::try_from(list.found().len()).unwrap_or(u16::MAX);
    let height = rows.max(3).saturating_add(if list.purpose == Purpose::Palette { 4 } else { 5 }).clamp(7, (area.height * 3 / 4).max(9));
    let inner = dialog::frame(look, area, (area.width.saturating_sub(6).clamp(36, 84), height), &title, keys, buffer);
    if inner.height == 0 || inner.width < 4 {
        return None;
    }
    put(buffer, inner.x, inner.y, "›", 1, look.theme.style(Role::Accent));
    let field = Rect { x: inner.x + 2, width: inner.width - 2, height: 1, ..inner };
    if list.filter.text().is_empty() {
        put(buffer, field.x + 1, field.y, &hint, field.width - 1, look.theme.style(Role::Dim));
    } else {
        list.filter.area().render(field, buffer);
    }
    let (x, _) = list.filter.cursor();
    let cursor = Position::new(field.x + x.min(field.width - 1), field.y);
    let mut rest = Rect { y: inner.y + 1, height: inner.height - 1, ..inner };
    if let Some((text, role)) = verdict(look, list) {
        put(buffer, rest.x + 2, rest.y, &text, rest.width.saturating_sub(2), look.theme.style(role));
    }
    rest = Rect { y: rest.y + 1.min(rest.height), height: rest.height.saturating_sub(1), ..rest };
    let visible = usize::from(rest.height);
    // The chosen one stays in sight, with a line of what comes after it.
    let from = (list.at() + 2).saturating_sub(visible).min(list.found().len().saturating_sub(visible));
    // Of an address, the beginning alone says little.
    let most = if list.purpose == Purpose::Links { inner.width * 3 / 4 } else { inner.width / 2 };
    let names = list.found().map(|(c, _)| cells(&c.name) + 2 * c.depth).max().unwrap_or(0).min(most).max(8);
    for (y, (n, (choice, fits))) in (rest.y..rest.bottom()).zip(list.found().enumerate().skip(from)) {
        let row = Rect { y, height: 1, ..rest };
        choice_row(look, choice, fits, row, names, n == list.at() && !list.writes_expert() && list.typed_command().is_none(), buffer);
    }
    if list.found().len() == 0 && !list.writes_expert() && list.typed_command().is_none() && rest.height > 0 {
        put(buffer, rest.x + 2, rest.y, look.say("list-nothing"), rest.width.saturating_sub(2), look.theme.style(Role::Dim));
    }
    Some(cursor)
}

fn title(look: Look<'_>, list: &Choose) -> (String, String) {
    let tongue = look.screen.tongue;
    let (title, hint) = match &list.purpose {
        Purpose::Swap(seat) => {
            return (phrase!(tongue, "who-takes-chair", label = look.screen.label(*seat)), tongue.say("list-hint-people").to_owned());
        }
        Purpose::Add => ("who-sits-down", "list-hint-people"),
        Purpose::Guest => ("who-comes-in", "list-hint-people"),
        Purpose::Command(title) => return (title.clone(), tongue.say("list-hint").to_owned()),
        Purpose::Floor => ("list-floor", "list-hint"),
        Purpose::Palette => ("list-palette", "list-hint-palette"),
        Purpose::Themes(_) => ("list-themes", "list-hint"),
        Purpose::Formats => ("list-formats", "list-hint"),
        Purpose::Phases => ("list-phases", "list-hint"),
        Purpose::SeeOut => ("list-see-out", "list-hint"),
        Purpose::Links => ("list-links", "list-hint"),
        Purpose::Model(_) => ("list-model", "list-hint-model"),
    };
    (tongue.say(title).to_owned(), tongue.say(hint).to_owned())
}

/// What enter would do with a person who is being written, or what is missing.
fn verdict(look: Look<'_>, list: &Choose) -> Option<(String, Role)> {
    if let (Purpose::Links, Some(choice)) = (&list.purpose, list.chosen()) {
        return Some((choice.name.clone(), Role::Dim));
    }
    if let Some(typed) = list.typed_command() {
        return Some(match typed {
            Ok(_) => (format!("✓ {}", look.say("list-does-it")), Role::Good),
            Err(missing) => (format!("… {}", look.screen.tongue.heard(&missing)), Role::Warn),
        });
    }
    if !list.writes_expert() {
        return None;
    }
    Some(match list.written(look.screen.debate.cast()) {
        Ok(expert) => (format!("✓ {}", phrase!(look.screen.tongue, "list-seats", name = expert.name, label = expert.label)), Role::Good),
        Err(missing) => (format!("… {}", look.screen.tongue.heard(&missing)), Role::Warn),
    })
}

fn choice_row(look: Look<'_>, choice: &Choice, fits: &[u32], row: Rect, names: u16, chosen: bool, buffer: &mut Buffer) {
    let theme = look.theme;
    if chosen {
        tint(buffer, row, theme.selected());
        put(buffer, row.x, row.y, "▌", 1, theme.style(Role::Accent));
    }
    let (plain, hit) = (theme.style(Role::Text), theme.style(Role::Accent).add_modifier(Modifier::BOLD | Modifier::UNDERLINED));
    let indent = 2 * choice.depth;
    let mut x = row.x + 2;
    if choice.depth > 0 {
        x = put(buffer, x + indent - 2, row.y, "└ ", 2, theme.style(Role::Faint));
    }
    let end = row.x + 2 + names;
    let name = clip(&choice.name, end.min(row.right()).saturating_sub(x));
    for (n, g) in name.graphemes(true).enumerate() {
        let fit = u32::try_from(n).is_ok_and(|n| fits.binary_search(&n).is_ok());
        let room = end.min(row.right()).saturating_sub(x);
        if room == 0 {
            break;
        }
        x = put(buffer, x, row.y, g, room, if fit { hit } else { plain });
    }
    let mark = cells(&choice.mark);
    let right = row.right().saturating_sub(1);
    let style = Style::new().patch(theme.style(Role::Accent));
    put(buffer, right.saturating_sub(mark), row.y, &choice.mark, mark, style);
    let about = end + 2;
    let room = right.saturating_sub(mark + 1).saturating_sub(about);
    put(buffer, about, row.y, &choice.about, room, theme.style(Role::Dim));
}
