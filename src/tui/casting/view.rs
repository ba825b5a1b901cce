//! The table as a picture of its state: pure, as every view.

use ratatui::{
    Frame,
    buffer::Buffer,
    layout::{Position, Rect},
    style::{Modifier, Style},
    widgets::Widget,
};

use super::{
    keys::{ACTS, Act, Keys},
    library::{Library, Pick},
    state::{For, Over, Table},
};
use crate::{
    script::casting::read_sheet,
    tui::{
        state::sheet::Sheet,
        theme::{Role, Theme},
        tongue::phrase,
        view::{boxed, fields, put, put_all, tint},
        wrap::{Setting, Tone, cells, wrap},
    },
};

mod cards;

/// What a view is given.
#[derive(Clone, Copy)]
struct Look<'a> {
    table: &'a Table,
    theme: &'a Theme,
}

impl Look<'_> {
    /// A text of the screen's language.
    fn say(self, id: &'static str) -> &'static str {
        self.table.tongue.say(id)
    }
}

/// Draws everything.
pub fn draw(frame: &mut Frame<'_>, table: &Table) {
    let Some(theme) = table.theme() else { return };
    let (look, area) = (Look { table, theme }, frame.area());
    let buffer = frame.buffer_mut();
    let paper = if theme.is_light() == table.light_terminal { Style::new() } else { theme.paper() };
    tint(buffer, area, paper);
    let rooms = &table.rooms;
    if rooms.header.height == 0 {
        put(buffer, area.x, area.y, look.say("agon-larger-window"), area.width, theme.style(Role::Text));
        return;
    }
    header(look, rooms.header, buffer);
    status(look, rooms.status, buffer);
    if table.shows_sheet() || table.seats.is_empty() {
        writing(look, rooms.body, buffer);
    } else {
        cards::draw(look, buffer);
    }
    notice(look, rooms.notice, buffer);
    footer(look, rooms.footer, buffer);
    let cursor = match &table.over {
        None => None,
        Some(Over::Help) => {
            help(look, paper, area, buffer);
            None
        }
        Some(Over::Library(list)) => {
            Some(library(look, paper, list, Rect { height: area.height.saturating_sub(rooms.notice.height + 1), ..area }, buffer))
        }
        Some(Over::Fields(sheet)) => {
            let title = phrase!(table.tongue, "cast-at-table", label = sheet.expert().label);
            fields((theme, paper, table.tongue), sheet, (&title, verdict(table, sheet)), area, buffer)
        }
    };
    if let Some(at) = cursor.filter(|at| area.contains(*at)) {
        frame.set_cursor_position(at);
    }
}

fn verdict(table: &Table, sheet: &Sheet) -> (String, Role) {
    match sheet.fault(&table.cast()) {
        Some((part, why)) => {
            let tongue = table.tongue;
            (format!("… {}{}{}", tongue.say(part.name()), tongue.say("colon"), tongue.heard(&why)), Role::Warn)
        }
        None if !sheet.is_changed() => (table.tongue.say("cast-as-now").to_owned(), Role::Dim),
        None => (format!("✓ {}", table.tongue.say("cast-takes")), Role::Good),
    }
}

fn header(look: Look<'_>, area: Rect, buffer: &mut Buffer) {
    let theme = look.theme;
    let label = &format!(" {} ", look.say(if area.width >= 48 { "simulation" } else { "simulation-brief" }));
    put(buffer, area.right() - cells(label), area.y, label, cells(label), theme.filled(theme.style(Role::Simulation)));
    let room = area.width.saturating_sub(cells(label) + 2);
    let pieces = [
        (format!("{}  ", look.say("cast-who")), theme.style(Role::Title).add_modifier(Modifier::BOLD)),
        (look.table.brief.topic.to_string(), theme.style(Role::Text)),
    ];
    put_all(buffer, area.x + 1, area.y, room, &pieces);
}

/// A sign that something is under way; stands still where nothing may move.
fn spinner(table: &Table, since: u64) -> &'static str {
    const SIGNS: [&str; 4] = ["◐", "◓", "◑", "◒"];
    if !table.animations {
        return "…";
    }
    SIGNS[usize::try_from(table.now.saturating_sub(since) / 100 % 4).unwrap_or(0)]
}

/// What goes on, in a line.
fn status(look: Look<'_>, area: Rect, buffer: &mut Buffer) {
    let (table, theme, tongue) = (look.table, look.theme, look.table.tongue);
    let text = match &table.asking {
        Some(asking) => {
            let seconds = table.now.saturating_sub(asking.since) / 1000;
            let what = match &asking.what {
                For::Table | For::Seats(_) => {
                    let n = read_sheet(asking.written.as_str()).len();
                    if asking.again {
                        phrase!(tongue, "cast-names-again", model = table.model, n = n)
                    } else {
                        phrase!(tongue, "cast-names", model = table.model, n = n)
                    }
                }
                For::Cards(seats) if asking.again => phrase!(tongue, "cast-writes-again", model = table.model, n = seats.len()),
                For::Cards(seats) => phrase!(tongue, "cast-writes", model = table.model, n = seats.len()),
            };
            format!("{} {what} · {}", spinner(table, asking.since), phrase!(tongue, "seconds", n = seconds))
        }
        None => {
            let locked = table.seats.iter().filter(|s| s.locked).count();
            let locked = if locked > 0 { format!(" · {}", phrase!(tongue, "cast-locked", n = locked)) } else { String::new() };
            let from = match (&table.base, table.sheet.len()) {
                (Some(base), _) => format!(" · {}", phrase!(tongue, "cast-from-library", name = base.name)),
                (None, 0) => String::new(),
                (None, n) => format!(" · {}", phrase!(tongue, "cast-considered", n = n)),
            };
            format!("{}{locked}{from}", phrase!(tongue, "cast-seats", n = table.seats.len()))
        }
    };
    put(buffer, area.x + 1, area.y, &text, area.width.saturating_sub(2), theme.style(Role::Dim));
}

/// The people of a sheet as they are named, and the line that is being written.
fn writing(look: Look<'_>, area: Rect, buffer: &mut Buffer) {
    let (table, theme) = (look.table, look.theme);
    let (dim, text) = (theme.style(Role::Dim), theme.style(Role::Text));
    let Some(asking) = &table.asking else {
        let hint = look.say("cast-nobody");
        put(buffer, area.x + 2, area.y + 1, hint, area.width.saturating_sub(3), dim);
        return;
    };
    let sheet = read_sheet(asking.written.as_str());
    let inner = Rect { x: area.x + 2, width: area.width.saturating_sub(4), ..area };
    let mut y = inner.y;
    for one in sheet.iter().rev().take(usize::from(inner.height.saturating_sub(3))).rev() {
        let pieces = [
            (format!("{:>3.0}% ", one.chance * 100.0), dim),
            (one.name.to_string(), theme.style(Role::Accent).add_modifier(Modifier::BOLD)),
            (format!("  {}", one.sees), text),
        ];
        put_all(buffer, inner.x, y, inner.width, &pieces);
        y += 1;
    }
    let last = asking.written.as_str().trim_end().rsplit('\n').next().unwrap_or_default();
    let last = if last.is_empty() { look.say("cast-waiting") } else { last };
    let rows = wrap(&[(Tone::default(), format!("{last} ▌"))], Setting { width: inner.width.max(1), hang: 0, words: true });
    let left = inner.bottom().saturating_sub(y + 1);
    for (row, y) in rows.iter().take(usize::from(left)).zip(y + 1..inner.bottom()) {
        put(buffer, inner.x, y, &row.text(), inner.width, dim);
    }
}

fn notice(look: Look<'_>, area: Rect, buffer: &mut Buffer) {
    let Some((text, good)) = look.table.notice.as_ref().filter(|_| area.height > 0) else { return };
    let style = look.theme.style(if *good { Role::Good } else { Role::Warn });
    put(buffer, area.x + 1, area.y, if *good { "✓" } else { "!" }, 1, style);
    let width = area.width.saturating_sub(4).max(1);
    let rows = wrap(&[(Tone::default(), text.clone())], Setting { width, hang: 0, words: true });
    for (row, y) in rows.iter().zip(area.y..area.bottom()) {
        put(buffer, area.x + 3, y, &row.text(), width, style);
    }
}

fn footer(look: Look<'_>, area: Rect, buffer: &mut Buffer) {
    let (table, theme) = (look.table, look.theme);
    if table.armed_until.is_some() {
        put(buffer, area.x + 1, area.y, look.say("cast-press-again"), area.width, theme.style(Role::Warn).add_modifier(Modifier::BOLD));
        return;
    }
    let tongue = table.tongue;
    let fixed = |hints: &[(&str, &'static str)]| {
        hints.iter().map(|(k, d)| (tongue.find(k).unwrap_or(k).to_owned(), tongue.say(d).to_owned())).collect::<Vec<_>>()
    };
    let hints = match &table.over {
        Some(Over::Library(_)) => fixed(&[("enter", "cast-take"), ("↑↓", "foot-move"), ("foot-type", "foot-find"), ("esc", "foot-back")]),
        Some(Over::Fields(_)) => fixed(&[("enter", "cast-take"), ("tab", "foot-next-field"), ("esc", "foot-back")]),
        Some(Over::Help) => fixed(&[("esc", "foot-back")]),
        None if table.asking.is_some() => fixed(&[("esc", "cast-stop"), ("?", "cast-help")]),
        None => {
            // Help is the last to give way to a narrow screen.
            let order =
                [Act::Accept, Act::Help, Act::Reroll, Act::Lock, Act::Edit, Act::RerollAll, Act::Library, Act::Add, Act::Remove, Act::Save];
            order.iter().filter_map(|act| hint(table, *act)).collect()
        }
    };
    let (key, text) = (theme.style(Role::Accent).add_modifier(Modifier::BOLD), theme.style(Role::Dim));
    let mut x = area.x + 1;
    for (k, does) in hints {
        if x + cells(&k) + cells(&does) + 2 > area.right() {
            break;
        }
        x = put(buffer, x, area.y, &k, 12, key);
        x = put(buffer, x + 1, area.y, &does, 40, text) + 2;
    }
}

fn hint(table: &Table, act: Act) -> Option<(String, String)> {
    Some((table.keys.shown(act).into_iter().next()?, Keys::short(table.tongue, act).to_owned()))
}

fn help(look: Look<'_>, paper: Style, area: Rect, buffer: &mut Buffer) {
    let theme = look.theme;
    let height = u16::try_from(ACTS.len()).unwrap_or(u16::MAX).saturating_add(3);
    let inner = boxed((theme, paper), area, (64, height), look.say("keys-title"), look.say("cast-any-key"), buffer);
    let (key, text) = (theme.style(Role::Accent).add_modifier(Modifier::BOLD), theme.style(Role::Text));
    let rows = ACTS.iter().map(|(act, ..)| {
        let mut keys = look.table.keys.shown(*act);
        keys.truncate(2);
        (keys.join(" "), Keys::does(look.table.tongue, *act))
    });
    for ((keys, does), y) in rows.chain([("esc".to_owned(), look.say("cast-esc"))]).zip(inner.y..inner.bottom()) {
        put(buffer, inner.x, y, &keys, 9, key);
        put(buffer, inner.x + 10, y, does, inner.width.saturating_sub(10), text);
    }
}

fn library(look: Look<'_>, paper: Style, list: &Library, area: Rect, buffer: &mut Buffer) -> Position {
    let theme = look.theme;
    let width = area.width.saturating_sub(4).clamp(24, 110);
    let title = format!("{} · {}", look.say("cast-library-title"), list.entries.len());
    let inner = boxed((theme, paper), area, (width, area.height.saturating_sub(2)), &title, look.say("cast-library-keys"), buffer);
    put(buffer, inner.x, inner.y, "›", 1, theme.style(Role::Accent));
    let field = Rect { x: inner.x + 2, width: inner.width.saturating_sub(3).max(1), height: 1, ..inner };
    if list.filter.text().is_empty() {
        put(buffer, field.x + 1, field.y, look.say("cast-library-hint"), field.width.saturating_sub(1), theme.style(Role::Dim));
    } else {
        list.filter.area().render(field, buffer);
    }
    let rows = Rect { y: inner.y + 1, height: inner.height.saturating_sub(1), ..inner };
    let from = (list.at + 1).saturating_sub(usize::from(rows.height));
    for ((n, entry), y) in list.found.iter().filter_map(|n| list.entries.get(*n)).enumerate().skip(from).zip(rows.y..rows.bottom()) {
        let row = Rect { y, height: 1, ..rows };
        if n == list.at {
            tint(buffer, row, theme.selected());
            put(buffer, row.x, y, "▌", 1, theme.style(Role::Accent));
        }
        let panel = format!("{}  ", look.say("lobby-panel"));
        let kind = if matches!(entry.pick, Pick::Panel(_)) { panel.clone() } else { " ".repeat(usize::from(cells(&panel))) };
        let pieces = [
            (kind, theme.style(Role::Dim)),
            (entry.name.clone(), theme.style(Role::Text).add_modifier(Modifier::BOLD)),
            (format!("  {}", entry.about), theme.style(Role::Dim)),
        ];
        put_all(buffer, row.x + 2, y, row.width.saturating_sub(2), &pieces);
    }
    let (x, _) = list.filter.cursor();
    Position::new(field.x + x.min(field.width - 1), field.y)
}
