//! The lobby as a picture of its state: pure, as every view.

use ratatui::{
    Frame,
    buffer::Buffer,
    layout::{Position, Rect},
    style::{Modifier, Style},
    widgets::{Block, BorderType, Widget},
};
use unicode_segmentation::UnicodeSegmentation;

use super::{
    fetch::Weights,
    state::{Hall, List, Place},
};
use crate::{
    debate::Panel,
    tui::{
        theme::{Role, Theme},
        tongue::{Tongue, phrase},
        view::{bar, boxed, put, put_all, tint},
        wrap::{Setting, Tone, Wrapped, cells, clip, wrap},
    },
};

/// What a view is given.
#[derive(Clone, Copy)]
struct Look<'a> {
    hall: &'a Hall,
    theme: &'a Theme,
}

impl Look<'_> {
    /// A text of the screen's language.
    fn say(self, id: &'static str) -> &'static str {
        self.hall.tongue.say(id)
    }
}

/// Draws everything.
pub fn draw(frame: &mut Frame<'_>, hall: &Hall) {
    let Some(theme) = hall.theme() else { return };
    let (look, area) = (Look { hall, theme }, frame.area());
    let buffer = frame.buffer_mut();
    let paper = if theme.is_light() == hall.light_terminal { Style::new() } else { theme.paper() };
    tint(buffer, area, paper);
    let rooms = hall.rooms;
    if rooms.topic.height == 0 {
        put(buffer, area.x, area.y, look.say("agon-larger-window"), area.width, theme.style(Role::Text));
        return;
    }
    header(look, rooms.header, buffer);
    let cursor = topic(look, rooms.topic, buffer);
    chosen(look, buffer);
    let listed = list(look, rooms.list, buffer);
    preview(look, rooms.preview, buffer);
    notice(look, rooms.notice, buffer);
    footer(look, rooms.footer, buffer);
    if let Some(wanted) = &hall.weights {
        weights((theme, paper, hall.tongue), wanted, area, buffer);
        return;
    }
    if let Some(at) = listed.or(cursor).filter(|at| area.contains(*at)) {
        frame.set_cursor_position(at);
    }
}

/// Whether weights are to be fetched, or how far they are.
fn weights((theme, paper, tongue): (&Theme, Style, Tongue), weights: &Weights, area: Rect, buffer: &mut Buffer) {
    let width = area.width.saturating_sub(6).clamp(24, 64);
    match weights {
        Weights::Asked(absent) => {
            let text = [(Tone::default(), absent.question(tongue))];
            let rows = wrap(&text, Setting { width: width.saturating_sub(4).max(1), hang: 0, words: true });
            let height = u16::try_from(rows.len()).unwrap_or(4) + 2;
            let inner = boxed((theme, paper), area, (width, height), tongue.say("lobby-weights"), tongue.say("ask-keys"), buffer);
            for (y, row) in (inner.y..inner.bottom()).zip(&rows) {
                put(buffer, inner.x, y, &row.text(), inner.width, theme.style(Role::Text));
            }
        }
        Weights::OnTheirWay(fetching) => {
            let inner = boxed((theme, paper), area, (width, 4), &fetching.model, tongue.say("lobby-fetch-keys"), buffer);
            bar((theme, tongue), fetching, inner, buffer);
        }
    }
}

fn header(look: Look<'_>, area: Rect, buffer: &mut Buffer) {
    let theme = look.theme;
    let y = area.y + u16::from(area.height > 2);
    let label = &format!(" {} ", look.say(if area.width >= 48 { "simulation" } else { "simulation-brief" }));
    put(buffer, area.right() - cells(label), y, label, cells(label), theme.filled(theme.style(Role::Simulation)));
    let room = area.width.saturating_sub(cells(label) + 2);
    let pieces = [
        ("agon".to_owned(), theme.style(Role::Title).add_modifier(Modifier::BOLD)),
        (format!("  {}", look.say("lobby-about")), theme.style(Role::Dim)),
    ];
    put_all(buffer, area.x + 1, y, room, &pieces);
}

fn topic(look: Look<'_>, area: Rect, buffer: &mut Buffer) -> Option<Position> {
    let (hall, theme) = (look.hall, look.theme);
    let here = hall.place == Place::Topic;
    let line = if here { theme.style(Role::Accent) } else { theme.style(Role::Faint) };
    let mut text = area;
    if area.height >= 3 {
        Block::bordered().border_type(BorderType::Rounded).border_style(line).render(area, buffer);
        let title = if here { theme.style(Role::Title).add_modifier(Modifier::BOLD) } else { theme.style(Role::Dim) };
        put(buffer, area.x + 2, area.y, &format!(" {} ", look.say("lobby-topic")), area.width - 4, title);
        text = Rect { x: area.x + 1, y: area.y + 1, width: area.width - 2, height: 1 };
    }
    put(buffer, text.x + 1, text.y, "›", 1, if here { theme.style(Role::Accent) } else { theme.style(Role::Dim) });
    let field = Rect { x: text.x + 3, width: text.width.saturating_sub(4), ..text };
    if hall.topic.text().is_empty() {
        let hint = look.say("lobby-topic-hint");
        put(buffer, field.x + u16::from(here), field.y, hint, field.width.saturating_sub(1), theme.style(Role::Dim));
    } else {
        hall.topic.area().render(field, buffer);
    }
    let (x, _) = hall.topic.cursor();
    here.then(|| Position::new(field.x + x.min(field.width.saturating_sub(1)), field.y))
}

/// The two lines that say with whom and with what.
fn chosen(look: Look<'_>, buffer: &mut Buffer) {
    let (hall, theme) = (look.hall, look.theme);
    let (dim, text) = (theme.style(Role::Dim), theme.style(Role::Text).add_modifier(Modifier::BOLD));
    let who = |panel: &Panel| panel.experts.iter().map(|e| e.label.to_string()).collect::<Vec<_>>().join(", ");
    let panel = match hall.chosen_panel() {
        Some(panel) => {
            let format = hall.chosen_format().map(|name| format!(" · {name}")).unwrap_or_default();
            let who = if panel.experts.is_empty() { hall.tongue.heard(panel.about.as_str()).into_owned() } else { who(panel) };
            [(format!("{}{format}", panel.name), text), (format!("  {who}"), dim)]
        }
        None => [(look.say("lobby-no-panel").to_owned(), theme.style(Role::Warn)), (String::new(), dim)],
    };
    let model = match hall.chosen_model() {
        Some(model) => [(model.name.clone(), text), (format!("  {}", hall.tongue.heard(&model.about)), dim)],
        None if hall.looking => [(look.say("lobby-looking").to_owned(), dim), (String::new(), dim)],
        None => [(look.say("lobby-no-model").to_owned(), theme.style(Role::Warn)), (format!("  {}", look.say("lobby-no-model-hint")), dim)],
    };
    for (area, place, name, pieces) in
        [(hall.rooms.panel, Place::Panels, "lobby-panel", panel), (hall.rooms.model, Place::Models, "lobby-model", model)]
    {
        let here = hall.place == place;
        let sign = if here { "▌" } else { " " };
        let label = if here { theme.style(Role::Accent).add_modifier(Modifier::BOLD) } else { dim };
        put(buffer, area.x, area.y, sign, 1, theme.style(Role::Accent));
        put(buffer, area.x + 2, area.y, look.say(name), 6, label);
        put_all(buffer, area.x + 9, area.y, area.width.saturating_sub(10), &pieces);
    }
}

/// The list of the place where the keys go; gives where the cursor is, when it is there.
fn list(look: Look<'_>, area: Rect, buffer: &mut Buffer) -> Option<Position> {
    let (hall, theme) = (look.hall, look.theme);
    if area.height < 3 || area.width < 12 {
        return None;
    }
    let here = hall.place != Place::Topic;
    let line = if here { theme.style(Role::Accent) } else { theme.style(Role::Faint) };
    Block::bordered().border_type(BorderType::Rounded).border_style(line).render(area, buffer);
    let (title, count) = match hall.place {
        Place::Panels => ("lobby-panels", hall.panels.len()),
        Place::Models => ("lobby-models", hall.models.len()),
        Place::Topic | Place::Sessions => ("lobby-sessions", hall.sessions.len()),
    };
    let title_style = if here { theme.style(Role::Title).add_modifier(Modifier::BOLD) } else { theme.style(Role::Dim) };
    put(buffer, area.x + 2, area.y, &format!(" {} · {count} ", look.say(title)), area.width - 4, title_style);
    let inner = Rect { x: area.x + 1, y: area.y + 1, width: area.width - 2, height: area.height - 2 };
    let shown = hall.shown();
    let cursor = if here { Some(filter(look, shown, inner, buffer)) } else { None };
    let rows = rows_of(look.hall);
    if let Some(empty) = nothing(look, shown) {
        let inside = Rect { x: rows.x + 1, width: rows.width.saturating_sub(2), ..rows };
        words(&empty, inside, theme.style(Role::Dim), buffer);
        return cursor;
    }
    let from = first_shown(hall);
    for (y, (n, (place, fits))) in (rows.y..rows.bottom()).zip(shown.found.iter().enumerate().skip(from)) {
        let row = Rect { y, height: 1, ..rows };
        entry(look, *place, fits, row, here && n == shown.at, buffer);
    }
    cursor
}

/// Where the rows of the list are.
fn rows_of(hall: &Hall) -> Rect {
    let area = hall.rooms.list;
    let top = if hall.place == Place::Topic { 1 } else { 2 };
    Rect { x: area.x + 1, y: area.y + top, width: area.width.saturating_sub(2), height: area.height.saturating_sub(top + 1) }
}

/// Which of what was found stands in the first row.
fn first_shown(hall: &Hall) -> usize {
    let visible = usize::from(rows_of(hall).height);
    let shown = hall.shown();
    (shown.at + 2).saturating_sub(visible).min(shown.found.len().saturating_sub(visible))
}

/// Which of what was found stands at a place on the screen.
pub fn row_at(hall: &Hall, at: Position) -> Option<usize> {
    let rows = rows_of(hall);
    let n = first_shown(hall) + usize::from(at.y.checked_sub(rows.y)?);
    (rows.contains(at) && n < hall.shown().found.len()).then_some(n)
}

fn filter(look: Look<'_>, list: &List, inner: Rect, buffer: &mut Buffer) -> Position {
    let theme = look.theme;
    put(buffer, inner.x + 1, inner.y, "›", 1, theme.style(Role::Accent));
    let field = Rect { x: inner.x + 3, width: inner.width.saturating_sub(4).max(1), height: 1, ..inner };
    if list.filter.text().is_empty() {
        let hint = match look.hall.place {
            Place::Models => "lobby-find-model",
            Place::Sessions => "lobby-find-session",
            Place::Topic | Place::Panels => "lobby-find",
        };
        put(buffer, field.x + 1, field.y, look.say(hint), field.width.saturating_sub(1), theme.style(Role::Dim));
    } else {
        list.filter.area().render(field, buffer);
    }
    let (x, _) = list.filter.cursor();
    Position::new(field.x + x.min(field.width - 1), field.y)
}

/// What to say where a list is empty.
fn nothing(look: Look<'_>, list: &List) -> Option<String> {
    if !list.found.is_empty() {
        return None;
    }
    let typed = list.filter.text();
    let said = match look.hall.place {
        Place::Models if typed.contains('/') => return Some(phrase!(look.hall.tongue, "lobby-takes-model", model = typed.trim())),
        _ if !list.filter.is_blank() => "lobby-nothing-fits",
        Place::Models if look.hall.looking => "lobby-looking-here",
        Place::Models => return Some(format!("{}\n\n{}", look.say("lobby-models-none"), look.say("lobby-models-none-hint"))),
        Place::Panels => "lobby-panels-none",
        Place::Topic | Place::Sessions => "lobby-sessions-none",
    };
    Some(look.say(said).to_owned())
}

fn entry(look: Look<'_>, place: usize, fits: &[u32], row: Rect, marked: bool, buffer: &mut Buffer) {
    let (hall, theme) = (look.hall, look.theme);
    let (name, about, taken) = match hall.place {
        Place::Panels => hall.panels.get(place).map(|p| (p.name.as_str(), p.about.as_str(), place == hall.panel)),
        Place::Models => hall.models.get(place).map(|m| (m.name.as_str(), m.about.as_str(), place == hall.model)),
        Place::Topic | Place::Sessions => hall.kept(place).map(|s| (s.title.as_str(), s.about.as_str(), false)),
    }
    .unwrap_or_default();
    if marked {
        tint(buffer, row, theme.selected());
        put(buffer, row.x, row.y, "▌", 1, theme.style(Role::Accent));
    }
    put(buffer, row.x + 1, row.y, if taken { "●" } else { " " }, 1, theme.style(Role::Good));
    let (plain, hit) = (theme.style(Role::Text), theme.style(Role::Accent).add_modifier(Modifier::BOLD | Modifier::UNDERLINED));
    let (start, right) = (row.x + 3, row.right().saturating_sub(1));
    // A session's date stands at the right, where dates line up; what a panel or a model is stands after its name.
    let aside = matches!(hall.place, Place::Topic | Place::Sessions) && row.width > 44;
    let about = if matches!(hall.place, Place::Topic | Place::Sessions) && !aside { "".into() } else { hall.tongue.heard(about) };
    let room = if aside { right.saturating_sub(start + cells(&about) + 2) } else { right.saturating_sub(start) };
    let name = clip(name, room);
    let mut x = start;
    for (n, g) in name.graphemes(true).enumerate() {
        let fit = u32::try_from(n).is_ok_and(|n| fits.binary_search(&n).is_ok());
        x = put(buffer, x, row.y, g, right.saturating_sub(x), if fit { hit } else { plain });
    }
    let at = if aside { right.saturating_sub(cells(&about)) } else { x + 2 };
    put(buffer, at, row.y, &about, right.saturating_sub(at), theme.style(Role::Dim));
}

/// What the marked one is.
fn preview(look: Look<'_>, area: Rect, buffer: &mut Buffer) {
    let (hall, theme) = (look.hall, look.theme);
    if area.height < 3 || area.width < 12 {
        return;
    }
    Block::bordered().border_type(BorderType::Rounded).border_style(theme.style(Role::Faint)).render(area, buffer);
    let inner = Rect { x: area.x + 2, y: area.y + 1, width: area.width - 4, height: area.height - 2 };
    let title = |text: &str, buffer: &mut Buffer| {
        let style = theme.style(Role::Dim);
        put(buffer, area.x + 2, area.y, &format!(" {} ", clip(text, area.width.saturating_sub(6))), area.width - 4, style);
    };
    match hall.place {
        Place::Topic => {
            if let Some(panel) = hall.chosen_panel() {
                title(&phrase!(hall.tongue, "lobby-at-table", name = panel.name), buffer);
                cast(look, panel, inner, buffer);
            }
        }
        Place::Panels => {
            if let Some(panel) = hall.panel_list.marked().and_then(|n| hall.panels.get(n)) {
                title(&phrase!(hall.tongue, "lobby-at-table", name = panel.name), buffer);
                cast(look, panel, inner, buffer);
            }
        }
        Place::Models => {
            if let Some(model) = hall.model_list.marked().and_then(|n| hall.models.get(n)) {
                title(&model.name, buffer);
                let at = model
                    .base_url
                    .as_ref()
                    .map(|url| format!("\n\n{}", phrase!(hall.tongue, "lobby-model-at", url = url)))
                    .unwrap_or_default();
                words(&format!("{}{at}", hall.tongue.heard(&model.about)), inner, theme.style(Role::Text), buffer);
            }
        }
        Place::Sessions => {
            let Some(n) = hall.session_list.marked() else { return };
            title(&hall.tongue.heard(hall.kept(n).map_or("", |s| s.about.as_str())), buffer);
            if let Some((_, text)) = hall.preview.as_ref().filter(|(have, _)| *have == n) {
                words(text, inner, theme.style(Role::Text), buffer);
            }
        }
    }
}

/// Who sits at a panel's table, and how each mind works.
fn cast(look: Look<'_>, panel: &Panel, area: Rect, buffer: &mut Buffer) {
    let theme = look.theme;
    if panel.experts.is_empty() {
        words(&format!("{}\n\n{}", look.say("lobby-to-cast"), look.say("lobby-to-cast-how")), area, theme.style(Role::Text), buffer);
        return;
    }
    let mut y = area.y;
    let each = area.height / u16::try_from(panel.experts.len().max(1)).unwrap_or(u16::MAX);
    let roomy = each >= 4;
    for (seat, expert) in panel.experts.iter().enumerate() {
        if y >= area.bottom() {
            break;
        }
        let own = theme.expert(u16::try_from(seat).unwrap_or(0));
        let pieces = [(expert.name.to_string(), own.add_modifier(Modifier::BOLD)), (format!("  {}", expert.role), theme.style(Role::Dim))];
        put_all(buffer, area.x, y, area.width, &pieces);
        y += 1;
        let left = area.bottom().saturating_sub(y);
        let most = if roomy { (each - 2).min(6) } else { 1 }.min(left);
        let text = [(Tone::default(), expert.bias.to_string())];
        let rows = wrap(&text, Setting { width: area.width.saturating_sub(2).max(1), hang: 0, words: true });
        for (n, row) in rows.iter().take(usize::from(most)).enumerate() {
            let last = n + 1 == usize::from(most) && rows.len() > n + 1;
            let text = if last { format!("{} …", row.text()) } else { row.text() };
            put(buffer, area.x + 2, y, &text, area.width.saturating_sub(2), theme.style(Role::Text));
            y += 1;
        }
        if roomy {
            y += 1;
        }
    }
}

/// Text in an area, from its beginning.
fn words(text: &str, area: Rect, style: Style, buffer: &mut Buffer) {
    let mut wrapped = Wrapped::new(area.width);
    wrapped.grow(text, &[], false);
    for (y, row) in (area.y..area.bottom()).zip(wrapped.rows()) {
        put(buffer, area.x, y, &row.text(), area.width, style);
    }
}

fn notice(look: Look<'_>, area: Rect, buffer: &mut Buffer) {
    let Some(text) = look.hall.notice.as_ref().filter(|_| area.height > 0) else { return };
    let style = look.theme.style(Role::Warn);
    put(buffer, area.x + 1, area.y, "!", 1, style);
    words(text, Rect { x: area.x + 3, width: area.width.saturating_sub(4).max(1), ..area }, style, buffer);
}

fn footer(look: Look<'_>, area: Rect, buffer: &mut Buffer) {
    let (hall, theme) = (look.hall, look.theme);
    if hall.armed_until.is_some() {
        put(buffer, area.x + 1, area.y, look.say("lobby-press-again"), area.width, theme.style(Role::Warn).add_modifier(Modifier::BOLD));
        return;
    }
    let hints: &[(&str, &'static str)] = match hall.place {
        _ if matches!(hall.weights, Some(Weights::Asked(_))) => &[("y", "foot-yes"), ("n", "foot-no")],
        _ if hall.weights.is_some() => &[("esc", "foot-stop-fetching")],
        Place::Topic if hall.topic.is_blank() => &[("tab", "lobby-tab"), ("ctrl-f", "lobby-format"), ("esc esc", "lobby-leave")],
        Place::Topic => &[("enter", "lobby-begin"), ("tab", "lobby-tab"), ("ctrl-f", "lobby-format"), ("esc esc", "lobby-leave")],
        Place::Panels | Place::Models => {
            &[("enter", "foot-choose"), ("↑↓", "foot-move"), ("foot-type", "foot-find"), ("esc", "lobby-back")]
        }
        Place::Sessions => &[("enter", "lobby-open"), ("↑↓", "foot-move"), ("foot-type", "foot-find"), ("esc", "lobby-back")],
    };
    let (key, text) = (theme.style(Role::Accent).add_modifier(Modifier::BOLD), theme.style(Role::Dim));
    let mut x = area.x + 1;
    for (k, does) in hints {
        let (k, does) = (hall.tongue.find(k).unwrap_or(k), look.say(does));
        if x + cells(k) + cells(does) + 3 > area.right() {
            break;
        }
        x = put(buffer, x, area.y, k, 12, key);
        x = put(buffer, x + 1, area.y, does, 40, text) + 2;
    }
}
