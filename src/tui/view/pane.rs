//! A pane: one expert's turns, with what everybody heard set apart between them.

use ratatui::{
    buffer::Buffer,
    layout::Rect,
    style::{Modifier, Style},
    widgets::{Block, BorderType, Widget},
};
use unicode_segmentation::UnicodeSegmentation;

use super::{Look, heat::Heat, put, put_all, seconds, spinner, tint};
use crate::{
    debate::{Ended, Manner, Speaker, Turn, TurnId},
    room::Activity,
    tui::{
        state::{Item, PaneId, Scroll, Shown, Visible},
        theme::Role,
        tongue::phrase,
        wrap::{Row, Tone, cells, markup::inline},
    },
};

/// Draws a pane.
pub fn draw(look: Look<'_>, shown: &Shown, buffer: &mut Buffer) {
    frame(look, shown, buffer);
    staves(look, shown, buffer);
    let mut heat = Heat::default();
    for (y, (at, row)) in (shown.text.y..shown.text.bottom()).zip(shown.placed()) {
        let text = Rect { y, height: 1, ..shown.text };
        let place = |item: Item| match shown.column(&look.screen.debate, item) {
            Some(column) => (column.id, Rect { x: column.x, width: column.width, ..text }),
            None => (shown.id, text),
        };
        match row {
            Visible::Head(id) => {
                let (pane, text) = place(Item::Turn(id));
                head(look, shown, pane, id, text, buffer);
            }
            Visible::Body(item, n) => {
                let area = place(item).1;
                body(look, shown, item, n, area, buffer);
                heat.tint(look, item, n, area, buffer);
                let marked = look.screen.marked.filter(|m| m.pane == shown.id).and_then(|m| m.cells(at, n + 1));
                if let (Some(marked), Some(row)) = (marked, look.screen.rows.body(item, area.width).get(n)) {
                    mark(look, row, marked, area, buffer);
                }
            }
            Visible::Gap(_) => {}
            Visible::Tail => {
                let awaited = look.screen.lit().and_then(|id| shown.columns.iter().find(|c| c.id == id));
                let (pane, text) = awaited.map_or((shown.id, text), |c| (c.id, Rect { x: c.x, width: c.width, ..text }));
                tail(look, pane, text, buffer);
            }
        }
    }
    if !shown.bordered {
        chip(look, shown, shown.area.bottom().saturating_sub(1), shown.area.right(), buffer);
    }
}

/// The lines between the columns of a score.
fn staves(look: Look<'_>, shown: &Shown, buffer: &mut Buffer) {
    for column in &shown.columns {
        let (style, sign) =
            if look.screen.lit() == Some(column.id) { (owner(look, column.id), "│") } else { (look.theme.style(Role::Faint), "│") };
        for y in shown.text.y..shown.text.bottom() {
            put(buffer, column.x - 1, y, sign, 1, style);
        }
    }
}

/// The style of a pane's owner.
fn owner(look: Look<'_>, id: PaneId) -> Style {
    match id {
        PaneId::Seat(seat) => look.theme.expert(seat.0),
        PaneId::Others => look.theme.style(Role::Text),
        PaneId::Everything => look.theme.style(Role::Title),
    }
}

fn name(look: Look<'_>, id: PaneId) -> String {
    match id {
        PaneId::Seat(seat) => look.screen.label(seat).to_owned(),
        PaneId::Others => look.say("pane-walk-ons").to_owned(),
        PaneId::Everything => look.say("pane-transcript").to_owned(),
    }
}

/// The number by which a pane is focused.
pub(super) fn number(look: Look<'_>, id: PaneId) -> Option<usize> {
    look.screen.panes.shown(&look.screen.debate).iter().position(|p| *p == id).map(|n| n + 1)
}

fn is_absent(look: Look<'_>, id: PaneId) -> bool {
    match id {
        PaneId::Seat(seat) => look.screen.debate.cast().seat(seat).is_some_and(|s| !s.present),
        PaneId::Others | PaneId::Everything => false,
    }
}

fn frame(look: Look<'_>, shown: &Shown, buffer: &mut Buffer) {
    let (screen, theme, id) = (look.screen, look.theme, shown.id);
    let lit = screen.lit() == Some(id);
    let speaking = lit && screen.debate.speaking().is_some();
    let focused = id != PaneId::Everything && screen.focus_now() == id && screen.arranged.panes.len() > 1;
    let own = if is_absent(look, id) { theme.style(Role::Dim) } else { owner(look, id) };
    let line = if lit || focused { own } else { theme.style(Role::Faint) };
    let own_model = match id {
        PaneId::Seat(seat) => screen.debate.model_of(seat).map_or_else(String::new, |model| format!("· {model} ")),
        PaneId::Others | PaneId::Everything => String::new(),
    };
    let label = match number(look, id) {
        Some(n) => format!(" {n} {} {own_model}", name(look, id)),
        None => format!(" {} {own_model}", name(look, id)),
    };
    let title = if focused { theme.filled(own) } else { own.add_modifier(Modifier::BOLD) };
    let (status, status_style) = status(look, id);
    if !shown.bordered && !shown.titled {
        return;
    }
    if !shown.bordered {
        let x = put(buffer, shown.area.x, shown.area.y, &label, shown.area.width, title);
        put(buffer, x + 1, shown.area.y, &status, shown.area.right().saturating_sub(x + 1), status_style);
        return;
    }
    let kind = if speaking { BorderType::Thick } else { BorderType::Rounded };
    Block::bordered().border_type(kind).border_style(line).render(shown.area, buffer);
    let (left, right) = (shown.area.x + 2, shown.area.right().saturating_sub(2));
    let after = if shown.titled { put(buffer, left, shown.area.y, &label, right.saturating_sub(left), title) } else { left };
    if !status.is_empty() {
        let status = format!(" {status} ");
        let width = cells(&status);
        if after + 1 + width <= right {
            put(buffer, right - width, shown.area.y, &status, width, status_style);
        }
    }
    foot(look, shown, buffer);
    thumb(look, shown, buffer);
}

/// What goes on in a pane, at the right of its upper edge.
fn status(look: Look<'_>, id: PaneId) -> (String, Style) {
    let (screen, theme) = (look.screen, look.theme);
    if is_absent(look, id) {
        return (look.say("pane-left").to_owned(), theme.style(Role::Dim));
    }
    let lit = screen.lit() == Some(id) || id == PaneId::Everything;
    if !lit || screen.is_finished() {
        return Default::default();
    }
    let own = owner(look, id).add_modifier(Modifier::BOLD);
    match (screen.debate.speaking(), screen.status.activity) {
        (Some(turn), _) if screen.is_paused() => (format!("‖ #{}", turn.id), theme.style(Role::Warn)),
        (Some(turn), _) => (format!("● #{}", turn.id), own),
        (None, Activity::Waiting { since, .. }) => {
            (format!("{} {}", spinner(screen, since), seconds(screen.tongue, screen.now.saturating_sub(since))), owner(look, id))
        }
        (None, _) => Default::default(),
    }
}

/// The lower edge: the role, and how much came while the reader was elsewhere.
fn foot(look: Look<'_>, shown: &Shown, buffer: &mut Buffer) {
    let y = shown.area.bottom() - 1;
    let left = shown.area.x + 2;
    let right = chip(look, shown, y, shown.area.right().saturating_sub(2), buffer);
    let right = super::lenses::foot(look, shown.id, Rect { x: left, y, width: right.saturating_sub(left), height: 1 }, buffer);
    let role = match shown.id {
        PaneId::Seat(seat) => look.screen.debate.cast().seat(seat).map(|s| s.expert.role.as_str()).unwrap_or_default(),
        PaneId::Others => look.say("pane-walk-ons-role"),
        PaneId::Everything => "",
    };
    let room = right.saturating_sub(left);
    if !role.is_empty() && room > 8 {
        put(buffer, left, y, &format!(" {} ", crate::tui::wrap::clip(role, room - 2)), room, look.theme.style(Role::Dim));
    }
}

/// Where the reader is within a pane, on its right edge.
fn thumb(look: Look<'_>, shown: &Shown, buffer: &mut Buffer) {
    let Some((item, items)) = shown.place else { return };
    let height = usize::from(shown.text.height);
    let at = item * height.saturating_sub(1) / items.max(1);
    let y = shown.text.y + u16::try_from(at).unwrap_or(0);
    put(buffer, shown.area.right() - 1, y.min(shown.text.bottom().saturating_sub(1)), "█", 1, look.theme.style(Role::Accent));
}

/// How much came while the reader was elsewhere, before a column. Gives where that leaves off.
fn chip(look: Look<'_>, shown: &Shown, y: u16, right: u16, buffer: &mut Buffer) -> u16 {
    let Some(new) = shown.below else { return right };
    let accent = look.theme.style(Role::Accent);
    let (chip, style) = if new > 0 {
        (format!(" ↓ {} ", phrase!(look.screen.tongue, "pane-new", n = new)), look.theme.filled(accent))
    } else {
        (format!(" ↓ {} ", look.say("pane-more")), accent)
    };
    let width = cells(&chip);
    let x = right.saturating_sub(width).max(shown.area.x);
    put(buffer, x, y, &chip, width, style);
    x.saturating_sub(1)
}

/// How plain words of a turn look.
fn words(look: Look<'_>, turn: &Turn) -> Style {
    match turn.speaker {
        Speaker::Expert(_) | Speaker::WalkOn => look.theme.style(Role::Text),
        Speaker::Audience { .. } => look.theme.style(Role::Audience),
        Speaker::Stage => look.theme.style(Role::Stage).add_modifier(Modifier::ITALIC),
    }
}

/// The colour of who speaks a turn.
fn voice(look: Look<'_>, turn: &Turn) -> Style {
    match turn.speaker {
        Speaker::Expert(seat) => look.theme.expert(seat.0),
        Speaker::WalkOn | Speaker::Audience { .. } | Speaker::Stage => words(look, turn),
    }
}

/// The line above a turn: its number, whom it follows, what is special about it.
fn head(look: Look<'_>, shown: &Shown, pane: PaneId, id: TurnId, area: Rect, buffer: &mut Buffer) {
    let (screen, theme) = (look.screen, look.theme);
    let Some(turn) = screen.debate.turn(id) else { return };
    let own = voice(look, turn);
    let dim = theme.style(Role::Dim);
    let mut pieces = vec![(format!("#{id}"), own.add_modifier(Modifier::BOLD))];
    let at_home = match (pane, turn.speaker) {
        (PaneId::Seat(seat), Speaker::Expert(_)) => screen.label(seat) == turn.label.as_str(),
        (PaneId::Seat(_) | PaneId::Others | PaneId::Everything, _) => false,
    };
    if !at_home {
        pieces.push((format!(" {}", turn.label), own.add_modifier(Modifier::BOLD)));
    }
    // Where not all turns stand in one column or score, the eye has to find the turn before this one.
    let before = turn.parent.and_then(|p| screen.debate.turn(p)).filter(|p| (p.speaker, &p.label) != (turn.speaker, &turn.label));
    // What everybody heard stands right above, in this pane too.
    let heard = |p: &&Turn| matches!(p.speaker, Speaker::Audience { .. } | Speaker::Stage);
    let before = before.filter(|p| shown.id != PaneId::Everything && !heard(p));
    if let Some((label, style)) = before.filter(|p| !p.label.is_empty()).map(|p| (p.label.as_str(), voice(look, p))) {
        pieces.push((" ‹ ".to_owned(), dim));
        pieces.push((label.to_owned(), style));
    }
    let mut marks: Vec<(String, Style)> = Vec::new();
    if let Some((n, of)) = screen.takes.place(id, turn.parent) {
        marks.push((format!(" {}", phrase!(screen.tongue, "turn-take", n = n, of = of)), theme.style(Role::Accent)));
    }
    if turn.pinned {
        marks.push((format!(" {}", look.say("turn-pinned")), theme.style(Role::Accent)));
    }
    if turn.edited.is_some() {
        marks.push((format!(" {}", look.say("turn-edited")), theme.style(Role::Accent)));
    }
    if let Some(kept) = turn.kept {
        marks.push((format!(" {}", phrase!(screen.tongue, "turn-begins-as", id = kept.of)), theme.style(Role::Accent)));
    }
    match turn.ended {
        Some(Ended::Cut) => marks.push((format!(" {}", look.say("turn-cut")), dim)),
        Some(Ended::Failed) => marks.push((format!(" {}", look.say("turn-broke-off")), theme.style(Role::Bad))),
        Some(Ended::Done) | None => {}
    }
    let taken: u16 = marks.iter().map(|(t, _)| cells(t)).sum();
    let taken = if taken + 4 > area.width { 0 } else { taken };
    let x = put_all(buffer, area.x, area.y, area.width - taken, &pieces);
    if taken > 0 {
        put_all(buffer, area.right() - taken, area.y, taken, &marks);
    }
    if turn.ended.is_none() && screen.rows.body(Item::Turn(id), area.width).is_empty() {
        cursor(look, turn, x + 1, area, buffer);
    }
    bar(look, shown, turn, area, buffer);
}

fn body(look: Look<'_>, shown: &Shown, item: Item, n: usize, area: Rect, buffer: &mut Buffer) {
    let (screen, theme) = (look.screen, look.theme);
    let rows = screen.rows.body(item, area.width);
    let Some(row) = rows.get(n) else { return };
    let turn = match item {
        Item::Turn(id) => screen.debate.turn(id),
        Item::Card(_) | Item::Topic => None,
    };
    let base = match item {
        Item::Card(_) if n == 0 => owner(look, shown.id),
        Item::Topic => theme.style(Role::Title),
        Item::Card(_) | Item::Turn(_) => turn.map_or_else(|| theme.style(Role::Dim), |t| words(look, t)),
    };
    let pieces: Vec<(String, Style)> = row.runs.iter().map(|(tone, text)| (text.clone(), theme.tone(*tone, base))).collect();
    // No `…` here: a row was wrapped to fit.
    let mut x = area.x;
    for (text, style) in &pieces {
        x = buffer.set_stringn(x, area.y, text, usize::from(area.right().saturating_sub(x)), *style).0;
    }
    if let (Some(search), Some(turn)) = (&screen.search, turn) {
        super::search::mark(look, search, rows, n, search.hit() == Some(turn.id), area, buffer);
    }
    if let Some(turn) = turn {
        if turn.ended.is_none() && n + 1 == rows.len() {
            cursor(look, turn, x, area, buffer);
        }
        bar(look, shown, turn, area, buffer);
    }
}

/// Marks cells of a row that is drawn already: whole glyphs, never the margin.
fn mark(look: Look<'_>, row: &Row, (from, to): (u16, u16), area: Rect, buffer: &mut Buffer) {
    let mut x = 0;
    for g in row.runs.iter().flat_map(|(_, text)| text.graphemes(true)) {
        let width = cells(g);
        if x >= row.margin && x <= to && x + width > from {
            tint(buffer, Rect { x: area.x + x, y: area.y, width, height: 1 }, look.theme.selected());
        }
        x += width;
    }
}

/// The live cursor after the last word. It may stand in the column beside the text.
fn cursor(look: Look<'_>, turn: &Turn, x: u16, area: Rect, buffer: &mut Buffer) {
    let style = if look.screen.is_paused() { look.theme.style(Role::Dim) } else { voice(look, turn) };
    put(buffer, x.min(area.right()), area.y, "▌", 1, style);
}

/// The bar at the left: the selected turn, and what came from outside the cast.
fn bar(look: Look<'_>, shown: &Shown, turn: &Turn, area: Rect, buffer: &mut Buffer) {
    let Some(x) = area.x.checked_sub(1) else { return };
    if look.screen.selected == Some(turn.id) {
        put(buffer, x, area.y, if shown.columns.is_empty() { "▌" } else { "█" }, 1, look.theme.style(Role::Accent));
        return;
    }
    match turn.speaker {
        // A card lies on the table.
        Speaker::Audience { .. } if turn.manner == Manner::Fact => put(buffer, x, area.y, "▐", 1, look.theme.style(Role::Audience)),
        Speaker::Audience { .. } => put(buffer, x, area.y, "▎", 1, look.theme.style(Role::Audience)),
        Speaker::Stage => put(buffer, x, area.y, "┊", 1, look.theme.style(Role::Stage)),
        // In a score a turn is a note: as long as it takes.
        Speaker::Expert(_) | Speaker::WalkOn if !shown.columns.is_empty() => put(buffer, x, area.y, "▌", 1, voice(look, turn)),
        Speaker::Expert(_) | Speaker::WalkOn => x,
    };
}

/// Who is about to speak, where the words will come.
fn tail(look: Look<'_>, id: PaneId, area: Rect, buffer: &mut Buffer) {
    let screen = look.screen;
    let Activity::Waiting { seat, since } = screen.status.activity else { return };
    let waited = seconds(screen.tongue, screen.now.saturating_sub(since));
    let sign = spinner(screen, since);
    let first = screen.debate.path().is_empty();
    let what = match (id, seat) {
        _ if first && area.width < 40 => look.say("pane-first-words").to_owned(),
        _ if first => look.say("head-first-words").to_owned(),
        (PaneId::Everything, Some(seat)) => phrase!(screen.tongue, "pane-about-one", label = screen.label(seat)),
        (PaneId::Everything, None) => look.say("pane-about-somebody").to_owned(),
        (PaneId::Seat(_) | PaneId::Others, _) => look.say("pane-about").to_owned(),
    };
    let text = format!("{sign} {what} · {waited}");
    let style = seat.map_or_else(|| look.theme.style(Role::Dim), |s| look.theme.expert(s.0));
    put(buffer, area.x, area.y, &text, area.width, style);
}

/// A pane's name where panes don't fit side by side.
pub fn tab(look: Look<'_>, id: PaneId, area: Rect, buffer: &mut Buffer) {
    let own = owner(look, id);
    let lit = look.screen.lit() == Some(id);
    let style = if look.screen.focus_now() == id { look.theme.filled(own) } else { own };
    let sign = if lit { "●" } else { " " };
    let number = number(look, id).unwrap_or(0);
    let text = if area.width < 7 { format!("{sign}{number} ") } else { format!("{sign}{number} {} ", name(look, id)) };
    put(buffer, area.x, area.y, &text, area.width.saturating_sub(1), style);
}

/// A pane as one line: who, and the end of what was said last.
pub fn ticker(look: Look<'_>, id: PaneId, area: Rect, buffer: &mut Buffer) {
    let screen = look.screen;
    let own = owner(look, id).add_modifier(Modifier::BOLD);
    let sign = if screen.lit() == Some(id) { "●" } else { " " };
    let label = format!("{sign}{} {} ", number(look, id).unwrap_or(0), name(look, id));
    let x = put(buffer, area.x, area.y, &label, area.width / 2, own);
    let own_turn = |item: &Item| match item {
        Item::Turn(turn) => screen.debate.turn(*turn).filter(|t| matches!(t.speaker, Speaker::Expert(_) | Speaker::WalkOn)),
        Item::Card(_) | Item::Topic => None,
    };
    let Some(turn) = screen.panes.get(id).and_then(|p| p.items.iter().rev().find_map(own_turn)) else { return };
    let x = put(buffer, x, area.y, &format!("#{} ", turn.id), area.right().saturating_sub(x), look.theme.style(Role::Dim));
    let room = area.right().saturating_sub(x + 1);
    let line = turn.said().lines().last().unwrap_or_default();
    let plain: String = inline(line, Tone::default(), true).into_iter().map(|(_, text)| text).collect();
    let x = put(buffer, x, area.y, ending(&plain, room), room, look.theme.style(Role::Dim));
    if turn.ended.is_none() {
        put(buffer, x, area.y, "▌", 1, own);
    }
}

/// The end of a text that fits, from the beginning of a word where there are words.
fn ending(text: &str, room: u16) -> &str {
    if cells(text) <= room {
        return text;
    }
    let mut from = text;
    while cells(from) > room {
        // Whole steps first: a long turn has many words before the last ones.
        let step = if from.len() > usize::from(room) * 8 { from.len() - usize::from(room) * 8 } else { 1 };
        let at = (step..=from.len()).find(|n| from.is_char_boundary(*n)).unwrap_or(from.len());
        from = &from[at..];
    }
    match from.find(' ') {
        Some(at) if at < from.len() / 3 => &from[at + 1..],
        _ => from,
    }
}

/// Whether a pane is read above its end.
pub fn is_scrolled(look: Look<'_>, id: PaneId) -> bool {
    look.screen.panes.get(id).is_some_and(|p| p.scroll != Scroll::Follow)
}
